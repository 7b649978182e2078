// The queues: active ones by priority, in the order in which callbacks will run, the later queue,
// whose events join them in the next turn, and what stands beside them: queue_rows.h.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "trace/text.h"
#include "viz/live/queue_rows.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

void draw_row(Canvas canvas, int y, const Moment& moment, const QueueRow& row) {
    const bool at_hand = row.event != 0 && row.event == event_of(moment.record);
    const int name_columns = std::min(24, canvas.width() - 22);
    int x = canvas.cell(0, y, 2, at_hand ? canvas.glyphs().mark : "", Style::changed);
    if (row.event != 0) x = canvas.cell_right(x, y, 3, row.place, Style::dim) + 1;
    if (row.note.empty()) {
        canvas.cell(x, y, canvas.width() - x, row.name, row.style);
        return;
    }
    const int note_at = 7 + name_columns;
    canvas.cell(x, y, note_at - x - 1, row.name, row.style);
    canvas.cell(note_at, y, canvas.width() - note_at, row.note, Style::dim);
}

std::string queue_note(const trace::Base& base) {
    std::size_t active = 0;
    for (const auto& queue : base.active) active += queue.size();
    std::string note = fmt::format("{} active", active);
    if (!base.later.empty()) note += fmt::format(", {} later", base.later.size());
    std::size_t common = 0;
    for (const trace::CommonQueue& queue : base.common) common += queue.events.size();
    if (common != 0) note += fmt::format(", {} with common timeouts", common);
    if (!base.once.empty()) note += fmt::format(", {} once", base.once.size());
    return note;
}

}  // namespace

int queues_length(const Moment& moment) {
    return moment.base == nullptr ? 0 : static_cast<int>(queue_rows(moment).size());
}

void view_queues(Canvas canvas, const Moment& moment, const ViewState& view) {
    if (moment.base == nullptr) return canvas.rule(0, "Queues", "no base yet");
    const auto rows = queue_rows(moment);
    const int count = static_cast<int>(rows.size());
    const int room = canvas.height() - 1;
    const bool mine = view.screen == Screen::queues;
    const int first = first_row(mine ? view.selected : 0, count, room);
    canvas.rule(0, "Queues", queue_note(*moment.base), seen_text(first, room, count));
    for (int i = 0; i < room && first + i < count; ++i) {
        const QueueRow& row = rows[static_cast<std::size_t>(first + i)];
        draw_row(canvas, 1 + i, moment, row);
        if (row.event != 0)
            canvas.mark(1 + i, mine ? Spot{Spot::Kind::row, static_cast<std::uint64_t>(first + i)}
                                    : Spot{Spot::Kind::event, row.event});
        if (mine && view.picked && first + i == view.selected)
            canvas.restyle(1 + i, Style::selected);
    }
}

}  // namespace evglass::viz
