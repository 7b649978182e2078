// What the loop asks of the timers: how long may I sleep, and who has expired.
// Putting a timer in and taking it out is in event_state.cc, with every other change of state.
// Read next: common_timeout.cc, the queue that replaces the heap for one common duration.
#include "src/event/event_core.h"

CORE_BEGIN

const timeval* timeout_next(event_base* base, timeval* tv) {
    TRACE_CALL(base);
    using why = evglass::trace::field::waitwhy;
    const event* first = min_heap_top_(&base->timeheap);
    if (first == nullptr) {
        TRACE(wait_chosen, .base = base, .event = nullptr, .timeout = -1, .why = why::no_timer);
        return nullptr;
    }
    // The cached time is that of the last turn's wait: callbacks that took long since then make the
    // sleep longer than needed by as much. EVENT_BASE_FLAG_NO_CACHE_TIME is for those who mind.
    timeval now;
    gettime(base, &now);
    if (evutil_timercmp(&first->ev_timeout, &now, >)) {
        evutil_timersub(&first->ev_timeout, &now, tv);
    } else {
        evutil_timerclear(tv);
    }
    TRACE(wait_chosen, .base = base, .event = first, .timeout = timeval_to_usec(*tv),
          .why = why::first_timer);
    return tv;
}

void timeout_process(event_base* base) {
    TRACE_CALL(base);
    if (min_heap_empty_(&base->timeheap)) return;
    timeval now;
    gettime(base, &now);
    const std::int64_t now_usec = timeval_to_usec(now);
    while (!min_heap_empty_(&base->timeheap) && base->timeheap.items[0].deadline <= now_usec) {
        event* ev = min_heap_top_(&base->timeheap);
        event_del_nolock_(ev, DelMode::NOBLOCK);
        event_active_nolock_(ev, EV_TIMEOUT, 1, evglass::trace::field::cause::timeout);
    }
}

CORE_END
