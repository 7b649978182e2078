// Lesson 2: a server on select, by hand.
//   Server            an echo server with a pool of descriptors, asked about anew in each turn
//   into_the_answer   a well-known demo's way to take in a client: it writes into the answer
//   short_sighted     a descriptor that stands in the set, above the number that select is given
//   in_the_library    the same backend in libevent: the only event_base here
// Clients and server are one process, and the script waits until the kernel has delivered what it
// sent. So every run is the same.
#include <event2/event.h>
#include <event2/evglass.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

int must(long result, const char* what) {
    if (result >= 0) return static_cast<int>(result);
    std::perror(what);
    std::exit(1);
}

class Server {
 public:
    Server() {
        sockaddr_in any{};
        any.sin_family = AF_INET;
        any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof any;
        evglass_name_fd(listener, "listener");
        must(bind(listener, reinterpret_cast<sockaddr*>(&any), size), "bind");
        must(listen(listener, 16), "listen");
        must(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
        pool.push_back(listener);
    }

    /// One turn: ask about everybody, then look at everybody.
    void turn() {
        fd_set readable;
        FD_ZERO(&readable);
        int highest = 0;
        for (const int fd : pool) {
            FD_SET(fd, &readable);
            highest = std::max(highest, fd);
        }
        evglass_note("watched", static_cast<long long>(pool.size()));
        timeval wait{1, 0};  // select writes into it too
        must(select(highest + 1, &readable, nullptr, nullptr, &wait), "select");
        const std::vector<int> asked = pool;  // those of this question: the pool may change
        for (const int fd : asked) {
            ++looked_at;
            if (!FD_ISSET(fd, &readable)) continue;
            fd == listener ? take_in() : serve(fd);
        }
        evglass_note("looked_at", looked_at);
    }

    void take_in() {
        const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
        if (fd < 0) return;
        if (fd >= FD_SETSIZE) {  // it can't be in a set at all
            close(fd);
            return;
        }
        pool.push_back(fd);  // from the next turn on
    }

    void serve(int fd) {
        char bytes[100];
        const ssize_t n = read(fd, bytes, sizeof bytes);
        if (n > 0) {
            must(write(fd, bytes, static_cast<size_t>(n)), "write");
        } else if (n == 0 || errno != EAGAIN) {
            close(fd);
            pool.erase(std::find(pool.begin(), pool.end(), fd));
        }
    }

    const int listener = must(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
    sockaddr_in address{};
    std::vector<int> pool;
    int looked_at = 0;
};

/// A client, and the server's end of its connection.
struct Client {
    int fd, peer;
};

/// Waits until the kernel has put something where `fd` can read it.
void delivered(int fd) {
    pollfd one{fd, POLLIN, 0};
    must(poll(&one, 1, 5000) == 1 ? 0 : -1, "nothing came");
}

int knock(const Server& server) {
    const int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
    must(connect(fd, reinterpret_cast<const sockaddr*>(&server.address), sizeof server.address),
         "connect");
    delivered(server.listener);
    return fd;
}

Client connect_to(Server& server, const char* name) {
    const int fd = knock(server);
    server.turn();
    evglass_name_fd(server.pool.back(), name);
    return {fd, server.pool.back()};
}

void speak(const Client& client) {
    must(write(client.fd, "hello\n", 6), "write");
    delivered(client.peer);
}

/// The demo puts a new client into the set that select has answered with. Its scan is not over, and
/// comes to the new client next.
void into_the_answer(const Server& server) {
    const int silent = knock(server);
    fd_set answer;
    FD_ZERO(&answer);
    FD_SET(server.listener, &answer);
    must(select(server.listener + 1, &answer, nullptr, nullptr, nullptr), "select");
    const int client = must(accept4(server.listener, nullptr, nullptr, SOCK_NONBLOCK), "accept4");
    FD_SET(client, &answer);  // the demo's line
    char bytes[100];
    if (FD_ISSET(client, &answer) && read(client, bytes, sizeof bytes) < 0)
        std::printf("reading from the silent client: %s\n",
                    errno == EAGAIN ? "nothing there" : "failed");
    close(client);
    close(silent);
}

void short_sighted() {
    int pair[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
    must(write(pair[1], "!", 1), "write");
    fd_set set;
    for (const int nfds : {pair[0], pair[0] + 1}) {
        FD_ZERO(&set);
        FD_SET(pair[0], &set);
        timeval now{0, 0};
        must(select(nfds, &set, nullptr, nullptr, &now), "select");
    }
}

void in_the_library() {
    evglass_use_virtual_clock(1);
    event_config* config = event_config_new();
    event_config_avoid_method(config, "epoll");
    event_config_avoid_method(config, "poll");
    event_base* base = event_base_new_with_config(config);
    event_config_free(config);
    int pair[2];
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), "socketpair");
    event* plain = event_new(
        base, pair[0], EV_READ, [](evutil_socket_t, short, void*) {}, nullptr);
    evglass_name_event(plain, "plain");
    event_add(plain, nullptr);
    must(write(pair[1], "!", 1), "write");
    event_base_dispatch(base);
    event_free(plain);
    event_base_free(base);
}

}  // namespace

int main() {
    Server server;
    const Client a = connect_to(server, "a");
    const Client b = connect_to(server, "b");
    const Client c = connect_to(server, "c");
    evglass_mark("b-speaks");
    speak(b);
    server.turn();
    evglass_mark("all-speak");
    for (const Client& client : {a, b, c}) speak(client);
    server.turn();
    into_the_answer(server);
    short_sighted();
    std::printf("FD_SETSIZE: %d\nbytes of a set: %zu\n", FD_SETSIZE, sizeof(fd_set));
    in_the_library();
    return 0;
}
