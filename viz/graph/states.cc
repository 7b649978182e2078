// The picture of an event's states. Above, the states people speak of, with every legal edge: those
// that this trace took are thick and counted, and name the functions that took them. Below, the
// same in flags (EVLIST_*), only what was seen. An edge that the table of legal ones
// lacks is red: then the table or the library is wrong. Counts are of all events of the base so
// far.
#include <fmt/format.h>

#include <algorithm>

#include "viz/graph/card.h"
#include "viz/graph/changes.h"
#include "viz/graph/dot.h"
#include "viz/graph/state_edges.h"
#include "viz/graph/style.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

using trace::EventState;

constexpr std::size_t kFunctions = 3;
constexpr std::size_t kFlagRows = 16;

struct Gloss {
    EventState state;
    const char* text;
};
constexpr Gloss kStates[] = {
    {EventState::initialized, "known to the base, waits for nothing"},
    {EventState::pending, "waits for an fd, a signal or a deadline"},
    {EventState::active, "in a queue, its callback will run"},
    {EventState::running, "its callback is being called"},
};

std::string node_of(EventState state) {
    return std::string(trace::state_name(state));
}
Html small(const std::string& text) {
    return Html::text(text, 60).font({{"POINT-SIZE", "9"}});
}
Html left(const Html& inside) {
    return inside.cell({{"ALIGN", "left"}});
}

class StatesPicture {
 public:
    explicit StatesPicture(const Scene& scene)
        : scene_(scene),
          dot_(title(scene, "states of the events of " + scene.names.base(scene.base.address)),
               {{"nodesep", "0.4"}, {"ranksep", "0.55"}}),
          functions_(edge_functions(scene.base)) {}

    std::string draw() {
        end("new", "not yet known");
        for (const Gloss& state : kStates) box(state);
        end("gone", "its memory is free");
        for (const LegalEdge& legal : legal_edges()) edge(legal.from, legal.to, legal.how, true);
        for (const auto& [key, count] : scene_.base.edges)
            if (count > 0 && !is_legal(key.first, key.second))
                edge(key.first, key.second, "", false);
        flags();
        return dot_.str();
    }

 private:
    void box(const Gloss& gloss) {
        const style::StateStyle& look = style::of(gloss.state);
        std::uint64_t now = 0;
        for (const auto& entry : scene_.model.events()) {
            const trace::Event& event = entry.second;
            if (event.base == scene_.base.address && event.state() == gloss.state) ++now;
        }
        const Html name = Html::text(node_of(gloss.state)).bold().font({{"POINT-SIZE", "13"}});
        const Html rows = Html::row({name.cell()}) + Html::row({small(gloss.text).cell()}) +
                          Html::row({small(fmt::format("{} now", now)).cell()});
        dot_.node(node_of(gloss.state), rows.table({{"BORDER", look.border},
                                                    {"COLOR", look.line},
                                                    {"BGCOLOR", look.fill},
                                                    {"CELLBORDER", "0"},
                                                    {"CELLSPACING", "0"},
                                                    {"CELLPADDING", "4"}}));
    }

    void end(const std::string& id, const std::string& gloss) {
        dot_.node(id, Html::text(id).bold() + Html::br("center") + small(gloss),
                  {{"shape", "ellipse"}, {"color", style::kLine}});
    }

    // How often an edge was taken, and the functions that took it; where no flag changes on it
    // (callbacks, birth and end), what it means.
    Html label(EventState from, EventState to, const std::string& how, std::uint64_t taken) const {
        const auto line = [](const Html& text) { return Html::row({text.cell()}); };
        Html times = Html::text(fmt::format("{}\u00d7", taken)).bold().font({{"POINT-SIZE", "11"}});
        if (const std::uint64_t more = taken - taken_before(from, to); more > 0 && compares())
            times += changed_mark(fmt::format("+{}", more));
        Html rows = line(times);
        const auto found = functions_.find({from, to});
        if (found != functions_.end())
            rows += functions_rows(found->second);
        else if (!how.empty())
            rows += line(Html::text(how, 60));
        return rows.table(
            {{"BORDER", "0"}, {"CELLBORDER", "0"}, {"CELLSPACING", "0"}, {"CELLPADDING", "2"}});
    }

    // Names without counts: a flag that changes while the event's callback runs is counted in the
    // table below, yet it moves no state, so the two numbers need not be equal.
    static Html functions_rows(
        const std::vector<std::pair<std::string, std::uint64_t>>& functions) {
        Html rows;
        for (std::size_t i = 0; i < functions.size() && i < kFunctions; ++i)
            rows += Html::row({Html::text(functions[i].first, 60).cell()});
        if (functions.size() > kFunctions)
            rows += Html::row({more_cell(functions.size() - kFunctions)});
        return rows;
    }

    bool compares() const { return base_before(scene_) != nullptr; }

    // How often the edge had been taken at the moment to compare with; never more than now.
    std::uint64_t taken_before(EventState from, EventState to) const {
        const trace::Base* before = base_before(scene_);
        const auto taken = [&](const trace::Base& base) {
            const auto found = base.edges.find({from, to});
            return found == base.edges.end() ? 0 : found->second;
        };
        return before == nullptr ? 0 : std::min(taken(*before), taken(scene_.base));
    }

    void edge(EventState from, EventState to, const std::string& how, bool legal) {
        const std::string tail = from == EventState::unknown ? "new" : node_of(from);
        const std::string head = to == EventState::unknown ? "gone" : node_of(to);
        const auto found = scene_.base.edges.find({from, to});
        if (found == scene_.base.edges.end() || found->second == 0) {
            dot_.edge(tail, head, {{"color", "#b8b8b8"}, {"style", "dashed"}, {"tooltip", how}});
            return;
        }
        const bool now = compares() && found->second > taken_before(from, to);
        const std::string& usual = now ? style::kChanged : style::kInk;
        dot_.labelled_edge(
            tail, head, label(from, to, how, found->second),
            {{"color", legal ? usual : style::kTrouble}, {"penwidth", now ? "3" : "1.8"}});
    }

    void flags() {
        std::vector<std::pair<std::tuple<int, int, std::string>, std::uint64_t>> changes(
            scene_.base.flag_edges.begin(), scene_.base.flag_edges.end());
        if (changes.empty()) return;
        std::ranges::stable_sort(changes,
                                 [](const auto& a, const auto& b) { return a.second > b.second; });
        Html rows = Html::row({Html::text("the same in flags (EVLIST_*)")
                                   .bold()
                                   .cell({{"COLSPAN", "4"}, {"ALIGN", "left"}})});
        for (std::size_t i = 0; i < changes.size() && i < kFlagRows; ++i) {
            const auto& [key, count] = changes[i];
            const auto& [before, after, function] = key;
            rows +=
                Html::row({Html::text(fmt::format("{}\u00d7", count)).cell({{"ALIGN", "right"}}),
                           state_cell(before), state_cell(after),
                           left(small(function_of(before, after, function)))});
        }
        if (changes.size() > kFlagRows) rows += Html::row({more_cell(changes.size() - kFlagRows)});
        dot_.node("flags", rows.table({{"BORDER", "0"},
                                       {"CELLBORDER", "1"},
                                       {"COLOR", style::kLine},
                                       {"CELLSPACING", "0"},
                                       {"CELLPADDING", "4"}}));
        for (const char* above : {"active", "gone"})
            dot_.edge(above, "flags", {{"style", "invis"}, {"weight", "0"}});
    }

    static Html state_cell(int flags) {
        return small(trace::evlist_text(flags))
            .cell({{"ALIGN", "left"}, {"BGCOLOR", style::of(trace::state_of_flags(flags)).fill}});
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
