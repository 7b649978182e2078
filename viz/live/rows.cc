// See rows.h.
#include "viz/live/rows.h"

#include <algorithm>
#include <string>

#include "viz/live/history.h"
#include "viz/live/queue_rows.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

RowMeaning of_event(const Moment& moment, trace::Address address) {
    const trace::Event* event = moment.model->event(address);
    if (event == nullptr) return {};
    return {address, 0, "event=E" + std::to_string(event->ordinal)};
}

template <class List>
auto at(const List& list, int row) -> const typename List::value_type* {
    const bool there = row >= 0 && row < static_cast<int>(list.size());
    return there ? &list[static_cast<std::size_t>(row)] : nullptr;
}

RowMeaning of_timer(const Moment& moment, int row, int rows) {
    const auto places = listed_timers(moment, rows);
    const std::size_t* place = at(places, row);
    return place == nullptr ? RowMeaning{} : of_event(moment, moment.base->heap[*place].event);
}

RowMeaning of_queue(const Moment& moment, int row) {
    if (moment.base == nullptr) return {};
    const auto rows = queue_rows(moment);
    const QueueRow* found = at(rows, row);
    return found == nullptr ? RowMeaning{} : of_event(moment, found->event);
}

RowMeaning of_fd(const Moment& moment, int row) {
    const auto fds = listed_fds(moment);
    const int* fd = at(fds, row);
    if (fd == nullptr) return {};
    RowMeaning meaning{0, 0, "name=io_add fd=" + std::to_string(*fd)};
    const auto slot = moment.base->io.find(*fd);
    if (slot != moment.base->io.end() && !slot->second.events.empty())
        meaning.event = slot->second.events.front();
    return meaning;
}

/// Chosen from the end of the list, which grows there.
RowMeaning of_call(const Moment& moment, int row) {
    const auto& calls = moment.model->syscalls();
    const auto* call = at(calls, static_cast<int>(calls.size()) - 1 - row);
    if (call == nullptr) return {};
    return {0, call->record, "name=" + call->text.substr(0, call->text.find('('))};
}

RowMeaning of_span(const Moment& moment, const ViewState& view) {
    RowMeaning meaning = of_event(moment, view.chosen);
    if (moment.life == nullptr) return meaning;
    const auto& spans = moment.life->history.spans;
    if (const Span* span = at(spans, static_cast<int>(spans.size()) - 1 - view.selected))
        meaning.record = span->record;
    return meaning;
}

}  // namespace

RowMeaning meaning_of_row(const Moment& moment, const ViewState& view, int rows) {
    switch (view.screen) {
        case Screen::loop:
        case Screen::events:
        case Screen::lanes:
            return of_event(moment, view.chosen);
        case Screen::detail:
            return of_span(moment, view);
        case Screen::heap:
            return of_timer(moment, view.selected, rows);
        case Screen::queues:
            return of_queue(moment, view.selected);
        case Screen::fds:
            return of_fd(moment, view.selected);
        case Screen::calls:
            return of_call(moment, view.selected);
        case Screen::source:
            if (moment.source.function.empty()) return {};
            return {0, 0, "function=" + moment.source.function};
        default:
            return {};
    }
}

int rows_of_screen(const Moment& moment, const ViewState& view, int rows) {
    switch (view.screen) {
        case Screen::heap:
            return heap_length(moment);
        case Screen::queues:
            return queues_length(moment);
        case Screen::fds:
            return fds_length(moment);
        case Screen::buffers:
            return buffers_length(moment);
        case Screen::calls:
            return static_cast<int>(moment.model->syscalls().size());
        case Screen::output:
            return static_cast<int>(moment.output.size());
        case Screen::lints:
            return static_cast<int>(trace::lints().size());
        case Screen::processes:
            return static_cast<int>(moment.processes.size());
        case Screen::detail: {
            if (moment.life == nullptr) return 0;
            // Scrolled from the end, until the first one stands at the top.
            return std::max(1, static_cast<int>(moment.life->history.spans.size()) - rows / 2);
        }
        default:
            return 0;
    }
}

}  // namespace evglass::viz
