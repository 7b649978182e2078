// The picture of a stop: a view of `evglass graph`, drawn of the run at the stop's record.
// Read next: viz/graph/views.h (which views there are).
#pragma once

#include <string>
#include <string_view>

#include "lessons/runner/moment.h"

namespace evglass::lessons {

/// The view is known: empty, else one line that says which are.
std::string check_picture(std::string_view view);

struct Picture {
    std::string dot;
    std::string error;  ///< one line; empty: `dot` is the picture
};
Picture draw_picture(std::string_view view, const Moment& moment);

}  // namespace evglass::lessons
