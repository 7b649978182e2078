// Time for one base: a monotonic clock, read at most once a turn, and how far it is from the wall
// clock. All deadlines in the library are monotonic; only what a user sees is wall-clock time.
// Read next: time_cache.cc, then clock.cc (also the virtual clock, under which nothing sleeps).
#pragma once

#include <sys/time.h>

#include <cstdint>
#include <limits>

#include "src/event/flavour.h"

struct event_base;

struct BaseClock {
    timeval tv_cache{0, 0};                     ///< monotonic time of this turn; zero: not cached
    timeval tv_clock_diff{0, 0};                ///< wall clock minus monotonic clock
    std::int64_t last_updated_clock_diff = -1;  ///< monotonic second at which that was measured
    bool is_cached() const { return (tv_cache.tv_sec | tv_cache.tv_usec) != 0; }
};

// --- time_cache.cc ---
CORE_BEGIN

/// Monotonic time: the cached one inside a turn, else a fresh one. Always succeeds.
void gettime(event_base* base, timeval* tv);
/// Forgets the cached time: the next gettime reads the clock.
void clear_time_cache(event_base* base);
/// Reads the clock and keeps it for this turn, unless the base must not cache.
void update_time_cache(event_base* base);

CORE_END

// --- clock.cc ---
/// Reads the clock that the base goes by.
timeval read_base_clock(const event_base* base);
/// The monotonic clock itself: the precise one, or the one that only moves with the kernel's ticks
/// (a few ms) and is read in a quarter of the time.
timeval monotonic_now(bool precise);
/// Monotonic to wall-clock time. How far the clocks are apart is measured when somebody asks, and
/// not again for some seconds; never twice in a turn, so that its one time stays one.
timeval clock_to_wall(event_base* base, const timeval& monotonic);

inline constexpr std::int64_t kUsecPerSec = 1000000;

/// Microseconds since the clock's zero; saturates instead of overflowing.
inline std::int64_t timeval_to_usec(const timeval& tv) {
    std::int64_t usec = 0;
    if (__builtin_mul_overflow(std::int64_t{tv.tv_sec}, kUsecPerSec, &usec) ||
        __builtin_add_overflow(usec, std::int64_t{tv.tv_usec}, &usec)) [[unlikely]] {
        return tv.tv_sec < 0 ? std::numeric_limits<std::int64_t>::min()
                             : std::numeric_limits<std::int64_t>::max();
    }
    return usec;
}
timeval usec_to_timeval(std::int64_t usec);
/// a + b for any valid timevals; far in the future rather than overflowed.
timeval timeval_add_slow(timeval a, timeval b);
inline timeval timeval_add_saturated(timeval a, timeval b) {
    // Times of everyday: less than some 2000 years, and microseconds below a second. No division.
    constexpr std::uint64_t kEveryday = std::uint64_t{1} << 36;
    constexpr std::uint64_t kUsecs = kUsecPerSec;
    if (static_cast<std::uint64_t>(a.tv_sec | b.tv_sec) >= kEveryday ||
        static_cast<std::uint64_t>(a.tv_usec) >= kUsecs ||
        static_cast<std::uint64_t>(b.tv_usec) >= kUsecs) [[unlikely]] {
        return timeval_add_slow(a, b);
    }
    // No jump either: whether there is a carry could not be foretold.
    const std::int64_t beyond = a.tv_usec + b.tv_usec - kUsecPerSec;
    const std::int64_t no_carry = beyond >> 63;  // all bits, or none
    return {a.tv_sec + b.tv_sec + 1 + no_carry, beyond + (no_carry & kUsecPerSec)};
}
