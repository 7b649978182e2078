// What lanes.h declares.
#include "viz/report/lanes.h"

#include <algorithm>

#include "trace/text.h"

namespace evglass::viz::report {

void Lanes::step(const trace::Step& step) {
    if (!step.change.error.empty() && problems_.size() < kProblems)
        problems_.push_back({step.record.number, step.change.error});
}

void Lanes::state(const exports::StateSpan& state) {
    Lane& lane = lanes_[state.event];
    lane.title = state.title;
    if (state.state == trace::EventState::unknown) return;
    if (lane.spans.size() >= kSpansOfLane) {
        ++lane.hidden;
        return;
    }
    lane.spans.push_back({state.span.began_ns, state.span.began_ns + state.span.duration_ns(),
                          state.state, state.span.first, state.cause});
}

void Lanes::life(const exports::EventLife& life) {
    Lane& lane = lanes_[life.name];
    lane.ordinal = life.event.ordinal;
    lane.fires = life.event.fires;
    if (lane.title.empty()) lane.title = life.name;
    // Its first spans began before it was given its name.
    const std::string name = trace::safe(life.event.name);
    if (lane.title.starts_with(life.name) && !name.empty() &&
        !lane.title.starts_with(life.name + " " + name))
        lane.title.insert(life.name.size(), " " + name);
}

std::vector<Lane> Lanes::chosen() const {
    std::vector<Lane> out;
    for (const auto& [name, lane] : lanes_) out.push_back(lane);
    std::ranges::stable_sort(out, [](const Lane& a, const Lane& b) {
        return a.fires != b.fires ? a.fires > b.fires : a.ordinal < b.ordinal;
    });
    if (out.size() > kLanes) out.resize(kLanes);
    std::ranges::stable_sort(out,
                             [](const Lane& a, const Lane& b) { return a.ordinal < b.ordinal; });
    return out;
}

}  // namespace evglass::viz::report
