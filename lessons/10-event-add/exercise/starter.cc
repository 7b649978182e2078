// Exercise of lesson 10: an io map of your own, over epoll.
// `add` and `del` are called in a random order, for several readers and writers of a few sockets.
// The kernel must always watch just what somebody wants, and must be told only when that changes.
// As it stands, every call is passed on. Leave `main` and what it uses as it is: it plays the
// users.
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cstdio>
#include <fstream>
#include <random>
#include <string>

namespace {

constexpr int kSockets = 4;

class IoMap {
 public:
    explicit IoMap(int epfd) : epfd_(epfd) {}

    /// One more user wants `what` (EPOLLIN or EPOLLOUT) of `fd`.
    void add(int fd, unsigned what) { tell(EPOLL_CTL_ADD, fd, what); }

    /// One of them wants it no more.
    void del(int fd, unsigned what) { tell(EPOLL_CTL_DEL, fd, what); }

 private:
    void tell(int op, int fd, unsigned events) {
        epoll_event wanted{};
        wanted.events = events;
        wanted.data.fd = fd;
        epoll_ctl(epfd_, op, fd, &wanted);
    }

    int epfd_;
};

// ---- the users

/// What the kernel says that it watches `fd` for: 0 if it doesn't.
unsigned watched(int epfd, int fd) {
    std::ifstream info("/proc/self/fdinfo/" + std::to_string(epfd));
    std::string word;
    while (info >> word) {
        if (word != "tfd:") continue;
        int number = 0;
        unsigned mask = 0;
        info >> number >> word >> std::hex >> mask >> std::dec;
        if (number == fd) return mask & (EPOLLIN | EPOLLOUT);
    }
    return 0;
}

struct Users {
    int readers = 0, writers = 0;
    unsigned mask() const { return (readers ? EPOLLIN : 0U) | (writers ? EPOLLOUT : 0U); }
};

}  // namespace

int main(int argc, char** argv) {
    std::mt19937 random(argc == 2 ? static_cast<unsigned>(std::stoul(argv[1])) : 1U);
    int sockets[kSockets];
    for (int i = 0; i < kSockets; i += 2)
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets + i) != 0) return 1;
    const int epfd = epoll_create1(0);
    IoMap map(epfd);
    Users users[kSockets];
    int changes = 0, wrong = 0;
    for (int step = 0; step < 200; ++step) {
        const int which = static_cast<int>(random() % kSockets), fd = sockets[which];
        const bool reads = random() % 2 == 0;
        int& count = reads ? users[which].readers : users[which].writers;
        const unsigned what = reads ? EPOLLIN : EPOLLOUT, before = users[which].mask();
        const bool more = count == 0 || random() % 2 == 0;
        count += more ? 1 : -1;
        more ? map.add(fd, what) : map.del(fd, what);
        if (users[which].mask() != before) ++changes;
        if (watched(epfd, fd) != users[which].mask()) ++wrong;
    }
    std::printf("changes: %d\nwrong: %d\n", changes, wrong);
    return 0;
}
