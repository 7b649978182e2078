// Questions about one event: what it was assigned, and whether it is pending or active.
// Nothing here changes an event, but event_priority_set. Read next: event_assign.cc.
#include <event2/event_compat.h>

#include "src/event/event_core.h"
#include "src/util/log.h"

int event_initialized(const event* ev) {
    return (ev->ev_flags & EVLIST_INIT) != 0 ? 1 : 0;
}

size_t event_get_struct_event_size() {
    return sizeof(event);
}

int event_pending(const event* ev, short what, timeval* tv) {
    if (ev->ev_base == nullptr) {
        event_warnx("%s: event has no event_base set.", __func__);
        return 0;
    }
    const BaseLock lock(ev->ev_base);
    event_debug_assert_is_setup_(ev);
    int flags = 0;
    if ((ev->ev_flags & EVLIST_INSERTED) != 0) {
        flags |= ev->ev_events & (EV_READ | EV_WRITE | EV_CLOSED | EV_SIGNAL);
    }
    if ((ev->ev_flags & (EVLIST_ACTIVE | EVLIST_ACTIVE_LATER)) != 0) flags |= ev->ev_res;
    if ((ev->ev_flags & EVLIST_TIMEOUT) != 0) flags |= EV_TIMEOUT;
    flags &= what & (EV_TIMEOUT | EV_READ | EV_WRITE | EV_CLOSED | EV_SIGNAL);
    if (tv != nullptr && (flags & EV_TIMEOUT) != 0) {
        // Users think in wall-clock time; and a common timeout's mark is none of their business.
        *tv = clock_to_wall(ev->ev_base, plain_time(ev->ev_timeout));
    }
    return flags;
}

int event_priority_set(event* ev, int priority) {
    event_debug_assert_is_setup_(ev);
    // An active event already stands in the queue of its priority.
    if ((ev->ev_flags & EVLIST_ACTIVE) != 0) return -1;
    if (ev->ev_base == nullptr) return -1;
    if (priority < 0 || priority >= ev->ev_base->nactivequeues) return -1;
    ev->ev_pri = static_cast<ev_uint8_t>(priority);
    TRACE(event_priority, .base = ev->ev_base, .event = ev,
          .priority = static_cast<std::uint32_t>(priority));
    return 0;
}

int event_get_priority(const event* ev) {
    event_debug_assert_is_setup_(ev);
    return ev->ev_pri;
}

evutil_socket_t event_get_fd(const event* ev) {
    event_debug_assert_is_setup_(ev);
    return ev->ev_fd;
}

event_base* event_get_base(const event* ev) {
    event_debug_assert_is_setup_(ev);
    return ev->ev_base;
}

short event_get_events(const event* ev) {
    event_debug_assert_is_setup_(ev);
    return ev->ev_events;
}

event_callback_fn event_get_callback(const event* ev) {
    event_debug_assert_is_setup_(ev);
    return ev->ev_callback;
}

void* event_get_callback_arg(const event* ev) {
    event_debug_assert_is_setup_(ev);
    return ev->ev_arg;
}

void event_get_assignment(const event* ev, event_base** base, evutil_socket_t* fd, short* events,
                          event_callback_fn* callback, void** arg) {
    event_debug_assert_is_setup_(ev);
    if (base != nullptr) *base = ev->ev_base;
    if (fd != nullptr) *fd = ev->ev_fd;
    if (events != nullptr) *events = ev->ev_events;
    if (callback != nullptr) *callback = ev->ev_callback;
    if (arg != nullptr) *arg = ev->ev_arg;
}
