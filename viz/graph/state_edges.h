// Which changes of an event's state are legal, and which functions made those that were seen. The
// legal ones come from the list that the reactor itself is checked against (trace/moves.def), so
// the diagram of states can't drift from the library.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "trace/model.h"

namespace evglass::viz::graph {

/// `unknown` as `from` stands for an event that is not yet known, as `to` for one that is gone.
struct LegalEdge {
    trace::EventState from, to;
    std::string how;
};

/// Every legal edge once, in a fixed order.
const std::vector<LegalEdge>& legal_edges();
bool is_legal(trace::EventState from, trace::EventState to);

/// What makes this change of flags: the libevent name of the one queue operation that moves.def has
/// for it (all pass one funnel, whose own name says little), else the function of the probe's site.
std::string function_of(int before, int after, const std::string& site_function);

/// For each edge between two states: the functions that took it, most often first.
using EdgeFunctions = std::map<std::pair<trace::EventState, trace::EventState>,
                               std::vector<std::pair<std::string, std::uint64_t>>>;
EdgeFunctions edge_functions(const trace::Base& base);

}  // namespace evglass::viz::graph
