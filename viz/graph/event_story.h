// One event's life as records tell it: each change of its state, with the function that made it.
// It keeps nothing but flags, so it works on any stretch of a trace. event.cc draws it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "viz/graph/scene.h"

namespace evglass::viz::graph {

struct EventStep {
    std::uint64_t record = 0;
    std::int64_t time_ns = 0;
    trace::EventState before = trace::EventState::unknown, after = trace::EventState::unknown;
    std::string function;  ///< raw
    std::string why;       ///< what came just before and explains it; may be empty
};

/// The changes of state of scene.event in scene.records.
std::vector<EventStep> event_story(const Scene& scene);

/// Does this record have the event in it?
bool concerns_event(const trace::Record& record, trace::Address event);

}  // namespace evglass::viz::graph
