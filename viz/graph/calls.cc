// The picture of calls: the tree of functions, with how often each was called from its caller.
// Public functions stand on a coloured ground, internal ones (under their libevent names) on white.
#include <fmt/format.h>

#include <algorithm>

#include "viz/graph/call_tree.h"
#include "viz/graph/dot.h"
#include "viz/graph/style.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

constexpr std::size_t kNodes = 90;

class CallsPicture {
 public:
    explicit CallsPicture(const Scene& scene)
        : tree_(call_tree(scene)),
          dot_(title(scene, "calls, " + scene.scope, doubt()),
               {{"rankdir", "LR"}, {"nodesep", "0.08"}, {"ranksep", "0.35"}}) {}

    std::string draw() {
        if (tree_.nodes.size() == 1) {
            dot_.node("empty",
                      Html::text(
                          "No call was recorded. Record with: evglass run --only all -- PROG", 80));
            return dot_.str();
        }
        choose();
        for (const std::size_t i : shown_) node(i);
        for (const std::size_t i : shown_) edges(i);
        return dot_.str();
    }

 private:
    const char* doubt() const {
        const bool only_public = tree_.calls == 0 && tree_.nodes.size() > 1;
        return only_public ? "Only public functions were recorded: record with --only all to see "
                             "what they call."
                           : "";
    }

    static std::string id(std::size_t i) { return fmt::format("c{}", i); }

    // The nodes nearest to the root, up to the limit: level by level.
    void choose() {
        shown_ = {0};
        for (std::size_t next = 0; next < shown_.size(); ++next)
            for (const std::size_t child : tree_.nodes[shown_[next]].children)
                if (shown_.size() < kNodes) shown_.push_back(child);
    }

    bool is_shown(std::size_t i) const { return std::ranges::find(shown_, i) != shown_.end(); }

    void node(std::size_t i) {
        const CallNode& call = tree_.nodes[i];
        const std::string ground = call.api ? style::of(trace::EventState::pending).fill
                                   : i == 0 ? style::kPale
                                            : std::string("white");
        Html text = Html::text(call.function, 60);
        if (call.api) text = text.bold();
        dot_.node(id(i), Html::row({text.cell()})
                             .table({{"BORDER", "1"},
                                     {"COLOR", style::kLine},
                                     {"BGCOLOR", ground},
                                     {"CELLBORDER", "0"},
                                     {"CELLSPACING", "0"},
                                     {"CELLPADDING", "5"}}));
    }

    void edges(std::size_t i) {
        std::size_t hidden = 0;
        for (const std::size_t child : tree_.nodes[i].children) {
            if (is_shown(child))
                edge(i, child);
            else
                ++hidden;
        }
        if (hidden > 0) rest(i, hidden);
    }

    // The thicker, the more often.
    void edge(std::size_t from, std::size_t to) {
        const std::uint64_t count = tree_.nodes[to].count;
        const char* width = count >= 1000  ? "3"
                            : count >= 100 ? "2.2"
                            : count >= 10  ? "1.5"
                                           : "0.8";
        dot_.labelled_edge(id(from), id(to), Html::text(fmt::format("{}\u00d7", count)),
                           {{"penwidth", width}});
    }

    void rest(std::size_t i, std::size_t hidden) {
        const std::string more = id(i) + "_more";
        dot_.node(more, Html::text(fmt::format("+ {}", counted(hidden, "more function")))
                            .font({{"COLOR", style::kFaint}}));
        dot_.edge(id(i), more, {{"style", "dotted"}, {"arrowhead", "none"}});
    }

    CallTree tree_;
    Dot dot_;
    std::vector<std::size_t> shown_;
};

}  // namespace

std::string calls_dot(const Scene& scene) {
    return CallsPicture(scene).draw();
}

bool has_calls(const Scene& scene) {
    return call_tree(scene).calls > 0;
}

}  // namespace evglass::viz::graph
