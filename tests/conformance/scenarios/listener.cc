// Scenarios: the listener: accepting, enabling, options, and who owns the fd. Connections are made
// on loopback, at most five of them.
// Read next: main.cc.
#include <arpa/inet.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "tests/conformance/scenarios/scenario.h"

using namespace evglass::conformance;

namespace {

struct FreeListener {
    void operator()(evconnlistener* l) const { evconnlistener_free(l); }
};
using Listener = std::unique_ptr<evconnlistener, FreeListener>;

sockaddr_in loopback(int port = 0) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<in_port_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int accepted;

void accept_and_stop(evconnlistener* listener, evutil_socket_t fd, sockaddr* address, int length,
                     void*) {
    ++accepted;
    say("accepted %d: nonblocking %s, cloexec %s, family %s, length %s", accepted,
        yes_no((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0),
        yes_no((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0), yes_no(address->sa_family == AF_INET),
        yes_no(length == sizeof(sockaddr_in)));
    close(fd);
    event_base_loopbreak(evconnlistener_get_base(listener));
}

Listener listen_on(event_base* base, evconnlistener_cb callback, unsigned flags, int backlog = -1) {
    const sockaddr_in address = loopback();
    return Listener(evconnlistener_new_bind(base, callback, nullptr, flags, backlog,
                                            reinterpret_cast<const sockaddr*>(&address),
                                            sizeof address));
}

/// Connected client sockets; closed with this object.
class Clients {
 public:
    ~Clients() {
        for (const int fd : fds_) close(fd);
    }
    void connect_to(evconnlistener* listener) {
        sockaddr_in address{};
        socklen_t length = sizeof address;
        getsockname(evconnlistener_get_fd(listener), reinterpret_cast<sockaddr*>(&address),
                    &length);
        const int fd = socket(AF_INET, SOCK_STREAM, 0);
        const int result = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
        say("connect = %d", result);
        fds_.push_back(fd);
    }

 private:
    std::vector<int> fds_;
};

int added(const Base& base) {
    return event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED);
}

}  // namespace

SCENARIO(T336_the_callback_gets_each_connection) {
    const Base base = new_base();
    const Listener listener = listen_on(base.get(), accept_and_stop, LEV_OPT_CLOSE_ON_FREE);
    Clients clients;
    clients.connect_to(listener.get());
    loop(base.get());
}

SCENARIO(T414_all_waiting_connections_are_accepted_in_one_turn) {
    const Base base = new_base();
    const Listener listener = listen_on(base.get(), accept_and_stop, LEV_OPT_CLOSE_ON_FREE);
    Clients clients;
    for (int i = 0; i < 5; ++i) clients.connect_to(listener.get());
    loop(base.get(), EVLOOP_ONCE);
    say("accepted %d", accepted);
}

SCENARIO(T337_without_a_callback_it_waits_for_one) {
    const Base base = new_base();
    const Listener listener = listen_on(base.get(), nullptr, LEV_OPT_CLOSE_ON_FREE);
    say("added %d", added(base));
    Clients clients;
    clients.connect_to(listener.get());
    loop(base.get(), EVLOOP_NONBLOCK);
    evconnlistener_set_cb(listener.get(), accept_and_stop, nullptr);
    say("added %d", added(base));
    loop(base.get(), EVLOOP_NONBLOCK);
}

SCENARIO(T339_backlog_0_means_it_listens_already) {
    const Base base = new_base();
    const Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    const sockaddr_in address = loopback();
    bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    listen(fd, 5);
    const Listener listener(evconnlistener_new(base.get(), accept_and_stop, nullptr, 0, 0, fd));
    Clients clients;
    clients.connect_to(listener.get());
    loop(base.get());
}

SCENARIO(T341_close_on_free) {
    const Base base = new_base();
    for (const unsigned flags : {0U, unsigned{LEV_OPT_CLOSE_ON_FREE}}) {
        Listener listener = listen_on(base.get(), accept_and_stop, flags);
        const int fd = evconnlistener_get_fd(listener.get());
        listener.reset();
        const bool open = fcntl(fd, F_GETFD) != -1;
        say("flags %u: fd is open %s", flags, yes_no(open));
        if (open) close(fd);
    }
}

SCENARIO(T340_leave_sockets_blocking) {
    const Base base = new_base();
    const Listener listener = listen_on(base.get(), accept_and_stop,
                                        LEV_OPT_CLOSE_ON_FREE | LEV_OPT_LEAVE_SOCKETS_BLOCKING);
    Clients clients;
    clients.connect_to(listener.get());
    loop(base.get());
}

SCENARIO(T342_close_on_exec) {
    const Base base = new_base();
    const Listener listener =
        listen_on(base.get(), accept_and_stop, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC);
    say("listening: cloexec %s",
        yes_no((fcntl(evconnlistener_get_fd(listener.get()), F_GETFD) & FD_CLOEXEC) != 0));
    Clients clients;
    clients.connect_to(listener.get());
    loop(base.get());
}

SCENARIO(T343_reuseable_and_keepalive) {
    const Base base = new_base();
    for (const unsigned flags :
         {0U, unsigned{LEV_OPT_REUSEABLE}, unsigned{LEV_OPT_REUSEABLE_PORT}}) {
        const Listener listener =
            listen_on(base.get(), accept_and_stop, LEV_OPT_CLOSE_ON_FREE | flags);
        const auto option = [&](int name) {
            int value = 0;
            socklen_t length = sizeof value;
            getsockopt(evconnlistener_get_fd(listener.get()), SOL_SOCKET, name, &value, &length);
            return value != 0;
        };
        say("flags %u: reuseaddr %s, reuseport %s, keepalive %s", flags,
            yes_no(option(SO_REUSEADDR)), yes_no(option(SO_REUSEPORT)),
            yes_no(option(SO_KEEPALIVE)));
    }
}

SCENARIO(T344_disable_and_enable) {
    const Base base = new_base();
    const Listener listener = listen_on(base.get(), accept_and_stop, LEV_OPT_CLOSE_ON_FREE);
    Clients clients;
    clients.connect_to(listener.get());
    say("added %d", added(base));
    say("disable = %d", evconnlistener_disable(listener.get()));
    say("added %d", added(base));
    loop(base.get(), EVLOOP_NONBLOCK);
    say("enable = %d", evconnlistener_enable(listener.get()));
    say("added %d", added(base));
    loop(base.get());
}

SCENARIO(T344_made_disabled) {
    const Base base = new_base();
    const Listener listener =
        listen_on(base.get(), accept_and_stop, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_DISABLED);
    say("added %d", added(base));
    evconnlistener_enable(listener.get());
    say("added %d", added(base));
}

SCENARIO(T417_freed_in_its_own_callback) {
    const Base base = new_base();
    static Listener* owner;
    Listener listener = listen_on(
        base.get(),
        [](evconnlistener*, evutil_socket_t fd, sockaddr*, int, void*) {
            say("accepted, freeing the listener");
            close(fd);
            owner->reset();
        },
        LEV_OPT_CLOSE_ON_FREE);
    owner = &listener;
    Clients clients;
    clients.connect_to(listener.get());
    clients.connect_to(listener.get());
    loop(base.get());
    say("added %d", added(base));
}

SCENARIO(T418_disabled_in_its_own_callback) {
    const Base base = new_base();
    const Listener listener = listen_on(
        base.get(),
        [](evconnlistener* l, evutil_socket_t fd, sockaddr*, int, void*) {
            ++accepted;
            close(fd);
            say("disable = %d", evconnlistener_disable(l));
        },
        LEV_OPT_CLOSE_ON_FREE);
    Clients clients;
    clients.connect_to(listener.get());
    clients.connect_to(listener.get());
    loop(base.get());
    say("accepted %d", accepted);
}

SCENARIO(listener_getters) {
    const Base base = new_base();
    const Listener listener = listen_on(base.get(), accept_and_stop, LEV_OPT_CLOSE_ON_FREE);
    say("base %s", yes_no(evconnlistener_get_base(listener.get()) == base.get()));
    say("fd is a socket %s", yes_no(evconnlistener_get_fd(listener.get()) >= 0));
}

SCENARIO(listener_on_an_address_in_use) {
    const Base base = new_base();
    const Listener first = listen_on(base.get(), accept_and_stop, LEV_OPT_CLOSE_ON_FREE);
    sockaddr_in address{};
    socklen_t length = sizeof address;
    getsockname(evconnlistener_get_fd(first.get()), reinterpret_cast<sockaddr*>(&address), &length);
    const Listener second(
        evconnlistener_new_bind(base.get(), accept_and_stop, nullptr, LEV_OPT_CLOSE_ON_FREE, -1,
                                reinterpret_cast<sockaddr*>(&address), sizeof address));
    say("second: %s", second == nullptr ? "null" : "a listener");
}
