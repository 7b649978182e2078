// Which events the screens list, and in which order: see listed_events() in view.h.
// It draws nothing; the library's own events come last, however the others are sorted.
#include <algorithm>
#include <cctype>
#include <string>
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

struct Row {
    const Event* event;
    std::int64_t weight;
    std::string name;  // where they are sorted by it
};

bool before(const Row& a, const Row& b) {
    return std::tuple(a.weight, std::string_view(a.name), a.event->ordinal) <
           std::tuple(b.weight, std::string_view(b.name), b.event->ordinal);
}

}  // namespace

std::vector<const Event*> listed_events(const Moment& moment, const ViewState& view) {
    std::vector<Row> rows;
    const std::string only = lower(view.only);
    for (const auto& [address, event] : moment.model->events()) {
        if (!is_listed(moment, view, event)) continue;
        if (!only.empty() && !matches(row_text(moment, event), only)) continue;
        rows.push_back({&event, weight(event, view.sort),
                        view.sort == Sort::name ? lower(event.name) : std::string()});
    }
    if (!std::is_sorted(rows.begin(), rows.end(), before))  // mostly they are, by order of creation
        std::sort(rows.begin(), rows.end(), before);
    if (view.reversed) std::reverse(rows.begin(), rows.end());
    // The library's own events come last, however the others are sorted.
    std::stable_partition(rows.begin(), rows.end(),
                          [](const Row& row) { return !row.event->internal(); });
    std::vector<const Event*> events;
    events.reserve(rows.size());
    for (const Row& row : rows) events.push_back(row.event);
    return events;
}

int chosen_row(const std::vector<const Event*>& events, trace::Address chosen) {
    const auto found = std::find_if(events.begin(), events.end(), [chosen](const Event* event) {
        return event->address == chosen;
    });
    return found == events.end() ? -1 : static_cast<int>(found - events.begin());
}

}  // namespace evglass::viz
