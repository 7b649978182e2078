// A loop on poll(2), by hand: an array with one entry for each descriptor, in any order and of any
// length. There is no highest number; but the kernel still looks at every entry in every call, and
// writes each one's answer back.
// Read next: raw_epoll.cc, where the kernel keeps the list.
#include <poll.h>

#include <cerrno>

#include "lessons/lab/calls.h"
#include "lessons/lab/deadlines.h"
#include "lessons/lab/mechanism.h"
#include "lessons/lab/registrations.h"

namespace lab {
namespace {

short poll_bits(int what) {
    return static_cast<short>(((what & kRead) != 0 ? POLLIN : 0) |
                              ((what & kWrite) != 0 ? POLLOUT : 0));
}

/// An error or a hang-up lets the next read or write say what happened.
int what_of(short revents) {
    const bool over = (revents & (POLLERR | POLLHUP)) != 0;
    return ((revents & POLLIN) != 0 || over ? kRead : 0) | ((revents & POLLOUT) != 0 ? kWrite : 0);
}

class RawPoll final : public Mechanism {
 public:
    bool add(int fd, int what, int timeout_ms) override {
        if (static_cast<std::size_t>(fd) >= place_.size())
            place_.resize(static_cast<std::size_t>(fd) + 1, kNowhere);
        place_[static_cast<std::size_t>(fd)] = entries_.size();
        entries_.push_back({fd, poll_bits(what), 0});
        deadlines_.restart(fd, timeout_ms);
        return true;
    }
    void change(int fd, int what) override {
        entries_[place_[static_cast<std::size_t>(fd)]].events = poll_bits(what);
    }
    /// The last entry moves into the hole.
    void remove(int fd) override {
        deadlines_.stop(fd);
        registrations_.end(fd);
        const std::size_t hole = place_[static_cast<std::size_t>(fd)];
        entries_[hole] = entries_.back();
        place_[static_cast<std::size_t>(entries_[hole].fd)] = hole;
        place_[static_cast<std::size_t>(fd)] = kNowhere;
        entries_.pop_back();
    }

    int turn(Handler& handler, bool may_sleep) override {
        const int left =
            told::poll(entries_.data(), entries_.size(), may_sleep ? deadlines_.wait_ms() : 0);
        if (left < 0 && errno != EINTR) give_up("poll");
        collect(left);
        // First all that is ready, then the handlers: they may add and remove entries.
        for (const auto& [name, what] : ready_) {
            if (!registrations_.is_current(name)) continue;  // removed by one of them
            const int fd = Registrations::fd_of(name);
            deadlines_.touch(fd);
            handler.on_ready(fd, what);
        }
        for (int fd = deadlines_.expired(); fd >= 0; fd = deadlines_.expired())
            handler.on_ready(fd, 0);
        return static_cast<int>(ready_.size());
    }

 private:
    static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

    void collect(int left) {
        ready_.clear();
        for (std::size_t i = 0; i < entries_.size() && left > 0; ++i) {
            if (entries_[i].revents == 0) continue;
            --left;
            ready_.emplace_back(registrations_.name(entries_[i].fd), what_of(entries_[i].revents));
        }
    }

    std::vector<pollfd> entries_;
    std::vector<std::size_t> place_;  ///< by descriptor
    std::vector<std::pair<Registrations::Name, int>> ready_;
    Registrations registrations_;
    Deadlines deadlines_;
};

}  // namespace

std::unique_ptr<Mechanism> make_raw_poll(std::string_view) {
    return std::make_unique<RawPoll>();
}

}  // namespace lab
