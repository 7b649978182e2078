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
/// Reads the clock for a base, and every few seconds how far the wall clock is from it.
timeval read_base_clock(event_base* base);
/// The monotonic clock itself: the precise one, or the one that only moves with the kernel's ticks
/// (a few ms) and is read in a quarter of the time.
timeval monotonic_now(bool precise);
/// Monotonic to wall-clock time, by the difference that the base measured last.
timeval clock_to_wall(const event_base* base, const timeval& monotonic);

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
timeval timeval_add_slow(const timeval& a, const timeval& b);
inline timeval timeval_add_saturated(const timeval& a, const timeval& b) {
    // Times of everyday: less than some 2000 years, and microseconds below a second. No division.
    constexpr std::uint64_t kEveryday = std::uint64_t{1} << 36;
    constexpr std::uint64_t kUsecs = kUsecPerSec;
    const auto usual = [](const timeval& tv) {
        return static_cast<std::uint64_t>(tv.tv_sec) < kEveryday &&
               static_cast<std::uint64_t>(tv.tv_usec) < kUsecs;
    };
    if (!usual(a) || !usual(b)) [[unlikely]]
        return timeval_add_slow(a, b);
    const std::int64_t usec = a.tv_usec + b.tv_usec;
    const std::int64_t carry = usec >= kUsecPerSec ? 1 : 0;
    return {a.tv_sec + b.tv_sec + carry, usec - carry * kUsecPerSec};
}
