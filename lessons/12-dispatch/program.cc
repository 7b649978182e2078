// Lesson 12: what dispatch collects, and who runs when.
//   crowd            forty fds that are ready at once: more than epoll_wait's first list holds
//   one, two, three  three events on one fd, added in this order
//   hangup           an fd whose other end is gone
//   alarm            a timer that is due in the same turn
// Time is virtual, so every run is the same.
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

namespace {

/// An event on one end of a socket pair. The other end is where the script writes.
struct Line {
    int ours = -1, theirs = -1;

    Line() {
        int fds[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0) return;
        ours = fds[0];
        theirs = fds[1];
    }
    void say() const {
        if (write(theirs, "!", 1) != 1) std::perror("write");
    }
};

void on_byte(evutil_socket_t fd, short, void*) {
    char byte;
    if (read(fd, &byte, 1) < 0) std::perror("read");
}

/// Of one, two and three: tells the order.
void on_same_fd(evutil_socket_t, short, void* name) {
    static std::string order;
    order += (order.empty() ? "" : " ") + std::string(static_cast<const char*>(name));
    std::printf("order: %s\n", order.c_str());
}

void on_alarm(evutil_socket_t, short, void*) {}

event* add(event_base* base, int fd, short what, event_callback_fn callback, const char* name,
           const timeval* timeout = nullptr) {
    event* made = event_new(base, fd, what, callback, const_cast<char*>(name));
    evglass_name_event(made, name);
    event_add(made, timeout);
    return made;
}

/// Forty fds, all ready: the list of epoll_wait has 32 places at first.
void crowd(event_base* base) {
    std::vector<Line> lines(40);
    std::vector<event*> events;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string name = "c" + std::to_string(i + 1);
        events.push_back(add(base, lines[i].ours, EV_READ, on_byte, name.c_str()));
        lines[i].say();
    }
    event_base_loop(base, EVLOOP_ONCE);
    event_base_loop(base, EVLOOP_ONCE);
    for (event* each : events) event_free(each);
    for (const Line& line : lines) {
        close(line.ours);
        close(line.theirs);
    }
}

/// Three events on one fd, a hang-up, and a timer: one turn.
void together(event_base* base) {
    Line line, gone;
    event* events[] = {add(base, line.ours, EV_READ, on_same_fd, "one"),
                       add(base, line.ours, EV_READ, on_same_fd, "two"),
                       add(base, line.ours, EV_READ, on_same_fd, "three"),
                       add(base, gone.ours, EV_READ | EV_WRITE, on_byte, "hangup")};
    const timeval now{0, 0};
    event* alarm = add(base, -1, 0, on_alarm, "alarm", &now);
    line.say();
    close(gone.theirs);
    event_base_loop(base, EVLOOP_ONCE);
    for (event* each : events) event_free(each);
    event_free(alarm);
    for (const int fd : {line.ours, line.theirs, gone.ours}) close(fd);
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();
    together(base);
    crowd(base);
    event_base_free(base);
    return 0;
}
