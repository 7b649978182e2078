// What summary.h declares.
#include "viz/stat/summary.h"

#include <algorithm>

namespace evglass::viz::stat {

namespace {

void add_up(std::int64_t& sum, std::int64_t ns) {
    if (__builtin_add_overflow(sum, ns, &sum)) sum = INT64_MAX;  // a damaged trace may say anything
}

}  // namespace

void Tally::add(std::int64_t ns, std::uint64_t record) {
    ++count;
    add_up(total_ns, ns);
    if (ns < longest_ns || (ns == longest_ns && longest_record != 0)) return;
    longest_ns = ns;
    longest_record = record;
}

std::int64_t Tally::mean_ns() const {
    return count == 0 ? 0 : total_ns / static_cast<std::int64_t>(count);
}

std::int64_t Histogram::edge_ns(std::size_t bucket) {
    std::int64_t edge = 100;  // 0.1 us
    for (std::size_t decade = 0; decade < bucket / 3; ++decade) edge *= 10;
    constexpr std::int64_t kSteps[] = {1, 2, 5};
    return edge * kSteps[bucket % 3];
}

void Histogram::add(std::int64_t ns) {
    std::size_t bucket = 0;
    while (bucket + 1 < kBuckets && ns > edge_ns(bucket)) ++bucket;
    ++counts_[bucket];
    ++total_;
}

Histogram::Used Histogram::used() const {
    Used out{0, counts_.size() - 1, *std::ranges::max_element(counts_)};
    while (counts_[out.first] == 0) ++out.first;
    while (counts_[out.last] == 0) --out.last;
    return out;
}

std::int64_t Histogram::quantile_ns(double share) const {
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
        seen += counts_[i];
        if (total_ > 0 && static_cast<double>(seen) >= share * static_cast<double>(total_))
            return edge_ns(i);
    }
    return 0;
}

void Summarizer::step(const trace::Step& step) {
    if (summary_.records++ == 0) summary_.began_ns = step.record.time_ns;
    summary_.ended_ns = step.record.time_ns;
    summary_.lost += step.lost_before;
    if (!step.change.error.empty()) ++summary_.problems;
    if (step.change.moved()) ++summary_.transitions[{step.change.before, step.change.after}];
}

void Summarizer::turn(const exports::TurnSpan& turn) {
    const std::int64_t work = std::max<std::int64_t>(0, turn.span.duration_ns() - turn.waited_ns);
    summary_.turns.add(work, turn.span.first);
    summary_.turn_work.add(work);
    summary_.loops.insert(turn.base);
    add_up(summary_.slept_ns, turn.waited_ns);
}

void Summarizer::phase(const exports::PhaseSpan& phase) {
    summary_.phases[phase.phase].add(phase.span.duration_ns(), phase.span.first);
}

void Summarizer::callback(const exports::CallbackSpan& callback) {
    summary_.callbacks.add(callback.span.duration_ns(), callback.span.first);
    summary_.callback_time.add(callback.span.duration_ns());
    if (callback.delay_ns >= 0) summary_.start_delay.add(callback.delay_ns);
}

void Summarizer::syscall(const exports::SyscallSpan& syscall) {
    Tally& tally = summary_.syscalls[syscall.name];
    tally.add(syscall.span.duration_ns(), syscall.span.first);
    if (syscall.error != 0) ++tally.failed;
}

void Summarizer::activation(const exports::Activation& activation) {
    ++summary_.causes[activation.cause];
}

void Summarizer::life(const exports::EventLife& life) {
    summary_.events.push_back(life);
}

Summary Summarizer::take() {
    std::ranges::stable_sort(summary_.events, [](const auto& a, const auto& b) {
        return a.event.callback_ns != b.event.callback_ns
                   ? a.event.callback_ns > b.event.callback_ns
                   : a.event.ordinal < b.event.ordinal;
    });
    return std::move(summary_);
}

}  // namespace evglass::viz::stat
