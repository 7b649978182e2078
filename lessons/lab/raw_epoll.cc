// A loop on epoll(7), by hand, level-triggered or edge-triggered. The kernel keeps the list of what
// is watched, and a list of what is ready: a wait costs by what is ready, not by what is watched.
// Each change of the list is a system call of its own.
// Read next: raw_uring.cc, where one call carries many changes.
#include <sys/epoll.h>

#include <array>
#include <cerrno>

#include "lessons/lab/calls.h"
#include "lessons/lab/deadlines.h"
#include "lessons/lab/mechanism.h"
#include "lessons/lab/registrations.h"

namespace lab {
namespace {

class RawEpoll final : public Mechanism {
 public:
    explicit RawEpoll(bool edge) : edge_(edge), epfd_(told::epoll_create1(EPOLL_CLOEXEC)) {
        if (epfd_ < 0) give_up("epoll_create1");
    }
    ~RawEpoll() override { told::close(epfd_); }
    RawEpoll(const RawEpoll&) = delete;
    RawEpoll& operator=(const RawEpoll&) = delete;

    bool add(int fd, int what, int timeout_ms) override {
        control(EPOLL_CTL_ADD, fd, what);
        deadlines_.restart(fd, timeout_ms);
        return true;
    }
    void change(int fd, int what) override { control(EPOLL_CTL_MOD, fd, what); }
    void remove(int fd) override {
        control(EPOLL_CTL_DEL, fd, 0);
        registrations_.end(fd);
        deadlines_.stop(fd);
    }

    int turn(Handler& handler, bool may_sleep) override {
        const int ready = told::epoll_wait(epfd_, events_.data(), static_cast<int>(events_.size()),
                                           may_sleep ? deadlines_.wait_ms() : 0);
        // A stopped and continued process gets EINTR here even without any signal handler.
        if (ready < 0 && errno != EINTR) give_up("epoll_wait");
        // `ready` is the bound of this loop: nothing may be assigned to it in the loop.
        for (int i = 0; i < ready; ++i) {
            const epoll_event& event = events_[static_cast<std::size_t>(i)];
            if (!registrations_.is_current(event.data.u64)) continue;  // a handler removed it
            const int fd = Registrations::fd_of(event.data.u64);
            const bool over = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
            deadlines_.touch(fd);
            handler.on_ready(fd, ((event.events & EPOLLIN) != 0 || over ? kRead : 0) |
                                     ((event.events & EPOLLOUT) != 0 ? kWrite : 0));
        }
        for (int fd = deadlines_.expired(); fd >= 0; fd = deadlines_.expired())
            handler.on_ready(fd, 0);
        return std::max(ready, 0);
    }
    bool edge() const override { return edge_; }

 private:
    void control(int op, int fd, int what) {
        epoll_event event{};
        event.events = ((what & kRead) != 0 ? unsigned{EPOLLIN} : 0U) |
                       ((what & kWrite) != 0 ? unsigned{EPOLLOUT} : 0U) |
                       (edge_ ? unsigned{EPOLLET} : 0U);
        event.data.u64 = registrations_.name(fd);
        if (told::epoll_ctl(epfd_, op, fd, &event) != 0) give_up("epoll_ctl");
    }

    bool edge_;
    int epfd_;
    std::array<epoll_event, 1024> events_{};
    Registrations registrations_;
    Deadlines deadlines_;
};

}  // namespace

std::unique_ptr<Mechanism> make_raw_epoll(std::string_view name) {
    return std::make_unique<RawEpoll>(name.ends_with("-et"));
}

}  // namespace lab
