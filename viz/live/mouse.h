// What a terminal tells of its mouse: reports in the SGR coding (1006) become Keys, and whatever is
// no report of ours becomes nothing. No terminal is known here.
// The coding is asked for by us and not by ncurses, which goes by the terminal's entry in terminfo:
// for screen and tmux that is the old coding, which ends at column 223.
// Read next: terminal.cc (who asks for reports), app_mouse.cc (what a click does).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "viz/live/input.h"

namespace evglass::viz {

/// What asks a terminal for reports of buttons (1000) in this coding, and what ends that.
inline constexpr std::string_view kMouseOn = "\033[?1000h\033[?1006h";
inline constexpr std::string_view kMouseOff = "\033[?1006l\033[?1000l";
/// How each report begins.
inline constexpr std::string_view kMouseReport = "\033[<";

/// Reads one report after the other, character by character: `\033[<0;12;5M`.
class MouseReader {
 public:
    /// A report has begun.
    void begin() { text_.clear(), reading_ = true; }
    /// What began has not come to an end and never will.
    void drop() { reading_ = false; }
    /// Is this character part of the report being read? (If not, the report is dropped.)
    bool takes(char32_t character);
    /// What the report said that ended with the character taken last: a click or the wheel.
    std::optional<Key> take_key();

 private:
    bool reading_ = false;
    std::string text_;
    std::optional<Key> key_;
};

}  // namespace evglass::viz
