// Lines of source around a place that a trace names: where a record was emitted, or the callback
// that the loop is calling. Reads files under the project's root alone; a path that leads out of it
// is not opened.
#pragma once

#include <string>

#include "lessons/runner/moment.h"

namespace evglass::lessons {

/// The lines around the place where the moment's record was emitted.
std::string show_source(const Moment& moment, const std::string& root, int width);
/// The lines where the callback begins that the loop calls at this moment.
std::string show_callback(const Moment& moment, const std::string& root, int width);

}  // namespace evglass::lessons
