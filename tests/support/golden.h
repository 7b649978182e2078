// Frames on file: a frame as text, with one letter for each cell's style, held against what
// somebody has looked at. EVGLASS_UPDATE_FRAMES=1 writes the file anew: look at what changed.
#pragma once

#include <string>

#include "viz/live/grid.h"

namespace evglass::viz::testing {

/// A frame and its styles under a title.
std::string told_frame(const std::string& title, const Grid& grid);
/// Compares with the file `path` of the source tree; a difference fails the test, line by line.
void expect_as_on_file(const std::string& path, const std::string& all);

}  // namespace evglass::viz::testing
