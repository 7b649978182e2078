// Exercise of lesson 31, solved: the base asks for io_uring, and the loop runs when all is added.
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

int bytes_read = 0;

void on_readable(evutil_socket_t fd, short, void*) {
    char byte = 0;
    if (read(fd, &byte, 1) == 1) ++bytes_read;
}

event_base* make_base() {
    event_config* config = event_config_new();
    evglass_config_prefer_io_uring(config);
    event_base* base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

}  // namespace

int main(int argc, char** argv) {
    evglass_use_virtual_clock(1);
    const int pairs = argc == 2 ? static_cast<int>(std::strtol(argv[1], nullptr, 10)) : 3;
    event_base* base = make_base();
    std::vector<event*> readers;
    for (int i = 0; i < pairs; ++i) {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return 1;
        readers.push_back(event_new(base, ends[0], EV_READ, on_readable, nullptr));
        event_add(readers.back(), nullptr);
        if (write(ends[1], "!", 1) != 1) return 1;
    }
    event_base_loop(base, EVLOOP_NONBLOCK);
    std::printf("read: %d\n", bytes_read);
    for (event* each : readers) event_free(each);
    event_base_free(base);
    return 0;
}
