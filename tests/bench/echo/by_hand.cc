// An echo server without a library: a bare epoll loop that reads and writes. What is faster than
// this gives up something that TCP or the kernel asks for; it is the ceiling of echo_bench.cc.
// It has no buffers: what the kernel does not take at once is lost, and with it the client's round.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

namespace {

volatile std::sig_atomic_t asked_to_end = 0;

void on_interrupt(int) {
    asked_to_end = 1;
}

void watch(int epoll, int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

void accept_all(int epoll, int listener) {
    for (;;) {
        const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) return;
        watch(epoll, fd);
    }
}

void echo(int fd) {
    std::array<char, 4096> bytes;
    const ssize_t n = read(fd, bytes.data(), bytes.size());
    if (n == 0 || (n < 0 && errno != EAGAIN)) close(fd);
    if (n > 0 && write(fd, bytes.data(), static_cast<std::size_t>(n)) != n) close(fd);
}

void serve(int epoll, int listener) {
    while (!asked_to_end) {
        std::array<epoll_event, 64> ready;
        const int n = epoll_wait(epoll, ready.data(), static_cast<int>(ready.size()), -1);
        for (int i = 0; i < n; ++i) {
            const int fd = ready[static_cast<std::size_t>(i)].data.fd;
            fd == listener ? accept_all(epoll, listener) : echo(fd);
        }
    }
}

}  // namespace

int main() {
    struct sigaction action {};
    action.sa_handler = on_interrupt;
    sigaction(SIGINT, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        listen(listener, 1024) != 0 ||
        getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        std::perror("listen on 127.0.0.1");
        return 1;
    }
    std::printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    watch(epoll, listener);
    serve(epoll, listener);
    return 0;
}
