// The io_uring backend: for each fd one poll request stays in the ring and completes whenever the
// fd becomes ready (a multishot poll). What is ready costs a completion in shared memory; what is
// to change costs a request there; one system call a turn carries both.
//
// Chosen only where a program or its user asks for it, and the kernel is 6.1 or newer.
// What one must know about polls in a ring: (a) they report like an edge, once for each arrival,
// and what they say may be out of date: the kernel notes it at the arrival. So an fd that completes
// becomes "hot", and all hot fds are asked about with one poll(2) that does not wait. Who is ready
// is reported; who is level-triggered and ready stays hot; the others cool down, and their request
// will tell of them. While any fd is hot the loop does not sleep. (b) A request holds its file
// open: event_del must take it back at once, or a close() after it would not close. (c) The ring
// belongs to one thread, the loop's. What other threads change is noted and carried out by the
// loop, which they wake; a loop that moves to another thread makes a new ring. (d) A request that
// was taken back may complete once more: each has a number, and what bears an old one is dropped.
// Read next: uring_ring.h, the ring; docs/decisions/013-io-uring.md.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include <algorithm>

#include "src/backend/ready.h"
#include "src/backend/uring_ring.h"
#include "src/event/event_core.h"
#include "src/util/log.h"
#include "src/util/memory.h"
#include "src/util/sys.h"

namespace {

constexpr std::uint8_t kQueued = 1;  ///< stands in `changes`
constexpr std::uint8_t kHot = 2;     ///< stands in `hot`
constexpr std::uint8_t kStale = 4;   ///< its request must be taken back, whatever is wanted now
constexpr short kIoEvents = EV_READ | EV_WRITE | EV_CLOSED;

/// What the backend keeps with an fd. Masks are EV_READ|EV_WRITE|EV_CLOSED with EV_ET.
struct uring_watch {
    std::uint32_t number;  ///< of its last request
    std::uint8_t wanted;
    std::uint8_t armed;  ///< what the request in the ring watches; 0: there is none
    std::uint8_t flags;
};

/// Invariants: an fd stands at most once in each list, and its flags say so; there is room in each
/// for every fd of the map, so that nothing but `add` needs memory.
struct uringop {
    UringRing ring;
    int* changes = nullptr;  ///< fds whose request is not what it should be
    int* hot = nullptr;      ///< fds that may be ready: to be asked about before the loop sleeps
    pollfd* asked = nullptr;
    int n_changes = 0;
    int n_hot = 0;
    int room = 0;
    bool precise = false;
};

/// A completion that nobody waits for: of a request to take another one back.
constexpr std::uint64_t kNobody = ~std::uint64_t{0};

uringop* op_of(const event_base* base) {
    return static_cast<uringop*>(base->evbase);
}
uring_watch& watch_of(event_base* base, int fd) {
    return base->io.entries[fd].info<uring_watch>();
}
std::uint64_t user_data(int fd, const uring_watch& watch) {
    return std::uint64_t{watch.number} << 32 | static_cast<std::uint32_t>(fd);
}

void* uring_init(event_base* base) {
    TRACE_CALL(base);
    auto* op = mm_new<uringop>();
    if (op == nullptr) return nullptr;
    op->precise = (base->flags & EVENT_BASE_FLAG_PRECISE_TIMER) != 0;
    if (op->ring.open() && evsig_init_(base) == 0) return op;
    mm_delete(op);
    return nullptr;
}

// ---- requests ---------------------------------------------------------------------------------

short poll_mask(int events) {
    return static_cast<short>(((events & EV_READ) != 0 ? POLLIN : 0) |
                              ((events & EV_WRITE) != 0 ? POLLOUT : 0) |
                              ((events & EV_CLOSED) != 0 ? POLLRDHUP : 0));
}

/// Room for a request; a full queue is handed over first. Null: the kernel takes none now.
io_uring_sqe* request(UringRing& ring) {
    io_uring_sqe* sqe = ring.get_sqe();
    if (sqe != nullptr) return sqe;
    ring.enter(0, nullptr);
    return ring.get_sqe();
}

bool put_poll_add(event_base* base, int fd, uring_watch& watch) {
    io_uring_sqe* sqe = request(op_of(base)->ring);
    if (sqe == nullptr) return false;
    ++watch.number;
    sqe->opcode = IORING_OP_POLL_ADD;
    sqe->fd = fd;
    sqe->len = IORING_POLL_ADD_MULTI;
    sqe->poll32_events = static_cast<std::uint16_t>(poll_mask(watch.wanted));
    sqe->user_data = user_data(fd, watch);
    watch.armed = watch.wanted;
    TRACE(uring_poll_add, .base = base, .fd = fd, .what = watch.armed,
          .user_data = user_data(fd, watch));
    return true;
}

bool put_poll_remove(event_base* base, int fd, uring_watch& watch) {
    io_uring_sqe* sqe = request(op_of(base)->ring);
    if (sqe == nullptr) return false;
    sqe->opcode = IORING_OP_POLL_REMOVE;
    sqe->fd = -1;
    sqe->addr = user_data(fd, watch);
    sqe->user_data = kNobody;
    sqe->flags = IOSQE_CQE_SKIP_SUCCESS;
    TRACE(uring_poll_remove, .base = base, .fd = fd, .user_data = user_data(fd, watch));
    // Whatever still comes from it is out of date.
    ++watch.number;
    watch.armed = 0;
    watch.flags &= static_cast<std::uint8_t>(~kStale);
    return true;
}

// ---- changes ----------------------------------------------------------------------------------

/// REQUIRES: room in `changes`.
void queue_change(event_base* base, int fd, uring_watch& watch) {
    uringop* op = op_of(base);
    if ((watch.flags & kQueued) != 0) {
        TRACE(change_merged, .base = base, .fd = fd, .before = watch.armed, .after = watch.wanted);
        return;
    }
    watch.flags |= kQueued;
    op->changes[op->n_changes++] = fd;
    TRACE(change_queued, .base = base, .fd = fd, .before = watch.armed, .after = watch.wanted);
}

/// Room in all lists for every fd of the map.
bool make_room(event_base* base) {
    uringop* op = op_of(base);
    if (op->room >= base->io.nentries) return true;
    const auto have = static_cast<std::size_t>(op->room);
    const auto need = static_cast<std::size_t>(base->io.nentries);
    if (!mm_grow(op->changes, have, need) || !mm_grow(op->hot, have, need) ||
        !mm_grow(op->asked, have, need)) {
        return false;
    }
    op->room = base->io.nentries;
    return true;
}

int uring_add(event_base* base, evutil_socket_t fd, short, short events, void* fdinfo) {
    TRACE_CALL(base);
    if (!make_room(base)) return -1;
    auto& watch = *static_cast<uring_watch*>(fdinfo);
    watch.wanted |= static_cast<std::uint8_t>(events & (kIoEvents | EV_ET));
    queue_change(base, fd, watch);
    return 0;
}

/// Nothing is wanted of the fd any more: its request must not hold the file open.
void take_back_now(event_base* base, int fd, uring_watch& watch) {
    uringop* op = op_of(base);
    if (op->ring.is_mine() && put_poll_remove(base, fd, watch)) {
        if (op->ring.enter(0, nullptr) >= 0 || errno != EEXIST) return;
        op->ring.disown();
    }
    watch.flags |= kStale;
    queue_change(base, fd, watch);
}

int uring_del(event_base* base, evutil_socket_t fd, short, short events, void* fdinfo) {
    TRACE_CALL(base);
    auto& watch = *static_cast<uring_watch*>(fdinfo);
    watch.wanted &= static_cast<std::uint8_t>(~(events & kIoEvents));
    if ((watch.wanted & kIoEvents) != 0) {
        queue_change(base, fd, watch);
        return 0;
    }
    watch.wanted = 0;
    if (watch.armed != 0) {
        take_back_now(base, fd, watch);
    } else if ((watch.flags & kQueued) != 0) {
        queue_change(base, fd, watch);  // tells that nothing is left of the change
    }
    return 0;
}

/// Brings the fd's request to what is wanted. False: the kernel takes no requests now.
bool apply_change(event_base* base, int fd, uring_watch& watch) {
    const std::uint8_t before = watch.armed;
    const bool differs = watch.armed != watch.wanted || (watch.flags & kStale) != 0;
    if (differs && watch.armed != 0 && !put_poll_remove(base, fd, watch)) return false;
    if (differs && watch.wanted != 0 && !put_poll_add(base, fd, watch)) return false;
    TRACE(change_applied, .base = base, .fd = fd, .before = before, .after = watch.wanted,
          .error = 0);
    return true;
}

/// Puts all changes into the ring. What the kernel doesn't take now waits on.
bool apply_changes(event_base* base) {
    uringop* op = op_of(base);
    int done = 0;
    for (; done < op->n_changes; ++done) {
        const int fd = op->changes[done];
        uring_watch& watch = watch_of(base, fd);
        if (!apply_change(base, fd, watch)) break;
        watch.flags &= static_cast<std::uint8_t>(~(kQueued | kStale));
    }
    op->n_changes -= done;
    std::copy_n(op->changes + done, op->n_changes, op->changes);
    return op->n_changes == 0;
}

/// The ring becomes this thread's: a new one, if another thread had it, with all requests again.
bool take_over(event_base* base) {
    uringop* op = op_of(base);
    op->ring.close();
    if (!op->ring.open() || !op->ring.enable()) {
        event_warn("io_uring");
        op->ring.close();
        return false;
    }
    for (int fd = 0; fd < base->io.nentries; ++fd) {
        uring_watch& watch = watch_of(base, fd);
        watch.armed = 0;
        watch.flags &= static_cast<std::uint8_t>(~kStale);
        ++watch.number;
        if (watch.wanted != 0) queue_change(base, fd, watch);
    }
    return true;
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
    if (watch.armed != 0) take_back_now(base, fd, watch);
    evmap_io_lost_(base, fd, error);
}

/// One completion: its fd becomes hot.
void take_completion(event_base* base, const io_uring_cqe& cqe) {
    if (cqe.user_data == kNobody) return;
    const auto fd = static_cast<int>(static_cast<std::uint32_t>(cqe.user_data));
    uring_watch& watch = watch_of(base, fd);
    const bool current = cqe.user_data == user_data(fd, watch) && watch.armed != 0;
    TRACE(uring_completion, .base = base, .fd = fd, .user_data = cqe.user_data, .result = cqe.res,
          .flags = cqe.flags, .current = current ? 1U : 0U);
    if (!current) return;
    if ((cqe.flags & IORING_CQE_F_MORE) == 0) {
        // The request is over: an error, or the kernel had no room for its completion.
        watch.armed = 0;
        const bool changes = (watch.flags & kQueued) != 0;
        if (cqe.res < 0 && cqe.res != -ECANCELED && !changes) {
            return lose(base, fd, watch, -cqe.res);
        }
        queue_change(base, fd, watch);
    }
    if (cqe.res >= 0) heat(op_of(base), fd, watch);
}

void take_completions(event_base* base) {
    UringRing& ring = op_of(base)->ring;
    for (unsigned n = ring.ready(); n > 0; --n) take_completion(base, ring.take());
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
    // No memory for the answer: all stay hot, and the next turn asks again.
    if (sys::poll(op->asked, static_cast<nfds_t>(n), 0) < 0) return;
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

/// How long to sleep; to the millisecond, rounded up, unless more is asked for: the coarse clock
/// that the timers go by would find none expired, and turn again.
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
            // The kernel is short of memory: better some milliseconds late than spinning.
            if (op_of(base)->ring.ready() == 0) sys::poll(nullptr, 0, 10);
            return 0;
        default:
            event_warn("io_uring_enter");
            return -1;
    }
}

/// Takes out all that the kernel holds back, beyond what it hands out at once.
void take_the_rest(event_base* base) {
    UringRing& ring = op_of(base)->ring;
    constexpr timespec kNow{0, 0};
    constexpr unsigned kAll = 1U << 30;
    for (int i = 0; i < 8 && ring.has_more(); ++i) {
        if (ring.enter(kAll, &kNow) < 0 && errno != ETIME) return;
        take_completions(base);
    }
}

/// Enters the ring, asleep if `tv` says so, and takes what comes. 0, or -1: the ring is broken.
int enter_and_take(event_base* base, bool may_sleep, const timeval* tv) {
    uringop* op = op_of(base);
    timespec ts{};
    int result = 0;
    {
        const BaseUnlock unlocked(base);
        result = op->ring.enter(may_sleep ? 1 : 0, may_sleep ? wait_of(op, tv, &ts) : nullptr);
    }
    if (result < 0 && errno == EEXIST) {
        op->ring.disown();  // a thread that is gone had this thread's mark
        return 0;
    }
    if (result < 0 && after_failure(base) < 0) return -1;
    take_completions(base);
    if (op->ring.has_more()) take_the_rest(base);
    ask_hot(base);
    return 0;
}

int uring_dispatch(event_base* base, const timeval* tv) {
    TRACE_CALL(base);
    uringop* op = op_of(base);
    if (!op->ring.is_mine() && !take_over(base)) return -1;
    const bool applied = apply_changes(base);
    const bool may_sleep = applied && (tv == nullptr || evutil_timerisset(tv));
    // Who was ready may be so still. If nobody is, and nothing new has come, then it sleeps.
    if (!may_sleep || op->n_hot != 0 || op->ring.ready() != 0) {
        if (enter_and_take(base, false, nullptr) < 0) return -1;
        if (!may_sleep || N_ACTIVE_CALLBACKS(base) != 0 || !op->ring.is_mine()) return 0;
    }
    return enter_and_take(base, true, tv);
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
