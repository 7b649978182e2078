// An event becomes active: it has a place in an active queue, and its callback will run in this
// turn or the next. Backends, timers, signals and event_active all come through here. Nothing here
// calls a callback. Read next: active_queue.cc, which does.
#include "src/event/event_core.h"
#include "src/util/log.h"

namespace {

using evglass::trace::field::cause;

/// A signal's calls are counted in the event: wait until another thread is done with them.
void prepare_signal(event_base* base, event* ev, short ncalls) {
    if ((ev->ev_events & EV_SIGNAL) == 0) return;
    if (!EVBASE_IN_THREAD(base)) {
        while (base->current_event == event_to_event_callback(ev)) {
            ++base->current_event_waiters;
            if (evthread_cond_wait(base->current_event_cond, base->th_base_lock) < 0) break;
        }
    }
    ev->ev_ncalls = ncalls;
    ev->ev_pncalls = nullptr;
}

}  // namespace

void event_active(event* ev, int res, short ncalls) {
    TRACE_CALL(ev);
    if (ev->ev_base == nullptr) {
        event_warnx("%s: event has no event_base set.", __func__);
        return;
    }
    const BaseLock lock(ev->ev_base);
    event_base_checkpoint(ev->ev_base);
    TRACE_API(ev->ev_base, ev);
    event_debug_assert_is_setup_(ev);
    event_active_nolock_(ev, res, ncalls, cause::user);
}

void event_active_nolock_(event* ev, int res, short ncalls, cause why) {
    TRACE_CALL(ev);
    event_base* base = ev->ev_base;
    if ((ev->ev_flags & EVLIST_FINALIZING) != 0) return;
    TRACE(event_activate, .base = base, .event = ev, .what = static_cast<short>(res),
          .ncalls = ncalls, .cause = why);

    if ((ev->ev_flags & (EVLIST_ACTIVE | EVLIST_ACTIVE_LATER)) != 0) {
        // It will run already: its callback is told of both causes at once.
        ev->ev_res = static_cast<short>(ev->ev_res | res);
        if ((ev->ev_flags & EVLIST_ACTIVE) != 0) return;
    } else {
        ev->ev_res = static_cast<short>(res);
    }
    // Something more urgent than what is running: look again before the rest of the queue runs.
    if (ev->ev_pri < base->event_running_priority) {
        base->event_continue = true;
        TRACE(loop_request, .base = base, .request = evglass::trace::field::request::continue_);
    }
    prepare_signal(base, ev, ncalls);
    event_callback_activate_nolock_(base, event_to_event_callback(ev));
}

bool event_callback_activate_nolock_(event_base* base, event_callback* evcb) {
    TRACE_CALL(evcb);
    if ((evcb->evcb_flags & EVLIST_FINALIZING) != 0) return false;
    if ((evcb->evcb_flags & EVLIST_ACTIVE) != 0) return false;
    const bool was_later = (evcb->evcb_flags & EVLIST_ACTIVE_LATER) != 0;
    if (was_later) event_queue_remove_active_later(base, evcb);
    event_queue_insert_active(base, evcb);
    if (EVBASE_NEED_NOTIFY(base)) evthread_notify_base(base);
    return !was_later;
}

bool event_callback_activate_later_nolock_(event_base* base, event_callback* evcb) {
    TRACE_CALL(evcb);
    if ((evcb->evcb_flags & (EVLIST_ACTIVE | EVLIST_ACTIVE_LATER)) != 0) return false;
    event_queue_insert_active_later(base, evcb);
    if (EVBASE_NEED_NOTIFY(base)) evthread_notify_base(base);
    return true;
}
