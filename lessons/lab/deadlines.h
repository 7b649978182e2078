// The timeouts of a loop written by hand: one deadline for each descriptor, sorted. It is what a
// minimal server would have; the library's heap is src/timers/min_heap.h.
#pragma once

#include <algorithm>
#include <chrono>
#include <climits>
#include <set>
#include <utility>
#include <vector>

namespace lab {

class Deadlines {
 public:
    /// The descriptor's time begins anew; `timeout_ms` 0: it has none any more.
    void restart(int fd, int timeout_ms) {
        stop(fd);
        if (timeout_ms <= 0) return;
        if (static_cast<std::size_t>(fd) >= of_.size())
            of_.resize(static_cast<std::size_t>(fd) + 1);
        of_[static_cast<std::size_t>(fd)] = {now() + timeout_ms, timeout_ms};
        sorted_.insert({now() + timeout_ms, fd});
    }
    /// Something came: the whole timeout is before it again. Nothing for those without one.
    void touch(int fd) {
        if (!sorted_.empty()) restart(fd, timeout(fd));
    }
    void stop(int fd) {
        if (timeout(fd) == 0) return;
        sorted_.erase({of_[static_cast<std::size_t>(fd)].first, fd});
        of_[static_cast<std::size_t>(fd)] = {};
    }
    /// How long a wait may last, in milliseconds; -1: for ever.
    int wait_ms() {
        if (sorted_.empty()) return -1;
        look();
        return static_cast<int>(std::clamp<long>(sorted_.begin()->first - now_, 0, INT_MAX));
    }
    /// The clock is read once for each turn, as a loop does.
    void look() {
        using namespace std::chrono;
        now_ = duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
    }
    /// A descriptor whose time is over, stopped; -1: none.
    int expired() {
        if (sorted_.empty() || sorted_.begin()->first > now_) return -1;
        const int fd = sorted_.begin()->second;
        stop(fd);
        return fd;
    }

 private:
    int timeout(int fd) const {
        return static_cast<std::size_t>(fd) < of_.size() ? of_[static_cast<std::size_t>(fd)].second
                                                         : 0;
    }
    long now() {
        if (now_ == 0) look();
        return now_;
    }
    long now_ = 0;
    std::set<std::pair<long, int>> sorted_;
    std::vector<std::pair<long, int>> of_;  ///< by descriptor: its deadline and its timeout
};

}  // namespace lab
