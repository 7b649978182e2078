// Keys and what they ask for. No terminal is known here: terminal.cc makes Keys of what it reads,
// and tests write them as text.
// Read next: app.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "viz/live/view.h"

namespace evglass::viz {

/// Where the mouse points: a cell of the frame.
struct Mouse {
    int x = 0, y = 0;
    bool operator==(const Mouse&) const = default;
};

struct Key {
    enum class Code {
        character,
        enter,
        escape,
        tab,
        back_tab,
        backspace,
        left,
        right,
        up,
        down,
        page_up,
        page_down,
        home,
        end,
        resize,
        click,
        wheel_up,
        wheel_down
    } code = Code::character;
    char32_t character = 0;
    Mouse mouse{};  ///< of a click or the wheel
    bool operator==(const Key&) const = default;
};

inline bool is_of_mouse(const Key& key) {
    return key.code == Key::Code::click || key.code == Key::Code::wheel_up ||
           key.code == Key::Code::wheel_down;
}

/// What a key asks for, outside of the prompt.
enum class Command {
    none,
    hold_or_play,
    step,
    turn,
    run,
    find,
    jump,
    next_match,
    previous_match,
    back,
    forward,
    turn_back,
    turn_forward,
    first,
    now,
    bookmark,
    next_bookmark,
    next_screen,
    previous_screen,
    up,
    down,
    page_up,
    page_down,
    choose,
    run_to_row,
    change_back,
    change_forward,
    sort,
    sort_back,
    filter_rows,
    next_base,
    processes,
    follow_forks,
    mouse,
    faster,
    slower,
    help,
    escape,
    quit
};
Command command_for(const Key& key);

/// Keys written as text: each character is a key; `<Left> <Right> <Up> <Down> <Home> <End> <PgUp>`
/// `<PgDn> <Enter> <Esc> <Tab> <BackTab> <Backspace> <Space> <lt>` stand for what they say.
std::optional<std::vector<Key>> parse_keys(std::string_view text, std::string& error);

/// A character as UTF-8, and text without its last character.
std::string utf8(char32_t character);
void drop_last_character(std::string& text);

}  // namespace evglass::viz
