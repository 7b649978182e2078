// Lesson 15: common timeouts.
//   plain1 ... plain5    five timers of 20 ms in the heap
//   fast1 ... fast5      five timers of 20 ms in a queue of their own
//   many                 a hundred timers of one second, in the heap and in a queue: what moves?
// Time is virtual, so every run is the same.
#include <event2/event.h>
#include <event2/evglass.h>

#include <cstdio>
#include <string>
#include <vector>

namespace {

constexpr timeval milliseconds(int n) {
    return {n / 1000, n % 1000 * 1000};
}

std::string order;

void on_timer(evutil_socket_t, short, void* number) {
    order += (order.empty() ? "" : " ") + std::to_string(*static_cast<int*>(number));
}

void five(event_base* base, const char* kind, const timeval* duration) {
    static int numbers[] = {1, 2, 3, 4, 5};
    std::vector<event*> events;
    for (int& number : numbers) {
        events.push_back(event_new(base, -1, 0, on_timer, &number));
        evglass_name_event(events.back(), (kind + std::to_string(number)).c_str());
        event_add(events.back(), duration);
    }
    order.clear();
    event_base_dispatch(base);
    std::printf("order of %s: %s\n", kind, order.c_str());
    for (event* each : events) event_free(each);
}

void many(event_base* base, const char* mark, const timeval* duration) {
    static int number = 0;
    std::vector<event*> events;
    for (int i = 0; i < 100; ++i) events.push_back(event_new(base, -1, 0, on_timer, &number));
    evglass_mark(mark);
    for (event* each : events) event_add(each, duration);
    evglass_mark("added");
    for (event* each : events) event_free(each);
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();
    const timeval twenty = milliseconds(20), second = milliseconds(1000);
    five(base, "plain", &twenty);
    const timeval* common = event_base_init_common_timeout(base, &twenty);
    std::printf("tv_usec of the mark: %s\n", common->tv_usec == 20000 ? "20000" : "not 20000");
    five(base, "fast", common);
    many(base, "in_heap", &second);
    many(base, "in_queue", event_base_init_common_timeout(base, &second));
    event_base_free(base);
    return 0;
}
