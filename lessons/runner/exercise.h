// A learner's program against an exercise: run several times, each time with other numbers, and
// checked on its trace and its behaviour. It compiles nothing (build.h) and prints nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/runner/check.h"
#include "lessons/runner/program.h"

namespace evglass::lessons {

/// The built parts of an exercise.
struct ExercisePrograms {
    std::string program;    ///< the learner's
    std::string driver;     ///< the author's; used where the exercise has one
    std::string reference;  ///< the scenarios on the library as it is; for Build::scenarios
};

struct Attempt {
    bool passed = false;
    std::size_t checks = 0;  ///< that were passed, in all runs
    std::uint64_t seed = 0;  ///< of the run that failed, else of the last one
    std::string input;       ///< what that run was given: "seed 12, bytes 4"
    std::vector<Outcome> failures;
    std::string output;  ///< what the program printed in that run
};

/// The first run that fails ends it: its failures are what a learner sees.
Attempt try_exercise(const Exercise& exercise, const ExercisePrograms& programs, std::uint64_t seed,
                     const Labels& words = Labels());

}  // namespace evglass::lessons
