// The source around the probe that emitted the record at hand, with the functions on the stack
// where the category `call` is recorded. And the last lines that the program itself wrote.
#include <algorithm>
#include <string>

#include "trace/text.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

/// The function and its place. Where both are too long, the place alone, as far as its end: the
/// line is what one looks for.
std::string place_text(const SourceText& source, int room) {
    if (source.file.empty()) return "the record does not say where it was emitted";
    std::string place = trace::safe(source.file) + ":" + std::to_string(source.line);
    const std::string both = trace::safe(source.function) + "()  " + place;
    if (text_columns(both) <= room) return both;
    for (std::size_t slash; text_columns(place) > room; place.erase(0, slash + 1))
        if ((slash = place.find('/')) == std::string::npos) break;
    return place;
}

std::string expand_tabs(std::string_view line) {
    std::string out;
    for (const char c : line) {
        if (c == '\t') {
            out.append(4 - out.size() % 4, ' ');
        } else {
            out += c;
        }
    }
    return out;
}

void draw_lines(Canvas canvas, const SourceText& source) {
    const int count = static_cast<int>(source.lines.size());
    const int at = static_cast<int>(source.line) - static_cast<int>(source.first_line);
    const int first = first_row(at, count, canvas.height());
    for (int i = 0; i < canvas.height() && first + i < count; ++i) {
        const bool here = first + i == at;
        int x = canvas.cell(0, i, 2, here ? canvas.glyphs().mark : "", Style::changed);
        const auto number = source.first_line + static_cast<std::uint32_t>(first + i);
        x = canvas.cell_right(x, i, 4, std::to_string(number), Style::dim);
        const std::string line = expand_tabs(source.lines[static_cast<std::size_t>(first + i)]);
        canvas.cell(x + 2, i, canvas.width() - x - 2, trace::safe(line),
                    here ? Style::strong : Style::normal);
    }
}

}  // namespace

int source_rows(const Moment& moment, int most) {
    constexpr int kWithout = 4;  // the title, the stack, what is called, why there is no source
    return moment.source.lines.empty() ? std::min(kWithout, most) : most;
}

void view_source(Canvas canvas, const Moment& moment, const ViewState&) {
    const SourceText& source = moment.source;
    constexpr int kAroundNote = 14;  // the title, and the line on both sides
    canvas.rule(0, "Source", place_text(source, canvas.width() - kAroundNote));
    int y = 1;
    if (!moment.stack.empty()) {
        std::string stack;
        for (const std::string& function : moment.stack) {
            stack += (stack.empty() ? "" : " " + std::string(canvas.glyphs().arrow) + " ") +
                     trace::safe(function);
        }
        canvas.put(2, y++, fit(stack, canvas.width() - 2, canvas.unicode()), Style::accent);
    }
    if (moment.record != nullptr && moment.record->as<trace::rec::callback_begin>() != nullptr &&
        moment.symbol) {
        const auto* begin = moment.record->as<trace::rec::callback_begin>();
        canvas.put(2, y++, "calls " + trace::safe(moment.symbol(begin->callback)), Style::running);
    }
    if (source.lines.empty()) {
        canvas.put(2, y, fit(trace::safe(source.missing), canvas.width() - 2, canvas.unicode()),
                   Style::dim);
        return;
    }
    draw_lines(canvas.part(0, y, canvas.width(), canvas.height() - y), source);
}

void view_output(Canvas canvas, const Moment& moment, const ViewState& view) {
    const int count = static_cast<int>(moment.output.size());
    canvas.rule(0, "Program output",
                moment.has_output ? count == 0 ? "nothing yet" : "its last lines"
                                  : "shown for programs started here: evglass live -- PROG");
    const int room = canvas.height() - 1;
    const int back = view.screen == Screen::output ? view.selected : 0;
    const int end = std::max(std::min(room, count), count - back);
    const int first = std::max(0, end - room);
    for (int i = first; i < end; ++i) {
        const std::string line = expand_tabs(moment.output[static_cast<std::size_t>(i)]);
        canvas.put(2, 1 + i - first, fit(trace::safe(line), canvas.width() - 2, canvas.unicode()));
    }
}

}  // namespace evglass::viz
