// All runs of one lesson's program, finished, each knowing the others. A run that is named may end
// without a trace (its program may be made to crash at once); the first may not.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "lessons/runner/program.h"

namespace evglass::lessons {

class LessonRuns {
 public:
    LessonRuns(const Lesson& lesson, const std::string& program);
    LessonRuns(const LessonRuns&) = delete;
    LessonRuns& operator=(const LessonRuns&) = delete;

    /// One line; empty: first() may be asked.
    const std::string& error() const { return error_; }
    /// What the program printed that could not be run as it should.
    const std::string& output() const { return output_; }
    const Run& first() const { return *runs_.front().run; }

 private:
    ScratchDirectory scratch_;
    std::deque<ProgramRun> runs_;
    std::string error_, output_;
};

}  // namespace evglass::lessons
