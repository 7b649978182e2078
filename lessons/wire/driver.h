// What an exercise's driver is written with: random numbers from the seed, connections to the
// learner's program with a deadline on everything, and one way to say what was expected and what
// came. A driver is a plain program without a trace. It ends with 0 only through passed().
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <thread>

namespace driver {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;
constexpr auto kPatience = 5s;  ///< for one connect, send or receive

/// Ends the driver: the exercise fails with this line ("expected ...; got ...").
[[noreturn, gnu::format(printf, 1, 2)]] inline void failed(const char* format, ...) {
    va_list list;
    va_start(list, format);
    std::vfprintf(stderr, format, list);
    va_end(list);
    std::fputc('\n', stderr);
    std::_Exit(1);
}
[[noreturn]] inline void passed() {
    std::fflush(stdout);
    std::_Exit(0);
}

/// What a driver is started with.
struct Given {
    std::mt19937_64 random;
    int port = 0;
    pid_t pid = 0;  ///< of the learner's program

    Given(int argc, char** argv) {
        if (argc != 4) failed("usage: driver SEED PORT PID");
        random.seed(std::strtoull(argv[1], nullptr, 10));
        port = static_cast<int>(std::strtol(argv[2], nullptr, 10));
        pid = static_cast<int>(std::strtol(argv[3], nullptr, 10));
        signal(SIGPIPE, SIG_IGN);
    }
    /// A number from low to high.
    int number(int low, int high) {
        return low + static_cast<int>(random() % static_cast<std::uint64_t>(high - low + 1));
    }
    /// Letters, so many.
    std::string text(int length) {
        std::string out;
        for (int i = 0; i < length; ++i) out += static_cast<char>('a' + number(0, 25));
        return out;
    }
    bool alive() const { return kill(pid, 0) == 0; }
};

/// Bytes as a line can show them.
inline std::string shown(const std::string& bytes) {
    std::string out;
    for (const char c : bytes.substr(0, 60))
        out += c == '\n' ? std::string("\\n") : c >= ' ' && c < 127 ? std::string(1, c) : "?";
    return bytes.size() > 60 ? out + "..." : out;
}

/// A connection to the learner's program.
class Client {
 public:
    /// Tries until somebody listens.
    explicit Client(int port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const auto end = Clock::now() + kPatience;
        for (;;) {
            fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return;
            close();
            if (Clock::now() > end)
                failed("expected a server on port %d; connect: %s", port, std::strerror(errno));
            std::this_thread::sleep_for(2ms);
        }
    }
    ~Client() { close(); }
    Client(Client&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    int fd() const { return fd_; }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }
    /// Ends with a reset instead of a FIN.
    void reset() {
        const linger now{1, 0};
        setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close();
    }
    void finish_sending() { shutdown(fd_, SHUT_WR); }

    void send(const std::string& bytes) {
        std::size_t done = 0;
        while (done < bytes.size()) {
            wait(POLLOUT, "to send");
            const ssize_t n =
                ::send(fd_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (n > 0)
                done += static_cast<std::size_t>(n);
            else if (errno != EAGAIN && errno != EINTR)
                failed("expected to send %zu bytes; after %zu: %s", bytes.size(), done,
                       std::strerror(errno));
        }
    }
    /// Exactly so many bytes, in time.
    std::string receive(std::size_t size) {
        std::string bytes;
        while (bytes.size() < size) {
            char piece[4096];
            wait(POLLIN, "for an answer");
            const ssize_t n = recv(fd_, piece, std::min(sizeof piece, size - bytes.size()), 0);
            if (n <= 0)
                failed("expected %zu bytes; got %zu ('%s'), then %s", size, bytes.size(),
                       shown(bytes).c_str(), n == 0 ? "the end" : std::strerror(errno));
            bytes.append(piece, static_cast<std::size_t>(n));
        }
        return bytes;
    }
    /// All bytes up to the end of the connection, in time. A reset is an end too.
    std::string receive_all() {
        std::string bytes;
        for (;;) {
            char piece[4096];
            wait(POLLIN, "for the end of the connection");
            const ssize_t n = recv(fd_, piece, sizeof piece, 0);
            if (n <= 0) return bytes;
            bytes.append(piece, static_cast<std::size_t>(n));
        }
    }
    /// Sends it and expects the same back.
    void echo(const std::string& bytes) {
        send(bytes);
        const std::string back = receive(bytes.size());
        if (back != bytes)
            failed("expected '%s' back; got '%s'", shown(bytes).c_str(), shown(back).c_str());
    }
    /// Does anything come (or the end) within so many milliseconds?
    bool readable_within(int milliseconds) {
        pollfd one{fd_, POLLIN, 0};
        return poll(&one, 1, milliseconds) > 0;
    }

 private:
    void wait(short events, const char* what) {
        pollfd one{fd_, events, 0};
        const auto end = Clock::now() + kPatience;
        while (poll(&one, 1, 20) <= 0)
            if (Clock::now() > end) failed("waited %s in vain", what);
    }

    int fd_ = -1;
};

}  // namespace driver
