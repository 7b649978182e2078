// One event: what it is, how long its callback takes and how long it waits for it, and its states
// one after the other with the reason of each.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "trace/text.h"
#include "viz/live/history.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

struct Fact {
    std::string name, value;
    Style style = Style::normal;
};

std::string symbol_text(const Moment& moment, trace::Address code) {
    return code == 0 || !moment.symbol ? "?" : trace::safe(moment.symbol(code));
}

/// What is known of it, what matters most first.
std::vector<Fact> facts_of(const Moment& moment, const trace::Event& event) {
    const trace::EventState state = event.state();
    std::vector<Fact> facts;
    facts.push_back({"state",
                     fmt::format("{} for {}", trace::state_name(state),
                                 since_text(moment, event.state_since_ns)),
                     state_style(state)});
    facts.push_back({"because", cause_text(moment, event)});
    facts.push_back({"waits for", target_text(event) + ", " + trace::what_text(event.events)});
    facts.push_back({"fires", fmt::format("{}, {} in all", count_text(event.fires),
                                          short_duration(event.callback_ns))});
    if (event.deadline != trace::kNone)
        facts.push_back({"deadline",
                         deadline_text(moment, event.deadline) +
                             (event.interval > 0 ? ", every " + usec_text(event.interval) : ""),
                         Style::pending});
    facts.push_back({"priority", std::to_string(event.priority)});
    const trace::Address callback = event.once_callback != 0 ? event.once_callback : event.callback;
    facts.push_back({"callback", symbol_text(moment, callback)});
    // A return address is that of the next instruction.
    if (event.creator > 1) facts.push_back({"made by", symbol_text(moment, event.creator - 1)});
    facts.push_back({"flags", trace::evlist_text(event.flags), Style::dim});
    return facts;
}

/// So low a screen has no room for all: the history is what one came for.
bool is_low(const Canvas& canvas) {
    return canvas.height() < 14;
}

int draw_facts(Canvas canvas, int y, const std::vector<Fact>& facts) {
    // In two columns where there is room: twice as much history below.
    const bool two = canvas.width() >= 76;
    const int columns = two ? canvas.width() / 2 : canvas.width();
    const int last = is_low(canvas) ? y + canvas.height() / 3 : canvas.height();
    for (std::size_t i = 0; i < facts.size() && y < last; ++i) {
        const bool right = two && i % 2 == 1;
        const int x = right ? columns : 0;
        canvas.cell(x + 1, y, 10, facts[i].name, Style::dim);
        canvas.cell(x + 11, y, columns - 12, facts[i].value, facts[i].style);
        if (right || !two || i + 1 == facts.size()) ++y;
    }
    return y;
}

constexpr int kBarColumns = 2, kHistogramColumns = histogram_columns(kBarColumns);

int draw_times(Canvas canvas, int y, const EventHistory& history) {
    const auto one = [&](std::string_view name, const Histogram& values, Style style) {
        canvas.cell(1, y, 16, name, Style::dim);
        const bool bars = canvas.width() >= 17 + kHistogramColumns + 44;
        canvas.put(17, y, fmt::format("{:>7} times  {}", values.count(), values.summary()));
        if (bars)
            draw_bars(canvas.part(canvas.width() - kHistogramColumns - 1, y, kHistogramColumns, 1),
                      values, style, kBarColumns);
        ++y;
        if (bars || values.count() == 0 || canvas.height() < 20) return;
        draw_bars(canvas.part(17, y, kHistogramColumns, 1), values, style, kBarColumns);
        ++y;
    };
    one("callback took", histogram_of(history.callback), Style::running);
    one("active to run", histogram_of(history.delay), Style::active);
    return y;
}

void draw_spans(Canvas canvas, const Moment& moment, const ViewState& view,
                const std::vector<Span>& spans) {
    const int count = static_cast<int>(spans.size());
    const int room = std::max(0, canvas.height() - 1);
    const int end = std::max(std::min(room, count), count - view.selected);
    const int first = std::max(0, end - room);
    canvas.rule(0, "History", "newest last; , and . go from change to change",
                seen_text(first, room, count));
    const bool wide = canvas.width() >= 72;
    for (int i = first; i < end; ++i) {
        const Span& span = spans[static_cast<std::size_t>(i)];
        const bool last = i + 1 == count;
        const std::int64_t until =
            last ? moment.now_ns : spans[static_cast<std::size_t>(i + 1)].begin_ns;
        const bool at_hand = span.record == moment.position;
        const int y = 1 + i - first;
        int x = canvas.cell(0, y, 2, at_hand ? canvas.glyphs().mark : "", Style::changed);
        x = canvas.cell_right(x, y, 9, std::to_string(span.record), Style::dim) + 2;
        if (wide) x = canvas.cell(x, y, 15, clock_text(span.begin_ns), Style::dim);
        const bool gone = span.state == trace::EventState::unknown;
        x = canvas.cell(x, y, 12, gone ? "gone" : trace::state_name(span.state),
                        gone ? Style::gone : state_style(span.state));
        x = canvas.cell_right(x, y, 10,
                              gone ? "" : short_duration(trace::elapsed(span.begin_ns, until))) +
            2;
        std::string why = trace::safe(span.why);
        if (span.by != 0) why += " in " + event_label(moment, span.by);
        canvas.cell(x, y, canvas.width() - x, why);
        canvas.mark(y, {Spot::Kind::record, span.record});
    }
    if (count == 0) canvas.put(2, 1, "it has not changed yet", Style::dim);
}

/// Which records its history is of; while these are read, how far.
std::string read_text(const Moment& moment) {
    if (moment.life == nullptr) return "";
    const LifeSeen& life = *moment.life;
    if (life.read < moment.position)
        return fmt::format("reading: record {} of {}", count_text(life.read),
                           count_text(moment.position));
    if (life.first <= 1) return "its whole history";
    return "its history since record " + count_text(life.first);
}

}  // namespace

void view_detail(Canvas canvas, const Moment& moment, const ViewState& view) {
    const trace::Event* event = moment.model->event(view.chosen);
    if (event == nullptr || !event->alive) {
        canvas.rule(0, "Event", "not there");
        canvas.put(2, 1, "the chosen event does not exist at this record; Esc goes back",
                   Style::dim);
        return;
    }
    static const EventHistory kNothing;
    const EventHistory& history = moment.life != nullptr ? moment.life->history : kNothing;
    canvas.rule(0, event_label(moment, event->address), read_text(moment));
    int y = draw_facts(canvas, 1, facts_of(moment, *event));
    if (!is_low(canvas)) y = draw_times(canvas, y, history);
    draw_spans(canvas.part(0, y, canvas.width(), canvas.height() - y), moment, view, history.spans);
}

}  // namespace evglass::viz
