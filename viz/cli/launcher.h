// Starts a program under trace: evglass's libraries come first in LD_LIBRARY_PATH, EVGLASS_TRACE
// says where to and what. Arguments, terminal, signals and exit status pass through untouched; no
// shell is involved. Read next: program.h (which programs can be traced).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "trace/locate.h"

namespace evglass::viz::cli {

/// What to record, as the options of `run` and `live` say it.
struct Recording {
    std::string file;        ///< empty: a name in the private directory
    bool full = false;       ///< everything instead of the newest
    std::string size;        ///< "64M"; empty: the default
    std::string categories;  ///< "state,call" or "all"; empty: the default

    /// The value of EVGLASS_TRACE; on failure `error` gets one line.
    std::string variable(std::string& error) const;
};

struct Launch {
    std::vector<std::string> program;  ///< its name and arguments
    std::string trace;                 ///< the value of EVGLASS_TRACE
    std::string output;  ///< a file for its stdout and stderr (stdin is empty then); empty: ours
    bool apart = false;  ///< in a process group of its own: the terminal's ^C doesn't reach it
};

struct Launched {
    pid_t pid = -1;
    std::string path;   ///< the program's file
    std::string note;   ///< one line of doubt, as Program::note
    std::string error;  ///< one line; then nothing was started
};
Launched launch(const Launch& launch);

/// Blocks the signals that wait_for_program() passes on. To be called before launch(), by a process
/// with one thread.
void hold_signals();
/// Waits for the program to end, passing on what is sent to us (^C of a terminal reaches it by
/// itself). Returns its exit status, or 128 and the signal's number.
int wait_for_program(pid_t pid);

/// Is this a trace of the process that was started, of a child of it, or of the daemon that it
/// became? (The file is made, and named, before a daemon forks.)
bool is_of_program(const trace::TraceEntry& entry, pid_t pid);

/// Where evglass's libraries lie; empty, and a line in `error`, if they are not beside the command.
std::string library_directory(std::string& error);

}  // namespace evglass::viz::cli
