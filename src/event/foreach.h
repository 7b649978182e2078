// Each event that a base knows, once: those in the maps, then timers, then what is only active.
// The order is that of event_base_foreach_event: by fd, by signal, heap, common timeouts, queues.
#pragma once

#include "src/event/event_base.h"

/// Does it hang in a map? An event that waits for a negative fd has the flag, but hangs nowhere:
/// only its deadline or its activation can be found.
inline bool is_in_map(const event* ev) {
    return (ev->ev_flags & EVLIST_INSERTED) != 0 &&
           (ev->ev_fd >= 0 || (ev->ev_events & EV_SIGNAL) != 0);
}

/// Calls f(event*) for each event until it returns not 0, and returns that. REQUIRES the lock.
/// Bare callbacks (not events) in the active queues are left out.
template <class F>
int event_base_foreach_event_nolock_(event_base* base, F f) {
    for (int fd = 0; fd < base->io.nentries; ++fd) {
        for (event* ev = base->io.entries[fd].first; ev != nullptr; ev = ev->ev_io_next.le_next) {
            if (const int r = f(ev)) return r;
        }
    }
    for (int signal = 0; signal < base->sigmap.nentries; ++signal) {
        event* ev = base->sigmap.entries[signal].first;
        for (; ev != nullptr; ev = ev->ev_signal_next.le_next) {
            if (const int r = f(ev)) return r;
        }
    }
    for (std::size_t i = 0; i < base->timeheap.n; ++i) {
        event* ev = base->timeheap.items[i].ev;
        if (is_in_map(ev)) continue;
        if (const int r = f(ev)) return r;
    }
    for (int i = 0; i < base->n_common_timeouts; ++i) {
        event* ev = base->common_timeout_queues[i]->events.first;
        for (; ev != nullptr; ev = common_timeout_events::next(ev)) {
            if (is_in_map(ev)) continue;
            if (const int r = f(ev)) return r;
        }
    }
    const auto active_only = [&](event_callback* evcb) {
        if (!is_event(evcb) || (evcb->evcb_flags & EVLIST_TIMEOUT) != 0) return 0;
        event* ev = event_callback_to_event(evcb);
        return is_in_map(ev) ? 0 : f(ev);
    };
    for (int i = 0; i < base->nactivequeues; ++i) {
        event_callback* evcb = base->activequeues[i].first;
        for (; evcb != nullptr; evcb = evcallback_list::next(evcb)) {
            if (const int r = active_only(evcb)) return r;
        }
    }
    event_callback* evcb = base->active_later_queue.first;
    for (; evcb != nullptr; evcb = evcallback_list::next(evcb)) {
        if (const int r = active_only(evcb)) return r;
    }
    return 0;
}
