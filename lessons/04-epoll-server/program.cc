// Lesson 4: a server on epoll, by hand, and what level and edge mean.
//   Server   an echo server, level-triggered, with a buffer of 100 bytes
//   edge     one descriptor watched with EPOLLET, and a reader that doesn't read
//   bound    the loop of a well-known demo, which overwrites its own bound
//   by_level, by_edge   ten messages each way: what do they cost?
//   in_the_library      one event, to see how libevent asks: the only event_base here
// Clients and server are one process, and the script waits until the kernel has delivered what it
// sent. So every run is the same.
#include <event2/event.h>
#include <event2/evglass.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

int must(long result, const char* what) {
    if (result >= 0) return static_cast<int>(result);
    std::perror(what);
    std::exit(1);
}

int watch(int epfd, int op, int fd, unsigned events) {
    epoll_event wanted{};
    wanted.events = events;
    wanted.data.fd = fd;  // given back as it is: epoll itself never looks at it
    return epoll_ctl(epfd, op, fd, &wanted);
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
        must(watch(epfd, EPOLL_CTL_ADD, listener, EPOLLIN), "epoll_ctl");
    }

    /// One turn: sleep until something is ready, then serve each that is.
    void turn() {
        epoll_event ready[16];
        const int n = must(epoll_wait(epfd, ready, 16, 1000), "epoll_wait");
        for (int i = 0; i < n; ++i) {
            if (ready[i].data.fd == listener)
                accept_all();
            else
                serve(ready[i].data.fd);
        }
    }

    /// Everybody who knocked, until nobody is left: epoll doesn't say how many there are.
    void accept_all() {
        for (;;) {
            const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
            if (fd < 0) return;  // EAGAIN: that was all
            must(watch(epfd, EPOLL_CTL_ADD, fd, EPOLLIN), "epoll_ctl");
            newest = fd;
        }
    }

    /// One read. By level, what doesn't fit is reported again: no need to read to the end.
    void serve(int fd) {
        char bytes[100];
        const ssize_t n = read(fd, bytes, sizeof bytes);
        if (n > 0)
            must(write(fd, bytes, static_cast<size_t>(n)), "write");
        else if (n == 0 || errno != EAGAIN)
            close(fd);  // its entry in the set goes with it
    }

    const int listener = must(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
    const int epfd = must(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    sockaddr_in address{};
    int newest = -1;  // the connection that was accepted last
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

Client connect_to(Server& server, const char* name) {
    const int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
    must(connect(fd, reinterpret_cast<sockaddr*>(&server.address), sizeof server.address), name);
    delivered(server.listener);
    server.turn();
    evglass_name_fd(server.newest, name);
    return {fd, server.newest};
}

void speak(const Client& client, const std::string& text) {
    must(write(client.fd, text.data(), text.size()), "write");
    delivered(client.peer);
}

/// The client reads its answer and says that it will send no more.
void hang_up(const Client& client) {
    char answer[100];
    delivered(client.fd);
    must(read(client.fd, answer, sizeof answer), "read");
    must(shutdown(client.fd, SHUT_WR), "shutdown");
    delivered(client.peer);
}

void serving() {
    Server server;
    const Client a = connect_to(server, "a");
    const Client b = connect_to(server, "b");
    const Client c = connect_to(server, "c");

    evglass_mark("two-speak");
    speak(a, "hello\n");
    speak(c, "hello\n");
    server.turn();

    evglass_mark("250-bytes");
    speak(b, std::string(250, 'x'));
    for (int i = 0; i < 3; ++i) server.turn();

    evglass_mark("a-hangs-up");
    hang_up(a);
    server.turn();
}

struct Pair {
    int ours, theirs;
    explicit Pair(const char* name) {
        int fds[2];
        must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), "socketpair");
        ours = fds[0];
        theirs = fds[1];
        evglass_name_fd(ours, name);
    }
    void say(const char* text) const { must(write(theirs, text, 1), "say"); }
};

void edge() {
    const int epfd = must(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    const Pair lazy("lazy");
    epoll_event ready[16];
    watch(epfd, EPOLL_CTL_ADD, lazy.ours, EPOLLIN | EPOLLET);
    lazy.say("1");
    epoll_wait(epfd, ready, 16, 0);
    epoll_wait(epfd, ready, 16, 0);  // nobody has read the byte
    lazy.say("2");
    epoll_wait(epfd, ready, 16, 0);
    epoll_wait(epfd, ready, 16, 0);
    watch(epfd, EPOLL_CTL_MOD, lazy.ours, EPOLLIN | EPOLLET);
    epoll_wait(epfd, ready, 16, 0);

    void* shared = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, epfd, 0);
    std::printf("mmap of the set: %s\n", shared == MAP_FAILED ? std::strerror(errno) : "works");
    const int file = must(open("/proc/self/exe", O_RDONLY), "open");
    const int refused = watch(epfd, EPOLL_CTL_ADD, file, EPOLLIN);
    std::printf("a regular file: %s\n", refused < 0 ? std::strerror(errno) : "watched");
}

void bound() {
    const int epfd = must(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    const Pair first("first"), second("second");
    for (const int fd : {first.ours, second.ours})
        watch(epfd, EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLET);
    first.say("\n");
    second.say("\n");
    epoll_event events[16];
    char bytes[100];
    long ret = epoll_wait(epfd, events, 16, 0);
    for (int i = 0; i < ret; ++i) ret = read(events[i].data.fd, bytes, sizeof bytes);
    epoll_wait(epfd, events, 16, 0);
}

void by_level(int epfd, const Pair& pair) {
    epoll_event ready[16];
    char bytes[100];
    for (int message = 0; message < 10; ++message) {
        pair.say("m");
        epoll_wait(epfd, ready, 16, 0);
        must(read(pair.ours, bytes, sizeof bytes), "read");
    }
}

void by_edge(int epfd, const Pair& pair) {
    epoll_event ready[16];
    char bytes[100];
    for (int message = 0; message < 10; ++message) {
        pair.say("m");
        epoll_wait(epfd, ready, 16, 0);
        while (read(pair.ours, bytes, sizeof bytes) > 0) continue;  // to EAGAIN
    }
}

void in_the_library() {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();
    const Pair pair("plain");
    event* plain = event_new(
        base, pair.ours, EV_READ | EV_PERSIST, [](evutil_socket_t, short, void*) {}, nullptr);
    evglass_name_event(plain, "plain");
    event_add(plain, nullptr);
    pair.say("!");
    event_base_loop(base, EVLOOP_ONCE);
    event_base_loop(base, EVLOOP_ONCE);
    event_free(plain);
    event_base_free(base);
}

}  // namespace

int main() {
    serving();
    edge();
    bound();
    const int set_of_one = must(epoll_create(1), "epoll_create");
    const Pair level("level"), edgy("edgy");
    watch(set_of_one, EPOLL_CTL_ADD, level.ours, EPOLLIN);
    watch(set_of_one, EPOLL_CTL_ADD, edgy.ours, EPOLLIN | EPOLLET);
    by_level(set_of_one, level);
    by_edge(set_of_one, edgy);
    in_the_library();
    return 0;
}
