// Exercise of lesson 12: events on one descriptor that run in the order of their numbers.
// `add_all` is called with the events 1, 2, 3, ... in this order. As it stands they run backwards.
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

namespace {

std::string order;

void on_byte(evutil_socket_t, short, void* number) {
    order += (order.empty() ? "" : " ") + std::to_string(*static_cast<int*>(number));
}

void add_all(const std::vector<event*>& events) {
    for (event* each : events) event_add(each, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
    evglass_use_virtual_clock(1);
    const int n = argc == 2 ? std::stoi(argv[1]) : 3;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0) return 1;
    event_base* base = event_base_new();
    std::vector<int> numbers(static_cast<std::size_t>(n));
    std::vector<event*> events;
    std::string wanted;
    for (int i = 0; i < n; ++i) {
        int& number = numbers[static_cast<std::size_t>(i)];
        number = i + 1;
        events.push_back(event_new(base, ends[0], EV_READ, on_byte, &number));
        wanted += (wanted.empty() ? "" : " ") + std::to_string(number);
    }
    add_all(events);
    if (write(ends[1], "!", 1) != 1) return 1;
    event_base_dispatch(base);
    std::printf("order: %s\nwanted: %s\n", order.c_str(), wanted.c_str());
    for (event* each : events) event_free(each);
    event_base_free(base);
    return 0;
}
