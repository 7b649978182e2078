// event_del: an event becomes neither pending nor active. Its callback will not be called any more,
// with one exception: another thread may be calling it right now, and then event_del waits.
// Read next: src/backend/evmap_io.cc, wakeup.cc.
#include "src/event/event_core.h"

CORE_BEGIN

namespace {

/// Out of the map. (Not inline: most events that are deleted are in no map.) 1: the backend watches
/// less now; 0: it doesn't; -1: it failed.
[[gnu::noinline]] int remove_from_map(event_base* base, event* ev) {
    event_queue_remove_inserted(base, ev);
    return (ev->ev_events & (EV_READ | EV_WRITE | EV_CLOSED)) != 0
               ? evmap_io_del_(base, ev->ev_fd, ev)
               : evmap_signal_del_(base, static_cast<int>(ev->ev_fd), ev);
}

/// A caller that will free what the callback uses must not return while the callback runs.
bool must_wait(const event_base* base, event* ev, DelMode mode) {
    if (mode == DelMode::NOBLOCK || mode == DelMode::EVEN_IF_FINALIZING) return false;
    if (mode == DelMode::AUTOBLOCK && (ev->ev_events & EV_FINALIZE) != 0) return false;
    return base->current_event == event_to_event_callback(ev) && !EVBASE_IN_THREAD(base);
}

void wait_until_not_running(event_base* base, event* ev) {
    while (base->current_event == event_to_event_callback(ev)) {
        ++base->current_event_waiters;
        if (evthread_cond_wait(base->current_event_cond, base->th_base_lock) < 0) return;
    }
}

/// A user's own event that hangs on the heap or in a common queue, and nowhere else.
bool is_only_timer(const event* ev) {
    constexpr int kLookedAt = EVLIST_INIT | EVLIST_TIMEOUT | EVLIST_INSERTED | EVLIST_ACTIVE |
                              EVLIST_ACTIVE_LATER | EVLIST_FINALIZING | EVLIST_INTERNAL;
    return (ev->ev_flags & kLookedAt) == (EVLIST_INIT | EVLIST_TIMEOUT) &&
           (ev->ev_events & EV_SIGNAL) == 0;
}

/// Whatever the event is in, and whoever must be told or waited for.
[[gnu::noinline]] int del_in_full(event_base* base, event* ev, DelMode mode) {
    if ((ev->ev_flags & EVLIST_FINALIZING) != 0 && mode != DelMode::EVEN_IF_FINALIZING) return 0;

    stop_signal_calls(ev);
    if ((ev->ev_flags & EVLIST_TIMEOUT) != 0) event_queue_remove_timeout(base, ev);
    if ((ev->ev_flags & EVLIST_ACTIVE) != 0) {
        event_queue_remove_active(base, event_to_event_callback(ev));
    } else if ((ev->ev_flags & EVLIST_ACTIVE_LATER) != 0) {
        event_queue_remove_active_later(base, event_to_event_callback(ev));
    }
    const int res = (ev->ev_flags & EVLIST_INSERTED) != 0 ? remove_from_map(base, ev) : 0;
    if (EVBASE_NEED_NOTIFY(base)) {
        // The loop may sleep on what is gone; and with its last event gone it should end.
        const bool last = !event_haveevents(base) && N_ACTIVE_CALLBACKS(base) == 0;
        if (res == 1 || last) evthread_notify_base(base);
    }
    event_debug_note_del_(ev);
    if (must_wait(base, ev, mode)) wait_until_not_running(base, ev);
    return res < 0 ? -1 : 0;
}

}  // namespace

CORE_INLINE int event_del_nolock_(event* ev, DelMode mode) {
    TRACE_CALL(ev);
    event_debug_assert_is_setup_(ev);
    if (!is_only_timer(ev) || evthread_have_id()) return del_in_full(ev->ev_base, ev, mode);
    event_queue_remove_timeout(ev->ev_base, ev, Seen::plain);
    event_debug_note_del_(ev);
    return 0;
}

CORE_END
