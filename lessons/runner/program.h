// Runs a lesson's program under trace, in a private directory that goes with the object. Bounded in
// time; the program gets no file descriptors but its standard ones, and none of the variables that
// change what a loop does, so that every run is the same.
#pragma once

#include <optional>
#include <string>

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
    std::string output;  ///< what the program printed
};

ProgramRun run_program(const std::string& program, const ScratchDirectory& scratch);

}  // namespace evglass::lessons
