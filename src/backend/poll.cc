// The poll backend: an array of {fd, what we want, what is} that goes to the kernel and back whole,
// each time. No limit on the fd's number; the cost grows with every fd, ready or not.
//
// Invariant: place i of the array belongs to the fd whose fdinfo says i + 1; there are no gaps.
// The kernel writes into a copy, because another thread may add an fd while this one sleeps.
// Read next: epoll.cc, where the kernel keeps the set.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <limits>

#include "src/backend/ready.h"
#include "src/event/event_core.h"
#include "src/util/log.h"
#include "src/util/memory.h"
#include "src/util/sys.h"

namespace {

constexpr int kFirstCapacity = 32;

struct pollop {
    pollfd* event_set;       ///< what is wanted
    pollfd* event_set_copy;  ///< what the kernel fills in
    int nfds;
    int capacity;
    int copy_capacity;
    int next_start;  ///< where the scan of results begins, so that no fd is always served first
};

void* poll_init(event_base* base) {
    TRACE_CALL(base);
    auto* op = mm_new<pollop>();
    if (op == nullptr) return nullptr;
    if (evsig_init_(base) == 0) return op;
    mm_delete(op);
    return nullptr;
}

short wanted(short events) {
    return static_cast<short>(((events & EV_READ) != 0 ? POLLIN : 0) |
                              ((events & EV_WRITE) != 0 ? POLLOUT : 0) |
                              ((events & EV_CLOSED) != 0 ? POLLRDHUP : 0));
}

std::size_t& place_of(void* fdinfo) {
    return *static_cast<std::size_t*>(fdinfo);
}

int poll_add(event_base* base, evutil_socket_t fd, short, short events, void* fdinfo) {
    TRACE_CALL(base);
    auto* op = static_cast<pollop*>(base->evbase);
    std::size_t& place = place_of(fdinfo);
    if (place == 0) {
        if (op->nfds == op->capacity) {
            const int n = op->capacity == 0 ? kFirstCapacity : op->capacity * 2;
            if (!mm_grow(op->event_set, static_cast<std::size_t>(op->capacity),
                         static_cast<std::size_t>(n))) {
                event_warn("%s", __func__);
                return -1;
            }
            op->capacity = n;
        }
        op->event_set[op->nfds] = {fd, 0, 0};
        place = static_cast<std::size_t>(++op->nfds);
    }
    op->event_set[place - 1].events |= wanted(events);
    return 0;
}

/// Takes an fd out of the array. The last one moves into the gap, and its slot in the map learns
/// its new place.
void forget(event_base* base, pollop* op, std::size_t& place) {
    const std::size_t i = place - 1;
    place = 0;
    const std::size_t last = static_cast<std::size_t>(--op->nfds);
    if (i == last) return;
    op->event_set[i] = op->event_set[last];
    base->io.entries[op->event_set[i].fd].info<std::size_t>() = i + 1;
}

int poll_del(event_base* base, evutil_socket_t fd, short, short events, void* fdinfo) {
    TRACE_CALL(base);
    auto* op = static_cast<pollop*>(base->evbase);
    std::size_t& place = place_of(fdinfo);
    if (place == 0) return -1;
    pollfd& entry = op->event_set[place - 1];
    EVUTIL_ASSERT(entry.fd == fd);
    entry.events &= static_cast<short>(~wanted(events));
    if (entry.events == 0) forget(base, op, place);
    return 0;
}

/// Milliseconds, rounded up, as poll wants them.
int timeout_msec(const timeval* tv) {
    if (tv == nullptr) return -1;
    const std::int64_t usec = std::max<std::int64_t>(timeval_to_usec(*tv), 0);
    return static_cast<int>(std::min<std::int64_t>(usec / 1000 + (usec % 1000 != 0 ? 1 : 0),
                                                   std::numeric_limits<int>::max()));
}

short ready_events(int revents) {
    // Errors and hang-ups wake readers and writers: their next call tells them why.
    if ((revents & (POLLHUP | POLLERR)) != 0) {
        revents |= (revents & POLLRDHUP) != 0 ? POLLIN | POLLOUT | POLLRDHUP : POLLIN | POLLOUT;
    }
    return static_cast<short>(((revents & POLLIN) != 0 ? EV_READ : 0) |
                              ((revents & POLLOUT) != 0 ? EV_WRITE : 0) |
                              ((revents & POLLRDHUP) != 0 ? EV_CLOSED : 0));
}

/// The set as the kernel will see it, in memory that nobody else changes. Null: no memory.
pollfd* copy_set(pollop* op) {
    if (op->copy_capacity < op->nfds) {
        if (!mm_grow(op->event_set_copy, static_cast<std::size_t>(op->copy_capacity),
                     static_cast<std::size_t>(op->capacity))) {
            event_warn("%s", __func__);
            return nullptr;
        }
        op->copy_capacity = op->capacity;
    }
    std::copy_n(op->event_set, op->nfds, op->event_set_copy);
    return op->event_set_copy;
}

void take_report(event_base* base, pollop* op, const pollfd& report) {
    evmap_io& slot = base->io.entries[report.fd];
    if ((report.revents & POLLNVAL) != 0) {
        // Closed behind our back; unless, while this thread was asleep, another one has deleted its
        // events, or opened another file under this number and added events for that.
        if (slot.info<std::size_t>() == 0 || sys::fcntl(report.fd, F_GETFD, 0) >= 0) return;
        forget(base, op, slot.info<std::size_t>());
        return evmap_io_lost_(base, report.fd, EBADF);
    }
    short events = ready_events(report.revents);
    if ((report.revents & (POLLHUP | POLLERR)) != 0) events = evmap_io_broken_(slot, events);
    if (events != 0) evmap_ready(base, report.fd, events);
}

int poll_dispatch(event_base* base, const timeval* tv) {
    TRACE_CALL(base);
    auto* op = static_cast<pollop*>(base->evbase);
    const int nfds = op->nfds;
    pollfd* set = copy_set(op);
    if (set == nullptr && nfds != 0) return -1;
    int ready = 0;
    {
        const BaseUnlock unlocked(base);
        ready = sys::poll(set, static_cast<nfds_t>(nfds), timeout_msec(tv));
    }
    if (ready < 0) {
        if (errno == EINTR) return 0;
        event_warn("poll");
        return -1;
    }
    if (ready == 0 || nfds == 0) return 0;
    int i = op->next_start % nfds;
    op->next_start = (i + 1) % nfds;
    for (int seen = 0; seen < nfds; ++seen, i = (i + 1) % nfds) {
        if (set[i].revents != 0) take_report(base, op, set[i]);
    }
    return 0;
}

void poll_dealloc(event_base* base) {
    TRACE_CALL(base);
    evsig_dealloc_(base);
    auto* op = static_cast<pollop*>(base->evbase);
    mm_free(op->event_set);
    mm_free(op->event_set_copy);
    mm_delete(op);
}

}  // namespace

extern const eventop pollops;
const eventop pollops = {
    .name = "poll",
    .init = poll_init,
    .add = poll_add,
    .del = poll_del,
    .dispatch = poll_dispatch,
    .dealloc = poll_dealloc,
    .need_reinit = true,
    .features = EV_FEATURE_FDS | EV_FEATURE_EARLY_CLOSE,
    .on_request = false,
    .fdinfo_len = sizeof(std::size_t),
    .write_keyframe = nullptr,
};
