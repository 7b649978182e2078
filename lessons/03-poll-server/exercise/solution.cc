// The solution of lesson 3's exercise: what is there is read before the end is believed, the wait
// is as long as it may be, and who is gone is closed and leaves the array.
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
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

/// Data first: the end, or an error, is what a read says when nothing is left.
void serve(pollfd& entry) {
    if (entry.revents == 0) return;
    char bytes[100];
    const ssize_t n = read(entry.fd, bytes, sizeof bytes);
    if (n > 0 && write(entry.fd, bytes, static_cast<size_t>(n)) == n) return;
    if (n < 0 && errno == EAGAIN) return;
    close(entry.fd);
    entry.fd = -1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    signal(SIGPIPE, SIG_IGN);
    const int listener = listen_on(std::stoi(argv[1]));
    if (listener < 0) return 1;
    std::vector<pollfd> entries{{listener, POLLIN, 0}};
    for (;;) {
        if (poll(entries.data(), entries.size(), -1) < 0) return 1;
        for (std::size_t i = 1; i < entries.size(); ++i) serve(entries[i]);
        std::erase_if(entries, [](const pollfd& entry) { return entry.fd < 0; });
        if ((entries[0].revents & POLLIN) == 0) continue;
        const int client = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
        if (client >= 0) entries.push_back({client, POLLIN, 0});
    }
}
