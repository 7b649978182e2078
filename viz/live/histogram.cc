// See histogram.h.
#include "viz/live/histogram.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>

#include "trace/text.h"

namespace evglass::viz {

namespace {

constexpr std::array<std::int64_t, Histogram::kBuckets> kBounds = [] {
    std::array<std::int64_t, Histogram::kBuckets> bounds{};
    for (std::size_t i = 0; i < bounds.size(); ++i) bounds[i] = Histogram::bound(i);
    return bounds;
}();

/// Each power of two is divided into 64: what falls together differs by a sixty-fourth at most.
std::size_t fine_place(std::int64_t ns) {
    constexpr int kBits = 6;
    const auto value = static_cast<std::uint64_t>(ns);
    const int shift = std::max(0, static_cast<int>(std::bit_width(value)) - kBits - 1);
    return (static_cast<std::size_t>(shift) << kBits) + (value >> shift);
}

}  // namespace

void Histogram::add(std::int64_t ns) {
    if (ns < 0) return;
    const auto above = std::upper_bound(kBounds.begin(), kBounds.end(), ns);
    ++buckets_[static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, above - kBounds.begin() - 1))];
    const std::size_t place = fine_place(ns);
    if (place >= fine_.size()) fine_.resize(place + 1);
    ++fine_[place].count;
    fine_[place].longest = std::max(fine_[place].longest, ns);
    ++count_;
}

std::int64_t Histogram::quantile(double part) const {
    const auto wanted =
        static_cast<std::uint64_t>(std::max(1.0, std::ceil(part * static_cast<double>(count_))));
    std::uint64_t passed = 0;
    for (const Fine& fine : fine_)
        if ((passed += fine.count) >= wanted) return fine.longest;
    return 0;
}

std::string Histogram::summary() const {
    if (count_ == 0) return "none";
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
