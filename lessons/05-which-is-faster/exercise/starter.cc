// Exercise of lesson 5: this program asks poll which of its descriptors is
// ready, so each of them is looked at. Ask epoll instead: tell it each
// descriptor once, wait once, and say which one it was.
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const auto n = static_cast<std::size_t>(std::strtol(argv[1], nullptr, 10));
    const auto one = static_cast<std::size_t>(std::strtol(argv[2], nullptr, 10));
    std::vector<pollfd> all;
    for (std::size_t i = 0; i < n; ++i)
        all.push_back({eventfd(i == one ? 1 : 0, EFD_NONBLOCK | EFD_CLOEXEC), POLLIN, 0});

    poll(all.data(), all.size(), -1);
    for (std::size_t i = 0; i < n; ++i)
        if (all[i].revents != 0) std::printf("ready: %zu\n", i);

    for (const pollfd& each : all) close(each.fd);
    return 0;
}
