// See full_screen.h.
#include "lessons/runner/full_screen.h"

#include <langinfo.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "viz/live/signals.h"
#include "viz/live/terminal.h"

namespace evglass::lessons {
namespace {

constexpr int kRest = 500;  // milliseconds; how often a watched file is looked at

}  // namespace

bool has_full_screen() {
    const char* term = std::getenv("TERM");
    return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 && term != nullptr &&
           std::string_view(term) != "dumb";
}

bool locale_has_utf8() {
    std::setlocale(LC_ALL, "");
    return std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

bool show_full_screen(Lecture& lecture, bool colour) {
    int signal = 0;
    {
        const viz::SignalGuard guard;
        std::string ignored;
        const auto take = [&] {
            return viz::Terminal::take({.color = colour, .utf8 = locale_has_utf8()}, ignored);
        };
        auto terminal = take();
        if (terminal == nullptr) return false;
        bool changed = true;  // a new size comes as a key
        while (!lecture.left() && viz::ending_signal() == 0) {
            if (changed) terminal->show(lecture.frame(terminal->columns(), terminal->rows()));
            if (lecture.wants_editor()) {
                terminal.reset();
                lecture.run_editor();
                terminal = take();
                if (terminal == nullptr) break;
                continue;
            }
            changed = lecture.wants_check();
            if (changed) {
                lecture.run_check();
                continue;
            }
            for (const viz::Key& key : terminal->wait(kRest)) {
                lecture.press(key);
                changed = true;
            }
            lecture.tick();
            changed = changed || lecture.wants_check();
        }
        signal = viz::ending_signal();
    }
    if (signal != 0) raise(signal);
    return true;
}

}  // namespace evglass::lessons
