// See terminfo.h.
#include "viz/live/terminfo.h"

#include <curses.h>
#include <term.h>

namespace evglass::viz {

std::optional<std::string> restore_sequence(const char* type, int output) {
    int reason = 0;
    if (type == nullptr || setupterm(type, output, &reason) != OK) return std::nullopt;
    std::string sequence;
    for (const char* name : {"sgr0", "rmkx", "cnorm", "rmcup"}) {
        const char* text = tigetstr(name);
        if (text != nullptr && text != reinterpret_cast<const char*>(-1)) sequence += text;
    }
    return sequence;
}

}  // namespace evglass::viz
