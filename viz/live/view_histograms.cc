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

}  // namespace

void view_histograms(Canvas canvas, const Moment& moment, const ViewState&) {
    if (moment.history == nullptr || moment.history->records == 0)
        return canvas.rule(0, "Histograms", "no record yet");
    const History& history = *moment.history;
    canvas.rule(0, "Histograms", window_text(history));
    const int count = static_cast<int>(kRows.size());
    // The name and its numbers stand beside the bars where there is room, else above them.
    constexpr int kSide = 58;
    const bool beside = canvas.width() >= kSide + kHistogramColumns + 4;
    const int each = std::max(beside ? 1 : 2, (canvas.height() - 2) / count);
    const int bars_at = beside ? kSide : 4;
    int y = 1;
    for (const Row& row : kRows) {
        const Histogram& values = history.*row.values;
        canvas.put(1, y, row.name, Style::strong);
        std::string text = values.count() == 0 ? "none" : plural(values.count(), row.noun);
        if (values.count() > 0 && !beside) text += "  " + values.summary();
        canvas.put(22, y, text, Style::normal);
        if (beside && each > 1 && values.count() > 0)
            canvas.put(22, y + 1, values.summary(), Style::dim);
        if (beside && each == 1 && values.count() > 0)
            canvas.put(33, y, values.summary(), Style::dim);
        const int top = beside ? y : y + 1;
        const int rows = std::max(1, each - (beside ? (each > 2 ? 1 : 0) : 1));
        draw_bars(canvas.part(bars_at, top, kHistogramColumns, rows), values, row.style);
        y += each;
    }
    draw_scale(canvas.part(bars_at, std::min(y, canvas.height() - 1), canvas.width() - bars_at, 1),
               0);
}

}  // namespace evglass::viz
