// The timeline: a lane for each event, in which one sees it wait, become active and run. The right
// end is the record at hand. A column is so many records, or (o) so much time: records show what
// led to what, however fast it went; time shows how long it took.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "trace/text.h"
#include "viz/live/history.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

using trace::EventState;

/// From a place (a record's number, or a time) to a column.
struct Axis {
    bool by_time;
    std::int64_t last;  // at the right end
    std::int64_t each;  // a column
    int columns;
    std::int64_t first() const { return last - each * columns; }
    std::int64_t place(const Span& span) const {
        return by_time ? span.begin_ns : static_cast<std::int64_t>(span.record);
    }
    int column(std::int64_t place) const {
        if (place <= first()) return 0;
        return static_cast<int>(std::min<std::int64_t>((place - first() - 1) / each, columns));
    }
};

/// 1, 2, 5, 10, ... : the one that is not less.
std::int64_t round_up(std::int64_t wanted) {
    std::int64_t step = 1;
    while (step < wanted && step < INT64_MAX / 10) {
        if (2 * step >= wanted) return 2 * step;
        if (5 * step >= wanted) return 5 * step;
        step *= 10;
    }
    return step;
}

/// The one before a step: 5 before 10, 2 before 5.
std::int64_t step_before(std::int64_t step) {
    std::int64_t lead = step;
    while (lead >= 10) lead /= 10;
    return std::max<std::int64_t>(1, lead == 5 ? step / 5 * 2 : step / 2);
}

/// Each zoom is a step, so that each press of its key is seen.
std::int64_t zoomed(std::int64_t wanted, int zoom) {
    std::int64_t each = round_up(wanted);
    for (; zoom > 0; --zoom) each = step_before(each);
    for (; zoom < 0 && each < INT64_MAX / 20; ++zoom) each = round_up(each + 1);
    return each;
}

Axis axis_for(const Moment& moment, const ViewState& view, int columns) {
    const History& history = *moment.history;
    Axis axis{.by_time = view.lanes_by_time, .last = 0, .each = 1, .columns = columns};
    if (axis.by_time) {
        axis.last = history.last_ns;
        const std::int64_t all = trace::elapsed(history.first_ns, history.last_ns);
        axis.each = zoomed(std::max<std::int64_t>(1, all / std::max(1, columns)), view.zoom);
    } else {
        axis.last = static_cast<std::int64_t>(history.last);
        // As near as the window fills, but so that one sees some turns of the loop.
        const auto fill = static_cast<std::int64_t>(history.records) / std::max(1, columns);
        axis.each = zoomed(std::clamp<std::int64_t>(fill, 1, 4), view.zoom);
    }
    return axis;
}

/// What is drawn of a state; the higher one wins where several fall into a column.
struct Mark {
    std::string_view unicode, ascii;
    Style style;
};
Mark mark_of(EventState state) {
    switch (state) {
        case EventState::running:
            return {"█", "#", Style::running};
        case EventState::active:
            return {"▆", "=", Style::active};
        case EventState::pending:
            return {"─", "-", Style::pending};
        case EventState::initialized:
            return {"·", ".", Style::initialized};
        case EventState::unknown:
            break;
    }
    return {" ", " ", Style::normal};
}

/// What a column holds of each state, in the axis' unit.
using Shares = std::array<std::int64_t, 5>;

/// By records the state of most note is shown: each is a step of its own. By time it is the state
/// that lasted longest, for most callbacks are far shorter than a column; that one ran is marked.
Mark mark_of(const Shares& shares, bool by_time) {
    std::size_t shown = 0;
    for (std::size_t i = 0; i < shares.size(); ++i)
        if (shares[i] > 0 && (!by_time || shares[i] >= shares[shown])) shown = i;
    constexpr auto kRunning = static_cast<std::size_t>(EventState::running);
    if (shown != kRunning && shares[kRunning] > 0) return {"▁", "_", Style::running};
    return mark_of(static_cast<EventState>(shown));
}

std::vector<Shares> shares_of(const EventHistory& history, const Axis& axis) {
    std::vector<Shares> columns(static_cast<std::size_t>(axis.columns));
    for (std::size_t i = 0; i < history.spans.size(); ++i) {
        const Span& span = history.spans[i];
        const bool goes_on = i + 1 == history.spans.size();
        const std::int64_t begin = std::max(axis.place(span), axis.first());
        // What ended where it began still took place.
        const std::int64_t end =
            std::max(goes_on ? axis.last + 1 : axis.place(history.spans[i + 1]), begin + 1);
        if (end <= axis.first()) continue;
        for (int x = axis.column(begin); x < axis.columns; ++x) {
            const std::int64_t left = axis.first() + 1 + axis.each * x;
            if (left >= end) break;
            columns[static_cast<std::size_t>(x)][static_cast<std::size_t>(span.state)] +=
                std::max<std::int64_t>(1, std::min(end, left + axis.each) - std::max(begin, left));
        }
    }
    return columns;
}

void draw_lane(Canvas canvas, int y, const EventHistory& history, const Axis& axis) {
    int x = 0;
    for (const Shares& shares : shares_of(history, axis)) {
        const Mark mark = mark_of(shares, axis.by_time);
        canvas.put(x++, y, canvas.unicode() ? mark.unicode : mark.ascii, mark.style);
    }
}

/// An event that did not change in the window is in its present state all along.
EventHistory unchanged(const trace::Event& event) {
    EventHistory history;
    history.spans.push_back({event.state(), INT64_MIN, 0, {}, 0});
    return history;
}

void draw_ruler(Canvas canvas, int y, const Axis& axis) {
    constexpr int kTick = 20;
    for (int x = axis.columns % kTick; x < axis.columns; x += kTick) {
        const std::int64_t place = axis.first() + axis.each * (x + 1);
        if (place < 0) continue;
        const std::string label =
            axis.by_time ? clock_text(place) : "#" + count_text(static_cast<std::uint64_t>(place));
        canvas.put(x, y, fit("|" + label, std::min(kTick - 1, axis.columns - x), canvas.unicode()),
                   Style::dim);
    }
}

std::string legend(bool unicode, bool by_time) {
    std::string text = unicode ? "· initialized  ─ pending  ▆ active  █ running"
                               : ". initialized  - pending  = active  # running";
    if (by_time) text += unicode ? "  ▁ ran briefly" : "  _ ran briefly";
    return text;
}

}  // namespace

void view_lanes(Canvas canvas, const Moment& moment, const ViewState& view) {
    if (moment.history == nullptr || moment.history->records == 0)
        return canvas.rule(0, "Lanes", "no record yet");
    const auto events = listed_events(moment, view);
    const int count = static_cast<int>(events.size());
    const int names = std::clamp(canvas.width() / 5, 14, 28);
    const Axis axis = axis_for(moment, view, canvas.width() - names - 1);
    const int rows = std::max(0, canvas.height() - 3);
    const int first = first_row(chosen_row(moment, events, view.chosen), count, rows);
    canvas.rule(0, "Lanes",
                axis.by_time
                    ? "a column is " + trace::duration_text(axis.each)
                    : "a column is " + plural(static_cast<std::uint64_t>(axis.each), "record"),
                seen_text(first, rows, count));
    draw_ruler(canvas.part(names, 1, axis.columns, 1), 0, axis);
    for (int i = 0; i < rows && first + i < count; ++i) {
        const trace::Event& event = *events[static_cast<std::size_t>(first + i)];
        const int y = 2 + i;
        const bool at_hand = event_of(moment.record) == event.address;
        canvas.cell(0, y, 2, at_hand ? canvas.glyphs().mark : "", Style::changed);
        canvas.cell(2, y, names - 3, event_label(moment, event.address),
                    at_hand            ? Style::strong
                    : event.internal() ? Style::dim
                                       : Style::normal);
        const auto found = moment.history->events.find(event.address);
        draw_lane(canvas.part(names, y, axis.columns, 1), 0,
                  found == moment.history->events.end() || found->second.spans.empty()
                      ? unchanged(event)
                      : found->second,
                  axis);
        canvas.mark(y, {Spot::Kind::event, event.address});
        if (event.address == view.chosen) canvas.restyle(y, Style::selected, 0, names - 1);
    }
    if (canvas.height() > 3)
        canvas.put(names, canvas.height() - 1, legend(canvas.unicode(), axis.by_time), Style::dim);
}

}  // namespace evglass::viz
