// Is it so? Finds a lesson's stops in a run and tests what the lesson claims there. It prints
// nothing; session.h shows the outcomes, `learn check` counts them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/runner/lesson_file.h"
#include "lessons/runner/moment.h"

namespace evglass::lessons {

/// One claim of a stop and whether the run bears it out.
struct Outcome {
    bool passed = true;
    int line = 0;  ///< of the lesson's file
    std::string
        text;  ///< passed: the claim; else what was expected, what the trace shows, and where
};

/// Where the stops of a lesson are in a run. records[i] belongs to pages[i]; the first is the
/// trace's first record. `missing` is set at the first stop that is not there.
struct Located {
    std::vector<std::uint64_t> records;
    std::vector<Outcome> missing;
};
Located locate_stops(const Lesson& lesson, const Run& run);

/// All claims of one stop, at its record.
std::vector<Outcome> check_stop(const Stop& stop, const Moment& moment);
/// All claims of a lesson, the {{...}} of its text too.
std::vector<Outcome> check_lesson(const Lesson& lesson, const Run& run);

/// Is the learner's answer the run's? Numbers may be off by the tolerance; lists may be written
/// with commas or spaces.
bool same_answer(const std::string& given, const Value& answer, double tolerance);

}  // namespace evglass::lessons
