// What a stop shows: the model at one record as lines of text, one pane after the other. Pure
// functions of a Moment: nothing is asked of a terminal or of the traced program.
#pragma once

#include <string>
#include <string_view>

#include "lessons/runner/labels.h"
#include "lessons/runner/moment.h"

namespace evglass::lessons {

/// The pane's name is known ("heap", "event timer", ...): empty, else one line that says what is.
std::string check_pane(std::string_view pane);
/// The pane as lines of at most `width` cells. `root`: where src/ and lessons/ are, for the source.
std::string show_pane(std::string_view pane, const Moment& moment, const std::string& root,
                      int width, const Labels& words = Labels());

}  // namespace evglass::lessons
