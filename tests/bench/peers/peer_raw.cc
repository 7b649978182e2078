// The floor: epoll and a sorted set of deadlines, no library. What is left is the kernel's work.
#include <sys/epoll.h>

#include <array>
#include <set>

#include "tests/bench/peers/workload.h"

namespace {

class Peer {
 public:
    explicit Peer(peers::Work& work) : work_(work), epfd_(epoll_create1(EPOLL_CLOEXEC)) {
        if (epfd_ < 0) peers::give_up("epoll_create1");
    }
    ~Peer() { close(epfd_); }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    void watch(int seat, int, int timeout_ms) {
        rewatch(seat);
        timeouts_.push_back(timeout_ms);
        if (timeout_ms > 0) set_timer(seat, timeout_ms);
    }
    void unwatch(int seat) { epoll_ctl(epfd_, EPOLL_CTL_DEL, work_.fd(seat), nullptr); }
    void rewatch(int seat) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = seat;
        if (epoll_ctl(epfd_, EPOLL_CTL_ADD, work_.fd(seat), &event) != 0)
            peers::give_up("epoll_ctl");
    }
    void run() {
        std::array<epoll_event, 256> events;
        for (running_ = true; running_;) {
            const int ready = epoll_wait(epfd_, events.data(), events.size(), wait_ms());
            for (int i = 0; i < ready; ++i) {
                const int seat = events[static_cast<std::size_t>(i)].data.fd;
                if (const int ms = timeouts_[static_cast<std::size_t>(seat)]; ms > 0)
                    set_timer(seat, ms);
                work_.readable(seat);
            }
        }
    }
    void stop() { running_ = false; }

    void set_timer(int i, int ms) {
        if (static_cast<std::size_t>(i) >= due_.size())
            due_.resize(static_cast<std::size_t>(i) + 1);
        clear_timer(i);
        if (now_ == 0) wait_ms();
        due_[static_cast<std::size_t>(i)] = now_ + ms;
        sorted_.insert({now_ + ms, i});
    }
    void clear_timer(int i) {
        long& due = due_[static_cast<std::size_t>(i)];
        if (due != 0) sorted_.erase({due, i});
        due = 0;
    }

 private:
    int wait_ms() {
        timespec now{};
        clock_gettime(CLOCK_MONOTONIC, &now);
        now_ = now.tv_sec * 1000 + now.tv_nsec / 1000000;
        return sorted_.empty() ? -1 : static_cast<int>(sorted_.begin()->first - now_);
    }

    peers::Work& work_;
    int epfd_;
    bool running_ = false;
    long now_ = 0;
    std::vector<int> timeouts_;
    std::vector<long> due_;
    std::set<std::pair<long, int>> sorted_;
};

}  // namespace

int main(int argc, char** argv) {
    return peers::peer_main<Peer>(argc, argv);
}
