// The solution of lesson 9's exercise: ask how long is left, take the event out, fill it in anew,
// and put it back for the rest of the time.
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

/// From now on `callback` is called for this event; if it is pending, it fires when it would have.
void replace_callback(event* ev, event_callback_fn callback) {
    timeval deadline{}, now{}, left{};
    const short pending = event_pending(ev, EV_READ | EV_WRITE | EV_SIGNAL | EV_TIMEOUT, &deadline);
    event_del(ev);
    event_assign(ev, event_get_base(ev), event_get_fd(ev), event_get_events(ev), callback,
                 event_get_callback_arg(ev));
    if (pending == 0) return;
    const bool has_timeout = (pending & EV_TIMEOUT) != 0;
    event_base_gettimeofday_cached(event_get_base(ev), &now);
    if (evutil_timercmp(&deadline, &now, >)) evutil_timersub(&deadline, &now, &left);
    event_add(ev, has_timeout ? &left : nullptr);
}

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
