// Load for a memcached on loopback: dropin-load PORT MILLISECONDS GETS. Two threads, each with 16
// connections that ask for GETS values and set one in one piece, again and again: one turn of a
// loop for each. Prints how many answers came, in all.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int kConnections = 16, kKeys = 1000, kSize = 100;

int gets = 1;  // in one piece; set once, before the threads begin

struct Connection {
    int fd = -1;
    unsigned next = 0;
    std::size_t wanted = 0;  // bytes of answers that are still to come
};

int connect_to(std::uint16_t port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? fd : -1;
}

// All keys are of one length, so that all answers are.
std::string key(unsigned number) {
    return "key" + std::to_string(10'000 + number % kKeys);
}
std::string set(unsigned number) {
    return "set " + key(number) + " 0 0 " + std::to_string(kSize) + "\r\n" +
           std::string(kSize, 'v') + "\r\n";
}

void send_batch(Connection& c) {
    std::string text;
    for (int i = 0; i < gets; ++i) text += "get " + key(c.next++) + "\r\n";
    text += set(c.next++);
    const std::size_t value = ("VALUE " + key(0) + " 0 100\r\n").size() + kSize + 2 + 5;
    c.wanted = static_cast<std::size_t>(gets) * value + 8;  // "STORED\r\n"
    if (send(c.fd, text.data(), text.size(), MSG_NOSIGNAL) < 0) std::perror("send");
}

void fill(std::uint16_t port) {
    const int fd = connect_to(port);
    char answer[64];
    for (unsigned i = 0; i < kKeys; ++i) {
        const std::string text = set(i);
        if (send(fd, text.data(), text.size(), MSG_NOSIGNAL) < 0 || recv(fd, answer, 8, 0) <= 0)
            break;
    }
    close(fd);
}

void load(std::uint16_t port, std::chrono::steady_clock::time_point end,
          std::atomic<std::uint64_t>& answers) {
    std::vector<Connection> all(kConnections);
    std::vector<pollfd> polled;
    for (Connection& c : all) {
        c.fd = connect_to(port);
        c.next = static_cast<unsigned>(c.fd) * 37;
        send_batch(c);
        polled.push_back({c.fd, POLLIN, 0});
    }
    static thread_local char buffer[65536];
    while (std::chrono::steady_clock::now() < end && poll(polled.data(), polled.size(), 1000) > 0) {
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (polled[i].revents == 0) continue;
            const ssize_t n = recv(all[i].fd, buffer, sizeof buffer, 0);
            if (n <= 0) return;
            all[i].wanted -= static_cast<std::size_t>(n);
            if (all[i].wanted != 0) continue;
            answers += static_cast<std::uint64_t>(gets) + 1;
            send_batch(all[i]);
        }
    }
    for (const Connection& c : all) close(c.fd);
}

unsigned number(std::string_view text) {
    unsigned value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const auto port = static_cast<std::uint16_t>(number(argv[1]));
    gets = static_cast<int>(number(argv[3]));
    fill(port);
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(number(argv[2]));
    std::atomic<std::uint64_t> answers = 0;
    std::thread other([&] { load(port, end, answers); });
    load(port, end, answers);
    other.join();
    std::printf("%llu\n", static_cast<unsigned long long>(answers.load()));
    return answers > 0 ? 0 : 1;
}
