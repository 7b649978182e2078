// Scheduling and cancelling bare callbacks, and the common funeral of several callbacks.
//
// A deferred callback that schedules another one could keep the loop in one turn for ever: after
// kMaxPerTurn of them, the next ones wait for the next turn, behind whatever the backend finds.
// Read next: active_queue.cc (who calls them), finalize.cc (the funeral of one event).
#include "src/event/deferred.h"

#include <algorithm>

#include "src/event/either_way.h"
#include "src/event/event_core.h"

namespace {

constexpr int kMaxPerTurn = 32;

void trace_assign(const event_callback* cb, const char* name) {
    TRACE(event_assign, .base = nullptr, .event = cb, .fd = -1, .events = 0,
          .priority = cb->evcb_pri, .flags = static_cast<std::uint16_t>(cb->evcb_flags),
          .serial = cb->evcb_serial_,
          .callback = reinterpret_cast<std::uint64_t>(cb->evcb_cb_union.evcb_selfcb),
          .arg = cb->evcb_arg, .creator = 0);
    TRACE(event_name, .event = cb, .name = name);
}

void event_callback_cancel_nolock_(event_base* base, event_callback* evcb) {
    TRACE_CALL(evcb);
    if ((evcb->evcb_flags & EVLIST_FINALIZING) != 0) return;
    if (is_event(evcb)) {
        event_del_nolock_(event_callback_to_event(evcb), DelMode::NOBLOCK);
        return;
    }
    if ((evcb->evcb_flags & EVLIST_ACTIVE) != 0) event_queue_remove_active(base, evcb);
    if ((evcb->evcb_flags & EVLIST_ACTIVE_LATER) != 0) event_queue_remove_active_later(base, evcb);
}

/// The callback's next run is its last: it calls `finalize`.
void event_callback_finalize_nolock_(event_base* base, event_callback* evcb,
                                     deferred_cb_fn finalize) {
    TRACE_CALL(evcb);
    event_callback_cancel_nolock_(base, evcb);
    evcb->evcb_closure = EV_CLOSURE_CB_FINALIZE;
    evcb->evcb_cb_union.evcb_cbfinalize = finalize;
    // What was an event is a bare callback from now on.
    trace_assign(evcb, "finalizer");
    TRACE(event_callback, .base = base, .event = evcb, .callback = finalize,
          .closure = evglass::trace::field::closure::cb_finalize);
    event_callback_activate_nolock_(base, evcb);
    note_counts(base);
    event_mark_finalizing(base, evcb);
}

}  // namespace

void event_deferred_cb_init_(event_callback* cb, ev_uint8_t priority, deferred_cb_fn fn, void* arg,
                             const char* name) {
    *cb = event_callback{};
    cb->evcb_flags = EVLIST_INIT;
    cb->evcb_pri = priority;
    cb->evcb_closure = EV_CLOSURE_CB_SELF;
    cb->evcb_cb_union.evcb_selfcb = fn;
    cb->evcb_arg = arg;
    trace_assign(cb, name);
}

void event_deferred_cb_set_priority_(event_callback* cb, ev_uint8_t priority) {
    cb->evcb_pri = priority;
}

bool event_deferred_cb_schedule_(event_base* base, event_callback* cb) {
    TRACE_CALL(cb);
    const BaseLock lock(base);
    event_base_checkpoint(base);
    // The number of priorities may have changed since the callback was made.
    if ((cb->evcb_flags & (EVLIST_ACTIVE | EVLIST_ACTIVE_LATER)) == 0)
        cb->evcb_pri = std::min(cb->evcb_pri, static_cast<ev_uint8_t>(base->nactivequeues - 1));
    if (base->n_deferreds_queued >= kMaxPerTurn)
        return event_callback_activate_later_either_way(base, cb);
    const bool added = event_callback_activate_either_way(base, cb);
    if (added) ++base->n_deferreds_queued;
    return added;
}

void event_deferred_cb_gone_(event_base* base, event_callback* cb) {
    TRACE(event_gone, .base = base, .event = cb);
    cb->evcb_flags = 0;
}

void event_callback_finalize_many_(event_base* base, int n, event_callback* const* callbacks,
                                   deferred_cb_fn finalize) {
    TRACE_CALL(base);
    const BaseLock lock(base);
    event_base_checkpoint(base);
    // One that is running now must be the one that finalizes: the loop can't be in it twice.
    event_callback* last = callbacks[0];
    for (int i = 0; i < n; ++i) {
        if (callbacks[i] == base->current_event) last = callbacks[i];
        event_callback_cancel_nolock_(base, callbacks[i]);
    }
    event_callback_finalize_nolock_(base, last, finalize);
}
