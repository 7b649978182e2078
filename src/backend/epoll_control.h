// How the epoll backend tells the kernel what to watch: one epoll_ctl for each change, at once or
// from the changelist, and the whole set anew where nothing else helps.
// Guarded by the base's lock. Read next: epoll.cc, the sleep; epoll_control.cc, how changes are
// told.
#pragma once

#include <sys/epoll.h>

#include "src/backend/changelist.h"
#include "src/backend/evmap.h"

struct event_base;

struct epollop {
    epoll_event* events;  ///< where epoll_wait puts what is ready
    int nevents;
    int epfd;
    bool precise;  ///< sleeps to the microsecond, not to the millisecond
    int strays;    ///< waits in a row that reported fds which are not ours any more
};

/// What the epoll backend keeps with an fd. Each ADD has a number that comes back with each report:
/// so the report of a file that had this fd before can't be taken for one of this file.
struct epoll_fdinfo {
    event_changelist_fdinfo changelist;  ///< first: the changelist knows this part alone
    std::uint32_t generation;
};

/// Tells the kernel all that waits in the changelist. An fd that it refuses is lost.
void epoll_apply_changes(event_base* base);

// What the kernel keeps with a file and hands out with each report: the fd, and above it the number
// of its ADD. (So data.fd is the fd, on the machines whose low half comes first.)
inline std::uint64_t epoll_tag(int fd, std::uint32_t generation) {
    return std::uint64_t{generation} << 32 | static_cast<std::uint32_t>(fd);
}
inline std::uint32_t generation_of(const epoll_event& report) {
    return static_cast<std::uint32_t>(report.data.u64 >> 32);
}

CORE_BEGIN

/// epoll_control.cc: tells the kernel one change. 0, or -1 with a warning and errno.
CORE_INLINE int epoll_apply_one_change(event_base* base, const event_change& change);
int epoll_nochangelist_add(event_base* base, evutil_socket_t fd, short old, short events, void* p);
int epoll_nochangelist_del(event_base* base, evutil_socket_t fd, short old, short events, void* p);
/// epoll.cc: the sleep.
int epoll_dispatch(event_base* base, const timeval* tv);
/// epoll_reports.cc: makes active what epoll_wait has reported. Returns how many reports were not
/// about files that are ours.
CORE_INLINE int epoll_take_reports(event_base* base, const epoll_event* reports, int n);

CORE_END

/// Makes the set anew: the only way to be rid of a file whose fd is gone but which lives on,
/// dup'ed.
void epoll_make_set_anew(event_base* base);

// --- add and del of the backend with a changelist ---
int epoll_changelist_add(event_base* base, evutil_socket_t fd, short old, short events,
                         void* fdinfo);
int epoll_changelist_del(event_base* base, evutil_socket_t fd, short old, short events, void* p);
