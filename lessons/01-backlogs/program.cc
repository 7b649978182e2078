// Lesson 1: two queues in front of accept, and where a wake-up comes from.
//   six clients     connect to a listener with a backlog of 2 that accepts nobody
//   one accept      makes room, and somebody's retransmission gets in (after a second: real time)
//   refused         what a client gets where nobody listens
//   asleep          one wait of 50 ms: how often is the process woken?
//   packets         a thousand datagrams to oneself: who works for them in the kernel?
//   in_the_library  the listener in an event_base
#include <event2/event.h>
#include <event2/evglass.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

namespace {

constexpr int kBacklog = 2, kClients = 6;

int must(long result, const char* what) {
    if (result >= 0) return static_cast<int>(result);
    std::perror(what);
    std::exit(1);
}

/// What the kernel says of a TCP socket. Of a listener: `tcpi_unacked` connections wait for accept,
/// and `tcpi_sacked` is the most that it was told to let wait.
tcp_info info_of(int fd) {
    tcp_info info{};
    socklen_t size = sizeof info;
    must(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size), "TCP_INFO");
    return info;
}

sockaddr_in loopback() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int listener_with(int backlog, sockaddr_in& address) {
    const int fd = must(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
    address = loopback();
    socklen_t size = sizeof address;
    must(bind(fd, reinterpret_cast<sockaddr*>(&address), size), "bind");
    must(listen(fd, backlog), "listen");
    must(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    return fd;
}

void wait_for_queue(int listener, unsigned length) {
    for (int i = 0; i < 5000 && info_of(listener).tcpi_unacked != length; ++i) usleep(1000);
}

void count_clients(const int (&clients)[kClients]) {
    int established = 0, syn_sent = 0;
    for (const int fd : clients) {
        const unsigned state = info_of(fd).tcpi_state;
        if (state == TCP_ESTABLISHED) ++established;
        if (state == TCP_SYN_SENT) ++syn_sent;
    }
    evglass_note("established", established);
    evglass_note("syn_sent", syn_sent);
}

void knock(int listener, const sockaddr_in& address, int (&clients)[kClients]) {
    unsigned room = kBacklog + 1, done = 0;
    for (int& fd : clients) {
        fd = must(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
        const int result = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
        if (result != 0 && errno != EINPROGRESS) must(result, "connect");
        wait_for_queue(listener, std::min(++done, room));
    }
    evglass_note("waiting", info_of(listener).tcpi_unacked);
    evglass_note("limit", info_of(listener).tcpi_sacked);
    count_clients(clients);
}

void let_one_in(int listener, const int (&clients)[kClients]) {
    must(accept4(listener, nullptr, nullptr, SOCK_NONBLOCK), "accept4");
    evglass_note("waiting", info_of(listener).tcpi_unacked);
    wait_for_queue(listener, kBacklog + 1);  // until a client has sent its SYN once more
    evglass_note("waiting", info_of(listener).tcpi_unacked);
    count_clients(clients);
}

void refused() {
    sockaddr_in address{};
    close(listener_with(1, address));  // its port is free again: nobody listens
    const int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
    const int result = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    std::printf("where nobody listens: %s\n", result == 0 ? "connected" : std::strerror(errno));
    close(fd);
}

void huge_backlog() {
    sockaddr_in address{};
    const int fd = listener_with(100000, address);
    evglass_note("limit", info_of(fd).tcpi_sacked);
    int most = 0;
    std::ifstream("/proc/sys/net/core/somaxconn") >> most;
    evglass_note("somaxconn", most);
    std::printf("asked for 100000: %s\n", info_of(fd).tcpi_sacked == static_cast<unsigned>(most)
                                              ? "cut to somaxconn"
                                              : "kept");
    close(fd);
}

void asleep() {
    rusage before{}, after{};
    getrusage(RUSAGE_SELF, &before);
    poll(nullptr, 0, 50);
    getrusage(RUSAGE_SELF, &after);
    evglass_note("woken", after.ru_nvcsw - before.ru_nvcsw);
    std::printf("woken: %ld\n", after.ru_nvcsw - before.ru_nvcsw);
}

/// How often the kernel's part that receives packets has run, on all processors together.
long net_rx() {
    std::ifstream file("/proc/softirqs");
    long sum = 0;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string name;
        words >> name;
        if (name != "NET_RX:") continue;
        for (long one = 0; words >> one;) sum += one;
    }
    return sum;
}

void packets() {
    const int fd = must(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), "socket");
    sockaddr_in address = loopback();
    socklen_t size = sizeof address;
    must(bind(fd, reinterpret_cast<sockaddr*>(&address), size), "bind");
    must(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    const long before = net_rx();
    char bytes[1] = {'!'};
    for (int i = 0; i < 1000; ++i) {
        sendto(fd, bytes, 1, 0, reinterpret_cast<sockaddr*>(&address), size);
        recvfrom(fd, bytes, 1, 0, nullptr, nullptr);
    }
    const long runs = net_rx() - before;
    evglass_note("net_rx", runs);
    std::printf("net_rx: %s\n", runs >= 1000 ? "1000 or more" : "fewer than 1000");
    close(fd);
}

void in_the_library(int listener) {
    event_base* base = event_base_new();
    event* door = event_new(
        base, listener, EV_READ, [](evutil_socket_t, short, void*) {}, nullptr);
    evglass_name_event(door, "door");
    event_add(door, nullptr);
    event_base_dispatch(base);
    event_free(door);
    event_base_free(base);
}

}  // namespace

int main() {
    sockaddr_in address{};
    const int listener = listener_with(kBacklog, address);
    evglass_name_fd(listener, "listener");
    int clients[kClients];
    knock(listener, address, clients);
    let_one_in(listener, clients);
    refused();
    huge_backlog();
    asleep();
    packets();
    in_the_library(listener);
    return 0;
}
