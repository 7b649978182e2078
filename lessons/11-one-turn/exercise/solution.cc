// The solution of lesson 11's exercise: it counts, and the second time it breaks the loop.
#include <event2/event.h>
#include <event2/evglass.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>

namespace {

event_base* base = nullptr;

void on_interrupt(evutil_socket_t, short, void*) {
    std::puts("interrupt");
    static int interrupts = 0;
    if (++interrupts > 1) {
        event_base_loopbreak(base);
        return;
    }
    const timeval delay{2, 0};
    event_base_loopexit(base, &delay);
}

void on_knock(evutil_socket_t, short, void*) {
    std::raise(SIGINT);
}

void on_tick(evutil_socket_t, short, void*) {
    std::puts("tick");
}

event* make(int fd, short what, event_callback_fn callback, const char* name,
            const timeval* timeout) {
    event* made = event_new(base, fd, what, callback, nullptr);
    evglass_name_event(made, name);
    event_add(made, timeout);
    return made;
}

}  // namespace

int main(int argc, char** argv) {
    evglass_use_virtual_clock(1);
    if (argc != 2) return 1;
    const int second = static_cast<int>(std::strtol(argv[1], nullptr, 10));
    const timeval first_knock{0, 100'000}, second_knock{second / 1000, second % 1000 * 1000};
    const timeval tick_every{0, 300'000};
    base = event_base_new();
    event* interrupt = make(SIGINT, EV_SIGNAL | EV_PERSIST, on_interrupt, "interrupt", nullptr);
    event* knock = make(-1, 0, on_knock, "knock", &first_knock);
    event* again = make(-1, 0, on_knock, "again", &second_knock);
    event* tick = make(-1, EV_PERSIST, on_tick, "tick", &tick_every);

    event_base_dispatch(base);
    for (event* each : {interrupt, knock, again, tick}) event_free(each);
    event_base_free(base);
    return 0;
}
