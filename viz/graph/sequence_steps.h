// One event from event_add to its callback, as messages between five parties. Pure data:
// sequence.cc draws it. Records that are no part of the way are counted, not told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "viz/graph/scene.h"

namespace evglass::viz::graph {

/// From left to right.
enum class Party { program, event, base, backend, kernel };
inline constexpr Party kParties[] = {Party::program, Party::event, Party::base, Party::backend,
                                     Party::kernel};

struct SequenceStep {
    std::uint64_t record = 0;
    std::int64_t time_ns = 0;
    Party from = Party::program, to = Party::program;      ///< the same: something happens there
    std::string text;                                      ///< raw
    trace::EventState state = trace::EventState::unknown;  ///< of the event, where it changed
    std::uint64_t gap = 0;  ///< not 0: so many records are left out here, and nothing else is told
};

/// The way of scene.event through scene.records: its last add, and its last callback before the
/// end.
std::vector<SequenceStep> sequence_steps(const Scene& scene);

}  // namespace evglass::viz::graph
