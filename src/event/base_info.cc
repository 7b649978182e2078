// Questions about a whole base: counts, times, the events in it, and making events of an fd or a
// signal active by hand. Read next: dump.cc, the same for people.
#include <algorithm>

#include "src/event/event_core.h"

namespace {

using evglass::trace::field::cause;

/// Sums the counts that `type` names; EVENT_BASE_COUNT_*.
int sum(unsigned type, int active, int virtual_, int added) {
    return ((type & EVENT_BASE_COUNT_ACTIVE) != 0 ? active : 0) +
           ((type & EVENT_BASE_COUNT_VIRTUAL) != 0 ? virtual_ : 0) +
           ((type & EVENT_BASE_COUNT_ADDED) != 0 ? added : 0);
}

void take_max(int& result, int& maximum, bool wanted, bool clear) {
    if (!wanted) return;
    result += maximum;
    if (clear) maximum = 0;
}

}  // namespace

int event_base_get_num_events(event_base* base, unsigned type) {
    const BaseLock lock(base);
    return sum(type, base->event_count_active, base->virtual_event_count, base->event_count);
}

int event_base_get_max_events(event_base* base, unsigned type, int clear) {
    const BaseLock lock(base);
    int result = 0;
    const bool reset = clear != 0;
    take_max(result, base->event_count_active_max, (type & EVENT_BASE_COUNT_ACTIVE) != 0, reset);
    take_max(result, base->virtual_event_count_max, (type & EVENT_BASE_COUNT_VIRTUAL) != 0, reset);
    take_max(result, base->event_count_max, (type & EVENT_BASE_COUNT_ADDED) != 0, reset);
    return result;
}

event* event_base_get_running_event(event_base* base) {
    const BaseLock lock(base);
    if (!EVBASE_IN_THREAD(base) || base->current_event == nullptr) return nullptr;
    if (!is_event_closure(base->current_closure)) return nullptr;
    return event_callback_to_event(base->current_event);
}

int event_base_gettimeofday_cached(event_base* base, timeval* tv) {
    if (base == nullptr) base = event_global_current_base_;
    if (base == nullptr) return evutil_gettimeofday(tv, nullptr);
    const BaseLock lock(base);
    if (!base->clock.is_cached()) return evutil_gettimeofday(tv, nullptr);
    *tv = clock_to_wall(base, base->clock.tv_cache);
    return 0;
}

int event_base_update_cache_time(event_base* base) {
    if (base == nullptr) base = event_global_current_base_;
    if (base == nullptr) return -1;
    const BaseLock lock(base);
    if (base->running_loop) update_time_cache(base);
    return 0;
}

int event_gettime_monotonic(event_base* base, timeval* tv) {
    if (base == nullptr || tv == nullptr) return -1;
    const BaseLock lock(base);
    gettime(base, tv);
    return 0;
}

void event_base_active_by_fd(event_base* base, evutil_socket_t fd, short events) {
    TRACE_CALL(base);
    const BaseLock lock(base);
    TRACE_API(base, nullptr);
    if ((events & (EV_READ | EV_WRITE | EV_CLOSED)) != 0) {
        evmap_io_active_(base, fd, static_cast<short>(events & (EV_READ | EV_WRITE | EV_CLOSED)));
        note_counts(base);
    }
    if ((events & EV_TIMEOUT) == 0 || fd < 0 || fd >= base->io.nentries) return;
    event* next = nullptr;
    for (event* ev = base->io.entries[fd].first; ev != nullptr; ev = next) {
        next = ev->ev_io_next.le_next;
        if ((ev->ev_flags & EVLIST_TIMEOUT) != 0)
            event_active_nolock_(ev, EV_TIMEOUT, 1, cause::user);
    }
}

void event_base_active_by_signal(event_base* base, int signal) {
    TRACE_CALL(base);
    const BaseLock lock(base);
    TRACE_API(base, nullptr);
    evmap_signal_active_(base, signal, 1);
}
