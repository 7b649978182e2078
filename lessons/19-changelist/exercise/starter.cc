// Exercise of lesson 19: this reader hangs. It uses an edge-triggered event,
// and bytes stay behind. Look at its trace, find out why, and mend it. It must
// stay edge-triggered.
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

int bytes_read = 0;

void on_edge(evutil_socket_t fd, short, void*) {
    char piece[8];
    const ssize_t got = read(fd, piece, sizeof piece);
    if (got > 0) bytes_read += static_cast<int>(got);
}

}  // namespace

int main(int argc, char** argv) {
    evglass_use_virtual_clock(1);
    const int bytes = argc == 2 ? static_cast<int>(std::strtol(argv[1], nullptr, 10)) : 20;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return 1;
    event_base* base = event_base_new();
    event* reader = event_new(base, ends[0], EV_READ | EV_PERSIST | EV_ET, on_edge, nullptr);
    evglass_name_event(reader, "reader");
    event_add(reader, nullptr);
    const std::string text(static_cast<std::size_t>(bytes), 'e');
    if (write(ends[1], text.data(), text.size()) != bytes) return 1;
    event_base_loop(base, EVLOOP_NONBLOCK);
    std::printf("read: %d\n", bytes_read);
    event_free(reader);
    event_base_free(base);
    close(ends[0]);
    close(ends[1]);
    return 0;
}
