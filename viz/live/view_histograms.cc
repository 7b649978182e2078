// The histograms: how long callbacks took, how long a turn was awake, how late timers were, since
// the recording's first record. One scale for all, so that one sees which is out of place.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "trace/text.h"
#include "viz/live/durations.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

struct Row {
    std::string_view name, noun;
    Duration what;
    Style style;
};

constexpr std::array kRows{
    Row{"a callback's time", "call", Duration::callback, Style::running},
    Row{"wake-up to callback", "call", Duration::wake, Style::active},
    Row{"a turn, awake", "turn", Duration::awake, Style::accent},
    Row{"a turn, asleep", "sleep", Duration::sleep, Style::dim},
    Row{"a timer's lateness", "timer", Duration::lateness, Style::pending},
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

/// "all 12,000 records, 2 s": of which records they are; while these are read, how far.
std::string read_text(const Moment& moment) {
    const DurationsSeen& seen = *moment.durations;
    if (seen.read < moment.position)
        return fmt::format("reading: record {} of {}", count_text(seen.read),
                           count_text(moment.position));
    return fmt::format("{} {}, {}", seen.first <= 1 ? "all" : "the last",
                       plural(moment.position - seen.first + 1, "record"),
                       trace::duration_text(trace::elapsed(seen.first_ns, moment.record->time_ns)));
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
    const bool below = layout.each > 1;  // there is a row for them
    if (below) canvas.put(kNumbersAt, y, count);
    canvas.put(kNumbersAt, below ? y + 1 : y, values.summary(), Style::dim);
}

}  // namespace

void view_histograms(Canvas canvas, const Moment& moment, const ViewState&) {
    if (moment.durations == nullptr || moment.durations->first == 0 || moment.record == nullptr)
        return canvas.rule(0, "Histograms", "no record yet");
    canvas.rule(0, "Histograms", read_text(moment));
    const Layout layout = layout_for(canvas.width(), canvas.height());
    const int columns = histogram_columns(layout.bar);
    const bool above = layout.numbers == Layout::Numbers::above;
    int y = 1;
    for (const Row& row : kRows) {
        const Histogram& values = moment.durations->histograms[static_cast<std::size_t>(row.what)];
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
