// See history.h. States are read off the flags that queue records tell, so no model is replayed.
#include "viz/live/history.h"

#include <algorithm>
#include <utility>

#include "trace/text.h"
#include "viz/live/words.h"

namespace evglass::viz {

using trace::EventState;
namespace field = trace::field;
namespace rec = trace::rec;

namespace {

constexpr std::size_t kDeepest = 64;
constexpr std::size_t kMostSpans = 100'000;  ///< of one event

std::string reason_of(const rec::event_activate& r) {
    const std::string what = trace::what_text(r.what);
    switch (r.cause) {
        case field::cause::backend:
            return "the backend: " + what;
        case field::cause::timeout:
            return "its time came";
        case field::cause::signal:
            return "the signal came";
        case field::cause::user:
        case field::cause::later:
        case field::cause::finalize:
        case field::cause::output:
            break;
    }
    return {};
}

}  // namespace

Histogram histogram_of(const std::vector<Took>& all) {
    Histogram histogram;
    for (const Took& one : all) histogram.add(one.ns);
    return histogram;
}

EventHistory EventHistory::until(std::uint64_t record) const {
    const auto cut = [&](const auto& all) {
        const auto later = [](std::uint64_t n, const auto& one) { return n < one.record; };
        return std::vector(all.begin(), std::upper_bound(all.begin(), all.end(), record, later));
    };
    return {cut(spans), cut(callback), cut(delay), begins};
}

void EventHistory::forget_former() {
    if (spans.size() < 2) return;
    const auto is_gone = [](const Span& span) { return span.state == EventState::unknown; };
    const auto gone = std::find_if(std::next(spans.rbegin()), spans.rend(), is_gone);
    if (gone == spans.rend()) return;
    const std::uint64_t record = gone->record;
    spans.erase(spans.begin(), gone.base());
    const auto before = [record](const Took& took) { return took.record <= record; };
    std::erase_if(callback, before);
    std::erase_if(delay, before);
}

void HistoryMaker::see(const trace::Record& record) {
    if (history_.records++ == 0) {
        history_.first = record.number;
        history_.first_ns = record.time_ns;
    }
    history_.last = record.number;
    history_.last_ns = record.time_ns;
    if (const auto* r = record.as<rec::queue_insert>()) {
        flags(r->event, static_cast<int>(r->before), static_cast<int>(r->after), record);
    } else if (const auto* r = record.as<rec::queue_remove>()) {
        flags(r->event, static_cast<int>(r->before), static_cast<int>(r->after), record);
    } else if (const auto* r = record.as<rec::event_assign>()) {
        change_by_caller(r->event, EventState::initialized, record);
    } else if (const auto* r = record.as<rec::event_gone>()) {
        change_by_caller(r->event, EventState::unknown, record);
    } else if (const auto* r = record.as<rec::event_activate>()) {
        activated(*r);
    } else if (const auto* r = record.as<rec::callback_begin>()) {
        begun(*r, record);
    } else if (const auto* r = record.as<rec::callback_end>()) {
        ended(*r, record);
    } else if (record.id() == trace::RecordId::api_begin) {
        auto& stack = api_[record.thread];
        if (stack.size() < kDeepest) stack.push_back(record.site);
    } else if (record.id() == trace::RecordId::api_end) {
        auto& stack = api_[record.thread];
        if (!stack.empty()) stack.pop_back();
    }
}

void HistoryMaker::change(trace::Address event, EventState state, const trace::Record& record,
                          std::string why, trace::Address by) {
    if (!wanted(event)) return;
    EventHistory& history = history_.events[event];
    if (!history.spans.empty() && history.spans.back().state == state) return;
    auto& spans = history.spans;
    spans.push_back({state, record.time_ns, record.number, std::move(why), by});
    if (spans.size() <= kMostSpans) return;
    spans.erase(spans.begin(), spans.begin() + kMostSpans / 2);
    history.begins = spans.front().record;
}

void HistoryMaker::flags(trace::Address event, int before, int flags, const trace::Record& record) {
    if (!wanted(event)) return;
    flags_[event] = flags;
    auto& spans = history_.events[event].spans;
    if (spans.empty())
        spans.push_back({trace::state_of_flags(before), history_.first_ns, history_.first,
                         "(before these records)", 0});
    const auto& running = running_[record.thread];
    const bool runs = std::any_of(running.begin(), running.end(),
                                  [event](const Running& r) { return r.event == event; });
    const EventState state = trace::state_of_flags(flags);
    if (state == EventState::active && !active_since_.contains(event))
        active_since_[event] = record.time_ns;
    if (runs) return;
    std::string why = state == EventState::active ? reasons_[event] : std::string();
    if (why.empty()) return change_by_caller(event, state, record);
    change(event, state, record, std::move(why));
}

/// Because of the public function that is being called on this thread, and by whose callback.
void HistoryMaker::change_by_caller(trace::Address event, EventState state,
                                    const trace::Record& record) {
    if (!wanted(event)) return;
    std::string why;
    const auto& sites = context_.sites();
    const auto stack = api_.find(record.thread);
    const std::uint16_t site =
        stack != api_.end() && !stack->second.empty() ? stack->second.back() : record.site;
    if (site != 0 && site <= sites.size()) why = sites[site - 1U].function;
    const auto running = running_.find(record.thread);
    const bool called = running != running_.end() && !running->second.empty();
    change(event, state, record, std::move(why), called ? running->second.back().event : 0);
}

void HistoryMaker::activated(const rec::event_activate& r) {
    if (wanted(r.event)) reasons_[r.event] = reason_of(r);
}

void HistoryMaker::begun(const rec::callback_begin& r, const trace::Record& record) {
    auto& running = running_[record.thread];
    if (running.size() < kDeepest) running.push_back({r.event, record.time_ns});
    if (!wanted(r.event)) return;
    // It left its queue a moment ago, to be called: no state of its own.
    auto& spans = history_.events[r.event].spans;
    if (spans.size() >= 2 && spans[spans.size() - 2].state == EventState::active) spans.pop_back();
    change(r.event, EventState::running, record, trace::what_text(r.what));
    if (const auto since = active_since_.find(r.event); since != active_since_.end()) {
        history_.events[r.event].delay.push_back(
            {record.number, trace::elapsed(since->second, record.time_ns)});
        active_since_.erase(since);
    }
}

void HistoryMaker::ended(const rec::callback_end& r, const trace::Record& record) {
    auto& running = running_[record.thread];
    const auto at = std::find_if(running.rbegin(), running.rend(),
                                 [&](const Running& one) { return one.event == r.event; });
    if (at != running.rend()) {
        const std::int64_t took = trace::elapsed(at->began_ns, record.time_ns);
        if (wanted(r.event)) history_.events[r.event].callback.push_back({record.number, took});
        running.erase(std::next(at).base());
    }
    if (!wanted(r.event)) return;
    const auto known = flags_.find(r.event);
    const EventState after =
        known == flags_.end() ? EventState::initialized : trace::state_of_flags(known->second);
    change(r.event, after, record, "its callback returned");
}

}  // namespace evglass::viz
