// The epoll backend: the kernel keeps the set of fds, epoll_ctl changes it one fd at a time, and
// epoll_wait hands out only what is ready.
//
// What one must know about epoll: (a) the kernel watches the open file, not the number: a number
// that was closed and reused is another file, so MOD may say ENOENT and ADD may say EEXIST; (b) a
// closed fd leaves the set by itself, unless it was dup'ed: then it goes on reporting, and only
// making the set anew ends that; (c) hang-up and error are always reported, asked for or not;
// (d) regular files are refused with EPERM.
// This file is the sleep. Part of the hot path: it is compiled twice (src/event/flavour.h).
// Read next: epoll_reports.cc, what comes out of the sleep; epoll_control.cc, how changes are told;
// epoll_ops.h, which operation a change needs; epoll_new.cc, the backend as the base knows it.
#include <errno.h>
#include <sys/epoll.h>

#include <algorithm>

#include "src/backend/epoll_control.h"
#include "src/event/event_core.h"
#include "src/util/log.h"
#include "src/util/memory.h"
#include "src/util/sys.h"

CORE_BEGIN

namespace {

constexpr int MAX_NEVENT = 4096;
/// One report of a stranger may be a race with another thread; so many in a row are none.
constexpr int kMaxStrays = 4;

/// Milliseconds, rounded up: waking early would find no timer expired, and turn again.
int timeout_msec(const timeval* tv) {
    if (tv == nullptr) return -1;
    if ((tv->tv_sec | tv->tv_usec) == 0) return 0;
    const std::int64_t usec = std::max<std::int64_t>(timeval_to_usec(*tv), 0);
    const std::int64_t msec = usec / 1000 + (usec % 1000 != 0 ? 1 : 0);
    // Older kernels take longer waits for "for ever"; one more turn every 35 minutes is cheap.
    constexpr std::int64_t kMaxMsec = 35 * 60 * 1000;
    return static_cast<int>(std::min(msec, kMaxMsec));
}

CORE_INLINE int wait_for_msec(const epollop* op, const timeval* tv) {
    return sys::epoll_wait(op->epfd, op->events, op->nevents, timeout_msec(tv));
}

[[gnu::noinline]] int wait_precisely(epollop* op, const timeval* tv) {
    if (tv == nullptr || tv->tv_usec % 1000 == 0) return wait_for_msec(op, tv);
    timespec ts{tv->tv_sec, tv->tv_usec * 1000};
    const int ready = sys::epoll_pwait2(op->epfd, op->events, op->nevents, &ts);
    if (ready >= 0 || (errno != ENOSYS && errno != EPERM)) return ready;
    op->precise = false;  // a kernel before 5.11, or a sandbox of that time
    return wait_for_msec(op, tv);
}

/// The array was full, so more may be ready: take more next time. A failure costs only speed.
void grow_events(epollop* op) {
    const int n = op->nevents * 2;
    void* grown = mm_realloc(op->events, static_cast<std::size_t>(n) * sizeof(epoll_event));
    if (grown == nullptr) return;
    op->events = static_cast<epoll_event*>(grown);
    op->nevents = n;
}

/// Makes active what was reported. (Apart, so that a wait in which nothing comes is short.)
[[gnu::noinline]] void take(event_base* base, epollop* op, int ready) {
    const int strays = epoll_take_reports(base, op->events, ready);
    op->strays = strays != 0 ? op->strays + 1 : 0;
    if (op->strays == kMaxStrays) [[unlikely]] {
        op->strays = 0;
        epoll_make_set_anew(base);
    }
    if (ready == op->nevents && op->nevents < MAX_NEVENT) grow_events(op);
}

/// The wait failed: is it one of the failures that pass?
[[gnu::noinline]] int after_failure() {
    if (errno == EINTR) return 0;  // a signal: the pipe will tell the next turn
    event_warn("epoll_wait");
    return -1;
}

}  // namespace

int epoll_dispatch(event_base* base, const timeval* tv) {
    TRACE_CALL(base);
    auto* op = static_cast<epollop*>(base->evbase);
    if (base->changelist.n_changes != 0) {
        epoll_apply_changes(base);
        // An fd that could not be added has woken its event: that must not wait.
        static const timeval kNow{0, 0};
        if (N_ACTIVE_CALLBACKS(base) != 0) tv = &kNow;
    }
    int ready = 0;
    {
        const BaseUnlock unlocked(base);
        ready = op->precise ? wait_precisely(op, tv) : wait_for_msec(op, tv);
    }
    if (ready < 0) return after_failure();
    if (ready > 0) {
        take(base, op, ready);
    } else {
        op->strays = 0;
    }
    return 0;
}

CORE_END
