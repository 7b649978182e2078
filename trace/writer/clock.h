// The clock that stamps records: the processor's time stamp counter where it runs at one rate and
// never stops, else CLOCK_MONOTONIC, or a virtual clock that a lesson sets. It reads clocks and
// compares them; it does not know what is stamped. Read next: emit.cc.
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>

#include "trace/format.h"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace evglass::trace::writer {

using VirtualClock = std::uint64_t (*)();

/// Nanoseconds of the virtual clock; null while there is none.
extern constinit std::atomic<VirtualClock> virtual_clock;

inline std::uint64_t monotonic_ns() noexcept {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u +
           static_cast<std::uint64_t>(now.tv_nsec);
}

inline std::uint64_t virtual_ns() noexcept {
    const VirtualClock clock = virtual_clock.load(std::memory_order_acquire);
    return clock == nullptr ? 0 : clock();
}

/// The clock's ticks now. Inlined into emit(): the processor's counter costs about 9 ns.
inline std::uint64_t read_ticks(format::Clock clock) noexcept {
#if defined(__x86_64__)
    if (clock == format::Clock::tsc) [[likely]]
        return __rdtsc();
#endif
    return clock == format::Clock::virtual_ ? virtual_ns() : monotonic_ns();
}

/// One moment on both clocks.
struct ClockPair {
    std::uint64_t ticks = 0;
    std::uint64_t ns = 0;
};
ClockPair read_pair(format::Clock clock) noexcept;

/// The best clock that this machine has.
format::Clock best_clock() noexcept;

/// How many ticks a nanosecond has, measured since `earlier`; waits until that is long enough to be
/// right to some parts in ten thousand (a fifth of a millisecond).
double measure_rate(format::Clock clock, ClockPair earlier) noexcept;

}  // namespace evglass::trace::writer
