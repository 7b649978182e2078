// The cached time of a turn.
//
// Why cache: a turn may run a thousand callbacks that each add a timer; they all happen "now". Why
// drop the cache before sleeping: what comes after the sleep is another now.
// Read next: clock.cc, which reads the clock.
#include "src/event/event_base.h"
#include "src/timers/clock.h"

CORE_BEGIN

void gettime(event_base* base, timeval* tv) {
    *tv = base->clock.is_cached() ? base->clock.tv_cache : read_base_clock(base);
}

void clear_time_cache(event_base* base) {
    if (!base->clock.is_cached()) return;
    base->clock.tv_cache = {0, 0};
    TRACE(time_cache, .base = base, .now = -1);
}

void update_time_cache(event_base* base) {
    if ((base->flags & EVENT_BASE_FLAG_NO_CACHE_TIME) != 0) return clear_time_cache(base);
    base->clock.tv_cache = read_base_clock(base);
    TRACE(time_cache, .base = base, .now = timeval_to_usec(base->clock.tv_cache));
}

CORE_END
