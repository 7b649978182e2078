// Which command goes where, and the view's time. See app.h; what rows do is in app_rows.cc, typing
// in app_prompt.cc.
#include "viz/live/app.h"

#include <algorithm>

#include "viz/live/history.h"

namespace evglass::viz {
namespace {

constexpr int kLogRows = 120;  ///< more than a tall terminal shows
constexpr std::size_t kOutputRows = 500;

/// Which screens show what is costly to gather.
Wanted wanted_by(const ViewState& view) {
    const Screen screen = view.screen;
    return {.history = screen == Screen::lanes,
            .durations = screen == Screen::histograms,
            .lints = screen == Screen::lints,
            .processes = screen == Screen::processes,
            .life = screen == Screen::detail ? view.chosen : 0};
}

}  // namespace

App::App(Session& session, bool unicode) : session_(session) {
    view_.unicode = unicode;
    view_.message = {session.notice(), false};
}

Moment App::moment(int log_rows) {
    const std::size_t output_rows = view_.screen == Screen::output ? kOutputRows : 0;
    return session_.moment(log_rows, output_rows, wanted_by(view_));
}

Grid App::frame(int columns, int rows) {
    columns_ = columns;
    rows_ = list_rows(view_, columns, rows);
    Grid grid = draw_frame(moment(std::clamp(rows, 0, kLogRows)), view_, columns, rows);
    spots_ = grid.spots();
    return grid;
}

void App::press(const Key& key) {
    if (key.code == Key::Code::resize) return;
    if (is_of_mouse(key)) return point(key);
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
    obey_row(command);
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
            ask(Prompt::Kind::find, now && session_.can_control() ? "run to" : "find", "");
            break;
        case Command::jump:
            ask(Prompt::Kind::jump, "go to", "");
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
            faster(true);
            break;
        case Command::slower:
            faster(false);
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
        case Command::next_base:
            tell(session_.next_base());
            break;
        case Command::help:
            if (view_.screen == Screen::help) return show(view_.before_help);
            view_.before_help = view_.screen;
            view_.scroll = 0;
            view_.screen = Screen::help;
            break;
        case Command::processes:
            if (view_.screen == Screen::processes) return escape();
            view_.before_help = view_.screen;
            show(Screen::processes);
            break;
        case Command::follow_forks:
            follow_forks(!view_.follow_forks);
            tell({view_.follow_forks ? "a forked child will be changed to when it begins to tell"
                                     : "forks are not followed",
                  false});
            break;
        case Command::mouse:
            toggle_mouse();
            break;
        case Command::escape:
            escape();
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

}  // namespace evglass::viz
