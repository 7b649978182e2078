// Screens and their rows: which one is shown, which row is chosen, and what a row can do. See
// app.h; what a row stands for is said by rows.h.
#include <algorithm>
#include <string>

#include "trace/query.h"
#include "viz/live/app.h"
#include "viz/live/history.h"
#include "viz/live/rows.h"

namespace evglass::viz {
namespace {

/// On these screens an event is chosen, which stays the same one while rows move.
bool lists_events(Screen screen) {
    return screen == Screen::events || screen == Screen::lanes || screen == Screen::loop;
}

/// These grow at their end and are scrolled from there: up is back.
bool grows(Screen screen) {
    return screen == Screen::calls || screen == Screen::output || screen == Screen::detail;
}

}  // namespace

void App::obey_row(Command command) {
    switch (command) {
        case Command::up:
            return move_selection(-1);
        case Command::down:
            return move_selection(1);
        case Command::page_up:
            return move_selection(-rows_);
        case Command::page_down:
            return move_selection(rows_);
        case Command::choose:
            return choose();
        case Command::run_to_row:
            return run_to_row();
        case Command::change_back:
            return change_of_event(false);
        case Command::change_forward:
            return change_of_event(true);
        case Command::sort:
            return sort(false);
        case Command::sort_back:
            return sort(true);
        case Command::filter_rows:
            if (!lists_events(view_.screen)) show(Screen::events);
            return ask(Prompt::Kind::events, "events with", view_.only);
        default:
            break;
    }
}

void App::show(Screen screen) {
    view_.screen = screen;
    view_.selected = 0;
    view_.picked = false;
    view_.scroll = 0;
    view_.evidence = 0;
}

void App::turn_screen(int by) {
    const auto all = screens();
    const int count = static_cast<int>(all.size());
    int at = 0;
    for (int i = 0; i < count; ++i) {
        if (all[static_cast<std::size_t>(i)].screen == view_.screen) at = i;
    }
    show(all[static_cast<std::size_t>((at + by + count) % count)].screen);
}

/// Goes back by one: out of the help, out of an event, and else lets go of what was chosen.
void App::escape() {
    if (view_.screen == Screen::help || view_.screen == Screen::processes)
        return show(view_.before_help);
    if (view_.screen == Screen::detail) return show(view_.before_detail);
    view_.chosen = 0;
    view_.selected = 0;
    view_.picked = false;
    view_.only.clear();
}

void App::move_selection(int by) {
    if (view_.screen == Screen::help) {
        view_.scroll = std::clamp(view_.scroll + by, 0, std::max(0, help_rows(columns_) - rows_));
        return;
    }
    if (lists_events(view_.screen)) return move_event(by);
    const int length = rows_of_screen(moment(0), view_, rows_);
    if (grows(view_.screen)) by = -by;
    // The first press chooses the row that is there already.
    if (!view_.picked && view_.screen != Screen::lints && view_.screen != Screen::buffers &&
        view_.screen != Screen::output && view_.screen != Screen::detail &&
        view_.screen != Screen::processes)
        by = view_.screen == Screen::calls ? std::max(0, by - 1) : std::min(0, by);
    view_.picked = length > 0;
    view_.selected = std::clamp(view_.selected + by, 0, std::max(0, length - 1));
    view_.evidence = 0;
    if (view_.screen == Screen::queues) skip_titles(by < 0 ? -1 : 1, length);
}

/// The queues' titles are rows too, but nothing can be done with them.
void App::skip_titles(int direction, int length) {
    const Moment now = moment(0);
    ViewState looked = view_;
    for (; looked.selected >= 0 && looked.selected < length; looked.selected += direction) {
        if (meaning_of_row(now, looked, rows_).event == 0) continue;
        view_.selected = looked.selected;
        return;
    }
}

void App::move_event(int by) {
    const Moment now = moment(0);
    const auto events = listed_events(now, view_);
    if (events.empty()) return;
    const int count = static_cast<int>(events.size());
    int row = chosen_row(now, events, view_.chosen);
    if (row < 0) row = by > 0 ? -1 : count;
    view_.chosen = events[static_cast<std::size_t>(std::clamp(row + by, 0, count - 1))]->address;
}

/// Enter: shows the row's event, or goes to the row's record.
void App::choose() {
    if (view_.screen == Screen::lints) return go_to_evidence();
    if (view_.screen == Screen::processes) return change_process();
    const RowMeaning row = meaning_of_row(moment(0), view_, rows_);
    if (row.record != 0) return session_.go(row.record);
    if (row.event != 0) return show_event(row.event);
    const Screen screen = view_.screen;
    if (screen == Screen::heap || screen == Screen::queues || screen == Screen::fds ||
        lists_events(screen))
        tell({"choose a row with Up and Down first", false});
}

/// Its records also become what n and N go through.
void App::show_event(trace::Address address) {
    const Moment now = session_.moment(0, 0);
    const trace::Event* event = now.model->event(address);
    if (event == nullptr) return;
    const std::string text = "event=E" + std::to_string(event->ordinal);
    std::string error;
    session_.set_filter(trace::Filter::parse(text, error), text);
    if (error.empty()) error = text + ": n and N go through its records";
    view_.message = {error, false};
    if (view_.screen != Screen::detail) view_.before_detail = view_.screen;
    show(Screen::detail);
    view_.chosen = address;
}

void App::change_process() {
    const Moment now = moment(0);
    const auto row = static_cast<std::size_t>(view_.selected);
    if (row >= now.processes.size()) return tell({"there is no other process", false});
    if (now.processes[row].path == session_.path())
        return tell({"this process is being watched already", false});
    other_ = now.processes[row];
    leave_ = Leave::change_process;
}

void App::follow(const trace::TraceEntry& child) {
    other_ = child;
    leave_ = Leave::change_process;
}

trace::TraceEntry App::take_other_process() {
    leave_ = Leave::stay;
    return other_;
}

/// From one record that shows the finding to the next, and around.
void App::go_to_evidence() {
    const Moment now = moment(0);
    if (now.lints == nullptr) return;
    std::vector<std::uint64_t> records;
    for (const auto& finding : now.lints->findings[static_cast<std::size_t>(view_.selected)])
        for (const std::uint64_t record : finding.evidence)
            if (record != 0) records.push_back(record);
    if (records.empty()) return tell({"this lint has found nothing", false});
    const std::size_t at = view_.evidence++ % records.size();
    session_.go(records[at]);
    tell({"record " + std::to_string(at + 1) + " of " + std::to_string(records.size()) +
              " that show it; Enter goes to the next",
          false});
}

/// What the row is about becomes a filter, which one may still change before it is obeyed.
void App::run_to_row() {
    const RowMeaning row = meaning_of_row(moment(0), view_, rows_);
    if (row.filter.empty())
        return tell({"no row is chosen: Up and Down choose one, x runs to its next record", false});
    const bool now = session_.time() == ViewTime::now;
    ask(Prompt::Kind::find, now && session_.can_control() ? "run to" : "find", row.filter);
}

/// The chosen event's, else that of the event which the record at hand is about.
void App::change_of_event(bool forward) {
    if (view_.chosen == 0) {
        const RowMeaning row = meaning_of_row(moment(0), view_, rows_);
        view_.chosen = row.event;
    }
    if (view_.chosen == 0) return tell({"choose an event first: Up and Down", true});
    tell(session_.next_of(view_.chosen, forward));
}

/// What `o` means depends on what is shown: the order of rows, the axis of lanes, a lint's switch.
void App::sort(bool reverse) {
    if (view_.screen == Screen::lanes) {
        view_.lanes_by_time = !view_.lanes_by_time;
        view_.zoom = 0;
    } else if (view_.screen == Screen::lints) {
        const auto lint = static_cast<std::size_t>(view_.selected);
        view_.lints_on.turn(lint, !view_.lints_on.on(lint));
    } else if (reverse) {
        view_.reversed = !view_.reversed;
    } else {
        constexpr auto kSorts = static_cast<unsigned>(Sort::count_);
        view_.sort = static_cast<Sort>((static_cast<unsigned>(view_.sort) + 1) % kSorts);
    }
}

/// The speed of a replay that plays; else how much of the time the lanes show.
void App::faster(bool faster) {
    constexpr int kFarthest = 40;
    if (session_.time() == ViewTime::playing || view_.screen != Screen::lanes)
        return session_.faster(faster);
    view_.zoom = std::clamp(view_.zoom + (faster ? 1 : -1), -kFarthest, kFarthest);
}

}  // namespace evglass::viz
