// Lesson 31: the same story on epoll and on io_uring. Five socket pairs are watched, each gets a
// byte, each reader reads it; then one of them gets two bytes and reads one of them at a time; then
// all are deleted. The acts begin with the marks epoll and ring; within them: bytes, level,
// deleted. Time is virtual, so every run is the same and takes no time.
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>

namespace {

constexpr int kPairs = 5;

void read_one(evutil_socket_t fd, short, void* arg) {
    char byte = 0;
    if (read(fd, &byte, 1) == 1) ++*static_cast<int*>(arg);
}

/// A base on io_uring, if the kernel has it; else on what is best.
event_base* ring_base() {
    event_config* config = event_config_new();
    evglass_config_prefer_io_uring(config);
    event_base* base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

int story(event_base* base, const std::string& name) {
    evglass_mark(name.c_str());
    int got = 0;
    std::array<std::array<int, 2>, kPairs> pairs{};
    std::array<event*, kPairs> readers{};
    for (int i = 0; i < kPairs; ++i) {
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pairs[i].data()) !=
            0)
            return -1;
        readers[i] = event_new(base, pairs[i][0], EV_READ | EV_PERSIST, read_one, &got);
        evglass_name_event(readers[i], (name + std::to_string(i + 1)).c_str());
        event_add(readers[i], nullptr);
    }
    evglass_mark("bytes");
    for (const auto& pair : pairs)
        if (write(pair[1], "b", 1) != 1) return -1;
    event_base_loop(base, EVLOOP_NONBLOCK);
    evglass_mark("level");
    if (write(pairs[0][1], "bb", 2) != 2) return -1;
    event_base_loop(base, EVLOOP_NONBLOCK);
    for (event* reader : readers) event_free(reader);
    evglass_mark("deleted");
    event_base_loop(base, EVLOOP_NONBLOCK);
    event_base_free(base);
    for (const auto& pair : pairs)
        for (const int fd : pair) close(fd);
    return got;
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    const int epoll = story(event_base_new(), "epoll");
    const int ring = story(ring_base(), "ring");
    std::printf("read on epoll: %d\nread on the ring: %d\n", epoll, ring);
    return epoll == kPairs + 2 && ring == kPairs + 2 ? 0 : 1;
}
