// The door of the lesson runner: what the command `evglass learn` needs, and nothing else.
// It runs a lesson's program under trace and walks the learner through the stops of its text. It
// never includes the reactor: all that it knows of a run, it reads from the trace.
// Read next: session.h (the walk), lesson_file.h (what a lesson is), ../FORMAT.md (how to write
// one).
#pragma once

#include <cstdint>
#include <string>

namespace evglass::lessons {

struct LearnOptions {
    enum class Action {
        start,     ///< walk through `lesson` (or the first one that is not done)
        list,      ///< all lessons, with the learner's progress
        check,     ///< all claims, pictures and the exercise of `lesson`; empty: of all lessons
        reset,     ///< forget the progress of `lesson`; empty: of all lessons
        exercise,  ///< copy the starter for the learner, or check the learner's `file`
        watch,     ///< check the learner's `file` each time it is saved
        solution,  ///< show it, once the exercise was passed
        glossary,  ///< the words of the course, or the one in `lesson`
        site,      ///< write all lessons as pages into the directory `file`
    };
    Action action = Action::start;
    std::string lesson;  ///< "8", "08", "four-calls" or "08-four-calls"; empty: see Action
    std::string file;    ///< the learner's file; empty: NN-slug.cc in the current directory
    std::string language =
        "en";                  ///< "en" or "zh"; a lesson without that language is shown in English
    bool plain = false;        ///< no questions, no colour: prints the whole walk and ends
    std::uint64_t seed = 0;    ///< of the random inputs; 0: another one each time
    std::string lessons_dir;   ///< where the lessons are; empty: found beside the command
    std::string programs_dir;  ///< where their programs are; empty: found beside the command
};

/// The command. Returns the exit status: 0 well, 1 something in a lesson is not so, 2 bad use.
int learn_main(const LearnOptions& options);

}  // namespace evglass::lessons
