// Chooses the clock and compares it with CLOCK_MONOTONIC.
#include "trace/writer/clock.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace evglass::trace::writer {

constinit std::atomic<VirtualClock> virtual_clock{nullptr};

ClockPair read_pair(format::Clock clock) noexcept {
    if (clock != format::Clock::tsc) {
        const std::uint64_t now = read_ticks(clock);
        return {now, now};
    }
    // The counter is read on both sides, so that an interruption between the two can be seen.
    ClockPair best;
    std::uint64_t narrowest = UINT64_MAX;
    for (int attempt = 0; attempt < 3; ++attempt) {
        const std::uint64_t before = read_ticks(clock);
        const std::uint64_t ns = monotonic_ns();
        const std::uint64_t width = read_ticks(clock) - before;
        if (width >= narrowest) continue;
        narrowest = width;
        best = {before + width / 2, ns};
    }
    return best;
}

format::Clock best_clock() noexcept {
#if defined(__x86_64__)
    // Leaf 0x80000007, EDX bit 8: the counter runs at one rate in all power states.
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (__get_cpuid(0x80000007, &eax, &ebx, &ecx, &edx) != 0 && (edx & (1u << 8)) != 0)
        return format::Clock::tsc;
#endif
    return format::Clock::monotonic;
}

double measure_rate(format::Clock clock, ClockPair earlier) noexcept {
    if (clock != format::Clock::tsc) return 1.0;
    constexpr std::uint64_t kLongEnough = 200'000;
    ClockPair now = read_pair(clock);
    while (now.ns - earlier.ns < kLongEnough) now = read_pair(clock);
    return static_cast<double>(now.ticks - earlier.ticks) /
           static_cast<double>(now.ns - earlier.ns);
}

}  // namespace evglass::trace::writer
