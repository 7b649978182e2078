// See runs.h.
#include "lessons/runner/runs.h"

namespace evglass::lessons {

LessonRuns::LessonRuns(const Lesson& lesson, const std::string& program) {
    std::map<std::string, OtherRun> all;
    for (const Start& start : lesson.runs) {
        ProgramRun& done = runs_.emplace_back(run_program(program, scratch_, start));
        const bool ended_well = done.run || (!start.name.empty() && done.ended);
        if (!ended_well) {
            error_ = start.name.empty() ? done.error : "run '" + start.name + "': " + done.error;
            output_ = done.end.output;
            return;
        }
        if (!start.name.empty()) all[start.name] = {done.run ? &*done.run : nullptr, &done.end};
    }
    for (ProgramRun& done : runs_)
        if (done.run) done.run->set_others(all);
}

}  // namespace evglass::lessons
