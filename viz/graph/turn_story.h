// One turn of the loop told as phases, made from the turn's records. Pure data: turn.cc draws it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "viz/graph/scene.h"

namespace evglass::viz::graph {

/// Something that happened in a phase, in a few words.
struct TurnLine {
    std::uint64_t record = 0;
    std::string text;  ///< raw: it may hold names of the traced program
    int depth = 0;     ///< 1 and more: inside a callback
};

struct TurnPhase {
    std::string name;
    std::int64_t began_ns = 0;
    std::int64_t duration_ns = 0;
    std::vector<TurnLine> lines;
    std::uint64_t others = 0;  ///< records that got no line
};

struct TurnStory {
    std::uint64_t turn = 0;
    std::int64_t began_ns = 0;
    std::int64_t duration_ns = 0;
    std::vector<TurnPhase> phases;
    bool whole = false;  ///< the records begin with the turn's turn_begin
};

/// Tells scene.records, which are those of one turn. Records of other bases are left out.
TurnStory tell_turn(const Scene& scene);

}  // namespace evglass::viz::graph
