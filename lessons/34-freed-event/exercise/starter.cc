// Exercise of lesson 34: an echo server with room for one client. Who comes takes the place of who
// is there. Its first client is served well, and the next one is not heard. Nothing crashes, and
// no call fails. See the trace, and mend it.
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/evglass.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>

namespace {

struct Client {
    event readable{};
    int fd = -1;
};

/// One client at a time: its place is used again.
Client place;

void let_go(Client* client) {
    close(client->fd);
    client->fd = -1;
}

void on_readable(evutil_socket_t fd, short, void* arg) {
    char piece[4096];
    const ssize_t n = read(fd, piece, sizeof piece);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0 || write(fd, piece, static_cast<std::size_t>(n)) != n)
        let_go(static_cast<Client*>(arg));
}

void on_accept(evconnlistener* listener, evutil_socket_t fd, sockaddr*, int, void*) {
    if (place.fd >= 0) let_go(&place);  // who comes takes the place of who is there
    place.fd = fd;
    event_assign(&place.readable, evconnlistener_get_base(listener), fd, EV_READ | EV_PERSIST,
                 on_readable, &place);
    evglass_name_event(&place.readable, "client");
    event_add(&place.readable, nullptr);
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
