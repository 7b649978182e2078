// The legal edges: those that a queue makes are worked out from moves.def, by trying every move on
// every set of flags; those of an event's birth, end and callback are listed here.
#include "viz/graph/state_edges.h"

#include <algorithm>
#include <iterator>

#include "trace/schema.h"

namespace evglass::viz::graph {
namespace {

using enum trace::EventState;

constexpr int kActive = 0x08, kLater = 0x20, kInit = 0x80;

// An event leaves its queue before its callback is called. So a callback begins in the state that
// the event is left in, and it ends in the one that the callback made.
const LegalEdge kLife[] = {
    {unknown, initialized, "event_assign"},
    {active, running, "its callback is called"},
    {pending, running, "its callback is called"},
    {initialized, running, "its callback is called"},
    {running, initialized, "the callback returned"},
    {running, pending, "the callback returned"},
    {running, active, "the callback returned, and it is active again"},
    {initialized, unknown, "event_free"},
    {running, unknown, "freed in its own callback"},
};

using Edge = std::pair<trace::EventState, trace::EventState>;

std::map<Edge, std::string> edges_of_moves() {
    std::map<Edge, std::string> found;
    for (int before = 0; before <= 0xff; ++before) {
        const bool both = (before & kActive) != 0 && (before & kLater) != 0;
        if (both || (before & kInit) == 0) continue;
        for (const trace::MoveRule& move : trace::kMoveRules) {
            if ((before & move.needs) != move.needs || (before & move.forbids) != 0) continue;
            const int after = move.sets ? before | move.flag : before & ~move.flag;
            const Edge edge{trace::state_of_flags(before), trace::state_of_flags(after)};
            if (edge.first == edge.second) continue;
            std::string& how = found[edge];
            if (how.find(move.name) == std::string::npos)
                how += (how.empty() ? "" : ", ") + std::string(move.name);
        }
    }
    return found;
}

std::vector<LegalEdge> all_edges() {
    std::vector<LegalEdge> out(std::begin(kLife), std::end(kLife));
    for (const auto& [edge, how] : edges_of_moves()) out.push_back({edge.first, edge.second, how});
    return out;
}

}  // namespace

const std::vector<LegalEdge>& legal_edges() {
    static const std::vector<LegalEdge> all = all_edges();
    return all;
}

bool is_legal(trace::EventState from, trace::EventState to) {
    return std::ranges::any_of(
        legal_edges(), [&](const LegalEdge& edge) { return edge.from == from && edge.to == to; });
}

std::string function_of(int before, int after, const std::string& site_function) {
    for (const trace::MoveRule& move : trace::kMoveRules)
        if ((before ^ after) == move.flag && ((after & move.flag) != 0) == move.sets)
            return "event_queue_" + std::string(move.name);
    return site_function;
}

EdgeFunctions edge_functions(const trace::Base& base) {
    std::map<Edge, std::map<std::string, std::uint64_t>> sums;
    for (const auto& [key, count] : base.flag_edges) {
        const auto& [before, after, function] = key;
        const Edge edge{trace::state_of_flags(before), trace::state_of_flags(after)};
        if (edge.first != edge.second) sums[edge][function_of(before, after, function)] += count;
    }
    EdgeFunctions out;
    for (const auto& [edge, functions] : sums) {
        auto& list = out[edge];
        list.assign(functions.begin(), functions.end());
        std::ranges::stable_sort(list,
                                 [](const auto& a, const auto& b) { return a.second > b.second; });
    }
    return out;
}

}  // namespace evglass::viz::graph
