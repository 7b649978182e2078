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
    std::string text, note;
    Style style = Style::normal;
    trace::Address event = 0;
};

void add_queue(std::vector<Row>& rows, const Moment& moment, const std::string& title,
               const std::deque<trace::Address>& queue) {
    if (queue.empty()) {
        rows.push_back({title + ": empty", "", Style::dim});
        return;
    }
    rows.push_back({title, plural(queue.size(), "event"), Style::title});
    int place = 1;
    for (const trace::Address address : queue) {
        const trace::Event* event = moment.model->event(address);
        Row row{fmt::format("{:>3}  {}", place++, event_label(moment, address)), "", Style::active,
                address};
        if (event != nullptr) {
            row.note =
                fmt::format("{} {}, waits {}", target_text(*event), trace::what_text(event->res),
                            since_text(moment, event->activated_ns));
        }
        rows.push_back(row);
    }
}

void add_running(std::vector<Row>& rows, const Moment& moment) {
    for (const trace::Address address : moment.base->callbacks) {
        const trace::Event* event = moment.model->event(address);
        Row row{"now  " + event_label(moment, address), "", Style::running, address};
        if (event != nullptr) {
            row.note = "its callback runs for " + since_text(moment, event->callback_began_ns);
        }
        rows.push_back(row);
    }
}

std::vector<Row> queue_rows(const Moment& moment) {
    std::vector<Row> rows;
    add_running(rows, moment);
    int priority = 0;
    for (const auto& queue : moment.base->active) {
        add_queue(rows, moment, fmt::format("priority {}", priority++), queue);
    }
    add_queue(rows, moment, "later", moment.base->later);
    return rows;
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
    canvas.rule(0, "Queues", queue_note(*moment.base));
    const auto rows = queue_rows(moment);
    const int count = static_cast<int>(rows.size());
    const int room = canvas.height() - 1;
    const int selected = view.screen == Screen::queues ? view.selected : 0;
    const int first = scrolled_row(selected, count, room);
    for (int i = 0; i < room && first + i < count; ++i) {
        const Row& row = rows[static_cast<std::size_t>(first + i)];
        const bool at_hand = row.event != 0 && row.event == event_of(moment.record);
        canvas.put(0, 1 + i, at_hand ? canvas.glyphs().mark : " ", Style::changed);
        const int x = canvas.put(2, 1 + i, row.text, row.style);
        const int note_at = std::max(x + 2, canvas.width() >= 60 ? 32 : 22);
        canvas.put(note_at, 1 + i, fit(row.note, canvas.width() - note_at, canvas.unicode()),
                   Style::dim);
    }
}

}  // namespace evglass::viz
