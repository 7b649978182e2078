// Exercise of lesson 4: an edge-triggered echo server that loses nothing.
// It listens on the port that its argument says, on loopback, and sends back what it gets. It is
// written as a well-known demo is. Three things in `serve` are wrong, and one in `main`.
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

/// Serves what one epoll_wait reported.
void serve(int epfd, int listener, const epoll_event* events, long ret) {
    char bytes[100];
    for (int i = 0; i < ret; ++i) {
        const int fd = events[i].data.fd;
        if (fd == listener) {
            const int client = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
            watch(epfd, client, EPOLLIN | EPOLLET);
            continue;
        }
        ret = read(fd, bytes, sizeof bytes);
        if (ret == 0)
            close(fd);
        else if (write(fd, bytes, static_cast<size_t>(ret)) < 0)
            close(fd);
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
        const int ret = epoll_wait(epfd, events, 16, -1);
        if (ret < 0) return 1;
        serve(epfd, listener, events, ret);
    }
}
