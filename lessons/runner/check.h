// Is it so? Finds a lesson's stops in a run and tests what the lesson claims there. It prints
// nothing; session.h shows the outcomes, `learn check` counts them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/runner/labels.h"
#include "lessons/runner/lesson_file.h"
#include "lessons/runner/moment.h"

namespace evglass::lessons {

/// One claim of a stop and whether the run bears it out.
struct Outcome {
    bool passed = true;
    int line = 0;  ///< of the lesson's file
    /// Passed: the claim; else what was expected, what the trace shows, and where, in one line.
    std::string text;
    /// The parts of that line, for a learner. `expected` is empty where there are none.
    struct Parts {
        std::string why, expected, seen, where;
    } parts = {};
    bool unasked = false;  ///< it asks a driver for what that did not come to say
};

/// Where the pages of a lesson are in its runs: moments[i] belongs to pages[i]. The first is the
/// first run's first record; a page without a stop is where the page before it is. `missing` is set
/// at the first stop that is not there, and no page follows then.
struct Located {
    std::vector<Moment> moments;
    std::vector<Outcome> missing;
};
Located locate_pages(const Lesson& lesson, const Run& run);

/// What the run says of a myth.
struct Verdict {
    bool asked = false;  ///< else `error` says why it could not be
    bool is_true = false;
    std::string evidence;  ///< "count(name=sys_mmap) is 0; ..."
    std::string error;
};
Verdict judge(const Myth& myth, const Run& run);

/// All claims of one stop, at its record.
std::vector<Outcome> check_stop(const Stop& stop, const Moment& moment,
                                const Labels& words = Labels());
/// All claims of a lesson, the {{...}} of its text and its myths too. Not its exercise.
std::vector<Outcome> check_lesson(const Lesson& lesson, const Run& run);
/// All checks of an exercise that its run can answer.
std::vector<Outcome> check_attempt(const Exercise& exercise, const Run& run,
                                   const Labels& words = Labels());

/// Can that be an answer at all? A number is not answered by a word.
bool could_answer(const std::string& given, const Value& answer);
/// Is the learner's answer the run's? Numbers may be off by the tolerance; lists may be written
/// with commas or spaces.
bool same_answer(const std::string& given, const Value& answer, double tolerance);

}  // namespace evglass::lessons
