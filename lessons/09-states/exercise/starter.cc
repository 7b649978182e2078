// Exercise of lesson 9: give a pending event another callback, and lose nothing of its timeout.
// Arguments: the alarm's timeout, and when its callback is to be replaced, both in milliseconds.
// As it stands, the first callback is called. Write replace_callback.
#include <event2/event.h>
#include <event2/evglass.h>

#include <cstdio>
#include <cstdlib>

namespace {

event_base* base = nullptr;
event* alarm_event = nullptr;

timeval milliseconds(int n) {
    return {n / 1000, n % 1000 * 1000};
}

void first(evutil_socket_t, short, void*) {
    std::puts("first");
}

void second(evutil_socket_t, short, void*) {
    std::puts("second");
}

/// From now on `callback` is called for this event. If it is pending with a timeout, it still fires
/// when it would have. event_assign on a pending event corrupts the base: take it out first.
void replace_callback(event*, event_callback_fn) {}

void on_switch(evutil_socket_t, short, void*) {
    replace_callback(alarm_event, second);
}

}  // namespace

int main(int argc, char** argv) {
    evglass_use_virtual_clock(1);
    if (argc != 3) return 1;
    const timeval timeout = milliseconds(static_cast<int>(std::strtol(argv[1], nullptr, 10)));
    const timeval when = milliseconds(static_cast<int>(std::strtol(argv[2], nullptr, 10)));
    base = event_base_new();
    alarm_event = evtimer_new(base, first, nullptr);
    evglass_name_event(alarm_event, "alarm");
    event_add(alarm_event, &timeout);
    event* switcher = evtimer_new(base, on_switch, nullptr);
    evglass_name_event(switcher, "switcher");
    event_add(switcher, &when);

    event_base_dispatch(base);
    event_free(alarm_event);
    event_free(switcher);
    event_base_free(base);
    return 0;
}
