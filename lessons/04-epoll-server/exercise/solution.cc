// The solution of lesson 4's exercise. The number of reports has a name of its own and stays. An
// edge is told once, so each descriptor is read until EAGAIN. And a wait that a signal interrupted
// has failed in nothing: one waits again.
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <string>

namespace {

int watch(int epfd, int fd, unsigned events) {
    epoll_event wanted{};
    wanted.events = events;
    wanted.data.fd = fd;
    return epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &wanted);
}

int listen_on(int port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return -1;
    return listen(fd, 16) == 0 ? fd : -1;
}

/// All that is there: an edge is told once.
void echo(int fd) {
    char bytes[100];
    for (;;) {
        const ssize_t n = read(fd, bytes, sizeof bytes);
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0 || write(fd, bytes, static_cast<size_t>(n)) != n) {
            close(fd);
            return;
        }
    }
}

/// Serves what one epoll_wait reported.
void serve(int epfd, int listener, const epoll_event* events, int reported) {
    for (int i = 0; i < reported; ++i) {
        const int fd = events[i].data.fd;
        if (fd != listener) {
            echo(fd);
            continue;
        }
        const int client = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
        if (client >= 0) watch(epfd, client, EPOLLIN | EPOLLET);
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const int listener = listen_on(std::stoi(argv[1]));
    const int epfd = epoll_create1(EPOLL_CLOEXEC);
    if (listener < 0 || watch(epfd, listener, EPOLLIN) != 0) return 1;
    epoll_event events[16];
    for (;;) {
        const int reported = epoll_wait(epfd, events, 16, -1);
        if (reported < 0 && errno != EINTR) return 1;
        serve(epfd, listener, events, reported);
    }
}
