// Interest becomes requests: POLL_ADD for what is wanted, ASYNC_CANCEL for what is not any more. A
// change of what is wanted is both: a new request, with a new number.
#include "src/backend/uring_requests.h"

#include <errno.h>

#include <algorithm>

#include "src/util/log.h"
#include "src/util/memory.h"

namespace {

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
    // POLL_REMOVE would refuse a request that has just been woken, and leave it where it is.
    sqe->opcode = IORING_OP_ASYNC_CANCEL;
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

}  // namespace

/// REQUIRES: room in `changes`.
void uring_queue_change(event_base* base, int fd, uring_watch& watch) {
    uringop* op = op_of(base);
    if ((watch.flags & kQueued) != 0) {
        TRACE(change_merged, .base = base, .fd = fd, .before = watch.armed, .after = watch.wanted);
        return;
    }
    watch.flags |= kQueued;
    op->changes[op->n_changes++] = fd;
    TRACE(change_queued, .base = base, .fd = fd, .before = watch.armed, .after = watch.wanted);
}

int uring_add(event_base* base, evutil_socket_t fd, short, short events, void* fdinfo) {
    TRACE_CALL(base);
    if (!make_room(base)) return -1;
    auto& watch = *static_cast<uring_watch*>(fdinfo);
    watch.wanted |= static_cast<std::uint8_t>(events & (kIoEvents | EV_ET));
    uring_queue_change(base, fd, watch);
    return 0;
}

void uring_take_back(event_base* base, int fd, uring_watch& watch) {
    uringop* op = op_of(base);
    if (op->ring.is_mine() && put_poll_remove(base, fd, watch)) {
        // It lets go of the file as one of the things that the kernel has put off.
        int result = op->ring.enter(0, nullptr);
        for (int i = 0; i < kMostEnters && result >= 0 && op->ring.has_work(); ++i) {
            result = op->ring.enter(0, nullptr);
        }
        if (result >= 0 || errno != EEXIST) return;
        op->ring.disown();
    }
    watch.flags |= kStale;
    uring_queue_change(base, fd, watch);
}

int uring_del(event_base* base, evutil_socket_t fd, short, short events, void* fdinfo) {
    TRACE_CALL(base);
    auto& watch = *static_cast<uring_watch*>(fdinfo);
    watch.wanted &= static_cast<std::uint8_t>(~(events & kIoEvents));
    if ((watch.wanted & kIoEvents) != 0) {
        uring_queue_change(base, fd, watch);
        return 0;
    }
    watch.wanted = 0;
    if (watch.armed != 0) {
        uring_take_back(base, fd, watch);
    } else if ((watch.flags & kQueued) != 0) {
        uring_queue_change(base, fd, watch);  // tells that nothing is left of the change
    }
    return 0;
}

bool uring_apply_changes(event_base* base) {
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
bool uring_take_over(event_base* base) {
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
        if (watch.wanted != 0) uring_queue_change(base, fd, watch);
    }
    return true;
}
