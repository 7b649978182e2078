// What the tests of the live view watch: a timer that ticks every 20 ms and writes one byte into a
// pipe that is read by an event, and prints a line now and then. Two buffers hold something all the
// while. Only public headers.
//   live-ticker [TICKS]     ends by itself after so many ticks with exit status 3; else at SIGTERM
// At SIGUSR1 it forks; the child ticks too, and ends with its parent.
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/evglass.h>
#include <event2/util.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <initializer_list>
#include <string_view>

namespace {

struct Ticker {
    event_base* base = nullptr;
    int pipe[2] = {-1, -1};
    long ticks = 0, most = 0;
};

void on_tick(evutil_socket_t, short, void* arg) {
    auto& ticker = *static_cast<Ticker*>(arg);
    ++ticker.ticks;
    if (write(ticker.pipe[1], "x", 1) != 1) std::perror("write");
    if (ticker.ticks % 10 == 0) {
        std::printf("tick %ld\n", ticker.ticks);
        std::fflush(stdout);
    }
    if (ticker.ticks == ticker.most) event_base_loopexit(ticker.base, nullptr);
}

void on_byte(evutil_socket_t fd, short, void*) {
    char byte = 0;
    if (read(fd, &byte, 1) != 1) std::perror("read");
}

void on_fork(evutil_socket_t, short, void* arg) {
    if (fork() != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (event_reinit(static_cast<Ticker*>(arg)->base) != 0) _exit(1);
}

void on_term(evutil_socket_t, short, void* arg) {
    event_base_loopbreak(static_cast<Ticker*>(arg)->base);
}

}  // namespace

int main(int count, char** arguments) {
    Ticker ticker;
    if (count > 1) {
        const std::string_view text = arguments[1];
        std::from_chars(text.data(), text.data() + text.size(), ticker.most);
    }
    if (pipe(ticker.pipe) != 0) return 1;
    ticker.base = event_base_new();
    event* tick = event_new(ticker.base, -1, EV_PERSIST, on_tick, &ticker);
    event* byte = event_new(ticker.base, ticker.pipe[0], EV_READ | EV_PERSIST, on_byte, nullptr);
    event* term = evsignal_new(ticker.base, SIGTERM, on_term, &ticker);
    event* fork = evsignal_new(ticker.base, SIGUSR1, on_fork, &ticker);
    evglass_name_event(tick, "tick");
    evglass_name_event(byte, "byte");
    const timeval interval{0, 20'000};
    event_add(tick, &interval);
    event_add(byte, nullptr);
    event_add(term, nullptr);
    event_add(fork, nullptr);
    evbuffer* buffers[] = {evbuffer_new(), evbuffer_new()};
    for (evbuffer* buffer : buffers) evbuffer_add(buffer, "full", 4);
    event_base_dispatch(ticker.base);
    for (evbuffer* buffer : buffers) evbuffer_free(buffer);
    for (event* each : {tick, byte, term, fork}) event_free(each);
    event_base_free(ticker.base);
    return 3;
}
