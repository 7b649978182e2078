// Exercise of lesson 15: many timers of one length, first in, first out.
// The argument says how many. As it stands they are in the heap, and run in its order. Change
// `add_all`.
#include <event2/event.h>
#include <event2/evglass.h>

#include <cstdio>
#include <string>
#include <vector>

namespace {

std::string order;

void on_timer(evutil_socket_t, short, void* number) {
    order += (order.empty() ? "" : " ") + std::to_string(*static_cast<int*>(number));
}

/// Each is to run 50 ms from now.
void add_all(event_base*, const std::vector<event*>& events) {
    const timeval fifty{0, 50000};
    for (event* each : events) event_add(each, &fifty);
}

}  // namespace

int main(int argc, char** argv) {
    evglass_use_virtual_clock(1);
    std::vector<int> numbers(argc == 2 ? std::stoul(argv[1]) : 5);
    event_base* base = event_base_new();
    std::vector<event*> events;
    std::string wanted;
    for (int& number : numbers) {
        number = static_cast<int>(events.size()) + 1;
        events.push_back(event_new(base, -1, 0, on_timer, &number));
        wanted += (wanted.empty() ? "" : " ") + std::to_string(number);
    }
    add_all(base, events);
    event_base_dispatch(base);
    std::printf("order: %s\nwanted: %s\n", order.c_str(), wanted.c_str());
    for (event* each : events) event_free(each);
    event_base_free(base);
    return 0;
}
