// Runs a program to its end and keeps what it wrote: the driver's only way to look at a scenario.
// It never waits for ever: a program that takes too long or says too much is killed, and the
// transcript says so.
// Read next: child.cc, conformance_test.cc.
#pragma once

#include <string>
#include <vector>

namespace evglass::conformance {

/// NAME=VALUE, added to the environment of the program.
using Environment = std::vector<std::string>;

struct Outcome {
    std::vector<std::string> lines;  ///< of standard output; the last one says how it ended
};

Outcome run_program(const std::vector<std::string>& command, const Environment& environment,
                    int limit_ms = 30000);

}  // namespace evglass::conformance
