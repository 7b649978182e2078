// The walk through one lesson: shows page after page, asks the predictions, tests the claims.
// It talks to two streams and knows no terminal, so that a test can be the learner.
// Read next: check.h (what is claimed), panes.h (what is shown).
#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>

#include "lessons/runner/check.h"

namespace evglass::lessons {

struct SessionOptions {
    bool interactive = false;  ///< false: prints the whole walk, with the answers
    bool colour = false;
    int width = 80;
    std::size_t first_page = 0;
    std::string language = "en";                 ///< of the labels
    std::string root;                            ///< where src/ and lessons/ are
    std::function<void(std::size_t page)> read;  ///< told when a page was read; may be empty
};

struct SessionResult {
    bool finished = false;   ///< the learner came to the end
    std::size_t failed = 0;  ///< claims that are not so
    std::size_t asked = 0, right = 0;
};

SessionResult walk(const Lesson& lesson, const Run& run, const SessionOptions& options,
                   std::istream& in, std::ostream& out);

}  // namespace evglass::lessons
