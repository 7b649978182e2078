// See terminal.h. The cells of a row that look alike go out in one call; ncurses compares with what
// the terminal shows and sends what changed.
#include "viz/live/terminal.h"

#include <curses.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <optional>

#include "viz/live/live.h"
#include "viz/live/signals.h"
#include "viz/live/terminfo.h"
#include "viz/live/theme.h"

namespace evglass::viz {
namespace {

/// The beginning of a report. Terminfo numbers keys of its own from KEY_MAX on: far away from them.
constexpr int kMouseKey = KEY_MAX + 0x1000;

std::optional<Key> special_key(wint_t code) {
    using Code = Key::Code;
    switch (code) {
        case KEY_LEFT:
            return Key{Code::left, 0};
        case KEY_RIGHT:
            return Key{Code::right, 0};
        case KEY_UP:
            return Key{Code::up, 0};
        case KEY_DOWN:
            return Key{Code::down, 0};
        case KEY_PPAGE:
            return Key{Code::page_up, 0};
        case KEY_NPAGE:
            return Key{Code::page_down, 0};
        case KEY_HOME:
            return Key{Code::home, 0};
        case KEY_END:
            return Key{Code::end, 0};
        case KEY_ENTER:
            return Key{Code::enter, 0};
        case KEY_BTAB:
            return Key{Code::back_tab, 0};
        case KEY_BACKSPACE:
            return Key{Code::backspace, 0};
        case KEY_RESIZE:
            return Key{Code::resize, 0};
        default:
            return std::nullopt;
    }
}

Key plain_key(wint_t character) {
    using Code = Key::Code;
    switch (character) {
        case '\r':
        case '\n':
            return {Code::enter, 0};
        case '\t':
            return {Code::tab, 0};
        case 0x1B:
            return {Code::escape, 0};
        case 0x08:
        case 0x7F:
            return {Code::backspace, 0};
        default:
            return {Code::character, static_cast<char32_t>(character)};
    }
}

/// Text for a terminal that can't show anything but ASCII.
std::string ascii(const std::string& text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) >= 0x80) return "?";
    }
    return text;
}

}  // namespace

std::string terminal_missing() {
    if (isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0) return "";
    return "no terminal here: use `evglass live --once` for one frame, or `evglass dump`";
}

std::unique_ptr<Terminal> Terminal::take(const Options& options, std::string& error) {
    error = terminal_missing();
    if (!error.empty()) return nullptr;
    const char* type = std::getenv("TERM");
    const auto restore = restore_sequence(type, STDOUT_FILENO);
    if (!restore) {
        error = "the terminal type TERM=" + std::string(type == nullptr ? "" : type) +
                " is not known here: set TERM (xterm-256color, linux, ...), or use --once";
        return nullptr;
    }
    save_terminal(STDIN_FILENO, STDOUT_FILENO, *restore + std::string(kMouseOff));
    if (newterm(nullptr, stdout, stdin) == nullptr) {
        forget_terminal();
        error = "the terminal can't be set up: use `evglass live --once` or `evglass dump`";
        return nullptr;
    }
    return std::unique_ptr<Terminal>(new Terminal(options));
}

Terminal::Terminal(const Options& options) : options_(options) {
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(25);
    curs_set(0);
    // Ours is the report's coding, whatever this terminal's entry in terminfo says of it.
    define_key(kMouseReport.data(), 0);
    define_key(kMouseReport.data(), kMouseKey);
    choose_looks();
}

Terminal::~Terminal() {
    use_mouse(false);
    endwin();
    forget_terminal();
}

void Terminal::choose_looks() {
    const bool color =
        options_.color && has_colors() && start_color() == OK && use_default_colors() == OK;
    const bool many = color && COLORS >= 256;
    for (std::size_t i = 0; i < attributes_.size(); ++i) {
        const Look& l = look(static_cast<Style>(i));
        unsigned long attribute = l.bold ? A_BOLD : 0;
        // With 256 colours grey says "dim" better than A_DIM, which some terminals can't show.
        if (l.dim && !many) attribute |= A_DIM;
        if (!color && l.reverse_plain) attribute |= A_REVERSE;
        attributes_[i] = attribute;
        if (!color) continue;
        const auto pair = static_cast<short>(i + 1);
        init_pair(pair, static_cast<short>(many ? l.text256 : l.text8),
                  static_cast<short>(many ? l.ground256 : l.ground8));
        pairs_[i] = pair;
    }
}

int Terminal::columns() const {
    return getmaxx(stdscr);
}
int Terminal::rows() const {
    return getmaxy(stdscr);
}

void Terminal::show(const Grid& grid) {
    erase();
    for (int y = 0; y < grid.height(); ++y) {
        for (int x = 0; x < grid.width();) {
            const Style style = grid.at(x, y).style;
            const int begin = x;
            std::string text;
            for (; x < grid.width() && grid.at(x, y).style == style; ++x) {
                const Cell& cell = grid.at(x, y);
                text += options_.utf8 ? cell.text : ascii(cell.text);
                // The other half of a wide character that could not be shown.
                if (!options_.utf8 && cell.width == 0) text += ' ';
            }
            const auto i = static_cast<std::size_t>(style);
            attr_set(static_cast<attr_t>(attributes_[i]), pairs_[i], nullptr);
            mvaddstr(y, begin, text.c_str());
        }
    }
    refresh();
}

void Terminal::use_mouse(bool on) {
    if (on == mouse_) return;
    mouse_ = on;
    const std::string_view sequence = on ? kMouseOn : kMouseOff;
    std::fwrite(sequence.data(), 1, sequence.size(), stdout);
    std::fflush(stdout);
}

/// ^Z: the terminal is the shell's until we are continued, and then as it was.
void Terminal::suspend() {
    const bool mouse = mouse_;
    use_mouse(false);
    endwin();
    stop_until_continued();
    clearok(curscr, TRUE);
    refresh();
    use_mouse(mouse);
}

std::vector<Key> Terminal::wait(int milliseconds) {
    pollfd fds[] = {{STDIN_FILENO, POLLIN, 0}, {signal_fd(), POLLIN, 0}};
    const int ready = poll(fds, 2, milliseconds);
    std::vector<Key> keys;
    if (stop_asked()) {
        suspend();
        keys.push_back({Key::Code::resize, 0});  // to be drawn anew, perhaps at another size
    }
    // A report comes as a whole. One that has not ended when nothing comes will never end.
    if (ready == 0) mouse_reader_.drop();
    read_keys(keys);
    // The terminal hung up without a signal: reading it will never bring anything again.
    if (keys.empty() && (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) note_hangup();
    return keys;
}

void Terminal::read_keys(std::vector<Key>& keys) {
    constexpr wint_t kControlL = 0x0C;
    constexpr std::size_t kMost = 64;  // a held-down key must not keep frames away
    wint_t code = 0;
    while (keys.size() < kMost) {
        const int got = get_wch(&code);
        if (got == ERR) break;
        if (got == OK && mouse_reader_.takes(code)) {
            if (const auto key = mouse_reader_.take_key()) keys.push_back(*key);
            continue;
        }
        if (got == OK && code == kControlL) clearok(curscr, TRUE);  // draw it all anew
        if (got == OK) {
            keys.push_back(plain_key(code));
        } else if (code == kMouseKey) {
            mouse_reader_.begin();
        } else if (const auto key = special_key(code)) {
            mouse_reader_.drop();
            keys.push_back(*key);
        }
    }
}

}  // namespace evglass::viz
