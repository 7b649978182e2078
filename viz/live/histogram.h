// Durations in words and in bars: how many there are, the usual one, the worst ones. The bars stand
// on one scale for all histograms (1, 2, 5 of each power of ten), so that two can be compared.
// Read next: history.h (where the durations come from), view_histograms.cc.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "viz/live/grid.h"

namespace evglass::viz {

class Histogram {
 public:
    /// 100 ns to 5 s and what lies beyond: each bucket holds what is below the next one's bound.
    static constexpr std::size_t kBuckets = 25;
    static std::int64_t bound(std::size_t bucket);

    void add(std::int64_t ns);
    std::uint64_t count() const { return values_.size(); }
    /// The duration that `part` (0 to 1) of all do not exceed; 0 if there is none.
    std::int64_t quantile(double part) const;
    std::uint64_t in(std::size_t bucket) const { return buckets_[bucket]; }
    /// "p50 12.0 us  p99 80.1 us  max 1.20 ms"; "none" without a value.
    std::string summary() const;

 private:
    std::array<std::uint64_t, kBuckets> buckets_{};
    mutable std::vector<std::int64_t> values_;
    mutable bool sorted_ = true;
};

/// How many columns a histogram takes whose bars are so wide.
constexpr int histogram_columns(int bar) {
    return bar * static_cast<int>(Histogram::kBuckets);
}
/// Draws bars of `bar` columns into all rows of the canvas, from its left.
void draw_bars(Canvas canvas, const Histogram& histogram, Style style, int bar);
/// The scale below (or above) them: "100ns   1us ...".
void draw_scale(Canvas canvas, int y, int bar);

}  // namespace evglass::viz
