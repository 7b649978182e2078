// event_add: an event becomes pending. Its fd or signal goes into a map (and from there to the
// backend), its deadline onto the heap.
// Invariant: on failure the event is as it was. Memory for the heap is therefore reserved first.
// Read next: src/backend/evmap_io.cc, then event_active.cc.
#include "src/event/event_core.h"

CORE_BEGIN

namespace {

constexpr int kMapEvents = EV_READ | EV_WRITE | EV_CLOSED | EV_SIGNAL;
constexpr int kInMapOrActive = EVLIST_INSERTED | EVLIST_ACTIVE | EVLIST_ACTIVE_LATER;

/// A signal's callback may be called several times in a row, and counts down in the event. Another
/// thread must not touch the event until that is over.
void wait_for_signal_callback(event_base* base, event* ev) {
    if ((ev->ev_events & EV_SIGNAL) == 0 || EVBASE_IN_THREAD(base)) return;
    while (base->current_event == event_to_event_callback(ev)) {
        ++base->current_event_waiters;
        evthread_cond_wait(base->current_event_cond, base->th_base_lock);
    }
}

/// Into the map of fds or of signals. -1: failed; 1: the backend watches something new.
int add_to_map(event_base* base, event* ev) {
    if ((ev->ev_events & kMapEvents) == 0 || (ev->ev_flags & kInMapOrActive) != 0) return 0;
    const int res = (ev->ev_events & EV_SIGNAL) != 0
                        ? evmap_signal_add_(base, static_cast<int>(ev->ev_fd), ev)
                        : evmap_io_add_(base, ev->ev_fd, ev);
    if (res != -1) event_queue_insert_inserted(base, ev);
    return res;
}

timeval now_of(event_base* base) {
    timeval now;
    gettime(base, &now);
    return now;
}

/// The monotonic moment at which the event is to time out. A common timeout's mark stays in it.
timeval deadline_of(event_base* base, const timeval& tv, bool absolute) {
    if (absolute) return tv;
    const timeval now = now_of(base);
    if (!is_common_timeout(&tv, base)) return timeval_add_saturated(now, tv);
    timeval deadline = timeval_add_saturated(now, plain_time(tv));
    deadline.tv_usec |= tv.tv_usec & ~kCommonMicroseconds;
    return deadline;
}

bool persists(const event* ev) {
    return ev->ev_closure == EV_CLOSURE_EVENT_PERSIST;
}

/// A persistent event remembers its interval: event_persist_closure adds it again.
void remember_interval(event* ev, const timeval& tv, bool absolute) {
    if (!absolute && persists(ev)) ev->ev_io_timeout = tv;
}

/// It had timed out and its callback has not run yet: that timeout is void now.
[[gnu::noinline]] void forget_timeout(event_base* base, event* ev) {
    stop_signal_calls(ev);
    event_queue_remove_active(base, event_to_event_callback(ev));
}

void assign_deadline(event_base* base, event* ev, const timeval& deadline) {
    ev->ev_timeout.tv_sec = deadline.tv_sec;
    ev->ev_timeout.tv_usec = deadline.tv_usec;
    TRACE(event_deadline, .base = base, .event = ev,
          .deadline = timeval_to_usec(plain_time(deadline)),
          .interval = persists(ev) ? timeval_to_usec(plain_time(ev->ev_io_timeout)) : -1);
}

/// Is a common queue in play: for the new deadline, or because the event is in one?
CORE_INLINE bool uses_common_queue(const event_base* base, const event* ev,
                                   const timeval& deadline) {
    if (base->n_common_timeouts == 0) return false;
    const bool pending = (ev->ev_flags & EVLIST_TIMEOUT) != 0;
    return is_common_timeout(&deadline, base) ||
           (pending && is_common_timeout(&ev->ev_timeout, base));
}

/// Another deadline for an event on the heap. True if the loop may sleep too long now.
CORE_INLINE bool change_deadline(event_base* base, event* ev, const timeval& deadline) {
    const bool was_first = min_heap_elt_is_top_(ev);
    const std::int64_t before = timeval_to_usec(ev->ev_timeout);
    assign_deadline(base, ev, deadline);
    event_queue_change_timeout(base, ev, before);
    return was_first || min_heap_elt_is_top_(ev);
}

/// Onto the heap. True if the loop may sleep too long now.
CORE_INLINE bool insert_deadline(event_base* base, event* ev, const timeval& deadline,
                                 Seen seen = Seen::nothing) {
    assign_deadline(base, ev, deadline);
    event_queue_insert_timeout(base, ev, seen);
    return min_heap_elt_is_top_(ev);
}

/// The event's new place, if its deadline or its old one is in a common queue. True if it is first
/// on the heap then.
[[gnu::noinline]] bool move_timeout(event_base* base, event* ev, const timeval& deadline) {
    if ((ev->ev_flags & EVLIST_TIMEOUT) != 0) event_queue_remove_timeout(base, ev);
    assign_deadline(base, ev, deadline);
    event_queue_insert_timeout(base, ev);
    if (!is_common_timeout(&deadline, base)) return min_heap_elt_is_top_(ev);
    common_timeout_list* ctl = get_common_timeout_list(base, &deadline);
    if (ctl->events.first == ev) common_timeout_schedule(ctl, ev);
    return false;
}

/// Gives the event a deadline, on the heap or in a common queue. True if the loop sleeps too long
/// now.
bool set_deadline(event_base* base, event* ev, const timeval& tv, bool absolute) {
    remember_interval(ev, tv, absolute);
    if ((ev->ev_flags & EVLIST_ACTIVE) != 0 && (ev->ev_res & EV_TIMEOUT) != 0) {
        forget_timeout(base, ev);
    }
    const timeval deadline = deadline_of(base, tv, absolute);
    if (uses_common_queue(base, ev, deadline)) return move_timeout(base, ev, deadline);
    if ((ev->ev_flags & EVLIST_TIMEOUT) != 0) return change_deadline(base, ev, deadline);
    return insert_deadline(base, ev, deadline);
}

/// Is all that there is to do a deadline on the heap, for a user's own event? So it is for timers,
/// and for fds whose timeout each byte that comes puts off.
CORE_INLINE bool wants_only_deadline(const event_base* base, const event* ev, const timeval& tv) {
    constexpr int kLookedAt =
        EVLIST_INIT | EVLIST_ACTIVE | EVLIST_ACTIVE_LATER | EVLIST_FINALIZING | EVLIST_INTERNAL;
    const int flags = ev->ev_flags;
    const bool is_placed = (ev->ev_events & kMapEvents) == 0 ||
                           ((flags & EVLIST_INSERTED) != 0 && (ev->ev_events & EV_SIGNAL) == 0);
    const min_heap& heap = base->timeheap;
    return (flags & kLookedAt) == EVLIST_INIT && is_placed &&
           ((flags & EVLIST_TIMEOUT) != 0 || heap.n < heap.capacity) &&
           !uses_common_queue(base, ev, tv);
}

/// Apart, so that the short way above needs no room on the stack for this one.
[[gnu::noinline]] int add_in_full(event_base* base, event* ev, const timeval* tv, bool absolute) {
    if ((ev->ev_flags & EVLIST_FINALIZING) != 0) return -1;
    // Even if it has a deadline already: that may be in a common queue, and the new one not.
    if (tv != nullptr && min_heap_reserve_(&base->timeheap, base->timeheap.n + 1) < 0) return -1;
    wait_for_signal_callback(base, ev);
    const int res = add_to_map(base, ev);
    if (res == -1) return -1;
    bool notify = res == 1;
    if (tv != nullptr) notify |= set_deadline(base, ev, *tv, absolute);

    if (notify) notify_if_asleep(base);
    event_debug_note_add_(ev);
    return 0;
}

}  // namespace

int event_add_nolock_(event* ev, const timeval* tv, bool tv_is_absolute) {
    TRACE_CALL(ev);
    event_base* base = ev->ev_base;
    event_debug_assert_is_setup_(ev);
    if (tv != nullptr && wants_only_deadline(base, ev, *tv)) {
        remember_interval(ev, *tv, tv_is_absolute);
        const timeval deadline = tv_is_absolute ? *tv : timeval_add_saturated(now_of(base), *tv);
        const bool notify = (ev->ev_flags & EVLIST_TIMEOUT) != 0
                                ? change_deadline(base, ev, deadline)
                                : insert_deadline(base, ev, deadline, Seen::plain);
        if (notify) notify_if_asleep(base);
        event_debug_note_add_(ev);
        return 0;
    }
    return add_in_full(base, ev, tv, tv_is_absolute);
}

int event_remove_timer_nolock_(event* ev) {
    TRACE_CALL(ev);
    event_debug_assert_is_setup_(ev);
    if ((ev->ev_flags & EVLIST_TIMEOUT) != 0) {
        event_queue_remove_timeout(ev->ev_base, ev);
        evutil_timerclear(&ev->ev_io_timeout);
    }
    return 0;
}

CORE_END
