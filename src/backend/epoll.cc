// The epoll backend: the kernel keeps the set of fds, epoll_ctl changes it one fd at a time, and
// epoll_wait hands out only what is ready.
//
// What one must know about epoll: (a) the kernel watches the open file, not the number: a number
// that was closed and reused is another file, so MOD may say ENOENT and ADD may say EEXIST; (b) a
// closed fd leaves the set by itself, unless it was dup'ed; (c) hang-up and error are always
// reported, asked for or not; (d) regular files are refused with EPERM.
// Read next: epoll_ops.h, which operation a change needs.
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "src/backend/epoll_ops.h"
#include "src/event/event_core.h"
#include "src/util/log.h"
#include "src/util/memory.h"
#include "src/util/sys.h"

namespace {

constexpr int INITIAL_NEVENT = 32;
constexpr int MAX_NEVENT = 4096;

struct epollop {
    epoll_event* events;  ///< where epoll_wait puts what is ready
    int nevents;
    int epfd;
};

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
        if (op->events != nullptr && evsig_init_(base) == 0) return op;
        mm_free(op->events);
        mm_delete(op);
    }
    sys::close(epfd);
    return nullptr;
}

const char* op_name(int op) {
    return op == EPOLL_CTL_ADD ? "ADD" : op == EPOLL_CTL_DEL ? "DEL" : "MOD";
}

/// EV_* that will be watched once the operation is done.
short watched_after(int op, std::uint32_t events) {
    if (op == EPOLL_CTL_DEL) return 0;
    return static_cast<short>(
        ((events & EPOLLIN) != 0 ? EV_READ : 0) | ((events & EPOLLOUT) != 0 ? EV_WRITE : 0) |
        ((events & EPOLLRDHUP) != 0 ? EV_CLOSED : 0) | ((events & EPOLLET) != 0 ? EV_ET : 0));
}

int control(const epollop* op, int operation, const event_change& ch, epoll_event* epev) {
    return sys::epoll_ctl(op->epfd, operation, ch.fd, epev, ch.old_events,
                          watched_after(operation, epev->events));
}

/// The number stands for another file than we think: try the operation that fits that file.
int retry_as(const epollop* op, int operation, const event_change& ch, epoll_event* epev) {
    if (control(op, operation, ch, epev) == 0) return 0;
    event_warn("epoll_ctl(%s) on fd %d: the fd was reused, and %s failed too",
               op_name(operation == EPOLL_CTL_ADD ? EPOLL_CTL_MOD : EPOLL_CTL_ADD), ch.fd,
               op_name(operation));
    return -1;
}

int epoll_apply_one_change(event_base* base, const event_change& ch) {
    TRACE_CALL(base);
    const auto* op = static_cast<epollop*>(base->evbase);
    const epoll_operation operation = epoll_op_table[EPOLL_OP_TABLE_INDEX(ch)];
    if (operation.events == 0) return 0;

    epoll_event epev{};
    epev.data.fd = ch.fd;
    epev.events = operation.events;
    if (((ch.read_change | ch.write_change | ch.close_change) & EV_CHANGE_ET) != 0) {
        epev.events |= EPOLLET;
    }
    if (control(op, operation.op, ch, &epev) == 0) return 0;

    if (operation.op == EPOLL_CTL_MOD && errno == ENOENT) {
        // Closed and opened again: to the kernel the new file is unknown.
        return retry_as(op, EPOLL_CTL_ADD, ch, &epev);
    }
    if (operation.op == EPOLL_CTL_ADD && errno == EEXIST) {
        // dup2 put the same file under the same number: to the kernel nothing happened.
        return retry_as(op, EPOLL_CTL_MOD, ch, &epev);
    }
    if (operation.op == EPOLL_CTL_DEL && (errno == ENOENT || errno == EBADF || errno == EPERM)) {
        // It was closed before it was deleted: the kernel has forgotten it already.
        return 0;
    }
    event_warn("epoll_ctl(%s) on fd %d", op_name(operation.op), ch.fd);
    return -1;
}

event_change make_change(evutil_socket_t fd, short old, short events, std::uint8_t how) {
    const auto change = [=](short what) -> std::uint8_t {
        return (events & what) != 0 ? static_cast<std::uint8_t>(how | (events & EV_ET)) : 0;
    };
    return {fd, old, change(EV_READ), change(EV_WRITE), change(EV_CLOSED)};
}

int epoll_nochangelist_add(event_base* base, evutil_socket_t fd, short old, short events, void*) {
    TRACE_CALL(base);
    return epoll_apply_one_change(base, make_change(fd, old, events, EV_CHANGE_ADD));
}

int epoll_nochangelist_del(event_base* base, evutil_socket_t fd, short old, short events, void*) {
    TRACE_CALL(base);
    return epoll_apply_one_change(base, make_change(fd, old, events, EV_CHANGE_DEL));
}

/// Milliseconds, rounded up: waking early would find no timer expired, and turn again.
int timeout_msec(const timeval* tv) {
    if (tv == nullptr) return -1;
    const std::int64_t usec = std::max<std::int64_t>(timeval_to_usec(*tv), 0);
    const std::int64_t msec = usec / 1000 + (usec % 1000 != 0 ? 1 : 0);
    // Older kernels take longer waits for "for ever"; one more turn every 35 minutes is cheap.
    constexpr std::int64_t kMaxMsec = 35 * 60 * 1000;
    return static_cast<int>(std::min(msec, kMaxMsec));
}

/// EPOLL* to EV_*. An error or a hang-up wakes readers and writers: their next call tells them why.
short ready_events(std::uint32_t what) {
    if ((what & EPOLLERR) != 0) return EV_READ | EV_WRITE;
    if ((what & EPOLLHUP) != 0 && (what & EPOLLRDHUP) == 0) return EV_READ | EV_WRITE;
    return static_cast<short>(((what & EPOLLIN) != 0 ? EV_READ : 0) |
                              ((what & EPOLLOUT) != 0 ? EV_WRITE : 0) |
                              ((what & EPOLLRDHUP) != 0 ? EV_CLOSED : 0));
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
    int ready = 0;
    {
        const BaseUnlock unlocked(base);
        ready = sys::epoll_wait(op->epfd, op->events, op->nevents, timeout_msec(tv));
    }
    if (ready < 0) {
        if (errno == EINTR) return 0;  // a signal: the pipe will tell the next turn
        event_warn("epoll_wait");
        return -1;
    }
    for (int i = 0; i < ready; ++i) {
        const short events = ready_events(op->events[i].events);
        if (events == 0) continue;
        evmap_io_active_(base, op->events[i].data.fd, static_cast<short>(events | EV_ET));
    }
    if (ready == op->nevents && op->nevents < MAX_NEVENT) grow_events(op);
    return 0;
}

void epoll_dealloc(event_base* base) {
    TRACE_CALL(base);
    evsig_dealloc_(base);
    auto* op = static_cast<epollop*>(base->evbase);
    sys::close(op->epfd);
    mm_free(op->events);
    mm_delete(op);
}

}  // namespace

extern const eventop epollops;
const eventop epollops = {
    .name = "epoll",
    .init = epoll_init,
    .add = epoll_nochangelist_add,
    .del = epoll_nochangelist_del,
    .dispatch = epoll_dispatch,
    .dealloc = epoll_dealloc,
    .need_reinit = true,
    .features = EV_FEATURE_ET | EV_FEATURE_O1 | EV_FEATURE_EARLY_CLOSE,
    .fdinfo_len = 0,
};
