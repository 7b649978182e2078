// The last system calls up to the record at hand, as strace prints them, newest at the bottom; and
// the list of records, which every screen shows some of.
#include <algorithm>
#include <string>

#include "trace/text.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {

void view_calls(Canvas canvas, const Moment& moment, const ViewState& view) {
    const auto& calls = moment.model->syscalls();
    canvas.rule(0, "System calls", calls.empty() ? "none recorded (category syscall)" : "");
    const int count = static_cast<int>(calls.size());
    const int room = canvas.height() - 1;
    // The list grows at its end, and the chosen call is so many before that.
    const bool picked = view.screen == Screen::calls && view.picked;
    const int chosen = picked ? count - 1 - view.selected : count - 1;
    const int end = std::clamp(chosen + 1 + room / 3, std::min(room, count), std::max(0, count));
    const int first = std::max(0, end - room);
    const bool wide = canvas.width() >= 66;
    for (int i = first; i < end; ++i) {
        const trace::Syscall& call = calls[static_cast<std::size_t>(i)];
        const bool at_hand = call.record == moment.position;
        const int y = 1 + i - first;
        int x = canvas.cell(0, y, 2, at_hand ? canvas.glyphs().mark : "", Style::changed);
        if (wide) x = canvas.cell(x, y, 14, clock_text(call.began_ns), Style::dim);
        canvas.cell(x, y, canvas.width() - x, trace::safe(call.text),
                    at_hand ? Style::strong : Style::normal);
        canvas.mark(y, view.screen == Screen::calls
                           ? Spot{Spot::Kind::row, static_cast<std::uint64_t>(count - 1 - i)}
                           : Spot{Spot::Kind::record, call.record});
        if (picked && i == chosen) canvas.restyle(y, Style::selected);
    }
}

namespace {

Style log_style(const LogLine& line) {
    if (line.current) return Style::strong;
    if (line.match) return Style::accent;
    return Style::normal;
}

}  // namespace

void view_log(Canvas canvas, const Moment& moment, const ViewState&) {
    std::string note = moment.filter.empty() ? "" : "filter: " + trace::safe(moment.filter);
    canvas.rule(0, "Records", note);
    const int room = canvas.height() - 1;
    const int count = static_cast<int>(moment.log.size());
    int current = count - 1;
    for (int i = 0; i < count; ++i) {
        if (moment.log[static_cast<std::size_t>(i)].current) current = i;
    }
    // The record at hand stands in the lower part: what led to it matters more.
    const int ahead = std::min(count - 1 - current, room / 3);
    const int first = std::max(0, current + ahead + 1 - room);
    const bool wide = canvas.width() >= 90;
    std::int64_t told_ns = -1;
    for (int i = 0; i < room && first + i < count; ++i) {
        const LogLine& line = moment.log[static_cast<std::size_t>(first + i)];
        const std::string_view lead = line.current    ? canvas.glyphs().mark
                                      : line.bookmark ? canvas.glyphs().play
                                                      : std::string_view();
        int x = canvas.cell(0, 1 + i, 2, lead, line.current ? Style::changed : Style::accent);
        x = canvas.cell_right(x, 1 + i, 8, std::to_string(line.number), Style::dim);
        x = canvas.cell(x, 1 + i, 2, "");
        if (wide) {
            // The same time again says nothing.
            x = canvas.cell(x, 1 + i, 14, line.time_ns != told_ns ? clock_text(line.time_ns) : "",
                            Style::dim);
        }
        told_ns = line.time_ns;
        if (moment.threads > 1)
            x = canvas.cell(x, 1 + i, 4, "T" + std::to_string(line.thread + 1), Style::dim);
        canvas.cell(x, 1 + i, canvas.width() - x, trace::safe(line.sentence), log_style(line));
        canvas.mark(1 + i, {Spot::Kind::record, line.number});
    }
}

}  // namespace evglass::viz
