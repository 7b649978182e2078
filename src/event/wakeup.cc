// Waking a loop from another thread: an eventfd that the loop watches like any fd. Writing to it
// ends the sleep; the loop then finds what has changed.
// Invariant: is_notify_pending from the write until the loop has read: one write is enough.
// Read next: base_lock.h, EVBASE_NEED_NOTIFY.
#include <errno.h>

#include "src/event/event_core.h"
#include "src/util/evutil.h"
#include "src/util/log.h"
#include "src/util/sys.h"

namespace {

/// In the loop: empties the eventfd, so that it can wake the loop again.
void evthread_notify_drain_eventfd(evutil_socket_t fd, short, void* arg) {
    auto* base = static_cast<event_base*>(arg);
    ev_uint64_t count = 0;
    if (sys::read(fd, &count, sizeof count) < 0 && errno != EAGAIN) {
        event_sock_warn(fd, "%s: read", __func__);
    }
    const BaseLock lock(base);
    base->is_notify_pending = false;
}

}  // namespace

int evthread_make_base_notifiable(event_base* base) {
    if (base == nullptr) return -1;
    const BaseLock lock(base);
    return evthread_make_base_notifiable_nolock_(base);
}

int evthread_make_base_notifiable_nolock_(event_base* base) {
    TRACE_CALL(base);
    if (base->th_notifiable) return 0;
    const evutil_socket_t fd = evutil_eventfd_(0);
    if (fd < 0) {
        event_warn("%s: eventfd", __func__);
        return -1;
    }
    event_assign_internal_(&base->th_notify, base, fd, EV_READ | EV_PERSIST,
                           evthread_notify_drain_eventfd, base, nullptr);
    event_make_internal(&base->th_notify, "wake-up");
    event_priority_set(&base->th_notify, 0);
    base->th_notify_fd = fd;
    base->th_notifiable = true;
    if (event_add_nolock_(&base->th_notify, nullptr, false) == 0) return 0;
    evthread_notify_free(base);
    return -1;
}

void notify_from_thread(event_base* base) {
    if (EVBASE_NEED_NOTIFY(base)) evthread_notify_base(base);
}

int evthread_notify_base(event_base* base) {
    TRACE_CALL(base);
    if (!base->th_notifiable) return -1;
    if (base->is_notify_pending) return 0;
    base->is_notify_pending = true;
    TRACE(wakeup, .base = base, .thread = static_cast<std::uint32_t>(evthread_get_id()));
    const ev_uint64_t one = 1;
    // A full counter means that it is awake already.
    ssize_t n = 0;
    do {
        n = sys::write(base->th_notify_fd, &one, sizeof one);
    } while (n < 0 && errno == EINTR);
    if (n >= 0 || errno == EAGAIN) return 0;
    base->is_notify_pending = false;  // nobody was woken: the next one tries again
    return -1;
}

void evthread_notify_free(event_base* base) {
    if (!base->th_notifiable) return;
    event_del_nolock_(&base->th_notify, DelMode::EVEN_IF_FINALIZING);
    event_debug_unassign(&base->th_notify);
    sys::close(base->th_notify_fd);
    base->th_notify_fd = -1;
    base->th_notifiable = false;
    base->is_notify_pending = false;
}
