// The solution of lesson 2's exercise: a new client waits for the next question, a client that is
// gone or that fails is closed and its place is free, and who finds no place is closed at once.
#include <netinet/in.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
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

/// Not into the answer of this select: it is asked about in the next one.
void take_in(int listener) {
    const int fd = accept(listener, nullptr, nullptr);
    int* place = fd >= 0 && fd < FD_SETSIZE ? std::find(pool, pool + kPool, -1) : pool + kPool;
    if (place != pool + kPool)
        *place = fd;
    else if (fd >= 0)
        close(fd);
}

void serve(int& place) {
    char bytes[100];
    const ssize_t n = read(place, bytes, sizeof bytes);
    if (n > 0 && write(place, bytes, static_cast<size_t>(n)) == n) return;
    close(place);
    place = -1;
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
        // The places of this question: one that is filled meanwhile was not asked about.
        int asked[kPool];
        std::copy(pool, pool + kPool, asked);
        for (int i = 0; i < kPool; ++i) {
            int& place = pool[i];
            if (asked[i] < 0 || !FD_ISSET(asked[i], &readable)) continue;
            if (place == listener)
                take_in(listener);
            else
                serve(place);
        }
    }
}
