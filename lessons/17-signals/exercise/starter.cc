// Exercise of lesson 17: deliver signals yourself, through a pipe of your own,
// without signal events. As it stands, the handler counts, and the loop hears
// of nothing.
#include <event2/event.h>
#include <event2/evglass.h>
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace {

int pipe_ends[2];
int delivered = 0;  // counted by the loop's callback, not by the handler
volatile sig_atomic_t caught = 0;

void handler(int) {
    caught = caught + 1;
}

void on_inlet(evutil_socket_t fd, short, void*) {
    char bytes[64];
    ssize_t got = 0;
    while ((got = read(fd, bytes, sizeof bytes)) > 0) delivered += static_cast<int>(got);
}

void raise_all(evutil_socket_t, short, void* how_many) {
    for (int i = 0; i < *static_cast<int*>(how_many); ++i) std::raise(SIGUSR1);
}

}  // namespace

int main(int argc, char** argv) {
    evglass_use_virtual_clock(1);
    int signals = argc == 2 ? static_cast<int>(std::strtol(argv[1], nullptr, 10)) : 3;
    event_base* base = event_base_new();
    if (pipe2(pipe_ends, O_NONBLOCK | O_CLOEXEC) != 0) return 1;
    event* inlet = event_new(base, pipe_ends[0], EV_READ | EV_PERSIST, on_inlet, nullptr);
    evglass_name_event(inlet, "inlet");
    event_add(inlet, nullptr);

    struct sigaction action {};
    action.sa_handler = handler;
    sigaction(SIGUSR1, &action, nullptr);
    event* raiser = event_new(base, -1, 0, raise_all, &signals);
    event_active(raiser, EV_TIMEOUT, 1);
    event_base_loop(base, EVLOOP_NONBLOCK);
    std::printf("delivered: %d\n", delivered);

    event_free(raiser);
    event_free(inlet);
    event_base_free(base);
    return 0;
}
