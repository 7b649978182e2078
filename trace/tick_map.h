// Ticks to nanoseconds, piecewise: every block of a trace carries one moment on both clocks, and
// between two of these the clock is taken to run evenly. Time never goes back: the same or a later
// stamp gives the same or a later time, as long as no pair is added in between.
#pragma once

#include <cstdint>
#include <map>

#include "trace/layout_check.h"

namespace evglass::trace {

class TickMap {
 public:
    TickMap() = default;
    explicit TickMap(const CheckedHeader& header);

    /// One more moment. A pair that contradicts those known, or lies too close to one to tell more,
    /// is left out.
    void add(std::uint64_t ticks, std::uint64_t ns);
    /// Nanoseconds since the trace began.
    std::int64_t since_start(std::uint64_t ticks) const;
    double ticks_per_ns() const;

 private:
    bool identity_ = true;
    std::uint64_t start_ticks_ = 0, start_ns_ = 0;
    double first_rate_ = 1.0;
    std::map<std::uint64_t, std::uint64_t> pairs_;
};

}  // namespace evglass::trace
