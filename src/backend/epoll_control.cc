// One change becomes one epoll_ctl, by a table. Then the errors that are none: the number stands
// for another file than the program and the kernel think, because it was closed, dup'ed or reused.
// Part of the hot path: it is compiled twice (src/event/flavour.h).
// Read next: epoll_ops.h, the table; epoll_changes.cc, many changes at once.
#include "src/backend/epoll_control.h"

#include <errno.h>
#include <sys/epoll.h>

#include "src/backend/epoll_ops.h"
#include "src/event/event_core.h"
#include "src/util/log.h"
#include "src/util/sys.h"

CORE_BEGIN

namespace {

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

CORE_INLINE int control(event_base* base, int operation, const event_change& ch,
                        std::uint32_t events) {
    epoll_fdinfo& info = base->io.entries[ch.fd].info<epoll_fdinfo>();
    if (operation == EPOLL_CTL_ADD) ++info.generation;
    epoll_event epev{};
    epev.data.u64 = epoll_tag(ch.fd, info.generation);
    epev.events = events;
    const auto* op = static_cast<epollop*>(base->evbase);
    return sys::epoll_ctl(op->epfd, operation, ch.fd, &epev, ch.old_events,
                          [=] { return watched_after(operation, events); });
}

/// The number stands for another file than we think: try the operation that fits that file.
int retry_as(event_base* base, int operation, const event_change& ch, std::uint32_t events) {
    if (control(base, operation, ch, events) == 0) return 0;
    event_warn("epoll_ctl(%s) on fd %d: the fd was reused, and %s failed too",
               op_name(operation == EPOLL_CTL_ADD ? EPOLL_CTL_MOD : EPOLL_CTL_ADD), ch.fd,
               op_name(operation));
    return -1;
}

/// The kernel refused. Is that an error, or does it only mean that the number is another file by
/// now?
[[gnu::noinline]] int after_refusal(event_base* base, int operation, event_change ch,
                                    std::uint32_t events) {
    if (operation == EPOLL_CTL_MOD && errno == ENOENT) {
        // Closed and opened again: to the kernel the new file is unknown.
        return retry_as(base, EPOLL_CTL_ADD, ch, events);
    }
    if (operation == EPOLL_CTL_ADD && errno == EEXIST) {
        // dup2 put the same file under the same number: to the kernel nothing happened.
        return retry_as(base, EPOLL_CTL_MOD, ch, events);
    }
    if (operation == EPOLL_CTL_DEL && (errno == ENOENT || errno == EBADF || errno == EPERM)) {
        // It was closed before it was deleted: the kernel has forgotten it already.
        return 0;
    }
    event_warn("epoll_ctl(%s) on fd %d", op_name(operation), ch.fd);
    return -1;
}

CORE_INLINE event_change make_change(evutil_socket_t fd, short old, short events,
                                     std::uint8_t how) {
    const auto change = [=](short what) -> std::uint8_t {
        return (events & what) != 0 ? static_cast<std::uint8_t>(how | (events & EV_ET)) : 0;
    };
    return {fd, old, change(EV_READ), change(EV_WRITE), change(EV_CLOSED)};
}

}  // namespace

CORE_INLINE int epoll_apply_one_change(event_base* base, const event_change& ch) {
    TRACE_CALL(base);
    const epoll_operation operation = epoll_op_table[EPOLL_OP_TABLE_INDEX(ch)];
    if (operation.events == 0) return 0;

    std::uint32_t events = operation.events;
    if (((ch.read_change | ch.write_change | ch.close_change) & EV_CHANGE_ET) != 0) {
        events |= EPOLLET;
    }
    if (control(base, operation.op, ch, events) == 0) [[likely]]
        return 0;
    return after_refusal(base, operation.op, ch, events);
}

int epoll_nochangelist_add(event_base* base, evutil_socket_t fd, short old, short events, void*) {
    TRACE_CALL(base);
    return epoll_apply_one_change(base, make_change(fd, old, events, EV_CHANGE_ADD));
}

int epoll_nochangelist_del(event_base* base, evutil_socket_t fd, short old, short events, void*) {
    TRACE_CALL(base);
    return epoll_apply_one_change(base, make_change(fd, old, events, EV_CHANGE_DEL));
}

CORE_END
