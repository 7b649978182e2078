// From a learner's file to a program: which compiler is called, with what, for each way to build an
// exercise (../FORMAT.md, "Other builds"). The Makefile builds the author's files in the same ways.
#pragma once

#include <string>

#include "lessons/runner/labels.h"
#include "lessons/runner/lesson_file.h"

namespace evglass::lessons {

/// Where the parts are that a learner's program is made of.
struct Toolchain {
    std::string root;     ///< of the source tree, or where lessons/ was installed
    std::string include;  ///< of the public headers
    std::string lib;      ///< of the libraries
};

struct Built {
    std::string error;     ///< one line; empty: the program is there
    std::string messages;  ///< what the compiler said, made safe
};

/// `directory`: of the exercise (lessons/NN-slug/exercise). Warnings are errors here: a learner
/// sees them.
Built build_exercise(const Exercise& exercise, const Toolchain& tools, const std::string& directory,
                     const std::string& source, const std::string& program,
                     const Labels& words = Labels());

}  // namespace evglass::lessons
