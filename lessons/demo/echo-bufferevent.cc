// The shortest real server: a listener and bufferevents. It sends back what it gets.
//
// Nothing here reads or writes. A bufferevent reads when there is something, and calls on_read; it
// writes what is moved to its output, when the socket has room.
// Watch it with `evglass live -- build/bin/echo-bufferevent`.
// Read next: echo-server.cc, which does by hand what a bufferevent does.
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string_view>

namespace {

/// A client that sends faster than it reads is not read from beyond this.
constexpr size_t kMostWaiting = 1 << 20;

struct Free {
    void operator()(event_base* base) const { event_base_free(base); }
    void operator()(evconnlistener* listener) const { evconnlistener_free(listener); }
    void operator()(event* ev) const { event_free(ev); }
};

/// Moves, does not copy: the memory that was read into is the memory that is written from.
void on_read(bufferevent* client, void*) noexcept {
    bufferevent_write_buffer(client, bufferevent_get_input(client));
    if (evbuffer_get_length(bufferevent_get_output(client)) > kMostWaiting)
        bufferevent_disable(client, EV_READ);
}

/// All that was waiting is written.
void on_written(bufferevent* client, void*) noexcept {
    bufferevent_enable(client, EV_READ);
}

/// The end of the stream, an error, or a minute of silence.
void on_event(bufferevent* client, short, void*) noexcept {
    bufferevent_free(client);
}

void on_accept(evconnlistener* listener, evutil_socket_t fd, sockaddr*, int, void*) noexcept {
    event_base* base = evconnlistener_get_base(listener);
    bufferevent* client = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (client == nullptr) {
        evutil_closesocket(fd);
        return;
    }
    constexpr timeval kMinute{60, 0};
    bufferevent_setcb(client, on_read, on_written, on_event, nullptr);
    bufferevent_set_timeouts(client, &kMinute, &kMinute);
    bufferevent_enable(client, EV_READ);
}

void on_interrupt(evutil_socket_t, short, void* base) noexcept {
    event_base_loopbreak(static_cast<event_base*>(base));
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    const std::unique_ptr<event_base, Free> base(event_base_new());
    if (!base) return 1;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    in_port_t port = 0;
    const std::string_view wanted(argc > 1 ? argv[1] : "");
    const char* const end = wanted.data() + wanted.size();
    if (argc > 2 || (argc == 2 && std::from_chars(wanted.data(), end, port).ptr != end)) {
        std::fprintf(stderr, "usage: echo-bufferevent [PORT]   (no PORT, or 0: any free one)\n");
        return 2;
    }
    address.sin_port = htons(port);
    const std::unique_ptr<evconnlistener, Free> listener(evconnlistener_new_bind(
        base.get(), on_accept, nullptr, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, -1,
        reinterpret_cast<sockaddr*>(&address), sizeof address));
    if (!listener) {
        std::perror("listen on 127.0.0.1");
        return 1;
    }
    const std::unique_ptr<event, Free> interrupt(
        evsignal_new(base.get(), SIGINT, on_interrupt, base.get()));
    event_add(interrupt.get(), nullptr);
    socklen_t size = sizeof address;
    getsockname(evconnlistener_get_fd(listener.get()), reinterpret_cast<sockaddr*>(&address),
                &size);
    std::printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return event_base_dispatch(base.get()) < 0 ? 1 : 0;
}
