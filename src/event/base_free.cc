// Ending a base: every event is deleted (its memory is its owner's), what the library made is
// freed, signals get their old dispositions back. Fds that events watched stay open: they are the
// user's. Read next: finalize.cc, callbacks that are owed to objects being freed.
#include "src/buffer/chain.h"
#include "src/event/event_core.h"
#include "src/event/watchers.h"
#include "src/util/log.h"
#include "src/util/memory.h"

namespace {

/// The last call for an event or callback, made here because no loop will make it.
void run_finalizer(event_base* base, event_callback* evcb) {
    const auto closure = evcb->evcb_closure;
    // A deferred callback that no loop will run: it gives back what it was scheduled with.
    if (closure == EV_CLOSURE_CB_SELF)
        return evcb->evcb_cb_union.evcb_selfcb(nullptr, evcb->evcb_arg);
    const bool of_event = is_event(evcb);
    if (of_event ? closure < EV_CLOSURE_EVENT_FINALIZE : closure != EV_CLOSURE_CB_FINALIZE) return;
    event* ev = event_callback_to_event(evcb);
    TRACE(callback_begin, .base = base, .event = evcb,
          .callback = evcb->evcb_cb_union.evcb_evfinalize, .fd = of_event ? ev->ev_fd : -1,
          .what = 0, .closure = static_cast<evglass::trace::field::closure>(closure));
    if (of_event) {
        evcb->evcb_cb_union.evcb_evfinalize(ev, ev->ev_arg);
    } else {
        evcb->evcb_cb_union.evcb_cbfinalize(evcb, evcb->evcb_arg);
    }
    TRACE(callback_end, .base = base, .event = evcb);
    if (closure != EV_CLOSURE_EVENT_FINALIZE_FREE) return;
    TRACE(event_gone, .base = base, .event = ev);
    mm_free(ev);
}

/// Deletes what is active. Finalizers that have not run yet run now, or are dropped.
int event_base_cancel_one(event_base* base, event_callback* evcb, bool run_finalizers) {
    if (evcb->evcb_closure < EV_CLOSURE_CB_SELF) {
        event* ev = event_callback_to_event(evcb);
        const bool internal = (ev->ev_flags & EVLIST_INTERNAL) != 0;
        event_del_nolock_(ev, DelMode::EVEN_IF_FINALIZING);
        return internal ? 0 : 1;
    }
    if ((evcb->evcb_flags & EVLIST_ACTIVE) != 0) event_queue_remove_active(base, evcb);
    if ((evcb->evcb_flags & EVLIST_ACTIVE_LATER) != 0) event_queue_remove_active_later(base, evcb);
    if (run_finalizers) run_finalizer(base, evcb);
    return 1;
}

int event_base_free_queues_(event_base* base, bool run_finalizers) {
    TRACE_CALL(base);
    int deleted = 0;
    for (int i = 0; i < base->nactivequeues; ++i) {
        while (event_callback* evcb = base->activequeues[i].first) {
            deleted += event_base_cancel_one(base, evcb, run_finalizers);
        }
    }
    while (event_callback* evcb = base->active_later_queue.first) {
        deleted += event_base_cancel_one(base, evcb, run_finalizers);
    }
    return deleted;
}

/// Events made by event_base_once: nobody else knows them.
void free_once_events(event_base* base) {
    while (struct event_once* eonce = base->once_events) {
        event_once_forget(eonce);
        event_del_nolock_(&eonce->ev, DelMode::EVEN_IF_FINALIZING);
        event_debug_unassign(&eonce->ev);
        mm_delete(eonce);
    }
}

void event_base_free_(event_base* base, bool run_finalizers) {
    TRACE_CALL(base);
    if (base == nullptr) base = event_global_current_base_;
    if (base == nullptr) {
        event_warnx("%s: no base to free", __func__);
        return;
    }
    if (base == event_global_current_base_) event_global_current_base_ = nullptr;

    evthread_notify_free(base);
    free_once_events(base);
    evmap_delete_all_(base);
    common_timeouts_free(base);
    while (event* ev = min_heap_top_(&base->timeheap)) {
        event_del_nolock_(ev, DelMode::EVEN_IF_FINALIZING);
    }
    // A finalizer may make another callback active: until nothing is left.
    while (event_base_free_queues_(base, run_finalizers) != 0) {
    }

    if (base->evsel != nullptr) base->evsel->dealloc(base);
    watchers_free(base);
    min_heap_dtor_(&base->timeheap);
    event_changelist_freemem_(base);
    evmap_clear_(base);
    mm_free(base->activequeues);
    if (base->idle_chain != nullptr) evbuffer_chain_free(base->idle_chain);
    if (base->th_base_lock != nullptr) {
        evthread_free_lock(base->th_base_lock, EVTHREAD_LOCKTYPE_RECURSIVE);
    }
    if (base->current_event_cond != nullptr) evthread_free_cond(base->current_event_cond);
    TRACE(base_free, .base = base);
    mm_delete(base);
}

}  // namespace

void event_base_free(event_base* base) {
    event_base_free_(base, true);
}

void event_base_free_nofinalize(event_base* base) {
    event_base_free_(base, false);
}

void libevent_global_shutdown() {
    evsig_global_shutdown_();
}
