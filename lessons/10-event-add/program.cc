// Lesson 10: event_add, from the call down to the kernel. Nothing is ever dispatched here:
//   reader, second, writer   three events on one fd, added and deleted one by one
//   gate                     an event with a timeout, added again without one
//   stone                    an event on a regular file, which epoll refuses
//   ghost                    an event whose fd was closed before event_del
//   far                      an event on a descriptor with a large number
// Time is virtual, so every run is the same.
#include <event2/event.h>
#include <event2/evglass.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <initializer_list>

namespace {

void on_event(evutil_socket_t, short, void*) {}

event* make(event_base* base, int fd, short what, const char* name) {
    event* made = event_new(base, fd, what, on_event, nullptr);
    evglass_name_event(made, name);
    return made;
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_set_log_callback([](int, const char* text) { std::printf("log: %s\n", text); });
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) return 1;
    event_base* base = event_base_new();

    event* reader = make(base, pair[0], EV_READ | EV_PERSIST, "reader");
    event* second = make(base, pair[0], EV_READ | EV_PERSIST, "second");
    event* writer = make(base, pair[0], EV_WRITE | EV_PERSIST, "writer");
    for (event* each : {reader, second, writer}) event_add(each, nullptr);
    for (event* each : {reader, second, writer}) event_del(each);

    event* gate = make(base, -1, 0, "gate");
    const timeval thirty{0, 30'000};
    event_add(gate, &thirty);
    event_add(gate, nullptr);
    std::printf("gate: %s\n", event_pending(gate, EV_TIMEOUT, nullptr) ? "still has its timeout"
                                                                       : "has no timeout");
    event_remove_timer(gate);

    const int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    event* stone = make(base, file, EV_READ, "stone");
    const int refused = event_add(stone, nullptr);

    event* ghost = make(base, pair[1], EV_READ, "ghost");
    event_add(ghost, nullptr);
    close(pair[1]);
    event_del(ghost);

    const int number = fcntl(pair[0], F_DUPFD_CLOEXEC, 100);
    event* far = make(base, number, EV_READ, "far");
    event_add(far, nullptr);

    for (event* each : {reader, second, writer, gate, stone, ghost, far}) event_free(each);
    event_base_free(base);
    close(number);
    close(file);
    close(pair[0]);
    return refused == -1 ? 0 : 1;
}
