// Converts stamps to times.
#include "trace/tick_map.h"

#include <algorithm>
#include <iterator>

namespace evglass::trace {
namespace {

/// Pairs nearer than this tell less than what their measurement may be wrong by.
constexpr std::uint64_t kNearestNs = 1'000'000;

/// later - earlier as a double, whichever is larger.
double difference(std::uint64_t later, std::uint64_t earlier) {
    return later >= earlier ? static_cast<double>(later - earlier)
                            : -static_cast<double>(earlier - later);
}

std::int64_t to_integer(double ns) {
    constexpr double kLimit = 9.0e18;
    return static_cast<std::int64_t>(std::clamp(ns, -kLimit, kLimit));
}

}  // namespace

TickMap::TickMap(const CheckedHeader& header)
    : identity_(header.clock != format::Clock::tsc),
      start_ticks_(header.start_ticks),
      start_ns_(header.start_mono_ns),
      first_rate_(header.ticks_per_ns) {
    pairs_[start_ticks_] = start_ns_;
}

void TickMap::add(std::uint64_t ticks, std::uint64_t ns) {
    if (identity_ || ticks <= start_ticks_ || ns <= start_ns_) return;
    const auto next = pairs_.lower_bound(ticks);
    const auto before = std::prev(next);  // the start is always there
    if (ns < before->second || ns - before->second < kNearestNs) return;
    if (next != pairs_.end() && (next->second < ns || next->second - ns < kNearestNs)) return;
    pairs_.emplace_hint(next, ticks, ns);
}

double TickMap::ticks_per_ns() const {
    if (identity_ || pairs_.size() < 2) return first_rate_;
    const auto& [ticks, ns] = *pairs_.rbegin();
    return difference(ticks, start_ticks_) / difference(ns, start_ns_);
}

std::int64_t TickMap::since_start(std::uint64_t ticks) const {
    if (identity_) return to_integer(difference(ticks, start_ticks_));
    const auto next = pairs_.upper_bound(ticks);
    if (next == pairs_.begin()) return to_integer(difference(ticks, start_ticks_) / first_rate_);
    const auto before = std::prev(next);
    const double base = difference(before->second, start_ns_);
    const double passed = difference(ticks, before->first);
    if (next == pairs_.end()) return to_integer(base + passed / ticks_per_ns());
    const double part = passed / difference(next->first, before->first);
    return to_integer(base + part * difference(next->second, before->second));
}

}  // namespace evglass::trace
