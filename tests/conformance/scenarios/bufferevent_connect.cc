// Scenarios: bufferevents that connect, by address and by name, and a peer that resets.
// Read next: bufferevent_kinds.cc.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "tests/conformance/scenarios/bevs.h"

using namespace evglass::conformance;

namespace {

constexpr short kBoth = EV_READ | EV_WRITE;

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<in_port_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool is_open(int fd) {
    return fcntl(fd, F_GETFD) >= 0;
}

/// A port of the loopback; listening or not.
int some_port(int& fd, bool listening) {
    fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    if (listening) listen(fd, 5);
    socklen_t size = sizeof address;
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

}  // namespace

// Shows T427: an error is told.
SCENARIO(bev_a_peer_that_resets) {
    Base base = new_base();
    int listening = -1;
    const int port = some_port(listening, true);
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(port);
    if (connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) say("no");
    const int server = accept4(listening, nullptr, nullptr, SOCK_NONBLOCK);
    Talker t("t", bufferevent_socket_new(base.get(), server, BEV_OPT_CLOSE_ON_FREE));
    t.enable(kBoth);
    const linger now{1, 0};
    setsockopt(client, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(client);
    t.on_event = [](Talker&, short) { say("errno %s", std::strerror(errno)); };
    run_ms(base.get(), 30);
    close(listening);
}

// Shows T231, T236, T238, T239: what was queued before leaves once the connection stands.
SCENARIO(bev_connect_tells_connected_first) {
    Base base = new_base();
    int listening = -1;
    const int port = some_port(listening, true);
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    t.enable(kBoth);
    t.write("early bird");
    const sockaddr_in address = loopback(port);
    say("connect = %d", bufferevent_socket_connect(
                            t.bev(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    say("fd %s", yes_no(bufferevent_getfd(t.bev()) >= 0));
    run_ms(base.get(), 40);
    t.tell_all();
    close(listening);
}

// Shows T241: the connected event, and no write callback.
SCENARIO(bev_connect_with_nothing_to_write) {
    Base base = new_base();
    int listening = -1;
    const int port = some_port(listening, true);
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    const sockaddr_in address = loopback(port);
    bufferevent_socket_connect(t.bev(), reinterpret_cast<const sockaddr*>(&address),
                               sizeof address);
    run_ms(base.get(), 40);
    close(listening);
}

SCENARIO(bev_connect_with_writing_disabled) {
    Base base = new_base();
    int listening = -1;
    const int port = some_port(listening, true);
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    bufferevent_disable(t.bev(), EV_WRITE);
    t.write("later");
    const sockaddr_in address = loopback(port);
    bufferevent_socket_connect(t.bev(), reinterpret_cast<const sockaddr*>(&address),
                               sizeof address);
    run_ms(base.get(), 40);
    t.tell_all();
    t.enable(EV_WRITE);
    run_ms(base.get(), 40);
    t.tell_all();
    close(listening);
}

// Shows T230: the error event comes, with the socket's error in errno.
SCENARIO(bev_connect_refused) {
    Base base = new_base();
    int bound = -1;
    const int port = some_port(bound, false);
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    t.enable(EV_WRITE);
    t.on_event = [](Talker&, short) { say("errno %s", std::strerror(errno)); };
    const sockaddr_in address = loopback(port);
    say("connect = %d", bufferevent_socket_connect(
                            t.bev(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    run_ms(base.get(), 40);
    close(bound);
}

SCENARIO(bev_connect_refused_while_reading) {
    Base base = new_base();
    int bound = -1;
    const int port = some_port(bound, false);
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    t.enable(kBoth);
    const sockaddr_in address = loopback(port);
    bufferevent_socket_connect(t.bev(), reinterpret_cast<const sockaddr*>(&address),
                               sizeof address);
    run_ms(base.get(), 40);
    close(bound);
}

SCENARIO(bev_connect_without_address_or_socket) {
    Base base = new_base();
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    say("connect = %d", bufferevent_socket_connect(t.bev(), nullptr, 0));
    sockaddr_in nonsense{};
    nonsense.sin_family = 12345;
    say("connect = %d", bufferevent_socket_connect(t.bev(), reinterpret_cast<sockaddr*>(&nonsense),
                                                   sizeof nonsense));
    say("fd %d", static_cast<int>(bufferevent_getfd(t.bev())));
}

SCENARIO(bev_connect_of_a_socket_that_connects_already) {
    Base base = new_base();
    int listening = -1;
    const int port = some_port(listening, true);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const sockaddr_in address = loopback(port);
    connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    Talker t("t", bufferevent_socket_new(base.get(), fd, BEV_OPT_CLOSE_ON_FREE));
    say("connect = %d", bufferevent_socket_connect(t.bev(), nullptr, 0));
    run_ms(base.get(), 40);
    close(listening);
}

SCENARIO(bev_own_connect_is_told_by_the_write_callback) {
    Base base = new_base();
    int listening = -1;
    const int port = some_port(listening, true);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const sockaddr_in address = loopback(port);
    connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    Talker t("t", bufferevent_socket_new(base.get(), fd, BEV_OPT_CLOSE_ON_FREE));
    t.enable(kBoth);
    run_ms(base.get(), 40);
    close(listening);
}

SCENARIO(bev_connect_by_name) {
    Base base = new_base();
    int listening = -1;
    const int port = some_port(listening, true);
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    t.write("hello");
    say("connect = %d",
        bufferevent_socket_connect_hostname(t.bev(), nullptr, AF_INET, "127.0.0.1", port));
    run_ms(base.get(), 40);
    say("dns error %d", bufferevent_socket_get_dns_error(t.bev()));
    close(listening);
}

// Shows T242: an error event.
SCENARIO(bev_connect_by_a_bad_name) {
    Base base = new_base();
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    say("connect = %d",
        bufferevent_socket_connect_hostname(t.bev(), nullptr, AF_INET, "not a name", 80));
    say("dns error %s", yes_no(bufferevent_socket_get_dns_error(t.bev()) != 0));
    run_ms(base.get(), 20);
    for (const int port : {0, -1, 65536})
        say("port %d = %d", port,
            bufferevent_socket_connect_hostname(t.bev(), nullptr, AF_INET, "127.0.0.1", port));
    say("family = %d",
        bufferevent_socket_connect_hostname(t.bev(), nullptr, AF_UNIX, "127.0.0.1", 80));
}

SCENARIO(bev_freed_while_connecting) {
    Base base = new_base();
    int listening = -1;
    const int port = some_port(listening, true);
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    const sockaddr_in address = loopback(port);
    bufferevent_socket_connect(t.bev(), reinterpret_cast<const sockaddr*>(&address),
                               sizeof address);
    const int fd = static_cast<int>(bufferevent_getfd(t.bev()));
    t.free();
    run_ms(base.get(), 20);
    say("open: %s", yes_no(is_open(fd)));
    close(listening);
}
