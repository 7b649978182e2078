// What a session gathers for the screens that look back over many records: the history before the
// moment, and the lints. Both are bounded: a frame must be quick, whatever the trace's length.
#include <algorithm>
#include <chrono>

#include "viz/live/durations.h"
#include "viz/live/history.h"
#include "viz/live/session.h"

namespace evglass::viz {

void Session::fill_history(Moment& moment) const {
    HistoryMaker maker(timeline_.context());
    const std::uint64_t first =
        position_ > History::kWindow ? position_ - History::kWindow + 1 : timeline_.first();
    const trace::Record* record = timeline_.at(first);
    while (record != nullptr && record->number <= position_) {
        maker.see(*record);
        record = timeline_.after(record->number);
    }
    moment.history = std::make_shared<History>(maker.take());
}

/// Reads on, up to the moment, by as many records as a frame may cost. What was read stays: going
/// back is a sum of what was over by then.
void Session::fill_durations(Moment& moment) {
    constexpr int kEachFrame = 100'000;
    // Of a program that runs only the newest records are kept: what was never read is no part of
    // it.
    const bool gap = durations_ != nullptr && durations_->last() + 1 < timeline_.first();
    if (durations_ == nullptr || gap || !durations_->reaches_back_to(position_))
        durations_ = std::make_unique<Durations>();
    const trace::Record* record = timeline_.after(durations_->last());
    bool news = false;
    for (int i = 0; i < kEachFrame && record != nullptr && record->number <= position_; ++i) {
        durations_->see(*record);
        record = timeline_.after(record->number);
        news = true;
    }
    gathering_ = gathering_ || (record != nullptr && record->number <= position_);
    if (durations_seen_ == nullptr || news || durations_at_ != position_)
        durations_seen_ = std::make_shared<DurationsSeen>(
            DurationsSeen{durations_->until(position_), durations_->first(), durations_->last(),
                          durations_->first_ns()});
    durations_at_ = position_;
    moment.durations = durations_seen_;
}

/// Reads one event's life on, up to the moment, by as many records as a frame may cost. What was
/// read stays: a moment that one goes back to has the part of it that was over by then.
void Session::fill_life(Moment& moment, trace::Address event) {
    constexpr int kEachFrame = 50'000;
    const auto gone = [&] {
        const auto& events = life_->history().events;
        const auto found = events.find(event);
        return found != events.end() && found->second.begins > position_;
    };
    if (life_ == nullptr || life_of_ != event || gone()) {
        life_ = std::make_unique<HistoryMaker>(timeline_.context(), event);
        life_of_ = event;
    }
    const trace::Record* record = timeline_.after(life_->history().last);
    for (int i = 0; i < kEachFrame && record != nullptr && record->number <= position_; ++i) {
        life_->see(*record);
        record = timeline_.after(record->number);
    }
    const History& history = life_->history();
    auto seen = std::make_shared<LifeSeen>();
    seen->first = history.first;
    seen->read = history.last;
    if (const auto found = history.events.find(event); found != history.events.end()) {
        seen->history = found->second.until(position_);
        seen->history.forget_former();
        seen->first = std::max(seen->first, seen->history.begins);
    }
    gathering_ = gathering_ || (record != nullptr && record->number <= position_);
    moment.life = std::move(seen);
}

/// Takes the lints on by as many records as a frame may cost. They judge the whole trace, not the
/// moment that is looked at.
void Session::fill_lints(Moment& moment) {
    constexpr int kEachFrame = 50'000;
    constexpr std::chrono::milliseconds kTellAgain{250};
    const trace::TraceContext& context = timeline_.context();
    if (lint_run_ == nullptr)
        lint_run_ = std::make_unique<trace::LintRun>(trace::LintSet(), context.ticks_per_ns());
    const trace::Record* record = timeline_.at(lint_run_->record() + 1);
    bool news = false;
    for (int i = 0; i < kEachFrame && record != nullptr; ++i) {
        const auto& sites = context.sites();
        const bool known = record->site != 0 && record->site <= sites.size();
        lint_run_->see(*record, known ? &sites[record->site - 1U] : nullptr);
        record = timeline_.after(record->number);
        news = true;
    }
    const auto now = Clock::now();
    const bool behind = record != nullptr;
    gathering_ = gathering_ || behind;
    if (lints_seen_ == nullptr || (news && (!behind || now - lints_told_ > kTellAgain))) {
        auto seen = std::make_shared<LintsSeen>();
        for (std::size_t i = 0; i < trace::lints().size(); ++i)
            seen->findings.push_back(lint_run_->findings(i));
        seen->judged = lint_run_->record();
        seen->last = timeline_.last();
        lints_seen_ = std::move(seen);
        lints_told_ = now;
    }
    moment.lints = lints_seen_;
}

std::optional<trace::TraceEntry> Session::new_child(Clock::time_point now) {
    constexpr std::chrono::milliseconds kLookAgain{300};
    if (!live_ || now - children_looked_ < kLookAgain) return {};
    children_looked_ = now;
    for (trace::TraceEntry& entry : trace::list_traces()) {
        const bool ours = entry.parent_pid == pid_ && entry.pid != pid_ && entry.live;
        if (ours && children_told_of_.insert(entry.path).second) return std::move(entry);
    }
    return {};
}

/// Those that still record first; else the newest first.
void Session::fill_processes(Moment& moment) {
    constexpr std::chrono::seconds kLookAgain{1};
    const auto now = Clock::now();
    if (now - processes_told_ > kLookAgain) {
        processes_ = trace::list_traces();
        std::stable_partition(processes_.begin(), processes_.end(),
                              [](const trace::TraceEntry& entry) { return entry.live; });
        processes_told_ = now;
    }
    moment.processes = processes_;
}

}  // namespace evglass::viz
