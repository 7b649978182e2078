// Active callbacks are run here, and nowhere else: this is the only file that calls a user.
//
// The rule of priorities: run the whole queue of the first priority that has anything, then let the
// loop look for new events before a lower one gets its turn.
// While a callback runs the base's lock is not held, so anything may change: each step reads the
// queue anew. Read next: event_base_loop in loop.cc, which calls this once a turn.
#include "src/event/event_core.h"
#include "src/util/log.h"
#include "src/util/memory.h"

CORE_BEGIN

namespace {

namespace trace = evglass::trace;

/// Calls the callback without the lock, between its two records.
template <class Call>
CORE_INLINE void run_unlocked(event_base* base, event_callback* evcb, int fd, short what,
                              const Call& call) {
    TRACE(callback_begin, .base = base, .event = evcb,
          .callback = reinterpret_cast<std::uint64_t>(evcb->evcb_cb_union.evcb_callback), .fd = fd,
          .what = what, .closure = static_cast<trace::field::closure>(evcb->evcb_closure));
    if (!kHasProbes && base->th_base_lock == nullptr) {
        verify_in_debug_build(base);
        call();
    } else {
        const BaseUnlock unlocked(base);
        call();
    }
    TRACE(callback_end, .base = base, .event = evcb);
}

/// The calls that are left of a row, where event_del can reach them: in the event, while there are
/// more to come. The event itself may be gone after any call.
class SignalCalls {
 public:
    explicit SignalCalls(event* ev) : ev_(ev), left_(ev->ev_ncalls) { lend(); }
    SignalCalls(const SignalCalls&) = delete;
    SignalCalls& operator=(const SignalCalls&) = delete;

    /// Counts one call off. False when there is none left, or event_del took them away.
    bool next() {
        if (left_ == 0) return false;
        ev_->ev_ncalls = --left_;
        // From the last call on, nobody may reach for this object.
        if (left_ == 0) ev_->ev_pncalls = nullptr;
        return true;
    }
    void stop() {
        if (left_ != 0) ev_->ev_pncalls = nullptr;
    }

 private:
    /// (Not inline: compilers warn that the address outlives the object. next() sees to that.)
    [[gnu::noinline]] void lend() { ev_->ev_pncalls = &left_; }

    event* ev_;
    short left_;
};

/// A signal that came n times is n calls, unless one of them deletes the event or breaks the loop.
[[gnu::noinline]] void event_signal_closure(event_base* base, event* ev) {
    TRACE_CALL(ev);
    if (ev->ev_ncalls == 0) return;
    const event_callback_fn callback = ev->ev_callback;
    void* const arg = ev->ev_arg;
    const evutil_socket_t fd = ev->ev_fd;
    const short res = ev->ev_res;
    SignalCalls calls(ev);
    while (calls.next()) {
        run_unlocked(base, event_to_event_callback(ev), fd, res, [&] { callback(fd, res, arg); });
        if (base->event_break) return calls.stop();
    }
}

/// When a persistent event is to time out next. After a timeout it counts from when it should have
/// run, so that a slow callback does not shift all later ones; after anything else, from now.
CORE_INLINE timeval next_deadline(event_base* base, const event* ev) {
    timeval now;
    gettime(base, &now);
    const timeval interval = plain_time(ev->ev_io_timeout);
    timeval next = timeval_add_saturated(now, interval);
    if ((ev->ev_res & EV_TIMEOUT) != 0) {
        const timeval on_time = timeval_add_saturated(plain_time(ev->ev_timeout), interval);
        // So late that even the next one has passed: don't run to catch up.
        if (!evutil_timercmp(&on_time, &now, <)) next = on_time;
    }
    if (is_common_timeout(&ev->ev_io_timeout, base)) {
        next.tv_usec |= ev->ev_io_timeout.tv_usec & ~kCommonMicroseconds;
    }
    return next;
}

/// Calls an event's callback. (In its callback an event may be freed: nothing of it is read after.)
CORE_INLINE void call_event(event_base* base, event* ev) {
    const event_callback_fn callback = ev->ev_callback;
    void* const arg = ev->ev_arg;
    const evutil_socket_t fd = ev->ev_fd;
    const short res = ev->ev_res;
    run_unlocked(base, event_to_event_callback(ev), fd, res, [&] { callback(fd, res, arg); });
}

/// Adds the event's timeout again, then calls back: in its callback a persistent event is pending.
CORE_INLINE void event_persist_closure(event_base* base, event* ev) {
    TRACE_CALL(ev);
    if ((ev->ev_io_timeout.tv_sec | ev->ev_io_timeout.tv_usec) != 0) {
        const timeval next = next_deadline(base, ev);
        event_add_nolock_(ev, &next, true);
    }
    call_event(base, ev);
}

/// The last call for an event: from here on nobody knows it.
[[gnu::noinline]] void event_finalize_closure(event_base* base, event_callback* evcb) {
    TRACE_CALL(evcb);
    event* ev = event_callback_to_event(evcb);
    const auto finalize = evcb->evcb_cb_union.evcb_evfinalize;
    const bool free_it = evcb->evcb_closure == EV_CLOSURE_EVENT_FINALIZE_FREE;
    run_unlocked(base, evcb, ev->ev_fd, 0, [&] { finalize(ev, ev->ev_arg); });
    event_debug_note_teardown_(ev);
    if (free_it) {
        TRACE(event_gone, .base = base, .event = ev);
        mm_free(ev);
    }
}

void call_self(event_base* base, event_callback* evcb) {
    const auto callback = evcb->evcb_cb_union.evcb_selfcb;
    void* const arg = evcb->evcb_arg;
    run_unlocked(base, evcb, -1, 0, [&] { callback(evcb, arg); });
}

CORE_INLINE void run_closure(event_base* base, event_callback* evcb, ev_uint8_t closure) {
    event* const ev = event_callback_to_event(evcb);
    // The two that most events are come first, before the switch's jump table.
    if (closure == EV_CLOSURE_EVENT_PERSIST) return event_persist_closure(base, ev);
    if (closure == EV_CLOSURE_EVENT) return call_event(base, ev);
    switch (closure) {
        case EV_CLOSURE_EVENT_SIGNAL:
            return event_signal_closure(base, ev);
        case EV_CLOSURE_CB_SELF:
        case EV_CLOSURE_CB_FINALIZE:  // its function has the same form
            return call_self(base, evcb);
        case EV_CLOSURE_EVENT_FINALIZE:
        case EV_CLOSURE_EVENT_FINALIZE_FREE:
            return event_finalize_closure(base, evcb);
        default:
            event_errx(EVENT_ERR_ABORT_, "event %p has closure %d, which is none",
                       static_cast<void*>(evcb), closure);
    }
}

/// Is it enough to take the callback out of its queue?
CORE_INLINE bool only_leaves_queue(event_callback* evcb, ev_uint8_t closure) {
    if (closure == EV_CLOSURE_EVENT_PERSIST) return true;
    // Active and nothing else: event_del would find nothing more to undo. (With probes it is asked
    // all the same, because the walk through it is part of the story.)
    const bool only_active = (evcb->evcb_flags & (EVLIST_TIMEOUT | EVLIST_INSERTED)) == 0;
    if (!kHasProbes && only_active) return true;
    return !is_event_closure(closure) ||
           (event_callback_to_event(evcb)->ev_events & EV_PERSIST) != 0 ||
           (evcb->evcb_flags & EVLIST_FINALIZING) != 0;
}

/// The first of a queue, out of it; and unless it persists, not pending any more either.
CORE_INLINE void take_first(event_base* base, evcallback_list& queue, ev_uint8_t closure,
                            Seen seen) {
    event_callback* evcb = queue.first;
    if (only_leaves_queue(evcb, closure)) {
        event_queue_remove_active(base, evcb, seen, &queue);
    } else {
        event_del_nolock_(event_callback_to_event(evcb), DelMode::NOBLOCK);
    }
}

/// One of the library's own. (Apart, because most are not.)
[[gnu::noinline]] void take_first_internal(event_base* base, evcallback_list& queue) {
    take_first(base, queue, queue.first->evcb_closure, Seen::nothing);
}

CORE_INLINE void run_one(event_base* base, event_callback* evcb, ev_uint8_t closure) {
    base->current_event = evcb;
    base->current_closure = closure;  // asked later, when the callback may have freed it
    run_closure(base, evcb, closure);
    base->current_event = nullptr;
    if (base->current_event_waiters != 0) {
        base->current_event_waiters = 0;
        evthread_cond_broadcast(base->current_event_cond);
    }
}

bool time_is_up(event_base* base, const timeval* endtime) {
    timeval now;
    update_time_cache(base);
    gettime(base, &now);
    return evutil_timercmp(&now, endtime, >=);
}

/// How much of a queue may run before the loop looks for new events.
struct Portion {
    int callbacks;           ///< at most so many
    const timeval* endtime;  ///< and not beyond this time, if there is one
    bool is_used_up(event_base* base, int ran) const {
        return ran >= callbacks || (endtime != nullptr && ran != 0 && time_is_up(base, endtime));
    }
};

/// How many callbacks of users ran (the library's own don't count); -1 if the loop was broken.
/// Unless `limited` to a portion: all of the queue.
template <bool limited>
int event_process_active_single_queue(event_base* base, int priority, const Portion& portion) {
    TRACE_CALL(base);
    int count = 0;
    evcallback_list& queue = base->activequeues[priority];
    while (event_callback* evcb = queue.first) {
        const ev_uint8_t closure = evcb->evcb_closure;
        if (is_waiting(evcb)) [[likely]] {
            take_first(base, queue, closure, Seen::plain);
            ++count;
        } else {
            take_first_internal(base, queue);
        }
        run_one(base, evcb, closure);
        if (base->event_break) return -1;
        if (limited && portion.is_used_up(base, count)) return count;
        if (base->event_continue || should_tell()) break;
    }
    return count;
}

}  // namespace

// (Apart, so that a turn in which nothing runs need not save what this one uses.)
[[gnu::noinline]] int event_process_active(event_base* base) {
    TRACE_CALL(base);
    const DispatchLimits& limits = base->limits;
    timeval end{};
    if (limits.has_time()) {
        update_time_cache(base);
        timeval now;
        gettime(base, &now);
        end = timeval_add_saturated(now, limits.max_dispatch_time);
    }
    const Portion portion{limits.max_dispatch_callbacks, limits.has_time() ? &end : nullptr};
    int count = 0;
    for (int priority = 0; priority < base->nactivequeues; ++priority) {
        if (base->activequeues[priority].empty()) continue;
        base->event_running_priority = priority;
        count = priority >= limits.limit_callbacks_after_prio
                    ? event_process_active_single_queue<true>(base, priority, portion)
                    : event_process_active_single_queue<false>(base, priority, portion);
        // Only the library's own callbacks ran: that should not make a lower priority wait.
        if (count != 0) break;
    }
    base->event_running_priority = -1;
    return count;
}

CORE_END
