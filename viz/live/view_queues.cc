// The active queues, one for each priority, in the order in which callbacks will run, and the later
// queue, whose events join them in the next turn.
#include <fmt/format.h>

#include <deque>
#include <string>
#include <vector>

#include "trace/text.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

struct Row {
    std::string place, name, note;
    Style style = Style::normal;
    trace::Address event = 0;
};

void add_queue(std::vector<Row>& rows, const Moment& moment, const std::string& title,
               const std::deque<trace::Address>& queue) {
    rows.push_back({"", title, plural(queue.size(), "event"), Style::title});
    int place = 1;
    for (const trace::Address address : queue) {
        const trace::Event* event = moment.model->event(address);
        Row row{std::to_string(place++), event_label(moment, address), "", Style::active, address};
        if (event != nullptr) {
            row.note = fmt::format("{}, waits {}", trace::what_text(event->res),
                                   since_text(moment, event->activated_ns));
        }
        rows.push_back(row);
    }
}

void add_running(std::vector<Row>& rows, const Moment& moment) {
    for (const trace::Address address : moment.base->callbacks) {
        const trace::Event* event = moment.model->event(address);
        Row row{"now", event_label(moment, address), "", Style::running, address};
        if (event != nullptr) row.note = "runs " + since_text(moment, event->callback_began_ns);
        rows.push_back(row);
    }
}

/// What runs, then the queues that hold something, then the names of those that don't.
std::vector<Row> queue_rows(const Moment& moment) {
    std::vector<Row> rows;
    std::string empty;
    add_running(rows, moment);
    const auto add = [&](const std::string& title, const std::deque<trace::Address>& queue) {
        if (!queue.empty()) return add_queue(rows, moment, title, queue);
        empty += (empty.empty() ? "empty: " : ", ") + title;
    };
    int priority = 0;
    for (const auto& queue : moment.base->active)
        add(fmt::format("priority {}", priority++), queue);
    add("later", moment.base->later);
    if (!empty.empty()) rows.push_back({"", empty, "", Style::dim});
    return rows;
}

void draw_row(Canvas canvas, int y, const Moment& moment, const Row& row) {
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
    const int selected = view.screen == Screen::queues ? view.selected : 0;
    const int first = scrolled_row(selected, count, room);
    canvas.rule(0, "Queues", queue_note(*moment.base), seen_text(first, room, count));
    for (int i = 0; i < room && first + i < count; ++i) {
        draw_row(canvas, 1 + i, moment, rows[static_cast<std::size_t>(first + i)]);
    }
}

}  // namespace evglass::viz
