// The functions of the event core that call each other across files, under libevent's names.
// A name that ends in `nolock_` wants the base's lock held; so does everything here that has no
// comment to the contrary. Public functions are in <event2/event.h>.
// Read next: loop.cc (one turn), then event_add.cc, active_queue.cc, event_del.cc.
#pragma once

#include <atomic>

#include "src/event/base_lock.h"
#include "src/event/event_base.h"

// --- shared by all who call these ---
enum class DelMode { NOBLOCK, BLOCK, AUTOBLOCK, EVEN_IF_FINALIZING };
// A common timeout's tv_usec: 20 bits of microseconds, 8 of its queue's index, 4 of a magic number.
inline constexpr long kCommonMicroseconds = 0x000fffff;
inline constexpr int kCommonIndexShift = 20;
inline constexpr long kCommonMagic = 0x50000000;
inline int common_timeout_index(const timeval* tv) {
    return static_cast<int>((tv->tv_usec & 0x0ff00000) >> kCommonIndexShift);
}
/// A deadline or duration without a common timeout's mark. (Microseconds need 20 bits in any case.)
inline timeval plain_time(const timeval& tv) {
    return {tv.tv_sec, tv.tv_usec & kCommonMicroseconds};
}
/// Is this duration one that event_base_init_common_timeout made for this base?
inline bool is_common_timeout(const timeval* tv, const event_base* base) {
    return base->n_common_timeouts != 0 && (tv->tv_usec & 0xf0000000L) == kCommonMagic &&
           common_timeout_index(tv) < base->n_common_timeouts;
}
/// What a caller of the funnel has looked at already. `plain`: the move is legal, and the callback
/// is a user's own. (With probes every move is checked, whatever was seen.)
enum class Seen { nothing, plain };
/// A user's own, and in no queue of callbacks: nothing forbids to make it active.
inline bool is_idle(const event_callback* evcb) {
    constexpr int kLookedAt =
        EVLIST_INIT | EVLIST_ACTIVE | EVLIST_ACTIVE_LATER | EVLIST_FINALIZING | EVLIST_INTERNAL;
    return (evcb->evcb_flags & kLookedAt) == EVLIST_INIT;
}
/// A user's own, in an active queue.
inline bool is_waiting(const event_callback* evcb) {
    constexpr int kLookedAt = EVLIST_INIT | EVLIST_ACTIVE | EVLIST_INTERNAL;
    return (evcb->evcb_flags & kLookedAt) == (EVLIST_INIT | EVLIST_ACTIVE);
}

/// How one turn of the loop ended.
struct Outcome {
    bool goes_on;
    evglass::trace::field::loopend reason;  ///< why not, if it doesn't go on
    int result;                             ///< what event_base_loop returns then
};

CORE_BEGIN

// --- event_state.cc: the one place where an event's flags change ---
CORE_INLINE void event_queue_insert_inserted(event_base* base, event* ev);
CORE_INLINE void event_queue_remove_inserted(event_base* base, event* ev);
/// `seen`: what the caller knows of evcb's flags, so that its move need not look again.
CORE_INLINE void event_queue_insert_active(event_base* base, event_callback* evcb,
                                           Seen seen = Seen::nothing);
/// `first_of`: the queue, where evcb is known to be the first of it.
CORE_INLINE void event_queue_remove_active(event_base* base, event_callback* evcb,
                                           Seen seen = Seen::nothing,
                                           evcallback_list* first_of = nullptr);
void event_queue_insert_active_later(event_base* base, event_callback* evcb);
void event_queue_remove_active_later(event_base* base, event_callback* evcb);
/// `seen`: plain only if the deadline does not belong in a common queue either.
CORE_INLINE void event_queue_insert_timeout(event_base* base, event* ev, Seen seen = Seen::nothing);
CORE_INLINE void event_queue_remove_timeout(event_base* base, event* ev, Seen seen = Seen::nothing);
/// The deadline of an event on the heap changed: it stays pending, and gets another place.
/// `before`: the deadline that it had, in microseconds.
CORE_INLINE void event_queue_change_timeout(event_base* base, event* ev, std::int64_t before);
void event_queue_make_later_events_active(event_base* base);

// --- event_add.cc, event_del.cc, event_active.cc ---
/// 0 or -1. tv is relative, unless tv_is_absolute (monotonic).
int event_add_nolock_(event* ev, const timeval* tv, bool tv_is_absolute);
int event_remove_timer_nolock_(event* ev);
CORE_INLINE int event_del_nolock_(event* ev, DelMode mode);
/// A signal's callback that is being called n times in a row is not called again after this call.
/// What counts those calls lies on the stack of who calls: with its end nobody may reach for it.
inline void stop_signal_calls(event* ev) {
    if ((ev->ev_events & EV_SIGNAL) == 0 || ev->ev_pncalls == nullptr) return;
    *ev->ev_pncalls = 0;
    ev->ev_pncalls = nullptr;
}
CORE_INLINE void event_active_nolock_(event* ev, int res, short ncalls,
                                      evglass::trace::field::cause cause);
/// The same for an event of an fd, by a backend that collects: no callback runs then.
CORE_INLINE void event_active_by_backend_(event_base* base, event* ev, int res);
/// Puts a callback on its active queue. True if it was not there yet.
CORE_INLINE bool event_callback_activate_nolock_(event_base* base, event_callback* evcb);
bool event_callback_activate_later_nolock_(event_base* base, event_callback* evcb);

// --- active_queue.cc ---
/// Runs the callbacks of the first priority that has any. Returns how many, -1 after a break.
int event_process_active(event_base* base);

// --- timeouts (src/timers/timeouts.cc, common_timeout.cc) ---
/// How long may the backend sleep? Null: for ever. Else `tv` is filled in and returned.
const timeval* timeout_next(event_base* base, timeval* tv);
/// Makes every event whose deadline has passed active.
void timeout_process(event_base* base);
/// The list of a common timeout's duration.
common_timeout_list* get_common_timeout_list(event_base* base, const timeval* tv);
void insert_common_timeout_inorder(common_timeout_list* ctl, event* ev);
void remove_common_timeout(common_timeout_list* ctl, event* ev);
/// Gives the list's internal timer the deadline of the list's first event.
void common_timeout_schedule(common_timeout_list* ctl, event* head);

// --- loop.cc ---
/// One turn of the loop.
Outcome event_base_turn(event_base* base, int flags);
bool event_haveevents(const event_base* base);

CORE_END

// --- event_flags.cc: flags outside the queues ---
/// Marks an event of the library's own: it does not keep the loop alive, and has a name.
void event_make_internal(event* ev, const char* name);
/// Marks an event that is being finalized: it can no longer be added or activated.
void event_mark_finalizing(event_base* base, event_callback* evcb);

// --- event_assign.cc, common_timeout_new.cc ---
/// What event_assign does, without its record in debug mode: for the library's own events.
int event_assign_internal_(event* ev, event_base* base, evutil_socket_t fd, short events,
                           event_callback_fn callback, void* arg, const void* creator);
void common_timeouts_free(event_base* base);

// --- event_once.cc ---
/// Out of the base's list: the event is the caller's to free.
void event_once_forget(struct event_once* eonce);

// --- wakeup.cc ---
/// Wakes the loop if it may be asleep in another thread. Costs nothing where nobody knows threads.
void notify_from_thread(event_base* base);
inline void notify_if_asleep(event_base* base) {
    if (evthread_have_id()) [[unlikely]]
        notify_from_thread(base);
}
int evthread_make_base_notifiable_nolock_(event_base* base);
int evthread_notify_base(event_base* base);
void evthread_notify_free(event_base* base);

// --- watching itself ---
/// Every invariant of a base, in one function; aborts on the first that does not hold.
void event_base_assert_ok_nolock_(event_base* base);
/// Tells the whole state of a base as keyframe records.
void event_base_write_keyframe(event_base* base);
CORE_BEGIN
/// At places where the base is consistent: writes a keyframe if the trace wants one.
inline void event_base_checkpoint(event_base* base) {
    if (evglass::trace::keyframe_due(base->keyframe)) [[unlikely]]
        event_base_write_keyframe(base);
}
CORE_END

// --- debug_mode.cc: event_enable_debug_mode ---
void event_debug_note_setup_(const event* ev);
void event_debug_note_teardown_(const event* ev);
void event_debug_note_slow(const event* ev, bool added);
void event_debug_assert_is_setup_slow(const event* ev);
void event_debug_assert_not_added_slow(const event* ev);
CORE_BEGIN
inline bool event_debug_mode_() {
    return kHasProbes && event_debug_mode_on_.load(std::memory_order_relaxed);
}
inline void event_debug_note_add_(const event* ev) {
    if (event_debug_mode_()) [[unlikely]]
        event_debug_note_slow(ev, true);
}
inline void event_debug_note_del_(const event* ev) {
    if (event_debug_mode_()) [[unlikely]]
        event_debug_note_slow(ev, false);
}
/// Fatal if debug mode is on and ev was never assigned.
inline void event_debug_assert_is_setup_(const event* ev) {
    if (event_debug_mode_()) [[unlikely]]
        event_debug_assert_is_setup_slow(ev);
}
/// Fatal if debug mode is on and ev is pending.
inline void event_debug_assert_not_added_(const event* ev) {
    if (event_debug_mode_()) [[unlikely]]
        event_debug_assert_not_added_slow(ev);
}
CORE_END
/// From now on debug mode can no longer be turned on.
void event_debug_mode_too_late_();

/// The base of the functions without a base (event_init and friends); null before event_init.
extern event_base* event_global_current_base_;
