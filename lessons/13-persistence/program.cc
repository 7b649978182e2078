// Lesson 13: events that stay.
//   fleeting   EV_READ, not persistent; two bytes, one callback
//   line       EV_READ|EV_PERSIST with a timeout of 100 ms; one byte comes at 60 ms
//   beat       a persistent timer of 100 ms whose callback, once, lets the clock run on for 250 ms
//   once       event_base_once: an event that nobody has to keep
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

struct Line {
    int ours = -1, theirs = -1;
    Line() {
        int fds[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0) return;
        ours = fds[0];
        theirs = fds[1];
    }
    void say(const char* text, size_t size) const {
        if (write(theirs, text, size) < 0) std::perror("write");
    }
};

void take_one(evutil_socket_t fd, short what, void*) {
    char byte;
    if ((what & EV_READ) != 0 && read(fd, &byte, 1) < 0) std::perror("read");
}

void say_byte(evutil_socket_t, short, void* line) {
    static_cast<Line*>(line)->say("!", 1);
}

event* add(event_base* base, int fd, short what, event_callback_fn callback, void* argument,
           const char* name, const timeval* timeout) {
    event* made = event_new(base, fd, what, callback, argument);
    evglass_name_event(made, name);
    event_add(made, timeout);
    return made;
}

void run_for(event_base* base, int ms) {
    const timeval time = milliseconds(ms);
    event_base_loopexit(base, &time);
    event_base_dispatch(base);
}

void fleeting(event_base* base) {
    const Line line;
    event* read_once = add(base, line.ours, EV_READ, take_one, nullptr, "fleeting", nullptr);
    line.say("ab", 2);
    event_base_dispatch(base);
    event_free(read_once);  // its descriptors stay open: each number is one event's to the end
}

void silence(event_base* base) {
    Line line;
    const timeval hundred = milliseconds(100), sixty = milliseconds(60);
    event* stays = add(base, line.ours, EV_READ | EV_PERSIST, take_one, nullptr, "line", &hundred);
    event* speaker = add(base, -1, 0, say_byte, &line, "speaker", &sixty);
    run_for(base, 400);
    event_free(stays);
    event_free(speaker);
    close(line.ours);
    close(line.theirs);
}

/// A callback that takes long: it runs another loop for 250 ms. (Time is virtual: work takes none.)
void on_beat(evutil_socket_t, short, void*) {
    static int beats = 0;
    if (++beats != 2) return;
    event_base* other = event_base_new();
    run_for(other, 250);
    event_base_free(other);
}

void beat(event_base* base) {
    const timeval hundred = milliseconds(100);
    event* timer = add(base, -1, EV_PERSIST, on_beat, nullptr, "beat", &hundred);
    run_for(base, 650);
    event_free(timer);
}

void once(event_base* base) {
    const timeval ten = milliseconds(10);
    event_base_once(
        base, -1, EV_TIMEOUT, [](evutil_socket_t, short, void*) {}, nullptr, &ten);
    event_base_dispatch(base);
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();
    for (auto* part : {fleeting, silence, beat, once}) part(base);
    event_base_free(base);
    return 0;
}
