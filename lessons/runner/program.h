// Runs a program of a lesson under trace: the lesson's own, or a learner's, alone or with the
// driver that talks to it. Bounded in time; the program gets no file descriptors but its standard
// ones, and none of the variables that change what a loop does, so that every run is the same. Read
// next: runs.h (all runs of a lesson), exercise.h (a learner's file).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lessons/runner/labels.h"
#include "lessons/runner/lesson_file.h"
#include "lessons/runner/moment.h"

namespace evglass::lessons {

/// A directory of mode 0700 that is removed with all that is in it.
class ScratchDirectory {
 public:
    ScratchDirectory();
    ~ScratchDirectory();
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    const std::string& path() const { return path_; }  ///< empty if it could not be made

 private:
    std::string path_;
};

struct ProgramRun {
    std::optional<Run> run;
    std::string error;   ///< empty where run is set
    bool ended = false;  ///< it ended as it should, whether it left a trace or not
    RunEnd end;          ///< what it printed, as far as it came
    std::string driver;  ///< one line of the driver, where that was not content; else empty
    RunEnd driver_end;
};

/// What a driver needs, beside the program.
struct Driver {
    std::string program;  ///< empty: there is none
    std::uint64_t seed = 0;
    int port = 0;
    int stop_signal = 0;  ///< sent to the learner's program when the driver is done; 0: none
};

/// Runs it. The run's files in the scratch directory begin with the start's name.
ProgramRun run_program(const std::string& program, const ScratchDirectory& scratch,
                       const Start& start = {}, const Driver& driver = {},
                       const Labels& words = Labels());
/// A TCP port of 127.0.0.1 that nobody listens on at this moment; 0 if none can be had.
int free_port();

}  // namespace evglass::lessons
