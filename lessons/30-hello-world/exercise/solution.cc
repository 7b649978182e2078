// Exercise of lesson 30, solved: the listener goes, idle clients go, the others go when they have
// got what they asked for, and the signal's own event goes too. Then nothing is left, and the loop
// ends by itself.
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
#include <set>
#include <string>

namespace {

struct Free {
    void operator()(char* line) const { std::free(line); }
};

struct Server {
    event_base* base = nullptr;
    evconnlistener* listener = nullptr;
    event* term = nullptr;
    std::set<bufferevent*> clients;
    bool leaving = false;
};

/// A line with a number asks for so many bytes.
void on_read(bufferevent* bev, void*) {
    evbuffer* input = bufferevent_get_input(bev);
    while (std::unique_ptr<char, Free> line{evbuffer_readln(input, nullptr, EVBUFFER_EOL_LF)}) {
        const std::string bytes(std::strtoul(line.get(), nullptr, 10), 'x');
        bufferevent_write(bev, bytes.data(), bytes.size());
    }
}

void let_go(Server& server, bufferevent* bev) {
    server.clients.erase(bev);
    bufferevent_free(bev);
}

bool owes_nothing(bufferevent* bev) {
    return evbuffer_get_length(bufferevent_get_output(bev)) == 0;
}

void on_written(bufferevent* bev, void* arg) {
    auto& server = *static_cast<Server*>(arg);
    if (server.leaving && owes_nothing(bev)) let_go(server, bev);
}

void on_event(bufferevent* bev, short, void* arg) {
    let_go(*static_cast<Server*>(arg), bev);
}

void on_accept(evconnlistener*, evutil_socket_t fd, sockaddr*, int, void* arg) {
    auto* server = static_cast<Server*>(arg);
    bufferevent* bev = bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
    server->clients.insert(bev);
    bufferevent_setcb(bev, on_read, on_written, on_event, server);
    bufferevent_enable(bev, EV_READ | EV_WRITE);
}

void on_term(evutil_socket_t, short, void* arg) {
    auto& server = *static_cast<Server*>(arg);
    server.leaving = true;
    event_del(server.term);
    evconnlistener_free(server.listener);
    server.listener = nullptr;
    const std::set<bufferevent*> clients = server.clients;
    for (bufferevent* bev : clients) {
        bufferevent_disable(bev, EV_READ);  // no new questions
        if (owes_nothing(bev)) let_go(server, bev);
    }
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
