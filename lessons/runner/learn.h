// The door of the lesson runner: what the command `evglass learn` needs, and nothing else.
// It runs a lesson's program under trace and walks the learner through the stops of its text. It
// never includes the reactor: all that it knows of a run, it reads from the trace.
// Read next: session.h (the walk), lesson_file.h (what a lesson is), ../FORMAT.md (how to write
// one).
#pragma once

#include <string>

namespace evglass::lessons {

struct LearnOptions {
    enum class Action {
        start,  ///< walk through `lesson` (or the first one that is not done)
        list,   ///< all lessons, with the learner's progress
        check,  ///< run every stop, expectation and prediction of `lesson`; empty: of all lessons
        reset,  ///< forget the progress of `lesson`; empty: of all lessons
    };
    Action action = Action::start;
    std::string lesson;  ///< "8", "08", "four-calls" or "08-four-calls"; empty: see Action
    std::string language =
        "en";                  ///< "en" or "zh"; a lesson without that language is shown in English
    bool plain = false;        ///< no questions, no colour: prints the whole walk and ends
    std::string lessons_dir;   ///< where the lessons are; empty: found beside the command
    std::string programs_dir;  ///< where their programs are; empty: found beside the command
};

/// The command. Returns the exit status: 0 well, 1 something in a lesson is not so, 2 bad use.
int learn_main(const LearnOptions& options);

}  // namespace evglass::lessons
