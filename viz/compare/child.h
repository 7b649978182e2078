// Runs a program to its end and keeps what it said: the lab for each case, gnuplot for each plot.
// Bounded in time, and by a signal to us (viz/live/signals.h). It never shows anything.
#pragma once

#include <string>
#include <vector>

namespace evglass::viz::compare {

struct ChildRun {
    std::string output;    ///< its stdout
    std::string error;     ///< empty, or one line: it could not be started, failed, took too long
    bool missing = false;  ///< there is no such program
};

/// `arguments[0]` is searched in $PATH. `variables` are added to an environment without those that
/// change what a loop does (EVENT_*, EVGLASS_*). `input` is its stdin.
ChildRun run_child(const std::vector<std::string>& arguments,
                   const std::vector<std::string>& variables, const std::string& input,
                   int seconds);

}  // namespace evglass::viz::compare
