// See hints.h. The keys of the screen come first, then those of the time; help and quit always have
// their place.
#include "viz/live/hints.h"

#include <string_view>
#include <vector>

namespace evglass::viz {
namespace {

struct Hint {
    std::string_view key, does;
    int columns() const { return text_columns(key) + text_columns(does) + 1; }
};
using Hints = std::vector<Hint>;

Hints of_screen(const Moment& moment, const ViewState& view) {
    const bool stops = moment.time == ViewTime::now && moment.state != ProgramState::file &&
                       moment.state != ProgramState::ended;
    const Hint run{"x", stops ? "run to it" : "find it"};
    switch (view.screen) {
        case Screen::loop:
            return view.chosen != 0 ? Hints{{"Enter", "event"}, run} : Hints{};
        case Screen::events:
            return {{"Enter", "event"}, {"f", "filter"}, {"o", "sort"}, run};
        case Screen::lanes:
            return {{"+ -", "zoom"}, {"o", "axis"}, {"Enter", "event"}};
        case Screen::heap:
        case Screen::queues:
            return {{"Enter", "event"}, run};
        case Screen::fds:
            return {{"Enter", "event"}, {"x", stops ? "run to its add" : "find its add"}};
        case Screen::calls:
            return {{"Enter", "go to"}, run};
        case Screen::lints:
            return {{"Enter", "its records"}, {"o", "on/off"}};
        case Screen::processes:
            return {{"Enter", "watch it"}, {"Esc", "back"}};
        case Screen::detail:
            return {{", .", "change"}, {"Enter", "go to"}, {"Esc", "back"}};
        default:
            return {};
    }
}

Hints of_time(const Moment& moment) {
    if (moment.time == ViewTime::playing)
        return {{"space", "stop"}, {"+ -", "speed"}, {"End", "to the end"}};
    if (moment.time == ViewTime::back)
        return {{"Left/Right", "record"}, {"[ ]", "turn"}, {"space", "play"}, {"/", "find"},
                {"End", "now"},           {":", "go to"},  {"n N", "match"}};
    switch (moment.state) {
        case ProgramState::runs:
            return {{"space", "hold"},
                    {"/", "run to"},
                    {"Left", "back"},
                    {"[", "last turn"},
                    {"Tab", "screen"}};
        case ProgramState::seeking:
            return {{"space", "forget the stop"}, {"Left", "back"}, {"Tab", "screen"}};
        case ProgramState::held:
        case ProgramState::holding:
            return {{"s", "step"},        {"t", "turn"},    {"/", "run to"},
                    {"space", "release"}, {"Left", "back"}, {"Tab", "screen"}};
        case ProgramState::ended:
        case ProgramState::file:
            break;
    }
    return {{"Left", "back"}, {"[", "turn back"}, {"Home", "start"},
            {"/", "find"},    {":", "go to"},     {"Tab", "screen"}};
}

}  // namespace

void draw_hints(Canvas canvas, int y, const Moment& moment, const ViewState& view) {
    const bool in_help = view.screen == Screen::help;
    const Hints always =
        in_help ? Hints{{"Esc", "back"}, {"q", "quit"}} : Hints{{"?", "help"}, {"q", "quit"}};
    int reserved = 0;
    for (const Hint& hint : always) reserved += hint.columns() + 2;
    Hints hints = in_help ? Hints{{"Up/Down", "scroll"}} : of_screen(moment, view);
    if (!in_help)
        for (const Hint& hint : of_time(moment)) hints.push_back(hint);
    int x = 1;
    const auto put = [&](const Hint& hint) {
        x = canvas.put(x, y, hint.key, Style::key);
        x = canvas.put(x + 1, y, hint.does, Style::dim) + 2;
    };
    for (const Hint& hint : hints)
        if (x + hint.columns() + 2 + reserved <= canvas.width() + 2) put(hint);
    for (const Hint& hint : always) put(hint);
}

}  // namespace evglass::viz
