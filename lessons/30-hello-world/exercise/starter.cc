// Exercise of lesson 30: a graceful shutdown. A client sends a line with a number and gets so many
// bytes. On SIGTERM the server is to accept nobody any more, to let go of those who wait for
// nothing, to send what it owes, and then to end because nothing is left. As it stands, it leaves
// its loop at once, whatever it owes.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/evglass.h>
#include <event2/listener.h>
#include <netinet/in.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

struct Free {
    void operator()(char* line) const { std::free(line); }
};

struct Server {
    event_base* base = nullptr;
    evconnlistener* listener = nullptr;
    event* term = nullptr;
};

/// A line with a number asks for so many bytes.
void on_read(bufferevent* bev, void*) {
    evbuffer* input = bufferevent_get_input(bev);
    while (std::unique_ptr<char, Free> line{evbuffer_readln(input, nullptr, EVBUFFER_EOL_LF)}) {
        const std::string bytes(std::strtoul(line.get(), nullptr, 10), 'x');
        bufferevent_write(bev, bytes.data(), bytes.size());
    }
}

void on_event(bufferevent* bev, short, void*) {
    bufferevent_free(bev);
}

void on_accept(evconnlistener*, evutil_socket_t fd, sockaddr*, int, void* arg) {
    auto* server = static_cast<Server*>(arg);
    bufferevent* bev = bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(bev, on_read, nullptr, on_event, server);
    bufferevent_enable(bev, EV_READ | EV_WRITE);
}

void on_term(evutil_socket_t, short, void* arg) {
    event_base_loopexit(static_cast<Server*>(arg)->base, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    std::signal(SIGPIPE, SIG_IGN);
    Server server;
    server.base = event_base_new();
    server.term = evsignal_new(server.base, SIGTERM, on_term, &server);
    evglass_name_event(server.term, "term");
    event_add(server.term, nullptr);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::strtol(argv[1], nullptr, 10)));
    server.listener = evconnlistener_new_bind(
        server.base, on_accept, &server, LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_FREE, -1,
        reinterpret_cast<sockaddr*>(&address), sizeof address);
    if (server.listener == nullptr) return 1;
    event_base_dispatch(server.base);
    if (server.listener != nullptr) evconnlistener_free(server.listener);
    event_free(server.term);
    event_base_free(server.base);
    return 0;
}
