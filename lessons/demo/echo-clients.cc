// Clients for an echo server: many connections from one process, with plain sockets and poll.
// It uses no event library on purpose: what tests a reactor must not be one. Every byte that comes
// back is compared with the byte that was sent. Three kinds of clients:
//   fast  sends a message, waits until it is back, sends the next
//   slow  sends one byte, waits a while, sends the next
//   idle  sends one message and falls silent; the server may cut it
// Bounded in number and time. Read next: echo-server.cc.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

struct Options {
    int port = 0;
    int clients = 60;  ///< all of them
    int slow = 6;      ///< of these
    int idle = 6;      ///< of these
    int seconds = 3;
    int pause_ms = 0;  ///< of a fast client between two messages
};

constexpr const char* kUsage =
    "usage: echo-clients --port P [--clients N] [--slow K] [--idle K] [--seconds S]\n"
    "                    [--pause MS]\n"
    "Talks to an echo server on 127.0.0.1 and checks every byte. Exit 1: something came back "
    "wrong.\n";
constexpr std::chrono::milliseconds kBetweenBytes = 20ms;  // a slow client's pace
constexpr auto kLastAnswers = 2s;  // how long answers may take after the end
constexpr std::size_t kLongestMessage = 4096;

[[noreturn]] void refuse(const std::string& what) {
    std::fprintf(stderr, "echo-clients: %s; see --help\n", what.c_str());
    std::exit(2);
}

int number(std::string_view option, const char* text, int least, int most) {
    int value = 0;
    const char* end = text != nullptr ? text + std::strlen(text) : nullptr;
    const auto [stopped, problem] = std::from_chars(text, end, value);
    if (text == nullptr || problem != std::errc() || stopped != end || value < least ||
        value > most)
        refuse(std::string(option) + " needs a number from " + std::to_string(least) + " to " +
               std::to_string(most));
    return value;
}

Options parse_options(char** argv) {
    Options options;
    for (++argv; *argv != nullptr; ++argv) {
        const std::string_view option = *argv;
        if (option == "--port")
            options.port = number(option, *++argv, 1, 65535);
        else if (option == "--clients")
            options.clients = number(option, *++argv, 1, 1000);
        else if (option == "--slow")
            options.slow = number(option, *++argv, 0, 1000);
        else if (option == "--idle")
            options.idle = number(option, *++argv, 0, 1000);
        else if (option == "--seconds")
            options.seconds = number(option, *++argv, 1, 600);
        else if (option == "--pause")
            options.pause_ms = number(option, *++argv, 0, 60000);
        else if (option == "--help")
            std::exit(std::fputs(kUsage, stdout) < 0 ? 1 : 0);
        else
            refuse("'" + std::string(option) + "' is not an option");
    }
    if (options.port == 0) refuse("--port is missing");
    if (options.slow + options.idle > options.clients)
        refuse("more slow and idle clients than clients");
    return options;
}

// ---- one client
// ---------------------------------------------------------------------------------------

enum class Kind { fast, slow, idle };

/// One connection. Its bytes are a fixed pseudo-random sequence that begins with its number, so
/// what must come back is known without keeping it: byte n is the same when sent and when checked.
class Client {
 public:
    Client(int fd, std::uint32_t number, Kind kind, std::chrono::milliseconds pause)
        : fd_(fd), number_(number), kind_(kind), pause_(pause) {}

    int fd() const { return fd_; }
    Kind kind() const { return kind_; }
    bool open() const { return fd_ >= 0; }
    bool answered() const { return received_ == sent_; }
    std::uint64_t received() const { return received_; }
    std::uint64_t messages() const { return messages_; }

    /// May it send something now?
    bool wants_to_send(Clock::time_point now) const {
        if (kind_ == Kind::idle && messages_ > 0 && left_ == 0) return false;
        if (left_ > 0) return true;
        return answered() && now >= next_send_;
    }
    /// Sends what it may. False: the connection is broken.
    bool send_some(Clock::time_point now);
    /// Reads and compares. False: the connection is over; then `mismatch` tells whether a byte was
    /// wrong.
    bool receive_some(bool& mismatch);
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

 private:
    unsigned char byte_at(std::uint64_t n) const {
        return static_cast<unsigned char>((n * 2654435761U + number_ * 40503U) >> 7);
    }
    std::size_t next_length() const {
        return kind_ == Kind::slow ? 1 : 1 + (messages_ * 977 + number_ * 131) % kLongestMessage;
    }

    int fd_;
    std::uint32_t number_;
    Kind kind_;
    std::chrono::milliseconds pause_;  ///< between two messages
    std::uint64_t sent_ = 0, received_ = 0, messages_ = 0;
    std::size_t left_ = 0;  ///< of the message that is being sent
    Clock::time_point next_send_{};
};

bool Client::send_some(Clock::time_point now) {
    if (left_ == 0) {
        left_ = next_length();
        ++messages_;
        next_send_ = now + pause_;
    }
    unsigned char bytes[kLongestMessage];
    for (std::size_t i = 0; i < left_; ++i) bytes[i] = byte_at(sent_ + i);
    const ssize_t done = ::send(fd_, bytes, left_, MSG_NOSIGNAL);
    if (done < 0) return errno == EAGAIN || errno == EINTR;
    sent_ += static_cast<std::uint64_t>(done);
    left_ -= static_cast<std::size_t>(done);
    return true;
}

bool Client::receive_some(bool& mismatch) {
    unsigned char bytes[kLongestMessage];
    const ssize_t got = ::recv(fd_, bytes, sizeof bytes, 0);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    for (ssize_t i = 0; i < got; ++i)
        if (bytes[i] != byte_at(received_ + static_cast<std::uint64_t>(i))) mismatch = true;
    received_ += static_cast<std::uint64_t>(got);
    if (received_ > sent_) mismatch = true;  // more came back than was sent
    return !mismatch;
}

// ---- all of them
// -----------------------------------------------------------------------------------------

class Crowd {
 public:
    explicit Crowd(const Options& options) : options_(options) {}
    bool connect_all();
    void talk();
    /// Prints the summary; the exit status.
    int summary() const;

 private:
    void turn(Clock::time_point now, bool sending);
    void serve(Client& client, short events, Clock::time_point now);
    bool all_answered() const {
        return std::all_of(clients_.begin(), clients_.end(),
                           [](const Client& c) { return !c.open() || c.answered(); });
    }

    Options options_;
    std::vector<Client> clients_;
    int cut_ = 0, lost_ = 0, wrong_ = 0;
};

int connect_one(int port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        ::close(fd);
        return -1;
    }
    return fd;
}

bool Crowd::connect_all() {
    for (int i = 0; i < options_.clients; ++i) {
        const int fd = connect_one(options_.port);
        if (fd < 0) {
            std::fprintf(stderr, "echo-clients: connect to 127.0.0.1:%d: %s\n", options_.port,
                         std::strerror(errno));
            return false;
        }
        const Kind kind = i < options_.slow                   ? Kind::slow
                          : i < options_.slow + options_.idle ? Kind::idle
                                                              : Kind::fast;
        const auto pause =
            kind == Kind::slow ? kBetweenBytes : std::chrono::milliseconds(options_.pause_ms);
        clients_.emplace_back(fd, static_cast<std::uint32_t>(i), kind, pause);
    }
    return true;
}

void Crowd::talk() {
    const auto end = Clock::now() + std::chrono::seconds(options_.seconds);
    for (auto now = Clock::now(); now < end; now = Clock::now()) turn(now, true);
    const auto last = end + kLastAnswers;
    for (auto now = Clock::now(); now < last && !all_answered(); now = Clock::now())
        turn(now, false);
    for (Client& client : clients_) {
        if (client.open() && !client.answered()) ++lost_;
        client.close();
    }
}

/// Waits a little for all sockets, then serves each that has something to do.
void Crowd::turn(Clock::time_point now, bool sending) {
    std::vector<pollfd> fds;
    for (const Client& client : clients_) {
        short events = POLLIN;
        if (sending && client.open() && client.wants_to_send(now)) events |= POLLOUT;
        fds.push_back({client.fd(), events, 0});  // poll skips an fd of -1
    }
    if (::poll(fds.data(), fds.size(), 5) <= 0) return;
    for (std::size_t i = 0; i < clients_.size(); ++i)
        if (fds[i].revents != 0) serve(clients_[i], fds[i].revents, now);
}

void Crowd::serve(Client& client, short events, Clock::time_point now) {
    bool mismatch = false;
    bool alive = true;
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0) alive = client.receive_some(mismatch);
    if (alive && (events & POLLOUT) != 0) alive = client.send_some(now);
    if (alive) return;
    if (mismatch)
        ++wrong_;
    else if (client.kind() == Kind::idle && client.answered())
        ++cut_;
    else
        ++lost_;
    client.close();
}

int Crowd::summary() const {
    std::uint64_t messages = 0, bytes = 0;
    for (const Client& client : clients_) {
        messages += client.messages();
        bytes += client.received();
    }
    std::printf(
        "%d connections (%d slow, %d idle): %llu messages, %llu bytes came back; "
        "%d cut while silent, %d lost, %d wrong\n",
        options_.clients, options_.slow, options_.idle, static_cast<unsigned long long>(messages),
        static_cast<unsigned long long>(bytes), cut_, lost_, wrong_);
    return lost_ + wrong_ == 0 ? 0 : 1;
}

}  // namespace

int main(int, char** argv) {
    Crowd crowd(parse_options(argv));
    if (!crowd.connect_all()) return 1;
    crowd.talk();
    return crowd.summary();
}
