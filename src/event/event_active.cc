// An event becomes active: it has a place in an active queue, and its callback will run in this
// turn or the next. Backends, timers, signals and event_active all come through here. Nothing here
// calls a callback. Read next: active_queue.cc, which does.
#include "src/event/event_core.h"

CORE_BEGIN

namespace {

using evglass::trace::field::cause;

constexpr int kOnItsWay = EVLIST_ACTIVE | EVLIST_ACTIVE_LATER | EVLIST_FINALIZING;

/// A signal's calls are counted in the event: wait until another thread is done with them.
void wait_for_signal_calls(event_base* base, event* ev) {
    if (EVBASE_IN_THREAD(base)) return;
    while (base->current_event == event_to_event_callback(ev)) {
        ++base->current_event_waiters;
        if (evthread_cond_wait(base->current_event_cond, base->th_base_lock) < 0) return;
    }
}

/// As any event, but that its callback will be called ncalls times in a row.
[[gnu::noinline]] void activate_signal(event_base* base, event* ev, short ncalls) {
    wait_for_signal_calls(base, ev);
    ev->ev_ncalls = ncalls;
    event_callback_activate_nolock_(base, event_to_event_callback(ev));
    note_counts(base);
}

/// Something more urgent than what is running: look again before the rest of the queue runs.
void continue_if_urgent(event_base* base, const event* ev) {
    if (ev->ev_pri >= base->event_running_priority) return;
    base->event_continue = true;
    TRACE(loop_request, .base = base, .request = evglass::trace::field::request::continue_);
}

/// An event that is not idle. If it will run already, its callback is told of both causes at once;
/// if it is being finalized, nothing more happens to it.
[[gnu::noinline]] void activate_not_idle(event_base* base, event* ev, int res, short ncalls) {
    if ((ev->ev_flags & EVLIST_FINALIZING) != 0) return;
    const int told = (ev->ev_flags & kOnItsWay) != 0 ? ev->ev_res : 0;
    ev->ev_res = static_cast<short>(told | res);
    if ((ev->ev_flags & EVLIST_ACTIVE) != 0) return;
    continue_if_urgent(base, ev);
    if ((ev->ev_events & EV_SIGNAL) != 0) return activate_signal(base, ev, ncalls);
    event_callback_activate_nolock_(base, event_to_event_callback(ev));
    note_counts(base);
}

/// A callback that is not idle: the library's own, or on its way already. Later callbacks become
/// active, and run in this turn, not in the next. True if it was on no queue yet.
[[gnu::noinline]] bool activate_callback_not_idle(event_base* base, event_callback* evcb) {
    const int way = evcb->evcb_flags & kOnItsWay;
    if (way != 0 && way != EVLIST_ACTIVE_LATER) return false;
    if (way != 0) event_queue_remove_active_later(base, evcb);
    event_queue_insert_active(base, evcb);
    notify_if_asleep(base);
    return way == 0;
}

}  // namespace

CORE_INLINE void event_active_nolock_(event* ev, int res, short ncalls, cause why) {
    TRACE_CALL(ev);
    event_base* base = ev->ev_base;
    if (kHasProbes && (ev->ev_flags & EVLIST_FINALIZING) != 0) return;
    TRACE(event_activate, .base = base, .event = ev, .what = static_cast<short>(res),
          .ncalls = ncalls, .cause = why);
    if (!is_idle(event_to_event_callback(ev))) [[unlikely]]
        return activate_not_idle(base, ev, res, ncalls);
    ev->ev_res = static_cast<short>(res);
    continue_if_urgent(base, ev);
    if ((ev->ev_events & EV_SIGNAL) != 0) [[unlikely]]
        return activate_signal(base, ev, ncalls);
    event_callback_activate_nolock_(base, event_to_event_callback(ev));
    // What the loop itself finds is noted once a turn.
    if (why != cause::backend && why != cause::timeout) note_counts(base);
}

CORE_INLINE void event_active_by_backend_(event_base* base, event* ev, int res) {
    // Nothing runs that this could be more urgent than, and the thread to be woken is this one.
    if (!kHasProbes && is_idle(event_to_event_callback(ev))) [[likely]] {
        ev->ev_res = static_cast<short>(res);
        return event_queue_insert_active(base, event_to_event_callback(ev), Seen::plain);
    }
    event_active_nolock_(ev, res, 1, cause::backend);
}

CORE_INLINE bool event_callback_activate_nolock_(event_base* base, event_callback* evcb) {
    TRACE_CALL(evcb);
    if (!is_idle(evcb)) [[unlikely]]
        return activate_callback_not_idle(base, evcb);
    event_queue_insert_active(base, evcb, Seen::plain);
    notify_if_asleep(base);
    return true;
}

bool event_callback_activate_later_nolock_(event_base* base, event_callback* evcb) {
    TRACE_CALL(evcb);
    if ((evcb->evcb_flags & (EVLIST_ACTIVE | EVLIST_ACTIVE_LATER)) != 0) return false;
    event_queue_insert_active_later(base, evcb);
    notify_if_asleep(base);
    return true;
}

CORE_END
