// struct event_base: all the state of one loop, grouped by who owns it.
//
// Everything below `th_base_lock` is guarded by it, unless a comment says otherwise. Nothing here
// does anything: the functions are in event_core.h, in the order in which a reader meets them.
// Read next: event_core.h, then loop.cc.
#pragma once

#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/util.h>

#include "src/backend/changelist.h"
#include "src/backend/eventop.h"
#include "src/backend/evmap.h"
#include "src/event/evwatch.h"
#include "src/event/lists.h"
#include "src/signal/evsig.h"
#include "src/timers/clock.h"
#include "src/timers/min_heap.h"
#include "trace/probe.h"

struct evbuffer_chain;

/// How an active callback is to be called (evcb_closure).
enum EventClosure : ev_uint8_t {
    EV_CLOSURE_EVENT = 0,
    EV_CLOSURE_EVENT_SIGNAL = 1,
    EV_CLOSURE_EVENT_PERSIST = 2,
    EV_CLOSURE_CB_SELF = 3,
    EV_CLOSURE_CB_FINALIZE = 4,
    EV_CLOSURE_EVENT_FINALIZE = 5,
    EV_CLOSURE_EVENT_FINALIZE_FREE = 6,
};

/// Is a callback with this closure the head of an event? (Others are bare: deferred callbacks.)
inline bool is_event_closure(int closure) {
    return closure != EV_CLOSURE_CB_SELF && closure != EV_CLOSURE_CB_FINALIZE;
}
inline bool is_event(const event_callback* evcb) {
    return is_event_closure(evcb->evcb_closure);
}

/// An event made by event_base_once: it frees itself after its callback. (Always "struct
/// event_once", because an old function has the same name.)
struct event_once {
    struct {
        struct event_once* le_next;
        struct event_once** le_prev;
    } next_once;
    event ev;
    event_callback_fn cb;
    void* arg;
};
struct OnceLink {
    static auto& of(struct event_once* eonce) { return eonce->next_once; }
};

/// All events that wait for one common duration. They expire in the order in which they were
/// added, so a queue is enough, and only its first event needs a place in the heap: that place is
/// taken by timeout_event, an internal timer.
struct common_timeout_list {
    common_timeout_events events;
    timeval duration;
    event timeout_event;
    event_base* base;
};

/// Limits on how much runs before the loop looks for new events again.
struct DispatchLimits {
    timeval max_dispatch_time{-1, 0};
    int max_dispatch_callbacks = 0x7fffffff;
    int limit_callbacks_after_prio = 0x7fffffff;
    bool has_time() const { return max_dispatch_time.tv_sec >= 0; }
};

struct event_base {
    // --- the backend: chosen at creation, never changed after ---
    const eventop* evsel = nullptr;  ///< its functions
    void* evbase = nullptr;          ///< its own data
    int flags = 0;                   ///< EVENT_BASE_FLAG_*

    // --- the lock: everything from here on, while other threads know the base ---
    void* th_base_lock = nullptr;

    // --- queues: what will run ---
    evcallback_list* activequeues = nullptr;  ///< one for each priority
    int nactivequeues = 0;
    evcallback_list active_later_queue;  ///< what becomes active in the next turn

    // --- maps: who waits for what ---
    event_io_map io;              ///< fd to events
    event_signal_map sigmap;      ///< signal to events
    event_changelist changelist;  ///< changes that the backend has not heard of yet
    evsig_info sig;               ///< the pipe that brings signals to the loop
    struct event_once* once_events = nullptr;
    int n_once_events = 0;

    // --- watchers: called around the sleep ---
    watcher_list prepare_watchers;
    watcher_list check_watchers;

    // --- timers ---
    min_heap timeheap;
    common_timeout_list** common_timeout_queues = nullptr;
    int n_common_timeouts = 0;
    int n_common_timeouts_allocated = 0;
    BaseClock clock;  ///< the cached time and what turns it into wall-clock time

    // --- counts ---
    int virtual_event_count = 0;  ///< what keeps the loop alive without being an event
    int virtual_event_count_max = 0;
    int event_count =
        0;  ///< memberships of events in maps, heap and queues, internal ones left out
    int event_count_max = 0;
    int event_count_active = 0;
    int event_count_active_max = 0;

    // --- the loop ---
    bool running_loop = false;
    bool event_gotterm = false;   ///< leave at the next turn's start
    bool event_break = false;     ///< leave after the running callback
    bool event_continue = false;  ///< look for new events after the running callback
    int event_running_priority = -1;
    int n_deferreds_queued = 0;
    DispatchLimits limits;
    ev_uint64_t turn = 0;  ///< turns since the base was made
    evglass::trace::field::phase phase = evglass::trace::field::phase::outside;

    // --- bufferevents: the loop's thread alone, in their callbacks ---
    evbuffer_chain* idle_chain = nullptr;  ///< empty: lent to whoever reads next; null: it is lent

    // --- threads ---
    unsigned long th_owner_id = 0;            ///< who runs the loop
    event_callback* current_event = nullptr;  ///< being run, without the lock; may be freed by now
    ev_uint8_t current_closure = 0;           ///< the EventClosure with which it was called
    void* current_event_cond = nullptr;       ///< told when it has been run
    int current_event_waiters = 0;
    evutil_socket_t th_notify_fd = -1;  ///< eventfd that wakes the loop
    event th_notify{};
    bool th_notifiable = false;
    bool is_notify_pending = false;

    // --- the trace ---
    ev_uint64_t trace_stamp = 0;  ///< travels with the lock from thread to thread
    evglass::trace::KeyframeMark keyframe;
    ev_uint32_t next_serial = 1;  ///< numbers the lives of events, to tell reused memory apart
};

/// The fd's place in the map. Null for an fd that the map has no room for: nobody ever asked about
/// it, so who speaks of it speaks of a stranger.
inline evmap_io* evmap_io_slot(event_base* base, evutil_socket_t fd) {
    const bool has_room = static_cast<unsigned>(fd) < static_cast<unsigned>(base->io.nentries);
    return has_room ? &base->io.entries[fd] : nullptr;
}

/// Keeps the maximum of the one count that event_add raises.
inline void note_event_count(event_base* base) {
    if (base->event_count > base->event_count_max) base->event_count_max = base->event_count;
}

/// Keeps the counts' maxima. Called where counts have risen: once for all the events that a turn
/// makes active, and not for each.
inline void note_counts(event_base* base) {
    note_event_count(base);
    if (base->event_count_active > base->event_count_active_max) {
        base->event_count_active_max = base->event_count_active;
    }
}

/// How many callbacks are active or will be so in the next turn.
inline int N_ACTIVE_CALLBACKS(const event_base* base) {
    return base->event_count_active;
}
