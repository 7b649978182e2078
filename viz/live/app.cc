// See app.h.
#include "viz/live/app.h"

#include <algorithm>

#include "trace/query.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

constexpr int kLogRows = 120;  ///< more than a tall terminal shows
constexpr std::size_t kOutputRows = 500;

int list_length(Screen screen, const Moment& moment) {
    switch (screen) {
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
        default:
            return 0;
    }
}

}  // namespace

App::App(Session& session, bool unicode) : session_(session) {
    view_.unicode = unicode;
    view_.message = {session.notice(), false};
}

Grid App::frame(int columns, int rows) {
    const int log_rows = std::clamp(rows, 0, kLogRows);
    const std::size_t output_rows = view_.screen == Screen::output ? kOutputRows : 0;
    const Moment moment = session_.moment(log_rows, output_rows);
    return draw_frame(moment, view_, columns, rows);
}

void App::press(const Key& key) {
    if (key.code == Key::Code::resize) return;
    if (view_.leaving) return answer_leaving(key);
    if (view_.prompt.open) return type(key);
    view_.message = {};
    if (key.code == Key::Code::character) {
        for (const ScreenInfo& info : screens()) {
            if (static_cast<char32_t>(info.key) == key.character) return show(info.screen);
        }
    }
    obey(command_for(key));
}

void App::obey(Command command) {
    obey_program(command);
    obey_time(command);
    obey_view(command);
}

void App::obey_program(Command command) {
    const bool now = session_.time() == ViewTime::now;
    switch (command) {
        case Command::hold_or_play:
            if (session_.time() == ViewTime::playing) {
                session_.play(0);
            } else if (!now || session_.state() == ProgramState::file) {
                session_.play(10);
            } else {
                tell(session_.hold_or_release());
            }
            break;
        case Command::step:
            tell(session_.step());
            break;
        case Command::turn:
            tell(session_.step_turn());
            break;
        case Command::run:
            tell(session_.run());
            break;
        case Command::find:
            view_.prompt = {.open = true,
                            .label = now && session_.can_control() ? "run to" : "find",
                            .text = "",
                            .error = ""};
            break;
        default:
            break;
    }
}

void App::obey_time(Command command) {
    switch (command) {
        case Command::back:
            tell(session_.back());
            break;
        case Command::forward:
            tell(session_.forward());
            break;
        case Command::turn_back:
            tell(session_.turn_back());
            break;
        case Command::turn_forward:
            tell(session_.turn_forward());
            break;
        case Command::first:
            session_.first();
            break;
        case Command::now:
            session_.now();
            break;
        case Command::next_match:
            tell(session_.next_match(true));
            break;
        case Command::previous_match:
            tell(session_.next_match(false));
            break;
        case Command::bookmark:
            tell(session_.toggle_bookmark());
            break;
        case Command::next_bookmark:
            tell(session_.next_bookmark());
            break;
        case Command::faster:
            session_.faster(true);
            break;
        case Command::slower:
            session_.faster(false);
            break;
        default:
            break;
    }
}

void App::obey_view(Command command) {
    switch (command) {
        case Command::next_screen:
            turn_screen(1);
            break;
        case Command::previous_screen:
            turn_screen(-1);
            break;
        case Command::up:
            move_selection(-1);
            break;
        case Command::down:
            move_selection(1);
            break;
        case Command::choose:
            find_chosen();
            break;
        case Command::next_base:
            tell(session_.next_base());
            break;
        case Command::help:
            if (view_.screen == Screen::help) return show(view_.before_help);
            view_.before_help = view_.screen;
            view_.scroll = 0;
            view_.screen = Screen::help;
            break;
        case Command::escape:
            if (view_.screen == Screen::help) show(view_.before_help);
            view_.chosen = 0;
            view_.selected = 0;
            break;
        case Command::quit:
            view_.leaving = session_.child().running();
            if (!view_.leaving) leave_ = Leave::leave;
            break;
        default:
            break;
    }
}

void App::answer_leaving(const Key& key) {
    if (key == Key{Key::Code::character, U'l'}) leave_ = Leave::leave;
    if (key == Key{Key::Code::character, U'k'}) leave_ = Leave::end_program;
    view_.leaving = false;
}

// ---- the prompt
// ------------------------------------------------------------------------------------

void App::type(const Key& key) {
    std::string& text = view_.prompt.text;
    switch (key.code) {
        case Key::Code::escape:
            view_.prompt = {};
            return;
        case Key::Code::enter:
            return submit_filter();
        case Key::Code::backspace:
            if (text.empty()) {
                view_.prompt = {};
                return;
            }
            drop_last_character(text);
            break;
        case Key::Code::character:
            if (key.character >= 0x20 && key.character != 0x7F) text += utf8(key.character);
            break;
        default:
            break;
    }
    // A complaint stays until the text is right: one sees at which letter it goes.
    if (!view_.prompt.error.empty()) check_filter();
}

void App::check_filter() {
    view_.prompt.error.clear();
    trace::Filter::parse(view_.prompt.text, view_.prompt.error);
}

void App::submit_filter() {
    const std::string text = view_.prompt.text;
    if (text.empty()) {
        view_.prompt = {};
        return;
    }
    std::string error;
    const trace::Filter filter = trace::Filter::parse(text, error);
    if (!error.empty()) {
        view_.prompt.error = error;
        return;
    }
    view_.prompt = {};
    tell(session_.run_to(filter, text));
}

// ---- screens and rows
// ------------------------------------------------------------------------------

void App::show(Screen screen) {
    view_.screen = screen;
    view_.selected = 0;
    view_.scroll = 0;
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

void App::scroll(int by) {
    const Moment moment = session_.moment(0, kOutputRows);
    // Lists that grow at the end count from there: up is back.
    const bool from_end = view_.screen == Screen::calls || view_.screen == Screen::output;
    const int length = list_length(view_.screen, moment);
    view_.selected = std::clamp(view_.selected + (from_end ? -by : by), 0, std::max(0, length - 1));
}

void App::move_selection(int by) {
    if (view_.screen == Screen::help) {
        view_.scroll = std::clamp(view_.scroll + by, 0, help_rows());
        return;
    }
    if (view_.screen != Screen::events) return scroll(by);
    const auto events = listed_events(session_.moment(0, 0));
    if (events.empty()) return;
    int row = by > 0 ? -1 : static_cast<int>(events.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (events[i]->address == view_.chosen) row = static_cast<int>(i);
    }
    row = std::clamp(row + by, 0, static_cast<int>(events.size()) - 1);
    view_.chosen = events[static_cast<std::size_t>(row)]->address;
}

/// The records of the chosen event become what n and N go through.
void App::find_chosen() {
    if (view_.screen != Screen::events || view_.chosen == 0) return;
    const Moment moment = session_.moment(0, 0);
    const trace::Event* event = moment.model->event(view_.chosen);
    if (event == nullptr) return;
    const std::string text = "event=E" + std::to_string(event->ordinal);
    std::string error;
    session_.set_filter(trace::Filter::parse(text, error), text);
    if (error.empty()) error = text + ": n and N go through its records";
    view_.message = {error, false};
}

}  // namespace evglass::viz
