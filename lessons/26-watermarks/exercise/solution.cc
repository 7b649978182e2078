// Exercise of lesson 26, solved: a read timeout, and a stop to reading while
// much waits to be written.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>

namespace {

constexpr std::size_t kMostWaiting = 200 * 1024;

void on_read(bufferevent* bev, void*) {
    bufferevent_write_buffer(bev, bufferevent_get_input(bev));
    if (evbuffer_get_length(bufferevent_get_output(bev)) > kMostWaiting)
        bufferevent_disable(bev, EV_READ);
}

void on_written(bufferevent* bev, void*) {
    bufferevent_enable(bev, EV_READ);
}

void on_event(bufferevent* bev, short, void*) {
    bufferevent_free(bev);
}

void on_accept(evconnlistener* listener, evutil_socket_t fd, sockaddr*, int, void*) {
    bufferevent* bev =
        bufferevent_socket_new(evconnlistener_get_base(listener), fd, BEV_OPT_CLOSE_ON_FREE);
    const timeval silence{0, 300'000};
    bufferevent_setcb(bev, on_read, on_written, on_event, nullptr);
    bufferevent_set_timeouts(bev, &silence, nullptr);
    bufferevent_enable(bev, EV_READ);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    std::signal(SIGPIPE, SIG_IGN);
    event_base* base = event_base_new();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::strtol(argv[1], nullptr, 10)));
    evconnlistener* listener =
        evconnlistener_new_bind(base, on_accept, nullptr, LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_FREE,
                                -1, reinterpret_cast<sockaddr*>(&address), sizeof address);
    if (listener == nullptr) return 1;
    event_base_dispatch(base);
    evconnlistener_free(listener);
    event_base_free(base);
    return 0;
}
