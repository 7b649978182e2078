// The histograms: how long callbacks take, how long a turn is awake, how late timers are. One scale
// for all, so that one sees which of them is out of place.
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

struct Row {
    std::string_view name, noun;
    const Histogram History::*values;
    Style style;
};

constexpr std::array kRows{
    Row{"a callback's time", "call", &History::callback, Style::running},
    Row{"wake-up to callback", "call", &History::wake, Style::active},
    Row{"a turn, awake", "turn", &History::awake, Style::accent},
    Row{"a turn, asleep", "sleep", &History::sleep, Style::dim},
    Row{"a timer's lateness", "timer", &History::lateness, Style::pending},
};

/// Where things stand. The numbers are beside the bars where there is room, else above them; on a
/// small screen a row has to do, with the one number that matters.
struct Layout {
    enum class Numbers { beside, above, last } numbers;
    int bars_at, bar, each;
};

constexpr int kNumbersAt = 22;

Layout layout_for(int width, int height) {
    constexpr int kBeside = 58, kMargin = 4, kWidestBar = 4;
    const int each = std::max(1, (height - 2) / static_cast<int>(kRows.size()));
    if (width >= kBeside + histogram_columns(2) + kMargin) {
        const int bar = (width - kBeside - kMargin) / histogram_columns(1);
        return {Layout::Numbers::beside, kBeside, std::min(bar, kWidestBar), each};
    }
    if (each > 1) return {Layout::Numbers::above, kMargin, 2, each};
    return {Layout::Numbers::last, kNumbersAt, 1, each};
}

void draw_numbers(Canvas canvas, int y, const Histogram& values, std::string_view noun,
                  const Layout& layout) {
    using enum Layout::Numbers;
    if (layout.numbers == last) {
        const int x = layout.bars_at + histogram_columns(layout.bar) + 1;
        const bool none = values.count() == 0;
        canvas.put(none ? layout.bars_at : x, y,
                   none ? "none" : "p99 " + trace::duration_text(values.quantile(0.99)));
        return;
    }
    const std::string count = values.count() == 0 ? "none" : plural(values.count(), noun);
    if (values.count() == 0 || layout.numbers == above) {
        const bool more = values.count() != 0;
        const std::string text = count + (more ? "  " + values.summary() : "");
        canvas.put(kNumbersAt, y, fit(text, canvas.width() - kNumbersAt, canvas.unicode()));
        return;
    }
    constexpr int kCount = 11;
    canvas.put(kNumbersAt, y, count);
    const bool below = layout.each > 1;
    canvas.put(below ? kNumbersAt : kNumbersAt + kCount, below ? y + 1 : y, values.summary(),
               Style::dim);
}

}  // namespace

void view_histograms(Canvas canvas, const Moment& moment, const ViewState&) {
    if (moment.history == nullptr || moment.history->records == 0)
        return canvas.rule(0, "Histograms", "no record yet");
    const History& history = *moment.history;
    canvas.rule(0, "Histograms", window_text(history));
    const Layout layout = layout_for(canvas.width(), canvas.height());
    const int columns = histogram_columns(layout.bar);
    const bool above = layout.numbers == Layout::Numbers::above;
    int y = 1;
    for (const Row& row : kRows) {
        const Histogram& values = history.*row.values;
        canvas.put(1, y, row.name, Style::strong);
        draw_numbers(canvas, y, values, row.noun, layout);
        // A row stays empty between two that are tall.
        const int rows = std::max(1, layout.each - (above || layout.each > 2 ? 1 : 0));
        draw_bars(canvas.part(layout.bars_at, above ? y + 1 : y, columns, rows), values, row.style,
                  layout.bar);
        y += layout.each;
    }
    const int last = std::min(y, canvas.height() - 1);
    draw_scale(canvas.part(layout.bars_at, last, canvas.width() - layout.bars_at, 1), 0,
               layout.bar);
}

}  // namespace evglass::viz
