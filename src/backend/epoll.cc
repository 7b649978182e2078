// The epoll backend: the kernel keeps the set of fds, epoll_ctl changes it one fd at a time, and
// epoll_wait hands out only what is ready.
//
// What one must know about epoll: (a) the kernel watches the open file, not the number: a number
// that was closed and reused is another file, so MOD may say ENOENT and ADD may say EEXIST; (b) a
// closed fd leaves the set by itself, unless it was dup'ed: then it goes on reporting, and only
// making the set anew ends that; (c) hang-up and error are always reported, asked for or not;
// (d) regular files are refused with EPERM.
// There are two of it: "epoll" tells the kernel each change at once, "epoll (with changelist)"
// keeps changes until the loop sleeps. Read next: epoll_reports.cc, what comes out of the sleep;
// epoll_control.cc, how changes are told; epoll_ops.h, which operation a change needs.
#include <errno.h>
#include <sys/epoll.h>

#include <algorithm>

#include "src/backend/epoll_control.h"
#include "src/event/event_core.h"
#include "src/event/quiet.h"
#include "src/util/evutil.h"
#include "src/util/log.h"
#include "src/util/memory.h"
#include "src/util/sys.h"

extern const eventop epollops;
extern const eventop epollops_changelist;

namespace {

constexpr int INITIAL_NEVENT = 32;
constexpr int MAX_NEVENT = 4096;
/// One report of a stranger may be a race with another thread; so many in a row are none.
constexpr int kMaxStrays = 4;

bool wants_changelist(const event_base* base) {
    if ((base->flags & EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST) != 0) return true;
    return (base->flags & EVENT_BASE_FLAG_IGNORE_ENV) == 0 &&
           evutil_getenv_("EVENT_EPOLL_USE_CHANGELIST") != nullptr;
}

void* epoll_init(event_base* base) {
    TRACE_CALL(base);
    const int epfd = sys::epoll_create1(EPOLL_CLOEXEC);
    if (epfd < 0) {
        if (errno != ENOSYS) event_warn("epoll_create");
        return nullptr;
    }
    auto* op = mm_new<epollop>();
    if (op != nullptr) {
        op->epfd = epfd;
        op->nevents = INITIAL_NEVENT;
        op->events = static_cast<epoll_event*>(mm_calloc(INITIAL_NEVENT, sizeof(epoll_event)));
        op->precise = (base->flags & EVENT_BASE_FLAG_PRECISE_TIMER) != 0;
        op->strays = 0;
        if (op->events != nullptr && evsig_init_(base) == 0) {
            if (wants_changelist(base)) base->evsel = &epollops_changelist;
            return op;
        }
        mm_free(op->events);
        mm_delete(op);
    }
    sys::close(epfd);
    return nullptr;
}

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

int wait(epollop* op, const timeval* tv) {
    if (op->precise && tv != nullptr && tv->tv_usec % 1000 != 0) [[unlikely]] {
        timespec ts{tv->tv_sec, tv->tv_usec * 1000};
        const int ready = sys::epoll_pwait2(op->epfd, op->events, op->nevents, &ts);
        if (ready >= 0 || (errno != ENOSYS && errno != EPERM)) return ready;
        op->precise = false;  // a kernel before 5.11, or a sandbox of that time
    }
    return sys::epoll_wait(op->epfd, op->events, op->nevents, timeout_msec(tv));
}

/// The array was full, so more may be ready: take more next time. A failure costs only speed.
void grow_events(epollop* op) {
    const int n = op->nevents * 2;
    void* grown = mm_realloc(op->events, static_cast<std::size_t>(n) * sizeof(epoll_event));
    if (grown == nullptr) return;
    op->events = static_cast<epoll_event*>(grown);
    op->nevents = n;
}

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
        ready = wait(op, tv);
    }
    if (ready < 0) {
        if (errno == EINTR) return 0;  // a signal: the pipe will tell the next turn
        event_warn("epoll_wait");
        return -1;
    }
    if (ready == 0) {
        op->strays = 0;
        return 0;
    }
    const int strays = is_quiet() ? quiet::take_reports(base, op->events, ready)
                                  : epoll_take_reports(base, op->events, ready);
    op->strays = strays != 0 ? op->strays + 1 : 0;
    if (op->strays == kMaxStrays) [[unlikely]] {
        op->strays = 0;
        epoll_make_set_anew(base);
    }
    if (ready == op->nevents && op->nevents < MAX_NEVENT) grow_events(op);
    return 0;
}

void epoll_dealloc(event_base* base) {
    TRACE_CALL(base);
    evsig_dealloc_(base);
    event_changelist_remove_all_(base);
    auto* op = static_cast<epollop*>(base->evbase);
    sys::close(op->epfd);
    mm_free(op->events);
    mm_delete(op);
}

}  // namespace

const eventop epollops = {
    .name = "epoll",
    .init = epoll_init,
    .add = epoll_nochangelist_add,
    .del = epoll_nochangelist_del,
    .dispatch = epoll_dispatch,
    .dealloc = epoll_dealloc,
    .need_reinit = true,
    .features = EV_FEATURE_ET | EV_FEATURE_O1 | EV_FEATURE_EARLY_CLOSE,
    .on_request = false,
    .fdinfo_len = sizeof(epoll_fdinfo),
    .write_keyframe = nullptr,
};

/// Not in the table of eventops.cc: epoll_init takes it where the program asks for it.
const eventop epollops_changelist = {
    .name = "epoll (with changelist)",
    .init = epoll_init,
    .add = epoll_changelist_add,
    .del = epoll_changelist_del,
    .dispatch = epoll_dispatch,
    .dealloc = epoll_dealloc,
    .need_reinit = true,
    .features = EV_FEATURE_ET | EV_FEATURE_O1 | EV_FEATURE_EARLY_CLOSE,
    .on_request = false,
    .fdinfo_len = sizeof(epoll_fdinfo),
    .write_keyframe = event_changelist_write_keyframe_,
};
