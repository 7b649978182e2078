// The entry to the live view: what `evglass live PID | FILE | -- PROG ARGS...` comes down to.
// The command line (viz/cli) finds the trace of a PID and starts PROG; this room only watches.
// It never starts a process and never parses a command line.
// Read next: app.h (input, state, drawing), session.h (time), view.h (the screens).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace evglass::viz {

/// What to watch and how to show it. The caller fills it in; nothing here is read twice.
struct LiveOptions {
    std::string trace_path;  ///< the trace: of a running process, or a file
    /// The process that was started for this view (`-- PROG`): it is our child, and this view
    /// reaps it. The caller puts it into its own process group, so that ^C here doesn't end it.
    std::optional<pid_t> child;
    /// Where the child's stdout and stderr go (a file); shown as its own screen. Empty: none.
    std::string output_path;
    /// The trace belongs to a running process that may be held and stepped.
    bool controllable = false;
    std::uint64_t at = 0;  ///< begin at this record (0: now, the newest)

    bool once = false;  ///< print one frame as text and return; needs no terminal
    bool json = false;  ///< with once: one JSON object instead of a frame
    int columns = 0;    ///< the size of that frame; 0: $COLUMNS and $LINES, else 80x24
    int rows = 0;
    bool plain = false;         ///< no colours, and ASCII lines
    bool ascii = false;         ///< ASCII lines
    bool no_color = false;      ///< no colours ($NO_COLOR asks for the same)
    bool follow_forks = false;  ///< change to a forked child when it begins to tell
    bool mouse = false;         ///< clicks and the wheel are the view's from the start
    std::string keys;  ///< keys pressed before the first frame (tests), as parse_keys reads them
};

/// Watches until the user leaves. Returns the exit status: 0, or 2 with one line on stderr (no
/// terminal, not a trace). A child that still runs goes on; a last line on stdout says so.
int live_main(const LiveOptions& options);

class Terminal;
/// Shows a recording, from record `at` on, on a terminal that is taken, until the user leaves it.
/// One line of why not, or empty. REQUIRES: a SignalGuard.
std::string watch_recording(Terminal& terminal, const std::string& path, std::uint64_t at,
                            bool unicode);

/// Empty if there is a terminal to watch on; else the line that live_main would fail with. Asked
/// before a program is started for nothing.
std::string terminal_missing();

}  // namespace evglass::viz
