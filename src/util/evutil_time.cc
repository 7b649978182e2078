// Dates as text, and the monotonic clock.
// The clock reads the kernel's coarse one (a few milliseconds fine, cheaper) unless asked for
// precision. The fallback reads the wall clock, and adds what it lost whenever it jumps back.
#include <sys/time.h>

#include "src/util/evutil.h"
#include "src/util/memory.h"
#include "src/util/sys.h"

namespace {

constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

int read_clock(clockid_t clock, timeval* tp) {
    timespec now{};
    if (sys::clock(clock, &now) == -1) return -1;
    tp->tv_sec = now.tv_sec;
    tp->tv_usec = static_cast<suseconds_t>(now.tv_nsec / 1000);
    return 0;
}

/// Makes a reading of the wall clock monotonic.
void correct(evutil_monotonic_timer& timer, timeval* tp) {
    evutil_timeradd(tp, &timer.correction, tp);
    if (evutil_timercmp(tp, &timer.last, <)) {
        timeval lost{};
        evutil_timersub(&timer.last, tp, &lost);
        evutil_timeradd(&timer.correction, &lost, &timer.correction);
        *tp = timer.last;
    }
    timer.last = *tp;
}

}  // namespace

int evutil_date_rfc1123(char* date, const size_t datelen, const struct tm* tm) {
    struct tm now {};
    if (tm == nullptr) {
        const time_t seconds = time(nullptr);
        if (gmtime_r(&seconds, &now) == nullptr) return -1;
        tm = &now;
    }
    if (tm->tm_wday < 0 || tm->tm_wday > 6 || tm->tm_mon < 0 || tm->tm_mon > 11) {
        errno = EINVAL;
        return -1;
    }
    return evutil_snprintf(date, datelen, "%s, %02d %s %4lld %02d:%02d:%02d GMT",
                           kDays[tm->tm_wday], tm->tm_mday, kMonths[tm->tm_mon],
                           1900LL + tm->tm_year, tm->tm_hour, tm->tm_min, tm->tm_sec);
}

evutil_monotonic_timer* evutil_monotonic_timer_new() {
    return mm_new<evutil_monotonic_timer>();
}

void evutil_monotonic_timer_free(evutil_monotonic_timer* timer) {
    mm_delete(timer);
}

int evutil_configure_monotonic_time(evutil_monotonic_timer* timer, int flags) {
    timeval now{};
    *timer = evutil_monotonic_timer{};
    if ((flags & EV_MONOT_FALLBACK) != 0) {
        timer->clock = CLOCK_REALTIME;
        timer->fallback = true;
    } else if ((flags & EV_MONOT_PRECISE) != 0 || read_clock(timer->clock, &now) == -1) {
        timer->clock = CLOCK_MONOTONIC;
    }
    return read_clock(timer->clock, &now);
}

int evutil_gettime_monotonic(evutil_monotonic_timer* timer, timeval* tp) {
    if (read_clock(timer->clock, tp) == -1) return -1;
    if (timer->fallback) correct(*timer, tp);
    return 0;
}
