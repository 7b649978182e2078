// The hot path without its probes: the same lines, compiled a second time (flavour.h says why).
// All of it has internal linkage here, so that the compiler may fold it into the few doors below.
// There is nothing to learn here that the files themselves don't tell better.
#define EVGLASS_QUIET
// What only the path with probes calls is left over, and dropped by the compiler.
#pragma GCC diagnostic ignored "-Wunused-function"

#include "src/event/quiet.h"

#include "src/backend/epoll.cc"
#include "src/backend/epoll_control.cc"
#include "src/backend/epoll_reports.cc"
#include "src/backend/evmap_io.cc"
#include "src/event/active_queue.cc"
#include "src/event/event_active.cc"
#include "src/event/event_add.cc"
#include "src/event/event_del.cc"
#include "src/event/event_state.cc"
#include "src/event/loop.cc"
#include "src/timers/common_timeout.cc"
#include "src/timers/min_heap.cc"
#include "src/timers/time_cache.cc"
#include "src/timers/timeouts.cc"

namespace quiet {

namespace {

// What the doors below do in a program that has locks. Apart, because most have none, and then a
// door needs to remember nothing for after the call.

[[gnu::noinline]] int add_locked(event* ev, const timeval* tv) {
    const ScopedLock lock(ev->ev_base->th_base_lock);
    return event_add_nolock_(ev, tv, false);
}

[[gnu::noinline]] int del_locked(event* ev, DelMode mode) {
    const ScopedLock lock(ev->ev_base->th_base_lock);
    return event_del_nolock_(ev, mode);
}

[[gnu::noinline]] void active_locked(event* ev, int res, short ncalls) {
    const ScopedLock lock(ev->ev_base->th_base_lock);
    event_active_nolock_(ev, res, ncalls, evglass::trace::field::cause::user);
}

bool has_lock(const event* ev) {
    return ev->ev_base->th_base_lock != nullptr;
}

}  // namespace

int add(event* ev, const timeval* tv) {
    return has_lock(ev) ? add_locked(ev, tv) : event_add_nolock_(ev, tv, false);
}

int del(event* ev, DelMode mode) {
    return has_lock(ev) ? del_locked(ev, mode) : event_del_nolock_(ev, mode);
}

int remove_timer(event* ev) {
    const ScopedLock lock(ev->ev_base->th_base_lock);
    return event_remove_timer_nolock_(ev);
}

void active(event* ev, int res, short ncalls) {
    if (has_lock(ev)) return active_locked(ev, res, ncalls);
    event_active_nolock_(ev, res, ncalls, evglass::trace::field::cause::user);
}

Outcome turn(event_base* base, int flags) {
    return event_base_turn(base, flags);
}

int epoll_add(event_base* base, evutil_socket_t fd, short old, short events) {
    return epoll_nochangelist_add(base, fd, old, events, nullptr);
}

int epoll_del(event_base* base, evutil_socket_t fd, short old, short events) {
    return epoll_nochangelist_del(base, fd, old, events, nullptr);
}

int dispatch_epoll(event_base* base, const timeval* tv) {
    return epoll_dispatch(base, tv);
}

void io_active(event_base* base, event* first, short events) {
    activate_list(base, first, events);
}

void active_nolock(event* ev, int res, short ncalls) {
    event_active_nolock_(ev, res, ncalls, evglass::trace::field::cause::user);
}

int del_nolock(event* ev) {
    return event_del_nolock_(ev, DelMode::NOBLOCK);
}

int add_nolock(event* ev, const timeval* tv) {
    return event_add_nolock_(ev, tv, false);
}

bool activate_callback(event_base* base, event_callback* evcb) {
    return event_callback_activate_nolock_(base, evcb);
}

bool activate_callback_later(event_base* base, event_callback* evcb) {
    return event_callback_activate_later_nolock_(base, evcb);
}

}  // namespace quiet
