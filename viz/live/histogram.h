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
    static constexpr std::int64_t bound(std::size_t bucket) {
        constexpr std::array<std::int64_t, 3> kSteps{1, 2, 5};
        std::int64_t power = 100;
        for (std::size_t i = 0; i < bucket / 3; ++i) power *= 10;
        return kSteps[bucket % 3] * power;
    }

    void add(std::int64_t ns);
    std::uint64_t count() const { return count_; }
    /// The duration that `part` (0 to 1) of all do not exceed; 0 if there is none. It is one that
    /// was added, and the right one or at most a sixty-fourth longer.
    std::int64_t quantile(double part) const;
    std::uint64_t in(std::size_t bucket) const { return buckets_[bucket]; }
    /// "p50 12.0 us  p99 80.1 us  max 1.20 ms"; "none" without a value.
    std::string summary() const;

 private:
    /// Those of nearly one length: how many, and the longest.
    struct Fine {
        std::uint64_t count = 0;
        std::int64_t longest = 0;
    };
    std::array<std::uint64_t, kBuckets> buckets_{};
    std::vector<Fine> fine_;  ///< shortest first; as many as were needed
    std::uint64_t count_ = 0;
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
