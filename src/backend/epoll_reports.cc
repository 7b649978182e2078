// What epoll_wait reported becomes active events. Part of the hot path: it is compiled twice
// (src/event/flavour.h). It never waits, and never calls a user.
// Read next: evmap_io.cc, which knows the events of an fd.
#include <sys/epoll.h>

#include "src/backend/epoll_control.h"
#include "src/event/event_core.h"

CORE_BEGIN

namespace {

/// EPOLL* to EV_*. An error or a hang-up wakes readers and writers: their next call tells them why.
short ready_events(std::uint32_t what) {
    if ((what & (EPOLLERR | EPOLLHUP)) != 0) {
        if ((what & EPOLLERR) != 0 || (what & EPOLLRDHUP) == 0) return EV_READ | EV_WRITE;
    }
    return static_cast<short>(((what & EPOLLIN) != 0 ? EV_READ : 0) |
                              ((what & EPOLLOUT) != 0 ? EV_WRITE : 0) |
                              ((what & EPOLLRDHUP) != 0 ? EV_CLOSED : 0));
}

/// Does the report speak of the file that we watch under its fd?
CORE_INLINE bool is_ours(const event_base* base, const epoll_event& report) {
    const int fd = report.data.fd;
    if (static_cast<unsigned>(fd) >= static_cast<unsigned>(base->io.nentries)) return false;
    const evmap_io& slot = base->io.entries[fd];
    return slot.first != nullptr && slot.info<epoll_fdinfo>().generation == generation_of(report);
}

/// A report of anything.
[[gnu::noinline]] void take_report(event_base* base, int fd, std::uint32_t what) {
    short events = ready_events(what);
    if ((what & (EPOLLERR | EPOLLHUP)) != 0) {
        events = evmap_io_broken_(base->io.entries[fd], events);
    }
    if (events != 0) evmap_io_active_(base, fd, static_cast<short>(events | EV_ET));
}

}  // namespace

CORE_INLINE int epoll_take_reports(event_base* base, const epoll_event* reports, int n) {
    int strays = 0;
    for (const epoll_event* const end = reports + n; reports != end; ++reports) {
        const int fd = reports->data.fd;
        if (!is_ours(base, *reports)) [[unlikely]] {
            ++strays;
        } else if (reports->events == EPOLLIN) [[likely]] {  // what most reports say
            evmap_io_active_(base, fd, EV_READ | EV_ET);
        } else {
            take_report(base, fd, reports->events);
        }
    }
    return strays;
}

CORE_END
