// Exercise of lesson 33: an echo server on plain events, with an output of its own. It loses
// nothing and bears slow readers. But its loop never sleeps. See the trace, and mend it.
#include <event2/event.h>
#include <event2/evglass.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

struct Client {
    event* readable = nullptr;
    event* writable = nullptr;
    int fd = -1;
    std::string output;
    bool finished = false;  ///< it sends no more
};

void let_go(Client* client) {
    const std::unique_ptr<Client> owner(client);
    event_free(client->readable);
    event_free(client->writable);
    close(client->fd);
}

/// Gives the socket as much as it takes.
void flush(Client* client) {
    while (!client->output.empty()) {
        const ssize_t n = write(client->fd, client->output.data(), client->output.size());
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n < 0) return let_go(client);
        client->output.erase(0, static_cast<std::size_t>(n));
    }
    if (client->finished) let_go(client);
}

void on_writable(evutil_socket_t, short, void* arg) {
    flush(static_cast<Client*>(arg));
}

void on_readable(evutil_socket_t fd, short, void* arg) {
    auto* client = static_cast<Client*>(arg);
    char piece[16384];
    const ssize_t n = read(fd, piece, sizeof piece);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n < 0) return let_go(client);
    if (n == 0) {
        client->finished = true;
        event_del(client->readable);
    } else {
        client->output.append(piece, static_cast<std::size_t>(n));
    }
    flush(client);
}

void on_accept(evconnlistener* listener, evutil_socket_t fd, sockaddr*, int, void*) {
    event_base* base = evconnlistener_get_base(listener);
    Client* client = std::make_unique<Client>().release();  // let_go takes it back
    client->fd = fd;
    client->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, client);
    client->writable = event_new(base, fd, EV_WRITE | EV_PERSIST, on_writable, client);
    evglass_name_event(client->readable, "readable");
    evglass_name_event(client->writable, "writable");
    event_add(client->readable, nullptr);
    event_add(client->writable, nullptr);
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
    event* stop = evsignal_new(
        base, SIGTERM,
        [](evutil_socket_t, short, void* arg) {
            event_base_loopbreak(static_cast<event_base*>(arg));
        },
        base);
    event_add(stop, nullptr);
    event_base_dispatch(base);
    event_free(stop);
    evconnlistener_free(listener);
    event_base_free(base);
    return 0;
}
