// The traced processes of this user: a program that forks has a trace for each of its processes,
// and Enter changes to another one. What the view holds or follows stays as it is meanwhile.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "trace/text.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

std::string_view state_of(const trace::TraceEntry& entry) {
    return entry.held > 0 ? "held" : entry.live ? "records" : "ended";
}

void draw_process(Canvas canvas, int y, const Moment& moment, const trace::TraceEntry& entry) {
    const bool here = entry.path == moment.path;
    const Style style = here ? Style::strong : entry.live ? Style::normal : Style::dim;
    int x = canvas.cell(0, y, 2, here ? canvas.glyphs().mark : "", Style::changed);
    x = canvas.cell_right(x, y, 8, std::to_string(entry.pid), style);
    x = canvas.cell_right(x, y, 9, std::to_string(entry.parent_pid), Style::dim) + 2;
    x = canvas.cell(x, y, 8, state_of(entry),
                    entry.held > 0 ? Style::active
                    : entry.live   ? Style::pending
                                   : Style::gone);
    const std::string text = trace::safe(entry.command.empty() ? entry.program : entry.command);
    canvas.cell(x, y, canvas.width() - x, text, style);
}

}  // namespace

void view_processes(Canvas canvas, const Moment& moment, const ViewState& view) {
    const auto& all = moment.processes;
    const int count = static_cast<int>(all.size());
    const int rows = std::max(0, canvas.height() - 2);
    const int first = first_row(view.selected, count, rows);
    canvas.rule(0, "Processes", plural(all.size(), "trace"), seen_text(first, rows, count));
    canvas.put(0, 1, fmt::format("  {:>8} {:>8}  {:<8}{}", "process", "parent", "trace", "program"),
               Style::dim);
    for (int i = 0; i < rows && first + i < count; ++i) {
        draw_process(canvas, 2 + i, moment, all[static_cast<std::size_t>(first + i)]);
        canvas.mark(2 + i, {Spot::Kind::row, static_cast<std::uint64_t>(first + i)});
        if (first + i == view.selected) canvas.restyle(2 + i, Style::selected);
    }
    if (count == 0)
        canvas.put(2, 2, "no trace lies where traces are looked for: see `evglass ps --help`",
                   Style::dim);
}

}  // namespace evglass::viz
