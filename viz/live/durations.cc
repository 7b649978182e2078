// See durations.h. Everything is read off single records, so no model is replayed.
#include "viz/live/durations.h"

#include <algorithm>
#include <utility>

#include "trace/text.h"

namespace evglass::viz {

namespace field = trace::field;
namespace rec = trace::rec;

namespace {

constexpr std::size_t kDeepest = 64;

Histogram& of(Histograms& all, Duration what) {
    return all[static_cast<std::size_t>(what)];
}

}  // namespace

void Durations::see(const trace::Record& record) {
    if (first_ == 0) first_ = record.number, first_ns_ = record.time_ns;
    last_ = record.number;
    if (const auto* r = record.as<rec::callback_begin>()) {
        begun(*r, record);
    } else if (const auto* r = record.as<rec::callback_end>()) {
        ended(*r, record);
    } else if (const auto* r = record.as<rec::event_activate>()) {
        expired(*r, record);
    } else if (!loop(record)) {
        timer(record);
    }
}

Histograms Durations::until(std::uint64_t record) const {
    if (record >= last_) return all_;
    Histograms histograms = summed_;
    for (const Took& one : took_) {
        if (one.record > record) break;
        of(histograms, one.what).add(one.ns);
    }
    return histograms;
}

void Durations::took(Duration what, std::int64_t ns) {
    of(all_, what).add(ns);
    took_.push_back({last_, ns, what});
    if (took_.size() <= most_) return;
    const Took& oldest = took_.front();
    of(summed_, oldest.what).add(oldest.ns);
    summed_to_ = oldest.record;
    took_.pop_front();
}

void Durations::begun(const rec::callback_begin& r, const trace::Record& record) {
    auto& running = running_[record.thread];
    if (running.size() < kDeepest) running.push_back({r.event, record.time_ns});
    const auto loop = loops_.find(r.base);
    if (loop != loops_.end() && loop->second.woke_ns >= 0)
        took(Duration::wake, trace::elapsed(loop->second.woke_ns, record.time_ns));
}

void Durations::ended(const rec::callback_end& r, const trace::Record& record) {
    auto& running = running_[record.thread];
    const auto at = std::find_if(running.rbegin(), running.rend(),
                                 [&](const Running& one) { return one.event == r.event; });
    if (at == running.rend()) return;
    took(Duration::callback, trace::elapsed(at->began_ns, record.time_ns));
    running.erase(std::next(at).base());
}

/// True if the record was about a loop.
bool Durations::loop(const trace::Record& record) {
    if (const auto* r = record.as<rec::turn_begin>()) {
        Loop& loop = loops_[r->base];
        if (loop.turn_ns >= 0)
            took(Duration::awake,
                 std::max<std::int64_t>(
                     0, trace::elapsed(loop.turn_ns, record.time_ns) - loop.slept_ns));
        loop = {.turn_ns = record.time_ns, .dispatch_ns = -1, .woke_ns = -1, .slept_ns = 0};
    } else if (const auto* r = record.as<rec::loop_phase>()) {
        Loop& loop = loops_[r->base];
        if (r->phase == field::phase::dispatch) {
            loop.dispatch_ns = record.time_ns;
        } else if (loop.dispatch_ns >= 0) {
            loop.slept_ns = std::max<std::int64_t>(
                0, trace::elapsed(std::exchange(loop.dispatch_ns, -1), record.time_ns));
            loop.woke_ns = record.time_ns;
            took(Duration::sleep, loop.slept_ns);
        }
    } else if (const auto* r = record.as<rec::loop_end>()) {
        loops_.erase(r->base);
    } else {
        return false;
    }
    return true;
}

void Durations::timer(const trace::Record& record) {
    if (const auto* r = record.as<rec::heap_insert>()) {
        deadlines_[r->event] = r->deadline;
    } else if (const auto* r = record.as<rec::heap_change>()) {
        deadlines_[r->event] = r->deadline;
    } else if (const auto* r = record.as<rec::common_insert>()) {
        deadlines_[r->event] = r->deadline;
    } else if (const auto* r = record.as<rec::keyframe_heap>()) {
        deadlines_[r->event] = r->deadline;
    } else if (const auto* r = record.as<rec::event_gone>()) {
        deadlines_.erase(r->event);
    } else if (const auto* r = record.as<rec::time_cache>()) {
        if (r->now < 0) return;
        clock_offset_us_ = trace::elapsed(record.time_ns / 1000, r->now);
        clock_known_ = true;
    }
}

void Durations::expired(const rec::event_activate& r, const trace::Record& record) {
    if (r.cause != field::cause::timeout || !clock_known_) return;
    const auto deadline = deadlines_.find(r.event);
    if (deadline == deadlines_.end()) return;
    const std::int64_t late =
        trace::elapsed(deadline->second, record.time_ns / 1000 + clock_offset_us_);
    if (late >= 0 && late < INT64_MAX / 1000) took(Duration::lateness, late * 1000);
    deadlines_.erase(deadline);
}

}  // namespace evglass::viz
