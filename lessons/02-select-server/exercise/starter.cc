// Exercise of lesson 2: a select server that nobody can stop.
// It listens on the port that its argument says, on loopback, and sends back what it gets. It is
// written as a well-known demo is, with its faults: one silent client stops it, one that resets its
// connection ends it, and one that leaves is never closed.
#include <netinet/in.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

constexpr int kPool = 16;
int pool[kPool];  // descriptors; -1: free

int listen_on(int port) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return -1;
    return listen(fd, 16) == 0 ? fd : -1;
}

void take_in(int listener, fd_set* readable) {
    const int fd = accept(listener, nullptr, nullptr);
    FD_SET(fd, readable);
    for (int& place : pool) {
        if (place != -1) continue;
        place = fd;
        break;
    }
}

void serve(int& place) {
    char bytes[100];
    const ssize_t n = read(place, bytes, sizeof bytes);
    if (n < 0) std::exit(1);
    if (n == 0)
        place = -1;
    else if (write(place, bytes, static_cast<size_t>(n)) != n)
        std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    signal(SIGPIPE, SIG_IGN);
    std::fill(pool, pool + kPool, -1);
    const int listener = pool[0] = listen_on(std::stoi(argv[1]));
    if (listener < 0) return 1;
    for (;;) {
        fd_set readable;
        FD_ZERO(&readable);
        int highest = 0;
        for (const int fd : pool) {
            if (fd < 0) continue;
            FD_SET(fd, &readable);
            highest = std::max(highest, fd);
        }
        if (select(highest + 1, &readable, nullptr, nullptr, nullptr) < 0) return 1;
        for (int& place : pool) {
            if (place < 0 || !FD_ISSET(place, &readable)) continue;
            if (place == listener)
                take_in(listener, &readable);
            else
                serve(place);
        }
    }
}
