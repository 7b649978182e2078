// Lesson 9: an event's states. Four events, each led through states of its own:
//   letter    a read event that is not persistent: added, deleted, added again, run once
//   keeper    a persistent read event with a timeout: run for a byte, then for silence
//   doorbell  no fd, never added: made active by hand
//   again     a timer that adds itself again in its callback, until it has run three times
// Time is virtual, so every run is the same.
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <initializer_list>

namespace {

constexpr timeval milliseconds(int n) {
    return {n / 1000, n % 1000 * 1000};
}

struct Events {
    event* letter = nullptr;
    event* keeper = nullptr;
    event* doorbell = nullptr;
    event* again = nullptr;
};

void tell(const char* name, event* e, short what) {
    const int pending = event_pending(e, EV_READ | EV_TIMEOUT, nullptr);
    std::printf("%s: what 0x%x, pending 0x%x\n", name, static_cast<unsigned>(what),
                static_cast<unsigned>(pending));
}

void take_byte(int fd) {
    char byte = 0;
    if (read(fd, &byte, 1) != 1) std::printf("nothing to read\n");
}

void on_letter(evutil_socket_t fd, short what, void* arg) {
    take_byte(fd);
    tell("letter", static_cast<Events*>(arg)->letter, what);
}

void on_keeper(evutil_socket_t fd, short what, void* arg) {
    event* keeper = static_cast<Events*>(arg)->keeper;
    tell("keeper", keeper, what);
    if ((what & EV_TIMEOUT) != 0)
        event_del(keeper);  // silence: enough
    else
        take_byte(fd);
}

void on_doorbell(evutil_socket_t, short what, void* arg) {
    tell("doorbell", static_cast<Events*>(arg)->doorbell, what);
}

void on_again(evutil_socket_t, short what, void* arg) {
    static int runs = 0;
    event* again = static_cast<Events*>(arg)->again;
    tell("again", again, what);
    const timeval wait = milliseconds(10);
    if (++runs < 3) event_add(again, &wait);
}

event* make(event_base* base, int fd, short what, event_callback_fn callback, Events* events,
            const char* name) {
    event* made = event_new(base, fd, what, callback, events);
    evglass_name_event(made, name);
    return made;
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    int first[2], second[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, first) != 0) return 1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, second) != 0) return 1;
    event_base* base = event_base_new();
    Events events;

    events.letter = make(base, first[0], EV_READ, on_letter, &events, "letter");
    event_add(events.letter, nullptr);
    event_del(events.letter);
    event_add(events.letter, nullptr);
    if (write(first[1], "a", 1) != 1) return 1;
    event_base_loop(base, EVLOOP_ONCE);

    events.keeper = make(base, second[0], EV_READ | EV_PERSIST, on_keeper, &events, "keeper");
    const timeval silence = milliseconds(100);
    event_add(events.keeper, &silence);
    if (write(second[1], "b", 1) != 1) return 1;
    event_base_loop(base, EVLOOP_ONCE);  // the byte
    event_base_loop(base, EVLOOP_ONCE);  // the silence

    events.doorbell = make(base, -1, 0, on_doorbell, &events, "doorbell");
    event_active(events.doorbell, EV_READ, 1);
    event_base_loop(base, EVLOOP_ONCE);

    events.again = make(base, -1, 0, on_again, &events, "again");
    const timeval wait = milliseconds(10);
    event_add(events.again, &wait);
    const int result = event_base_dispatch(base);

    for (event* each : {events.letter, events.keeper, events.doorbell, events.again})
        event_free(each);
    event_base_free(base);
    for (const int fd : {first[0], first[1], second[0], second[1]}) close(fd);
    return result == 1 ? 0 : 1;
}
