// A loop on select(2), by hand: one bit for each descriptor, in two sets that go to the kernel and
// come back with only the ready bits left. The sets are copied before each call, and all bits up
// to the highest descriptor are looked at after it, by the kernel and by us.
// Read next: raw_poll.cc.
#include <sys/select.h>

#include <cerrno>

#include "lessons/lab/calls.h"
#include "lessons/lab/deadlines.h"
#include "lessons/lab/mechanism.h"

namespace lab {
namespace {

class RawSelect final : public Mechanism {
 public:
    RawSelect() {
        FD_ZERO(&read_);
        FD_ZERO(&write_);
        FD_ZERO(&readable_);
        FD_ZERO(&writable_);
    }

    bool add(int fd, int what, int timeout_ms) override {
        // FD_SET on a descriptor of FD_SETSIZE or more writes beyond the set: never do it.
        if (fd >= FD_SETSIZE)
            return refuse("descriptor " + std::to_string(fd) +
                          " has no bit in an fd_set: FD_SETSIZE is " + std::to_string(FD_SETSIZE));
        change(fd, what);
        highest_ = std::max(highest_, fd);
        deadlines_.restart(fd, timeout_ms);
        return true;
    }
    void change(int fd, int what) override {
        if ((what & kRead) != 0) FD_SET(fd, &read_);
        if ((what & kRead) == 0) FD_CLR(fd, &read_);
        if ((what & kWrite) != 0) FD_SET(fd, &write_);
        if ((what & kWrite) == 0) FD_CLR(fd, &write_);
    }
    void remove(int fd) override {
        change(fd, 0);
        FD_CLR(fd, &readable_);  // an answer that still waits its turn is out of date
        FD_CLR(fd, &writable_);
        deadlines_.stop(fd);
        while (highest_ >= 0 && !FD_ISSET(highest_, &read_) && !FD_ISSET(highest_, &write_))
            --highest_;
    }

    int turn(Handler& handler, bool may_sleep) override {
        // The kernel writes its answer over the sets: it gets copies. What a handler adds goes
        // into our own sets, so nothing that is new is taken for ready in this turn.
        readable_ = read_;
        writable_ = write_;
        const int wait = may_sleep ? deadlines_.wait_ms() : 0;
        timeval time{wait / 1000, wait % 1000 * 1000};
        const int highest = highest_;
        int left = told::select(highest + 1, &readable_, &writable_, wait < 0 ? nullptr : &time);
        if (left < 0 && errno != EINTR) give_up("select");
        int ready = 0;
        for (int fd = 0; fd <= highest && left > 0; ++fd) {
            const int what =
                (FD_ISSET(fd, &readable_) ? kRead : 0) | (FD_ISSET(fd, &writable_) ? kWrite : 0);
            if (what == 0) continue;
            left -= what == (kRead | kWrite) ? 2 : 1;
            ++ready;
            deadlines_.touch(fd);
            handler.on_ready(fd, what);
        }
        for (int fd = deadlines_.expired(); fd >= 0; fd = deadlines_.expired())
            handler.on_ready(fd, 0);
        return ready;
    }

 private:
    fd_set read_, write_;         ///< what is watched
    fd_set readable_, writable_;  ///< what the kernel left of it in this turn
    int highest_ = -1;
    Deadlines deadlines_;
};

}  // namespace

std::unique_ptr<Mechanism> make_raw_select(std::string_view) {
    return std::make_unique<RawSelect>();
}

}  // namespace lab
