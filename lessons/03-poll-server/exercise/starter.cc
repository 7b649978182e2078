// Exercise of lesson 3: a poll server that hears parting words.
// It listens on the port that its argument says, on loopback, and sends back what it gets. It is
// written as a well-known demo is, with its faults: it looks for the end of a connection before it
// looks for data, it asks 300 times a second, and it closes nobody.
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

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

void serve(pollfd& entry) {
    char bytes[100];
    if ((entry.revents & POLLRDHUP) != 0) {
        entry.fd = -1;
    } else if ((entry.revents & POLLIN) != 0) {
        const ssize_t n = read(entry.fd, bytes, sizeof bytes);
        if (n > 0 && write(entry.fd, bytes, static_cast<size_t>(n)) != n) std::exit(1);
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    signal(SIGPIPE, SIG_IGN);
    const int listener = listen_on(std::stoi(argv[1]));
    if (listener < 0) return 1;
    std::vector<pollfd> entries{{listener, POLLIN, 0}};
    for (;;) {
        if (poll(entries.data(), entries.size(), 3) < 0) return 1;  // 3 seconds
        for (std::size_t i = 1; i < entries.size(); ++i) serve(entries[i]);
        if ((entries[0].revents & POLLIN) == 0) continue;
        const int client = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
        if (client >= 0) entries.push_back({client, POLLIN | POLLRDHUP, 0});
    }
}
