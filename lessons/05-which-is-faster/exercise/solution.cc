// The solution of the exercise of lesson 5: the kernel is told of each descriptor
// once, and hands back the one that is ready.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const auto n = static_cast<std::size_t>(std::strtol(argv[1], nullptr, 10));
    const auto one = static_cast<std::size_t>(std::strtol(argv[2], nullptr, 10));
    const int set = epoll_create1(EPOLL_CLOEXEC);
    std::vector<int> all;
    for (std::size_t i = 0; i < n; ++i) {
        all.push_back(eventfd(i == one ? 1 : 0, EFD_NONBLOCK | EFD_CLOEXEC));
        epoll_event interest{};
        interest.events = EPOLLIN;
        interest.data.u32 = static_cast<std::uint32_t>(i);
        if (epoll_ctl(set, EPOLL_CTL_ADD, all.back(), &interest) != 0) return 1;
    }

    epoll_event ready{};
    if (epoll_wait(set, &ready, 1, -1) == 1) std::printf("ready: %u\n", ready.data.u32);

    for (const int fd : all) close(fd);
    close(set);
    return 0;
}
