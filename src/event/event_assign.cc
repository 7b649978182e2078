// The beginning and end of an event's life: event_assign fills its memory in, event_new also
// allocates it, event_free ends it. An assigned event is known, and neither pending nor active.
// Read next: event_add.cc, where it becomes pending.
#include <event2/event_compat.h>

#include "src/event/event_core.h"
#include "src/util/log.h"
#include "src/util/memory.h"

namespace {

/// Its address means "pass the event itself to its callback" (event_self_cbarg).
char event_self_cbarg_ptr_ = 0;

/// Where the event was made, for people: kept in the struct's holes, so that its layout stays.
void set_creator(event* ev, const void* creator) {
    const auto address = reinterpret_cast<std::uintptr_t>(creator);
    ev->ev_creator_lo_ = static_cast<ev_uint32_t>(address);
    ev->ev_creator_hi_ = static_cast<ev_uint32_t>(address >> 32);
}

const void* creator_of(const event* ev) {
    return reinterpret_cast<const void*>(static_cast<std::uintptr_t>(ev->ev_creator_hi_) << 32 |
                                         ev->ev_creator_lo_);
}

EventClosure closure_of(short events) {
    if ((events & EV_SIGNAL) != 0) return EV_CLOSURE_EVENT_SIGNAL;
    return (events & EV_PERSIST) != 0 ? EV_CLOSURE_EVENT_PERSIST : EV_CLOSURE_EVENT;
}

/// Which life of its memory an event is in. Two threads may assign at once, and only a trace minds
/// if they take the same number.
ev_uint32_t next_serial(event_base* base) {
    if (!is_quiet()) return __atomic_fetch_add(&base->next_serial, 1, __ATOMIC_RELAXED);
    const ev_uint32_t serial = __atomic_load_n(&base->next_serial, __ATOMIC_RELAXED);
    __atomic_store_n(&base->next_serial, serial + 1, __ATOMIC_RELAXED);
    return serial;
}

/// However an event came to be assigned, people look for event_assign.
void trace_assign(const event* ev, const void* creator) {
    static constinit evglass::trace::Site site{__FILE__, "event_assign", __LINE__};
    TRACE_AT(site, event_assign, .base = ev->ev_base, .event = ev, .fd = ev->ev_fd,
             .events = ev->ev_events, .priority = ev->ev_pri,
             .flags = static_cast<std::uint16_t>(ev->ev_flags), .serial = ev->ev_serial,
             .callback = reinterpret_cast<std::uint64_t>(ev->ev_callback), .arg = ev->ev_arg,
             .creator = reinterpret_cast<std::uint64_t>(creator));
}

}  // namespace

void* event_self_cbarg() {
    return &event_self_cbarg_ptr_;
}

int event_assign_internal_(event* ev, event_base* base, evutil_socket_t fd, short events,
                           event_callback_fn callback, void* arg, const void* creator) {
    if (base == nullptr) base = event_global_current_base_;
    if (arg == &event_self_cbarg_ptr_) arg = ev;
    if ((events & EV_SIGNAL) != 0 && (events & (EV_READ | EV_WRITE | EV_CLOSED)) != 0) {
        event_warnx(
            "%s: EV_SIGNAL is not compatible with EV_READ, EV_WRITE or EV_CLOSED: an event is for "
            "a signal or for an fd",
            "event_assign");
        return -1;
    }
    ev->ev_evcallback = event_callback{};
    ev->ev_ = decltype(ev->ev_){};
    ev->ev_base = base;
    ev->ev_callback = callback;
    ev->ev_arg = arg;
    ev->ev_fd = fd;
    ev->ev_events = events;
    ev->ev_res = 0;
    ev->ev_flags = EVLIST_INIT;
    ev->ev_closure = closure_of(events);
    ev->ev_timeout = {0, 0};
    min_heap_elt_init_(ev);
    set_creator(ev, creator);
    if (base != nullptr) {
        // The middle, so that there is room for more and for less urgent ones.
        ev->ev_pri = static_cast<ev_uint8_t>(base->nactivequeues / 2);
        ev->ev_serial = next_serial(base);
    }
    trace_assign(ev, creator);
    return 0;
}

namespace {

int assign_for(const void* creator, event* ev, event_base* base, evutil_socket_t fd, short events,
               event_callback_fn callback, void* arg) {
    event_debug_assert_not_added_(ev);
    const int res = event_assign_internal_(ev, base, fd, events, callback, arg, creator);
    if (res == 0) event_debug_note_setup_(ev);
    return res;
}

}  // namespace

int event_assign(event* ev, event_base* base, evutil_socket_t fd, short events,
                 event_callback_fn callback, void* arg) {
    TRACE_CALL(ev);
    return assign_for(__builtin_return_address(0), ev, base, fd, events, callback, arg);
}

event* event_new(event_base* base, evutil_socket_t fd, short events, event_callback_fn callback,
                 void* arg) {
    auto* ev = static_cast<event*>(mm_malloc(sizeof(event)));
    if (ev == nullptr) return nullptr;
    TRACE_CALL(ev);
    if (event_assign_internal_(ev, base, fd, events, callback, arg, __builtin_return_address(0)) <
        0) {
        mm_free(ev);
        return nullptr;
    }
    event_debug_note_setup_(ev);
    return ev;
}

void event_free(event* ev) {
    TRACE_CALL(ev);
    // Also makes sure that its callback is not running in another thread.
    event_del(ev);
    event_debug_unassign(ev);
    mm_free(ev);
}

void event_debug_unassign(event* ev) {
    event_debug_assert_not_added_(ev);
    event_debug_note_teardown_(ev);
    TRACE(event_gone, .base = ev->ev_base, .event = ev);
    ev->ev_flags = static_cast<short>(ev->ev_flags & ~EVLIST_INIT);
}

int event_base_set(event_base* base, event* ev) {
    // A pending event hangs in its base's queues: only a fresh one can change bases.
    if (ev->ev_flags != EVLIST_INIT) return -1;
    event_debug_assert_is_setup_(ev);
    ev->ev_base = base;
    ev->ev_pri = static_cast<ev_uint8_t>(base->nactivequeues / 2);
    trace_assign(ev, creator_of(ev));
    return 0;
}

void event_set(event* ev, evutil_socket_t fd, short events, event_callback_fn callback, void* arg) {
    TRACE_CALL(ev);
    const int res = assign_for(__builtin_return_address(0), ev, event_global_current_base_, fd,
                               events, callback, arg);
    EVUTIL_ASSERT(res == 0);
}
