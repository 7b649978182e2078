// See histogram.h.
#include "viz/live/histogram.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "trace/text.h"

namespace evglass::viz {

std::int64_t Histogram::bound(std::size_t bucket) {
    constexpr std::array<std::int64_t, 3> kSteps{1, 2, 5};
    std::int64_t power = 100;
    for (std::size_t i = 0; i < bucket / 3; ++i) power *= 10;
    return kSteps[bucket % 3] * power;
}

void Histogram::add(std::int64_t ns) {
    if (ns < 0) return;
    std::size_t bucket = 0;
    while (bucket + 1 < kBuckets && ns >= bound(bucket + 1)) ++bucket;
    ++buckets_[bucket];
    values_.push_back(ns);
    sorted_ = false;
}

std::int64_t Histogram::quantile(double part) const {
    if (values_.empty()) return 0;
    if (!sorted_) std::sort(values_.begin(), values_.end());
    sorted_ = true;
    const double place = std::ceil(part * static_cast<double>(values_.size())) - 1;
    return values_[static_cast<std::size_t>(std::max(0.0, place))];
}

std::string Histogram::summary() const {
    if (values_.empty()) return "none";
    return fmt::format("p50 {}  p99 {}  max {}", trace::duration_text(quantile(0.5)),
                       trace::duration_text(quantile(0.99)), trace::duration_text(quantile(1)));
}

void draw_bars(Canvas canvas, const Histogram& histogram, Style style, int bar) {
    constexpr std::array<std::string_view, 8> kUnicode{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    constexpr std::array<std::string_view, 8> kAscii{".", ".", ":", ":", "=", "=", "#", "#"};
    constexpr std::uint64_t kLevels = 8;
    std::uint64_t most = 1;
    for (std::size_t i = 0; i < Histogram::kBuckets; ++i) most = std::max(most, histogram.in(i));
    const auto height = static_cast<std::uint64_t>(std::max(0, canvas.height()));
    for (std::size_t i = 0; i < Histogram::kBuckets; ++i) {
        if (histogram.in(i) == 0) continue;
        // One is seen, however many stand beside it.
        const std::uint64_t filled =
            std::max<std::uint64_t>(1, histogram.in(i)*height * kLevels / most);
        for (std::uint64_t row = 0; row < height; ++row) {
            if (filled <= row * kLevels) break;
            const std::uint64_t level = std::min(kLevels, filled - row * kLevels);
            const auto& block = (canvas.unicode() ? kUnicode : kAscii)[level - 1];
            const int y = static_cast<int>(height - 1 - row);
            int x = bar * static_cast<int>(i);
            for (int column = 0; column < bar; ++column) x = canvas.put(x, y, block, style);
        }
    }
}

void draw_scale(Canvas canvas, int y, int bar) {
    constexpr std::array<std::string_view, 9> kDecades{"100ns", "1us",   "10us", "100us", "1ms",
                                                       "10ms",  "100ms", "1s",   "10s"};
    const int decade = 3 * bar;
    constexpr int kLabel = 6;
    const std::size_t each = decade < kLabel ? 2 : 1;  // labels must not run into each other
    for (std::size_t i = 0; i < kDecades.size(); i += each)
        canvas.put(decade * static_cast<int>(i), y, kDecades[i], Style::dim);
}

}  // namespace evglass::viz
