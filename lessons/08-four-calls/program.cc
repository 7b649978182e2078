// Lesson 8: the least that a reactor program does. Four calls, one event, one byte.
// Time is virtual, so every run is the same.
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>

namespace {

void on_readable(evutil_socket_t fd, short, void*) {
    char byte = 0;
    if (read(fd, &byte, 1) == 1) std::printf("read '%c'\n", byte);
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return 1;

    event_base* base = event_base_new();                                      // 1
    event* reader = event_new(base, ends[0], EV_READ, on_readable, nullptr);  // 2
    evglass_name_event(reader, "reader");
    event_add(reader, nullptr);  // 3

    if (write(ends[1], "!", 1) != 1) return 1;
    const int result = event_base_dispatch(base);  // 4
    std::printf("event_base_dispatch returned %d\n", result);

    event_free(reader);
    event_base_free(base);
    close(ends[0]);
    close(ends[1]);
    return result == 1 ? 0 : 1;
}
