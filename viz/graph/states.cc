// The picture of an event's states. Above: the states people speak of, with every legal edge; those
// that this trace took are thick and counted, and name the functions that took them. Below: the
// same in flags (EVLIST_*), only what was seen. An edge that the table of legal ones lacks is red:
// then this table or the library is wrong. Counts are of all events of the base, up to this record.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "viz/graph/card.h"
#include "viz/graph/dot.h"
#include "viz/graph/state_edges.h"
#include "viz/graph/style.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

using trace::EventState;

constexpr std::size_t kFunctions = 4;

// Where each state stands: always the same place, so that two pictures can be compared.
struct Place {
    EventState state;
    const char* position;
    const char* gloss;
};
constexpr Place kPlaces[] = {
    {EventState::initialized, "1.6,2.2!", "known to the base, waits for nothing"},
    {EventState::pending, "5.2,4.2!", "waits for an fd, a signal or a deadline"},
    {EventState::active, "8.8,2.2!", "in a queue, its callback will run"},
    {EventState::running, "5.2,0.2!", "its callback is being called"},
};

std::string node_of(EventState state) {
    return std::string(trace::state_name(state));
}

class StatesPicture {
 public:
    explicit StatesPicture(const Scene& scene)
        : scene_(scene),
          dot_(title(scene, "states of the events of " + scene.names.base(scene.base.address)),
               {{"layout", "neato"}, {"splines", "true"}, {"overlap", "true"}, {"esep", "4"}}),
          functions_(edge_functions(scene.base)) {}

    std::string draw() {
        for (const Place& place : kPlaces) state(place);
        end("new", "event_assign", "-0.6,3.6!");
        end("gone", "event_free", "-0.6,0.8!");
        for (const LegalEdge& legal : legal_edges()) edge(legal.from, legal.to, legal.how, true);
        for (const auto& [key, count] : scene_.base.edges)
            if (count > 0 && !is_legal(key.first, key.second))
                edge(key.first, key.second, "", false);
        return dot_.str();
    }

 private:
    void state(const Place& place) {
        const style::StateStyle& look = style::of(place.state);
        std::uint64_t now = 0;
        for (const auto& entry : scene_.model.events()) {
            const trace::Event& event = entry.second;
            if (event.base == scene_.base.address && event.alive && event.state() == place.state)
                ++now;
        }
        Html rows = Html::row(
            {Html::text(node_of(place.state)).bold().font({{"POINT-SIZE", "14"}}).cell()});
        rows += Html::row({Html::text(place.gloss, 60).font({{"POINT-SIZE", "9"}}).cell()});
        rows +=
            Html::row({Html::text(fmt::format("{} now", now)).font({{"POINT-SIZE", "9"}}).cell()});
        dot_.node(node_of(place.state),
                  rows.table({{"BORDER", look.border},
                              {"COLOR", look.line},
                              {"BGCOLOR", look.fill},
                              {"STYLE", "rounded"},
                              {"CELLBORDER", "0"},
                              {"CELLSPACING", "0"},
                              {"CELLPADDING", "3"}}),
                  {{"pos", place.position}});
    }

    void end(const std::string& id, const std::string& gloss, const std::string& position) {
        dot_.node(id,
                  Html::text(id).bold() + Html::br("center") +
                      Html::text(gloss).font({{"POINT-SIZE", "9"}}),
                  {{"shape", "ellipse"}, {"color", style::kLine}, {"pos", position}});
    }

    std::uint64_t count(EventState from, EventState to) const {
        const auto found = scene_.base.edges.find({from, to});
        return found == scene_.base.edges.end() ? 0 : found->second;
    }

    Html label(EventState from, EventState to, const std::string& how, std::uint64_t taken) const {
        Html out = Html::text(fmt::format("{}\u00d7", taken)).bold().font({{"POINT-SIZE", "11"}});
        const auto found = functions_.find({from, to});
        if (found == functions_.end()) {
            if (!how.empty()) out += Html::br("center") + Html::text(how, 60);
            return out;
        }
        std::size_t shown = 0;
        for (const auto& [function, times] : found->second) {
            if (shown++ == kFunctions) break;
            out += Html::br("center") + Html::text(fmt::format("{} {}", function, times), 60);
        }
        if (found->second.size() > kFunctions)
            out += Html::br("center") +
                   Html::text(fmt::format("+ {} more", found->second.size() - kFunctions));
        return out;
    }

    void edge(EventState from, EventState to, const std::string& how, bool legal) {
        const std::string tail = from == EventState::unknown ? "new" : node_of(from);
        const std::string head = to == EventState::unknown ? "gone" : node_of(to);
        const std::uint64_t taken = count(from, to);
        if (taken == 0) {
            dot_.edge(tail, head, {{"color", "#c8c8c8"}, {"style", "dashed"}, {"tooltip", how}});
            return;
        }
        dot_.labelled_edge(tail, head, label(from, to, how, taken),
                  {{"color", legal ? style::kInk : style::kTrouble}, {"penwidth", "1.8"}});
    }

    const Scene& scene_;
    Dot dot_;
    EdgeFunctions functions_;
};

}  // namespace

std::string states_dot(const Scene& scene) {
    return StatesPicture(scene).draw();
}

}  // namespace evglass::viz::graph
