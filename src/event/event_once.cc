// event_base_once: an event that nobody has to keep. It is made, added, called and freed here.
// The loop's own way out uses it: event_base_loopexit is a once event (loop_control.cc).
#include "src/event/either_way.h"
#include "src/event/event_core.h"
#include "src/util/log.h"
#include "src/util/memory.h"

namespace {

/// Calls the user, and then nobody remembers the event.
void event_once_cb(evutil_socket_t fd, short events, void* arg) {
    auto* eonce = static_cast<struct event_once*>(arg);
    TRACE_CALL(&eonce->ev);
    eonce->cb(fd, events, eonce->arg);
    {
        const BaseLock lock(eonce->ev.ev_base);
        event_once_forget(eonce);
    }
    event_debug_unassign(&eonce->ev);
    mm_delete(eonce);
}

/// What event_base_once accepts: a timeout, or fd conditions. Neither signals nor persistence.
bool acceptable(short events) {
    if ((events & (EV_SIGNAL | EV_PERSIST)) != 0) return false;
    return (events & (EV_TIMEOUT | EV_READ | EV_WRITE | EV_CLOSED)) != 0;
}

void event_once_remember(event_base* base, struct event_once* eonce) {
    list_insert_head<OnceLink>(base->once_events, eonce);
    ++base->n_once_events;
    TRACE(once_add, .base = base, .event = &eonce->ev, .callback = eonce->cb,
          .length = static_cast<std::uint32_t>(base->n_once_events));
}

}  // namespace

void event_once_forget(struct event_once* eonce) {
    event_base* base = eonce->ev.ev_base;
    list_remove<OnceLink>(eonce);
    --base->n_once_events;
    TRACE(once_remove, .base = base, .event = &eonce->ev,
          .length = static_cast<std::uint32_t>(base->n_once_events));
}

int event_base_once(event_base* base, evutil_socket_t fd, short events, event_callback_fn callback,
                    void* arg, const timeval* tv) {
    TRACE_CALL(base);
    if (base == nullptr || !acceptable(events)) return -1;
    auto* eonce = mm_new<struct event_once>();
    if (eonce == nullptr) return -1;
    eonce->cb = callback;
    eonce->arg = arg;

    const short io = static_cast<short>(events & (EV_READ | EV_WRITE | EV_CLOSED));
    const BaseLock lock(base);
    event_base_checkpoint(base);
    TRACE_API(base, &eonce->ev);
    event_assign_internal_(&eonce->ev, base, io != 0 ? fd : -1, io, event_once_cb, eonce,
                           __builtin_return_address(0));
    event_debug_note_setup_(&eonce->ev);
    int res = 0;
    if (io == 0 && (tv == nullptr || !evutil_timerisset(tv))) {
        // "As soon as possible": no detour over the heap, and the order of calls is kept.
        event_active_either_way(&eonce->ev, EV_TIMEOUT, 1, evglass::trace::field::cause::user);
    } else {
        res = event_add_either_way(&eonce->ev, tv);
    }
    if (res != 0) {
        event_debug_unassign(&eonce->ev);
        mm_delete(eonce);
        return api.result(res);
    }
    event_once_remember(base, eonce);
    return 0;
}
