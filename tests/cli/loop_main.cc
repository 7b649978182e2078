// The program that the tests of `evglass run` start: a small loop on the public API. It tells its
// arguments and its signals, so that a test sees what passed through.
//
//   cli-loop TICKS STATUS [ARG...]   runs a 10 ms timer TICKS times (0: until a signal), prints the
//                                    ARGs, one a line, and ends with STATUS; SIGTERM ends the loop
//                                    and prints "terminated"
#include <event2/event.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <string_view>

namespace {

struct Loop {
    event_base* base = nullptr;
    int left = 0;
    bool terminated = false;
};

void on_tick(evutil_socket_t, short, void* arg) {
    auto* loop = static_cast<Loop*>(arg);
    if (loop->left > 0 && --loop->left == 0) event_base_loopbreak(loop->base);
}

void on_terminate(evutil_socket_t, short, void* arg) {
    auto* loop = static_cast<Loop*>(arg);
    loop->terminated = true;
    event_base_loopbreak(loop->base);
}

int number(std::string_view text) {
    int value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc() ? value : 2;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    Loop loop{event_base_new(), number(argv[1]), false};
    event* tick = event_new(loop.base, -1, EV_PERSIST, on_tick, &loop);
    event* term = evsignal_new(loop.base, SIGTERM, on_terminate, &loop);
    const timeval every = {0, 10000};
    event_add(tick, &every);
    event_add(term, nullptr);
    for (int i = 3; i < argc; ++i) std::puts(argv[i]);
    std::puts("ready");
    std::fflush(stdout);
    event_base_dispatch(loop.base);
    if (loop.terminated) std::puts("terminated");
    event_free(tick);
    event_free(term);
    event_base_free(loop.base);
    return number(argv[2]);
}
