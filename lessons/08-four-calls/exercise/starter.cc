// Exercise of lesson 8: read so many bytes, one in each callback, and end by yourself.
// The number of bytes is the program's argument. As it stands, it reads one byte and ends.
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace {

struct Reading {
    event* reader = nullptr;
    int left = 0;  // bytes still to read
};

void on_readable(evutil_socket_t fd, short, void* argument) {
    auto* reading = static_cast<Reading*>(argument);
    char byte = 0;
    if (read(fd, &byte, 1) == 1) std::printf("read '%c'\n", byte);
    --reading->left;
}

}  // namespace

int main(int argc, char** argv) {
    evglass_use_virtual_clock(1);
    const int bytes = argc == 2 ? static_cast<int>(std::strtol(argv[1], nullptr, 10)) : 3;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return 1;

    event_base* base = event_base_new();
    Reading reading;
    reading.left = bytes;
    reading.reader = event_new(base, ends[0], EV_READ, on_readable, &reading);
    evglass_name_event(reading.reader, "reader");
    event_add(reading.reader, nullptr);

    // More than is to be read: some bytes stay.
    for (int i = 0; i < bytes + 2; ++i)
        if (write(ends[1], "!", 1) != 1) return 1;
    event_base_dispatch(base);

    event_free(reading.reader);
    event_base_free(base);
    close(ends[0]);
    close(ends[1]);
    return 0;
}
