// A moment as one JSON object, for scripts: `evglass live FILE|PID --json`. What the screens show
// stands in it under names that stay: programs read them.
// Read next: snapshot.cc, whose functions are the schema.
#pragma once

#include <string>

#include "viz/live/moment.h"

namespace evglass::viz {

/// Ends with a newline.
std::string snapshot_json(const Moment& moment);

}  // namespace evglass::viz
