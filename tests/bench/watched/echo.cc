// A bufferevent echo server under load, watched: build/bin/echo-bufferevent, and so many clients in
// this process, each of which sends a message as soon as the last one is back. An operation is a
// message. No event library here: what loads a reactor must not be one.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "tests/bench/watched/watched.h"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kClients = 50, kMessage = 64;
constexpr std::chrono::seconds kLength{2};

/// The number behind the last colon; 0 if there is none.
in_port_t port_of(const std::string& line) {
    in_port_t port = 0;
    const std::size_t colon = line.rfind(':');
    if (colon != std::string::npos)
        std::from_chars(line.data() + colon + 1, line.data() + line.size(), port);
    return port;
}

class Clients {
 public:
    explicit Clients(in_port_t port) : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fds_.fill(-1);
        for (int& fd : fds_) {
            fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            const int on = 1;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return;
            epoll_event event{};
            event.events = EPOLLIN;
            event.data.fd = fd;
            epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
        }
        connected_ = port != 0;
    }
    ~Clients() {
        for (const int fd : fds_) close(fd);
        close(epoll_);
    }
    Clients(const Clients&) = delete;
    Clients& operator=(const Clients&) = delete;

    bool connected() const { return connected_; }
    /// Until the time is over; how many messages came back.
    long talk() {
        long messages = 0;
        for (const int fd : fds_) send_one(fd);
        for (const auto end = Clock::now() + kLength; Clock::now() < end;) {
            std::array<epoll_event, kClients> ready;
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

 private:
    static void send_one(int fd) {
        constexpr std::array<char, kMessage> kText{};
        static_cast<void>(send(fd, kText.data(), kText.size(), MSG_NOSIGNAL));
    }
    /// A message this short comes back in one piece.
    static bool is_back(int fd) {
        std::array<char, kMessage> text;
        return recv(fd, text.data(), text.size(), MSG_DONTWAIT) > 0;
    }
    int epoll_;
    std::array<int, kClients> fds_{};
    bool connected_ = false;
};

}  // namespace

Cost run_echo(const Paths& paths, Mode mode) {
    Program server(paths, {paths.echo_server}, mode);
    Clients clients(port_of(server.line()));
    if (!clients.connected()) return {};
    Cost cost;
    Viewer viewer(paths, mode);
    const auto began = Clock::now();
    const auto messages = static_cast<double>(clients.talk());
    const std::chrono::duration<double, std::nano> passed = Clock::now() - began;
    cost.frames_per_second = viewer.end();
    cost.clock_ns = passed.count() / messages;
    cost.processor_ns = server.end() / messages;
    return cost;
}

}  // namespace bench
