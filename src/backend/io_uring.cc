// The io_uring backend: for each fd one poll request stays in the ring and completes whenever the
// fd becomes ready (a multishot poll). Chosen only where a program or its user asks for it, and the
// kernel is 6.1 or newer.
//
// What one must know about polls in a ring: (a) they report like an edge, once for each arrival,
// and the kernel notes what they say at the arrival. What comes while the loop sleeps is true; what
// came while it was awake may be out of date. So an fd that completes becomes "hot", and hot fds
// are asked about with one poll(2) that does not wait. Who is ready is reported; who is
// level-triggered and ready stays hot; the others cool down, and their request will tell of them.
// While any fd is hot the loop does not sleep. (b) A request holds its file open: event_del must
// take it back at once, or a close() after it would not close. (c) The ring belongs to one thread,
// the loop's. What other threads change is noted and carried out by the loop, which they wake; a
// loop that moves to another thread makes a new ring. (d) A request that was taken back may
// complete once more: each has a number, and what bears an old one is dropped.
// Read next: uring_requests.h, what is asked for; uring_ring.h, the ring;
// docs/decisions/013-io-uring.md.
#include <errno.h>
#include <poll.h>

#include <algorithm>

#include "src/backend/ready.h"
#include "src/backend/uring_requests.h"
#include "src/util/log.h"
#include "src/util/memory.h"
#include "src/util/sys.h"

namespace {

void* uring_init(event_base* base) {
    TRACE_CALL(base);
    auto* op = mm_new<uringop>();
    if (op == nullptr) return nullptr;
    op->precise = (base->flags & EVENT_BASE_FLAG_PRECISE_TIMER) != 0;
    if (op->ring.open() && evsig_init_(base) == 0) return op;
    mm_delete(op);
    return nullptr;
}

// ---- readiness --------------------------------------------------------------------------------

/// POLL* to EV_*. An error or a hang-up wakes readers and writers: their next call tells them why.
short ready_events(int revents) {
    if ((revents & POLLERR) != 0) return EV_READ | EV_WRITE;
    if ((revents & POLLHUP) != 0 && (revents & POLLRDHUP) == 0) return EV_READ | EV_WRITE;
    return static_cast<short>(((revents & POLLIN) != 0 ? EV_READ : 0) |
                              ((revents & POLLOUT) != 0 ? EV_WRITE : 0) |
                              ((revents & POLLRDHUP) != 0 ? EV_CLOSED : 0));
}

/// Makes the fd's events active.
void report(event_base* base, int fd, int revents) {
    short events = ready_events(revents);
    if ((revents & (POLLERR | POLLHUP)) != 0) [[unlikely]] {
        events = evmap_io_broken_(base->io.entries[fd], events);
    }
    if (events != 0) evmap_ready(base, fd, static_cast<short>(events | EV_ET));
}

void heat(uringop* op, int fd, uring_watch& watch) {
    if ((watch.flags & kHot) != 0) return;
    watch.flags |= kHot;
    op->hot[op->n_hot++] = fd;
}

void cool(event_base* base, int fd) {
    watch_of(base, fd).flags &= static_cast<std::uint8_t>(~kHot);
}

/// Nothing will come of this fd: its number is no open file, or the kernel has no room.
void lose(event_base* base, int fd, uring_watch& watch, int error) {
    watch.wanted = 0;
    if (watch.armed != 0) uring_take_back(base, fd, watch);
    evmap_io_lost_(base, fd, error);
}

/// Does the completion alone say what poll(2) would? It names one of the things that woke its fd,
/// the others are for the kernel to tell.
bool says_all(const uring_watch& watch, int revents) {
    return (revents & (POLLERR | POLLHUP)) == 0 && (watch.flags & kQueued) == 0 &&
           ready_events(revents) == (watch.wanted & kIoEvents);
}

/// One completion: its fd becomes hot. True: nobody needs to be asked about it, if it is new.
bool take_completion(event_base* base, const io_uring_cqe& cqe) {
    if (cqe.user_data == kNobody) return true;
    const auto fd = static_cast<int>(static_cast<std::uint32_t>(cqe.user_data));
    uring_watch& watch = watch_of(base, fd);
    const bool current = cqe.user_data == user_data(fd, watch) && watch.armed != 0;
    TRACE(uring_completion, .base = base, .fd = fd, .user_data = cqe.user_data, .result = cqe.res,
          .flags = cqe.flags, .current = current ? 1U : 0U);
    if (!current) return true;
    if ((cqe.flags & IORING_CQE_F_MORE) == 0) {
        // The request is over: an error, or the kernel had no room for its completion.
        watch.armed = 0;
        const bool changes = (watch.flags & kQueued) != 0;
        if (cqe.res < 0 && cqe.res != -ECANCELED && !changes) {
            lose(base, fd, watch, -cqe.res);
            return true;
        }
        uring_queue_change(base, fd, watch);
    }
    if (cqe.res >= 0) heat(op_of(base), fd, watch);
    return cqe.res < 0 || says_all(watch, cqe.res);
}

/// All completions that are there, and those that the kernel holds back: it hands out some
/// twenty at once. (To wait for all of them with a time of zero would cost an interrupt.) True:
/// each says all, if it is new.
bool take_completions(event_base* base) {
    UringRing& ring = op_of(base)->ring;
    bool sure = true;
    for (int i = 0; i < kMostEnters; ++i) {
        for (unsigned n = ring.ready(); n > 0; --n) sure &= take_completion(base, ring.take());
        if (!ring.has_more() || ring.enter(0, nullptr) < 0) break;
    }
    return sure;
}

/// The kernel is short of memory: better some milliseconds late than spinning.
void rest_a_little() {
    sys::poll(nullptr, 0, 10);
}

/// Makes active what the hot fds' completions told.
void report_hot(event_base* base) {
    uringop* op = op_of(base);
    int n = 0;
    for (int i = 0; i < op->n_hot; ++i) {
        const int fd = op->hot[i];
        const uring_watch& watch = watch_of(base, fd);
        if ((watch.wanted & EV_ET) == 0) {
            op->hot[n++] = fd;
        } else {
            cool(base, fd);
        }
        evmap_ready(base, fd, static_cast<short>((watch.wanted & kIoEvents) | EV_ET));
    }
    op->n_hot = n;
}

/// The hot fds of which something is wanted, as poll(2) wants them; the others cool down.
int list_hot(event_base* base) {
    uringop* op = op_of(base);
    int n = 0;
    for (int i = 0; i < op->n_hot; ++i) {
        const int fd = op->hot[i];
        const uring_watch& watch = watch_of(base, fd);
        if (watch.wanted == 0) {
            cool(base, fd);
        } else {
            op->hot[n] = fd;
            op->asked[n++] = {fd, poll_mask(watch.wanted), 0};
        }
    }
    op->n_hot = n;
    return n;
}

/// Asks the kernel which hot fds are ready, and makes their events active.
void ask_hot(event_base* base) {
    uringop* op = op_of(base);
    const int n = list_hot(base);
    if (n == 0) return;
    // No memory for the answer: all stay hot, and the next turn asks again, not at once.
    if (sys::poll(op->asked, static_cast<nfds_t>(n), 0) < 0) return rest_a_little();
    op->n_hot = 0;
    for (int i = 0; i < n; ++i) {
        const pollfd& answer = op->asked[i];
        uring_watch& watch = watch_of(base, answer.fd);
        TRACE(uring_hot, .base = base, .fd = answer.fd, .what = ready_events(answer.revents));
        const bool closed = (answer.revents & POLLNVAL) != 0;
        if (answer.revents != 0 && !closed && (watch.wanted & EV_ET) == 0) {
            op->hot[op->n_hot++] = answer.fd;
        } else {
            cool(base, answer.fd);
        }
        if (closed) {
            lose(base, answer.fd, watch, EBADF);
        } else if (answer.revents != 0) {
            report(base, answer.fd, answer.revents);
        }
    }
}

// ---- the sleep --------------------------------------------------------------------------------

/// How long to sleep; to the millisecond, rounded up, unless more is asked for: the coarse
/// clock that the timers go by would find none expired, and turn again.
const timespec* wait_of(const uringop* op, const timeval* tv, timespec* ts) {
    if (tv == nullptr) return nullptr;
    std::int64_t usec = std::max<std::int64_t>(timeval_to_usec(*tv), 0);
    if (!op->precise) usec = (std::min(usec, INT64_MAX / 4) + 999) / 1000 * 1000;
    *ts = {usec / 1000000, usec % 1000000 * 1000};
    return ts;
}

/// An enter that failed: is it one of the failures that pass?
int after_failure(event_base* base) {
    switch (errno) {
        case ETIME:  // nothing came in time
        case EINTR:  // a signal: the pipe will tell the next turn
            return 0;
        case EAGAIN:
        case EBUSY:
        case ENOMEM:
            if (op_of(base)->ring.ready() == 0) rest_a_little();
            return 0;
        default:
            event_warn("io_uring_enter");
            return -1;
    }
}

/// Enters the ring, for `min_complete` completions. 0, or -1: the ring is broken.
int enter(event_base* base, unsigned min_complete, const timespec* timeout) {
    uringop* op = op_of(base);
    int result = 0;
    {
        const BaseUnlock unlocked(base);
        result = op->ring.enter(min_complete, timeout);
    }
    if (result >= 0) return 0;
    if (errno != EEXIST) return after_failure(base);
    op->ring.disown();  // a thread that is gone had this thread's mark
    return 0;
}

/// Makes active who is ready, without sleeping: who was ready may be so still, and what has
/// come since then may be gone again.
int look_around(event_base* base) {
    UringRing& ring = op_of(base)->ring;
    if ((ring.has_requests() || ring.has_more()) && enter(base, 0, nullptr) < 0) return -1;
    if (!ring.is_mine()) return 0;
    take_completions(base);
    ask_hot(base);
    return 0;
}

/// Sleeps. REQUIRES: no hot fd, no completion, nothing held back: all that comes now is new.
int sleep(event_base* base, const timeval* tv) {
    uringop* op = op_of(base);
    timespec ts{};
    if (enter(base, 1, wait_of(op, tv, &ts)) < 0) return -1;
    if (!op->ring.is_mine()) return 0;
    if (take_completions(base)) {
        report_hot(base);
    } else {
        ask_hot(base);
    }
    return 0;
}

int uring_dispatch(event_base* base, const timeval* tv) {
    TRACE_CALL(base);
    uringop* op = op_of(base);
    if (!op->ring.is_mine() && !uring_take_over(base)) return -1;
    const bool applied = uring_apply_changes(base);
    const bool may_sleep = applied && (tv == nullptr || evutil_timerisset(tv));
    if (!may_sleep || op->n_hot != 0 || op->ring.ready() != 0 || op->ring.has_more()) {
        if (look_around(base) < 0) return -1;
        if (!may_sleep || op->n_hot != 0 || N_ACTIVE_CALLBACKS(base) != 0) return 0;
        if (!op->ring.is_mine()) return 0;
    }
    return sleep(base, tv);
}

void uring_dealloc(event_base* base) {
    TRACE_CALL(base);
    evsig_dealloc_(base);
    uringop* op = op_of(base);
    mm_free(op->changes);
    mm_free(op->hot);
    mm_free(op->asked);
    mm_delete(op);
}

void uring_write_keyframe(const event_base* base) {
    for (int fd = 0; fd < base->io.nentries; ++fd) {
        const auto& watch = base->io.entries[fd].info<uring_watch>();
        if (watch.wanted == 0 && watch.armed == 0) continue;
        TRACE(keyframe_uring, .base = base, .fd = fd, .wanted = watch.wanted, .armed = watch.armed,
              .user_data = user_data(fd, watch), .hot = (watch.flags & kHot) != 0 ? 1U : 0U);
        if ((watch.flags & kQueued) == 0) continue;
        TRACE(keyframe_change, .base = base, .fd = fd, .before = watch.armed,
              .after = watch.wanted);
    }
}

}  // namespace

extern const eventop uringops;
const eventop uringops = {
    .name = "io_uring",
    .init = uring_init,
    .add = uring_add,
    .del = uring_del,
    .dispatch = uring_dispatch,
    .dealloc = uring_dealloc,
    .need_reinit = true,
    .features = EV_FEATURE_ET | EV_FEATURE_O1 | EV_FEATURE_EARLY_CLOSE,
    .on_request = true,
    .fdinfo_len = sizeof(uring_watch),
    .write_keyframe = uring_write_keyframe,
};
