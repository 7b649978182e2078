// The events screen: one row for each event of the base. At first in the order in which they were
// seen, so that a row keeps its place while states change; event_list.cc sorts and chooses.
#include <algorithm>
#include <map>
#include <utility>

#include "trace/text.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

struct Columns {
    int name, target, interest, state, since, fires, busy, cause, created;
};

/// What fits: the callback and its time only show where there is room; and so does the cause, of
/// which a few letters would say nothing.
Columns columns_for(int width) {
    Columns c{.name = 17,
              .target = 8,
              .interest = 8,
              .state = 12,
              .since = 9,
              .fires = 7,
              .busy = 0,
              .cause = 0,
              .created = 0};
    if (width < 72) c.name = 13, c.interest = 7, c.state = 8, c.since = 8, c.fires = 6;
    if (width >= 96) c.busy = 10, c.name = 22;
    if (width >= 132) c.interest = 19, c.created = 30;
    constexpr int kCauseLeast = 10, kCauseMost = 32, kInterestMost = 24;
    const int used =
        2 + c.name + c.target + c.interest + c.state + c.since + c.fires + c.busy + c.created;
    c.cause = std::max(0, width - used - 1);
    if (c.cause < kCauseLeast) c.name += std::exchange(c.cause, 0);
    if (c.created == 0 || c.cause <= kCauseMost) return c;
    // The widest: what a long list of flags needs, and the rest for the callback.
    c.interest = std::min(kInterestMost, c.interest + c.cause - kCauseMost);
    c.created += c.cause - kCauseMost - (c.interest - 19);
    c.cause = kCauseMost;
    return c;
}

void draw_head(Canvas canvas, int y, const Columns& c, const ViewState& view) {
    // The column by which the rows are sorted has an arrow.
    const std::string arrow(view.reversed ? canvas.glyphs().up : canvas.glyphs().down);
    const auto title = [&](const char* name, Sort sort) {
        return view.sort == sort && sort != Sort::order ? name + arrow : std::string(name);
    };
    const auto style = [&](Sort sort) {
        return view.sort == sort && sort != Sort::order ? Style::accent : Style::dim;
    };
    int x = canvas.cell(0, y, 2, "", Style::dim);
    x = canvas.cell(x, y, c.name, title("event", Sort::name), style(Sort::name));
    x = canvas.cell(x, y, c.target, title("on", Sort::target), style(Sort::target));
    x = canvas.cell(x, y, c.interest, "for", Style::dim);
    x = canvas.cell(x, y, c.state, title("state", Sort::state), style(Sort::state));
    x = canvas.cell_right(x, y, c.since, title("since", Sort::since), style(Sort::since));
    x = canvas.cell_right(x, y, c.fires, title("fires", Sort::fires), style(Sort::fires));
    if (c.busy > 0)
        x = canvas.cell_right(x, y, c.busy, title("in it", Sort::busy), style(Sort::busy));
    x = canvas.cell(x, y, 1, "", Style::dim);
    if (c.cause > 0) x = canvas.cell(x, y, c.cause, "last cause", Style::dim);
    if (c.created > 0) canvas.cell(x, y, c.created, "callback", Style::dim);
}

std::string_view state_text(trace::EventState state, int columns) {
    const std::string_view name = trace::state_name(state);
    return static_cast<int>(name.size()) < columns ? name : name.substr(0, 4);
}

void draw_event(Canvas canvas, int y, const Columns& c, const Moment& moment,
                const trace::Event& event, bool chosen) {
    const trace::EventState state = event.state();
    const bool at_hand = event_of(moment.record) == event.address;
    const Style plain = event.internal() ? Style::dim : Style::normal;
    int x = canvas.cell(0, y, 2, at_hand ? canvas.glyphs().mark : "", Style::changed);
    x = canvas.cell(x, y, c.name - 1, event_label(moment, event.address),
                    at_hand ? Style::strong : plain);
    x = canvas.cell(x, y, 1, "");
    x = canvas.cell(x, y, c.target, target_text(event), plain);
    x = canvas.cell(x, y, c.interest - 1,
                    c.interest > 10 ? trace::what_text(event.events) : interest_text(event), plain);
    x = canvas.cell(x, y, 1, "");
    x = canvas.cell(x, y, c.state, state_text(state, c.state), state_style(state));
    x = canvas.cell_right(x, y, c.since, since_text(moment, event.state_since_ns), plain);
    x = canvas.cell_right(x, y, c.fires, count_text(event.fires), plain);
    if (c.busy > 0) {
        x = canvas.cell_right(x, y, c.busy, short_duration(event.callback_ns), plain);
    }
    x = canvas.cell(x, y, 1, "");
    if (c.cause > 0) x = canvas.cell(x, y, c.cause, cause_text(moment, event), Style::dim);
    if (c.created > 0 && moment.symbol) {
        canvas.cell(x, y, c.created,
                    trace::safe(moment.symbol(event.once_callback != 0 ? event.once_callback
                                                                       : event.callback)),
                    Style::dim);
    }
    canvas.mark(y, {Spot::Kind::event, event.address});
    if (chosen) canvas.restyle(y, Style::selected);
}

std::string counts_text(const std::vector<const trace::Event*>& events, const ViewState& view) {
    std::map<trace::EventState, unsigned> counts;
    for (const trace::Event* event : events) ++counts[event->state()];
    std::string text = plural(events.size(), "event");
    if (!view.only.empty()) text += " with \"" + trace::safe(view.only) + "\"";
    using enum trace::EventState;
    for (const auto state : {running, active, pending, initialized}) {
        if (counts[state] == 0) continue;
        text += ", " + std::to_string(counts[state]) + " " + std::string(trace::state_name(state));
    }
    return text;
}

/// What the record at hand is about, else whose callback runs.
trace::Address event_in_sight(const Moment& moment) {
    const trace::Address event = event_of(moment.record);
    if (event != 0 || moment.base == nullptr || moment.base->callbacks.empty()) return event;
    return moment.base->callbacks.back();
}

/// The row to keep in sight: the chosen event, else the one of the record at hand.
int row_in_sight(const std::vector<const trace::Event*>& events, const Moment& moment,
                 const ViewState& view) {
    const bool still = moment.state == ProgramState::runs && moment.time == ViewTime::now;
    if (view.chosen != 0) return std::max(0, chosen_row(moment, events, view.chosen));
    return still ? 0 : std::max(0, chosen_row(moment, events, event_in_sight(moment)));
}

/// The Loop screen tells the present. It does not look at each of very many events for that.
void view_few_events(Canvas canvas, const Moment& moment, const ViewState& view) {
    const int rows = std::max(0, canvas.height() - 2);
    const auto events = events_around(moment, event_in_sight(moment), rows);
    canvas.rule(
        0, "Events",
        plural(moment.model->events().size(), "event") + "; here those around, 2 lists all");
    const Columns columns = columns_for(canvas.width());
    draw_head(canvas, 1, columns, view);
    for (int i = 0; i < static_cast<int>(events.size()); ++i)
        draw_event(canvas, 2 + i, columns, moment, *events[static_cast<std::size_t>(i)],
                   events[static_cast<std::size_t>(i)]->address == view.chosen);
}

}  // namespace

void view_events(Canvas canvas, const Moment& moment, const ViewState& view) {
    constexpr std::size_t kVeryMany = 10'000;
    if (view.screen == Screen::loop && moment.model->events().size() > kVeryMany)
        return view_few_events(canvas, moment, view);
    const auto events = listed_events(moment, view);
    const int count = static_cast<int>(events.size());
    const int rows = std::max(0, canvas.height() - 2);
    const int first = first_row(row_in_sight(events, moment, view), count, rows);
    canvas.rule(0, "Events", counts_text(events, view), seen_text(first, rows, count));
    const Columns columns = columns_for(canvas.width());
    draw_head(canvas, 1, columns, view);
    for (int i = 0; i < rows && first + i < count; ++i) {
        const trace::Event& event = *events[static_cast<std::size_t>(first + i)];
        draw_event(canvas, 2 + i, columns, moment, event, event.address == view.chosen);
    }
    if (count == 0)
        canvas.put(2, 2,
                   view.only.empty() ? "no event is known at this record"
                                     : "no event has that in its row: Esc shows all again",
                   Style::dim);
}

}  // namespace evglass::viz
