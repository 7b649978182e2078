// What the terminal shows while a large trace is read for the first time (trace_index.h): how far
// that is. Read next: live.cc.
#pragma once

#include <string>

#include "viz/live/grid.h"

namespace evglass::viz {

/// `part`: from 0 to 1.
Grid reading_frame(const std::string& path, double part, int columns, int rows, bool unicode);

}  // namespace evglass::viz
