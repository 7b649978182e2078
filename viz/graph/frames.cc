// Turns and records in order.
#include "viz/graph/frames.h"

namespace evglass::viz::graph {

namespace {

// The base that is meant: by its name, else the one whose record was last.
trace::Address base_of(trace::Timeline& timeline, const Asked& asked) {
    const trace::Model& model = timeline.head();
    if (!asked.base.empty()) return trace::Names(model).find(asked.base);
    const trace::Base* base = model.current_base();
    return base == nullptr ? 0 : base->address;
}

}  // namespace

Frames frames(trace::Timeline& timeline, const std::string& every, const Asked& asked) {
    Frames out;
    const bool turns = every == "turn";
    const trace::Address base = base_of(timeline, asked);
    for (const trace::Record* r = timeline.at(asked.at.value_or(0)); r != nullptr;
         r = timeline.after(r->number)) {
        const auto* begin = r->as<trace::rec::turn_begin>();
        if (turns && (begin == nullptr || begin->base != base)) continue;
        if (turns && asked.turn && begin->turn < *asked.turn) continue;
        Frame frame{turns ? begin->turn : r->number, asked};
        frame.asked.at = turns ? std::nullopt : std::optional(r->number);
        frame.asked.turn = turns ? std::optional(begin->turn) : std::nullopt;
        out.moments.push_back(std::move(frame));
    }
    if (out.moments.empty()) out.error = "the trace holds no " + every + " from there on";
    return out;
}

}  // namespace evglass::viz::graph
