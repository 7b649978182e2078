// The frame of the page: its style and its script. Nothing in them comes from a trace.
#pragma once

namespace evglass::viz::report {

extern const char* const kStyle;
extern const char* const kScript;

}  // namespace evglass::viz::report
