// Lesson 29: a listener, and two echo servers. Four acts, each begins with a mark in the trace:
//   queue     five clients wait; the listener was made without a callback, then gets one
//   plain     one client of the plain echo server: one read event, write() in its callback
//   buffered  one client of the bufferevent echo server
//   innocent  a bug of a published echo server: it closes the descriptor of a bufferevent itself.
//             `villain` hangs up while `innocent` connects
// Time is virtual, and the clients are plain sockets of the same program: every run is the same.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_struct.h>
#include <event2/event.h>
#include <event2/evglass.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace {

void run(event_base* base) {
    event_base_loop(base, EVLOOP_NONBLOCK);
}

/// A listener on any free port of loopback, and clients that come to it.
class Door {
 public:
    Door(event_base* base, evconnlistener_cb callback) {
        where_.sin_family = AF_INET;
        where_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        listener_ =
            evconnlistener_new_bind(base, callback, base, LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_FREE,
                                    -1, reinterpret_cast<sockaddr*>(&where_), sizeof where_);
        socklen_t size = sizeof where_;
        getsockname(evconnlistener_get_fd(listener_), reinterpret_cast<sockaddr*>(&where_), &size);
    }
    ~Door() { evconnlistener_free(listener_); }
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    evconnlistener* listener() const { return listener_; }
    /// A client that is connected, and known to wait in the listener's queue.
    int arrive() const {
        const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(client, reinterpret_cast<const sockaddr*>(&where_), sizeof where_) != 0)
            return -1;
        pollfd ready{evconnlistener_get_fd(listener_), POLLIN, 0};
        return poll(&ready, 1, 5000) == 1 ? client : -1;
    }

 private:
    sockaddr_in where_{};
    evconnlistener* listener_;
};

/// What the client gets within five seconds: bytes, "the end", or the error's
/// name.
std::string hear(int client) {
    pollfd ready{client, POLLIN, 0};
    if (poll(&ready, 1, 5000) != 1) return "nothing";
    std::array<char, 64> room{};
    const ssize_t got = read(client, room.data(), room.size());
    if (got < 0) return strerrorname_np(errno);
    return got == 0 ? "the end" : std::string(room.data(), static_cast<std::size_t>(got));
}

bool say(int client, const std::string& text) {
    return write(client, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// ---- act 1: the queue
// ----------------------------------------------------------------------------

void greet_and_close(evconnlistener*, evutil_socket_t fd, sockaddr*, int, void*) {
    evutil_closesocket(fd);
}

void queue_act(event_base* base) {
    evglass_mark("queue");
    const Door door(base, nullptr);
    std::vector<int> clients;
    for (int i = 0; i < 5; ++i) clients.push_back(door.arrive());
    run(base);
    evglass_mark("callback set");
    evconnlistener_set_cb(door.listener(), greet_and_close, base);
    run(base);
    for (const int client : clients) close(client);
}

// ---- act 2: the plain echo server
// ----------------------------------------------------------------

struct Client {
    event* readable = nullptr;
};

void plain_read(evutil_socket_t fd, short, void* arg) {
    auto* client = static_cast<Client*>(arg);
    std::array<char, 8192> room{};
    const ssize_t got = read(fd, room.data(), room.size());
    if (got > 0) {
        if (write(fd, room.data(), static_cast<std::size_t>(got)) != got) std::printf("short\n");
        return;
    }
    event_del(client->readable);  // first the event,
    evutil_closesocket(fd);       // then the descriptor
}

void plain_accept(evconnlistener* listener, evutil_socket_t fd, sockaddr*, int, void* arg) {
    auto* client = static_cast<Client*>(arg);
    client->readable =
        event_new(evconnlistener_get_base(listener), fd, EV_READ | EV_PERSIST, plain_read, client);
    evglass_name_event(client->readable, "plain");
    event_add(client->readable, nullptr);
}

bool plain_act(event_base* base) {
    evglass_mark("plain");
    Client state;
    const Door door(base, plain_accept);
    evconnlistener_set_cb(door.listener(), plain_accept, &state);
    const int client = door.arrive();
    const bool sent = say(client, "hello");
    run(base);
    const std::string answer = hear(client);
    close(client);
    run(base);
    event_free(state.readable);
    return sent && answer == "hello";
}

// ---- acts 3 and 4: the bufferevent echo server
// ---------------------------------------------------

void echo(bufferevent* bev, void*) {
    bufferevent_write_buffer(bev, bufferevent_get_input(bev));
}

void right_end(bufferevent* bev, short, void*) {
    bufferevent_free(bev);
}

/// As published: the descriptor is closed by hand. BEV_OPT_CLOSE_ON_FREE closes
/// it as well.
void wrong_end(bufferevent* bev, short, void*) {
    const evutil_socket_t fd = bufferevent_getfd(bev);
    bufferevent_free(bev);
    evutil_closesocket(fd);
}

bufferevent* serve(event_base* base, evutil_socket_t fd, const char* name,
                   bufferevent_event_cb end) {
    bufferevent* bev = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    evglass_name_event(&bev->ev_read, (std::string(name) + ".read").c_str());
    evglass_name_event(&bev->ev_write, (std::string(name) + ".write").c_str());
    bufferevent_setcb(bev, echo, nullptr, end, nullptr);
    bufferevent_enable(bev, EV_READ);
    return bev;
}

void buffered_accept(evconnlistener*, evutil_socket_t fd, sockaddr*, int, void* base) {
    serve(static_cast<event_base*>(base), fd, "buffered", right_end);
}

bool buffered_act(event_base* base) {
    evglass_mark("buffered");
    const Door door(base, buffered_accept);
    const int client = door.arrive();
    const bool sent = say(client, "hello");
    run(base);
    const std::string answer = hear(client);
    close(client);
    run(base);
    return sent && answer == "hello";
}

/// The innocent client's end is never told, so nobody frees its bufferevent.
bufferevent* last_served = nullptr;

void careless_accept(evconnlistener*, evutil_socket_t fd, sockaddr*, int, void* base) {
    const char* name = last_served == nullptr ? "villain" : "innocent";
    last_served = serve(static_cast<event_base*>(base), fd, name, wrong_end);
}

std::string innocent_act(event_base* base) {
    evglass_mark("innocent");
    const Door door(base, careless_accept);
    const int villain = door.arrive();
    run(base);
    close(villain);
    const int innocent = door.arrive();
    const bool sent = say(innocent, "hello");
    run(base);
    const std::string answer = hear(innocent);
    close(innocent);
    run(base);
    return sent ? answer : "nothing was sent";
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();
    queue_act(base);
    const bool plain = plain_act(base);
    const bool buffered = buffered_act(base);
    const std::string innocent = innocent_act(base);
    std::printf("the innocent client got: %s\n", innocent.c_str());
    event_base_free(base);
    return plain && buffered ? 0 : 1;
}
