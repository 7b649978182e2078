// What clients.h declares.
#include "tests/bench/load/clients.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kMessage = 64;

/// The number behind the last colon; 0 if there is none.
in_port_t port_of(const std::string& line) {
    in_port_t port = 0;
    const std::size_t colon = line.rfind(':');
    if (colon != std::string::npos)
        std::from_chars(line.data() + colon + 1, line.data() + line.size(), port);
    return port;
}

/// -1 where it is refused.
int connect_to(in_port_t port) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return fd;
    close(fd);
    return -1;
}

void send_one(int fd) {
    constexpr std::array<char, kMessage> kText{};
    static_cast<void>(send(fd, kText.data(), kText.size(), MSG_NOSIGNAL));
}

/// A message this short comes back in one piece.
bool is_back(int fd) {
    std::array<char, kMessage> text;
    return recv(fd, text.data(), text.size(), MSG_DONTWAIT) > 0;
}

}  // namespace

Clients::Clients(const std::string& line, std::size_t count)
    : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    const in_port_t port = port_of(line);
    while (port != 0 && fds_.size() < count) {
        const int fd = connect_to(port);
        if (fd < 0) return;
        fds_.push_back(fd);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fd;
        epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
    }
    connected_ = port != 0;
}

Clients::~Clients() {
    for (const int fd : fds_) close(fd);
    close(epoll_);
}

long Clients::talk(std::chrono::milliseconds length) {
    long messages = 0;
    for (const int fd : fds_) send_one(fd);
    for (const auto end = Clock::now() + length; Clock::now() < end;) {
        std::array<epoll_event, 64> ready;
        const int n = epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), 100);
        for (int i = 0; i < n; ++i) {
            const int fd = ready[static_cast<std::size_t>(i)].data.fd;
            if (!is_back(fd)) continue;
            ++messages;
            send_one(fd);
        }
    }
    return messages;
}

}  // namespace bench
