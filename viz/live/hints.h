// The last line: the keys that do something here and now. Which key does what is decided by
// input.cc and app.cc; the help screen tells all of them.
#pragma once

#include "viz/live/view.h"

namespace evglass::viz {

void draw_hints(Canvas canvas, int y, const Moment& moment, const ViewState& view);

}  // namespace evglass::viz
