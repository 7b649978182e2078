// Exercise of lesson 18: run_for(base, n) runs exactly n callbacks of the ten
// that are active, and loses none. As it stands, it runs them all.
#include <event2/event.h>
#include <event2/evglass.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

int ran = 0;

void on_turn(evutil_socket_t, short, void* base) {
    ++ran;
    (void)base;
}

void run_for(event_base* base, int callbacks) {
    (void)callbacks;
    event_base_dispatch(base);
}

}  // namespace

int main(int argc, char** argv) {
    evglass_use_virtual_clock(1);
    const int first = argc == 2 ? static_cast<int>(std::strtol(argv[1], nullptr, 10)) : 4;
    event_base* base = event_base_new();
    std::vector<event*> events;
    for (int i = 0; i < 10; ++i) {
        events.push_back(event_new(base, -1, 0, on_turn, base));
        event_active(events.back(), EV_TIMEOUT, 1);
    }
    run_for(base, first);
    std::printf("after run_for: %d\n", ran);
    evglass_mark("the rest");
    run_for(base, 10 - first);
    std::printf("in the end: %d\n", ran);
    for (event* each : events) event_free(each);
    event_base_free(base);
    return 0;
}
