// Safe ends in programs with threads: event_free may have to wait for a running callback, and
// waiting under a lock of one's own deadlocks. Finalizing does not wait. The event can do nothing
// more; when its callback is certainly not running, the loop calls a finalizer, which may free what
// it used. Read next: active_queue.cc, event_finalize_closure.
#include "src/event/either_way.h"
#include "src/event/event_core.h"

namespace {

/// The event's last activation is its own funeral.
void event_finalize_nolock_(event_base* base, event* ev, EventClosure closure,
                            event_finalize_callback_fn callback) {
    event_debug_assert_is_setup_(ev);
    // Not EVEN_IF_FINALIZING: an event can only be buried once.
    event_del_either_way(ev);
    ev->ev_closure = closure;
    ev->ev_evcallback.evcb_cb_union.evcb_evfinalize = callback;
    TRACE(event_callback, .base = base, .event = ev,
          .callback = reinterpret_cast<std::uint64_t>(callback),
          .closure = static_cast<evglass::trace::field::closure>(closure));
    event_active_either_way(ev, EV_FINALIZE, 1, evglass::trace::field::cause::finalize);
    event_mark_finalizing(base, event_to_event_callback(ev));
}

int finalize(event* ev, EventClosure closure, event_finalize_callback_fn callback,
             evglass::trace::Site& site) {
    event_base* base = ev->ev_base;
    if (base == nullptr || callback == nullptr) return -1;
    const BaseLock lock(base);
    event_base_checkpoint(base);
    evglass::trace::ApiScope api(site, base, ev);
    if ((ev->ev_flags & EVLIST_FINALIZING) != 0) return api.result(-1);
    event_finalize_nolock_(base, ev, closure, callback);
    return 0;
}

/// event_free_finalize without a callback still frees.
void nothing(event*, void*) {}

}  // namespace

int event_finalize(unsigned, event* ev, event_finalize_callback_fn callback) {
    TRACE_CALL(ev);
    EVGLASS_SITE(site);
    return finalize(ev, EV_CLOSURE_EVENT_FINALIZE, callback, site);
}

int event_free_finalize(unsigned, event* ev, event_finalize_callback_fn callback) {
    TRACE_CALL(ev);
    EVGLASS_SITE(site);
    return finalize(ev, EV_CLOSURE_EVENT_FINALIZE_FREE, callback != nullptr ? callback : nothing,
                    site);
}
