// Which events the screens list, and in which order: see listed_events() in view.h.
// It draws nothing.
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "trace/text.h"
#include "viz/live/history.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

using trace::Event;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// All words that stand in an event's row, and its callback's name where it is known.
std::string row_text(const Moment& moment, const Event& event) {
    std::string text = event_label(moment, event.address) + " " + target_text(event) + " " +
                       interest_text(event) + " " + trace::what_text(event.events) + " " +
                       std::string(trace::state_name(event.state())) + " " +
                       cause_text(moment, event);
    if (moment.symbol)
        text +=
            " " + moment.symbol(event.once_callback != 0 ? event.once_callback : event.callback);
    return lower(std::move(text));
}

/// Every word that was typed stands in the row.
bool matches(const std::string& row, const std::string& only) {
    for (std::size_t from = 0; from < only.size();) {
        const std::size_t to = std::min(only.find(' ', from), only.size());
        if (row.find(only.substr(from, to - from)) == std::string::npos) return false;
        from = to + 1;
    }
    return true;
}

/// What a list is sorted by: numbers so that the most notable comes first.
std::int64_t weight(const Event& event, Sort sort) {
    switch (sort) {
        case Sort::target:
            return event.fd < 0 ? INT64_MAX : event.fd;
        case Sort::state:
            return -static_cast<std::int64_t>(event.state());
        case Sort::since:
            return -event.state_since_ns;
        case Sort::fires:
            return -static_cast<std::int64_t>(std::min<std::uint64_t>(event.fires, INT64_MAX));
        case Sort::busy:
            return -event.callback_ns;
        case Sort::order:
        case Sort::name:
        case Sort::count_:
            break;
    }
    return 0;
}

/// Lanes also show events that ended in the time which they show.
bool is_listed(const Moment& moment, const ViewState& view, const Event& event) {
    if (moment.base == nullptr || event.base != moment.base->address) return false;
    if (event.alive) return true;
    return view.screen == Screen::lanes && moment.history != nullptr &&
           moment.history->events.contains(event.address);
}

/// What is compared stands in the row: among a hundred thousand events, each look at one is a cache
/// miss. The library's own events come last, however the others are sorted.
struct Row {
    bool internal;
    std::int64_t weight;
    std::string_view name;  // where they are sorted by it
    std::uint32_t ordinal;
    const Event* event;
};

bool before(const Row& a, const Row& b) {
    return std::tie(a.internal, a.weight, a.name, a.ordinal) <
           std::tie(b.internal, b.weight, b.name, b.ordinal);
}

/// Backwards, but for the library's own: those stay behind the others.
void reverse(std::vector<Row>& rows) {
    const auto own = std::partition_point(rows.begin(), rows.end(),
                                          [](const Row& row) { return !row.internal; });
    std::reverse(rows.begin(), own);
    std::reverse(own, rows.end());
}

}  // namespace

std::vector<const Event*> listed_events(const Moment& moment, const ViewState& view) {
    std::vector<Row> rows;
    std::deque<std::string> names;
    const std::string only = lower(view.only);
    for (const auto& [address, event] : moment.model->events()) {
        if (!is_listed(moment, view, event)) continue;
        if (!only.empty() && !matches(row_text(moment, event), only)) continue;
        if (view.sort == Sort::name) names.push_back(lower(event.name));
        rows.push_back({event.internal(), weight(event, view.sort),
                        view.sort == Sort::name ? names.back() : std::string_view(), event.ordinal,
                        &event});
    }
    if (!std::is_sorted(rows.begin(), rows.end(), before))  // mostly they are, by order of creation
        std::sort(rows.begin(), rows.end(), before);
    if (view.reversed) reverse(rows);
    std::vector<const Event*> events;
    events.reserve(rows.size());
    for (const Row& row : rows) events.push_back(row.event);
    return events;
}

std::vector<const Event*> events_around(const Moment& moment, trace::Address event, int rows) {
    const auto& all = moment.model->events();
    auto at = all.lower_bound(event);
    for (int i = 0; i < rows / 2 && at != all.begin(); ++i) --at;
    std::vector<const Event*> events;
    for (; static_cast<int>(events.size()) < rows && at != all.end(); ++at)
        events.push_back(&at->second);
    return events;
}

int count_listed(const Moment& moment, const ViewState& view, int most) {
    if (!view.only.empty())
        return std::min(most, static_cast<int>(listed_events(moment, view).size()));
    int count = 0;
    for (const auto& [address, event] : moment.model->events()) {
        if (count >= most) break;
        if (is_listed(moment, view, event)) ++count;
    }
    return count;
}

int chosen_row(const Moment& moment, const std::vector<const Event*>& events,
               trace::Address chosen) {
    const auto found = std::find(events.begin(), events.end(), moment.model->event(chosen));
    return found == events.end() ? -1 : static_cast<int>(found - events.begin());
}

}  // namespace evglass::viz
