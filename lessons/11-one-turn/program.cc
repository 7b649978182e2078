// Lesson 11: one turn of the loop, seen with all that can wake it:
//   a listener with a client that already waits     (turn 1)
//   knock, a timer that sends this process SIGINT   (30 ms)
//   interrupt, the event of SIGINT, whose callback asks for the end in 2 s
//   tick, a persistent timer                        (every 500 ms, until the end)
// Time is virtual, so every run is the same and takes no time.
#include <event2/event.h>
#include <event2/evglass.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <initializer_list>

namespace {

void on_accept(evconnlistener*, evutil_socket_t fd, sockaddr*, int, void*) {
    std::printf("a client came\n");
    evutil_closesocket(fd);
}

void on_knock(evutil_socket_t, short, void*) {
    std::printf("knock: raising SIGINT\n");
    std::raise(SIGINT);
}

void on_interrupt(evutil_socket_t, short, void* arg) {
    std::printf("SIGINT: the end in two seconds\n");
    const timeval delay{2, 0};
    event_base_loopexit(static_cast<event_base*>(arg), &delay);
}

void on_tick(evutil_socket_t, short, void*) {
    std::printf("tick\n");
}

event* make(event_base* base, int fd, short what, event_callback_fn callback, const char* name,
            const timeval* timeout) {
    event* made = event_new(base, fd, what, callback, base);
    evglass_name_event(made, name);
    event_add(made, timeout);
    return made;
}

/// A TCP client that is connected, and known to wait in the listener's queue.
int connect_and_wait(evconnlistener* listener) {
    const int listening = evconnlistener_get_fd(listener);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size) != 0) return -1;
    const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(client, reinterpret_cast<sockaddr*>(&address), size) != 0) return -1;
    pollfd ready{listening, POLLIN, 0};
    return poll(&ready, 1, 5000) == 1 ? client : -1;
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();

    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    evconnlistener* listener =
        evconnlistener_new_bind(base, on_accept, base, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE,
                                -1, reinterpret_cast<sockaddr*>(&any), sizeof any);
    if (listener == nullptr) return 1;
    const int client = connect_and_wait(listener);
    if (client < 0) return 1;

    const timeval knock_after{0, 30'000}, tick_every{0, 500'000};
    event* interrupt =
        make(base, SIGINT, EV_SIGNAL | EV_PERSIST, on_interrupt, "interrupt", nullptr);
    event* knock = make(base, -1, 0, on_knock, "knock", &knock_after);
    event* tick = make(base, -1, EV_PERSIST, on_tick, "tick", &tick_every);

    const int result = event_base_dispatch(base);
    std::printf("event_base_dispatch returned %d\n", result);

    for (event* each : {interrupt, knock, tick}) event_free(each);
    evconnlistener_free(listener);
    event_base_free(base);
    close(client);
    return result == 0 ? 0 : 1;
}
