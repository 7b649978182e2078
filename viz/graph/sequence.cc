// The sequence chart of one event: five life lines from the top down, messages between them, time
// at the left. Each row is a rank of its own; the life lines are straight because the nodes on one
// are joined with a heavy weight.
#include <fmt/format.h>

#include "viz/graph/card.h"
#include "viz/graph/dot.h"
#include "viz/graph/sequence_steps.h"
#include "viz/graph/style.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

const char* heading_of(Party party) {
    switch (party) {
        case Party::program:
            return "your program";
        case Party::event:
            return "the event";
        case Party::base:
            return "event_base";
        case Party::backend:
            return "backend";
        case Party::kernel:
            return "kernel";
    }
    return "";
}

class SequencePicture {
 public:
    explicit SequencePicture(const Scene& scene)
        : scene_(scene),
          dot_(
              title(scene, "from event_add to the callback: " + scene.names.event_long(scene.event),
                    "", legend()),
              {{"ranksep", "0.12"}, {"nodesep", "1.1"}}) {}

    std::string draw() {
        const std::vector<SequenceStep> steps = sequence_steps(scene_);
        if (steps.empty()) {
            dot_.node("empty", Html::text("The trace does not tell that this event was added."));
            return dot_.str();
        }
        heads();
        for (const SequenceStep& step : steps) {
            ++row_;
            if (step.gap > 0)
                gap(step);
            else
                message(step);
        }
        ++row_;
        ends();
        return dot_.str();
    }

 private:
    static std::string lane(Party party) { return fmt::format("l{}", static_cast<int>(party)); }
    std::string at(Party party) const { return lane(party) + "_" + std::to_string(row_); }

    void heads() {
        std::vector<std::string> ids = {"time_0"};
        dot_.node("time_0", Html::text("time, record").font({{"COLOR", style::kFaint}}),
                  {{"group", "time"}});
        for (const Party party : kParties) {
            std::string name = heading_of(party);
            if (party == Party::event) name = scene_.names.event(scene_.event);
            if (party == Party::backend && !scene_.base.backend.empty())
                name = "backend " + scene_.base.backend;
            dot_.node(at(party),
                      Html::row({Html::text(name).bold().cell()})
                          .table({{"BORDER", "1"},
                                  {"COLOR", style::kLine},
                                  {"BGCOLOR", style::kPale},
                                  {"CELLBORDER", "0"},
                                  {"CELLPADDING", "5"}}),
                      {{"group", lane(party)}});
            ids.push_back(at(party));
        }
        for (std::size_t i = 1; i < ids.size(); ++i)
            dot_.edge(ids[i - 1], ids[i], {{"style", "invis"}});
        dot_.same_rank(ids);
    }

    void point(Party party) {
        dot_.node(at(party), Html(),
                  {{"shape", "point"},
                   {"width", "0.04"},
                   {"color", style::kLine},
                   {"group", lane(party)}});
    }

    // The life lines go on: from the row above to this one.
    void go_on(const char* look) {
        std::vector<std::string> ids = {"time_" + std::to_string(row_)};
        dot_.edge("time_" + std::to_string(row_ - 1), ids[0],
                  {{"style", "invis"}, {"weight", "100"}});
        for (const Party party : kParties) {
            const std::string above = lane(party) + "_" + std::to_string(row_ - 1);
            dot_.edge(above, at(party),
                      {{"arrowhead", "none"}, {"weight", "100"}, {"style", look}});
            ids.push_back(at(party));
        }
        dot_.same_rank(ids);
    }

    void time(const SequenceStep& step) {
        if (first_ns_ < 0) first_ns_ = step.time_ns;
        const std::string when = "+" + trace::duration_text(step.time_ns - first_ns_);
        dot_.node("time_" + std::to_string(row_),
                  (Html::text(when) + Html::text(fmt::format("   #{}", step.record)))
                      .font({{"COLOR", style::kFaint}, {"POINT-SIZE", "9"}}),
                  {{"group", "time"}});
    }

    void message(const SequenceStep& step) {
        time(step);
        for (const Party party : kParties) {
            const bool box = party == Party::event && step.state != trace::EventState::unknown;
            if (box)
                state(step.state);
            else if (party == step.to && step.from == step.to)
                note(party, step.text);
            else
                point(party);
        }
        go_on("solid");
        if (step.from != step.to) arrow(step);
    }

    // Lane by lane, so that the line is straight; the head is at the last piece, the text at the
    // first.
    void arrow(const SequenceStep& step) {
        int at_lane = static_cast<int>(step.from);
        const int last = static_cast<int>(step.to);
        const int by = at_lane < last ? 1 : -1;
        Html text = Html::text(step.text, 60);
        for (; at_lane != last; at_lane += by) {
            dot_.labelled_edge(at(static_cast<Party>(at_lane)),
                               at(static_cast<Party>(at_lane + by)), text,
                               {{"constraint", "false"},
                                {"color", style::kInk},
                                {"arrowhead", at_lane + by == last ? "normal" : "none"},
                                {"arrowsize", "0.8"},
                                {"penwidth", "1.2"}});
            text = Html();
        }
    }

    void state(trace::EventState now) {
        const style::StateStyle& look = style::of(now);
        dot_.node(at(Party::event),
                  Html::row({Html::text(std::string(trace::state_name(now))).cell()})
                      .table({{"BORDER", look.border},
                              {"COLOR", look.line},
                              {"BGCOLOR", look.fill},
                              {"CELLBORDER", "0"},
                              {"CELLPADDING", "3"}}),
                  {{"group", lane(Party::event)}});
    }

    void note(Party party, const std::string& text) {
        dot_.node(at(party),
                  Html::row({Html::text(text, 50).cell()})
                      .table({{"BORDER", "1"},
                              {"COLOR", style::kLine},
                              {"BGCOLOR", "white"},
                              {"CELLBORDER", "0"},
                              {"CELLPADDING", "3"},
                              {"STYLE", "rounded"}}),
                  {{"group", lane(party)}});
    }

    void gap(const SequenceStep& step) {
        dot_.node("time_" + std::to_string(row_),
                  Html::text("\u22ee  " + step.text, 60)
                      .font({{"COLOR", style::kFaint}, {"POINT-SIZE", "9"}}),
                  {{"group", "time"}});
        for (const Party party : kParties) point(party);
        go_on("dotted");
    }

    void ends() {
        dot_.node("time_" + std::to_string(row_), Html(), {{"group", "time"}});
        for (const Party party : kParties) point(party);
        go_on("solid");
    }

    const Scene& scene_;
    Dot dot_;
    int row_ = 0;
    std::int64_t first_ns_ = -1;
};

}  // namespace

std::string sequence_dot(const Scene& scene) {
    if (scene.model.event(scene.event) != nullptr) return SequencePicture(scene).draw();
    Dot dot(title(scene, "from event_add to the callback"));
    dot.node("empty", Html::text("No event is chosen: say --event E3, say."));
    return dot.str();
}

}  // namespace evglass::viz::graph
