// The picture of the timer heap: above, the array as it lies in memory; below, the tree that the
// array means. The children of place i are at 4i+1 to 4i+4; no child may be due before its parent
// (where one is, its line is red). While an event looks for its place, the hole is drawn as a hole.
#include <fmt/format.h>

#include "viz/graph/card.h"
#include "viz/graph/dot.h"
#include "viz/graph/style.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

constexpr std::size_t kArity = 4;
// The root, its children and theirs: one more level would be wider than any page.
constexpr std::size_t kPlaces = 1 + 4 + 16;

std::size_t parent_of(std::size_t place) {
    return (place - 1) / kArity;
}

class HeapPicture {
 public:
    explicit HeapPicture(const Scene& scene)
        : scene_(scene),
          heap_(scene.base.heap),
          dot_(title(scene, fmt::format("timeheap of {}: {}", scene.names.base(scene.base.address),
                                        counted(heap_.size(), "timer"))),
               {{"nodesep", "0.15"}, {"splines", "line"}}) {}

    std::string draw() {
        if (heap_.empty()) {
            dot_.node("empty", Html::text("The heap is empty: no event has a deadline."));
            return dot_.str();
        }
        dot_.node("array", array());
        tree();
        if (lifting()) lifted();
        return dot_.str();
    }

 private:
    bool lifting() const { return scene_.base.heap_lifted != 0; }
    bool is_hole(std::size_t i) const { return lifting() && i == scene_.base.heap_hole; }
    std::size_t shown() const { return std::min(heap_.size(), kPlaces); }
    std::string when(std::size_t i) const { return deadline_text(scene_, heap_[i].deadline); }

    // A common-timeout queue has one timer here, whatever its length.
    std::string stands_for(trace::Address event) const {
        for (const trace::CommonQueue& queue : scene_.base.common)
            if (queue.timer == event)
                return fmt::format(", for {} of {}", queue.events.size(),
                                   duration_of_us(queue.duration));
        return {};
    }

    Html place(std::size_t i) const {
        if (!is_hole(i))
            return event_chip(scene_, heap_[i].event, when(i) + stands_for(heap_[i].event));
        return Html::text("hole").cell(
            {{"STYLE", "dashed"}, {"BORDER", "1"}, {"BGCOLOR", "white"}});
    }

    Html array() const {
        Html indices = Html::text("index").font({{"COLOR", style::kFaint}}).cell({{"BORDER", "0"}});
        Html cells = Html::text("event").font({{"COLOR", style::kFaint}}).cell({{"BORDER", "0"}});
        for (std::size_t i = 0; i < shown(); ++i) {
            indices += Html::text(std::to_string(i))
                           .font({{"COLOR", style::kFaint}})
                           .cell({{"BORDER", "0"}});
            cells += place(i);
        }
        if (heap_.size() > shown()) cells += more_cell(heap_.size() - shown());
        return (Html::row({indices}) + Html::row({cells}))
            .table(
                {{"BORDER", "0"}, {"CELLBORDER", "1"}, {"CELLSPACING", "0"}, {"CELLPADDING", "3"}});
    }

    void tree() {
        for (std::size_t i = 0; i < shown(); ++i) {
            const Html index = Html::text(fmt::format("[{}]", i))
                                   .font({{"COLOR", style::kFaint}, {"POINT-SIZE", "8"}});
            dot_.node(fmt::format("h{}", i),
                      (Html::row({index.cell({{"BORDER", "0"}})}) + Html::row({place(i)}))
                          .table({{"BORDER", "0"}, {"CELLSPACING", "0"}, {"CELLPADDING", "3"}}));
        }
        dot_.edge("array", "h0", {{"style", "invis"}});
        for (std::size_t i = 1; i < shown(); ++i) {
            const std::size_t up = parent_of(i);
            const bool wrong =
                !is_hole(i) && !is_hole(up) && heap_[i].deadline < heap_[up].deadline;
            // To the middle of the place's number, which stands above its box.
            Attrs attrs = {{"arrowhead", "none"}, {"headport", "n"}, {"tailport", "s"}};
            if (wrong) attrs.insert(attrs.end(), {{"color", style::kTrouble}, {"penwidth", "2"}});
            dot_.edge(fmt::format("h{}", up), fmt::format("h{}", i), attrs);
        }
        hidden_levels();
    }

    // Below the last level drawn: how many each subtree still has there.
    void hidden_levels() {
        std::map<std::size_t, std::size_t> below;
        for (std::size_t i = shown(); i < heap_.size(); ++i) {
            std::size_t up = i;
            while (up >= shown()) up = parent_of(up);
            ++below[up];
        }
        for (const auto& [up, count] : below) {
            const std::string id = fmt::format("more{}", up);
            dot_.node(id, Html::text(fmt::format("+ {}", count)).font({{"COLOR", style::kFaint}}));
            dot_.edge(fmt::format("h{}", up), id, {{"arrowhead", "none"}, {"style", "dotted"}});
        }
    }

    void lifted() {
        const std::string when = deadline_text(scene_, scene_.base.heap_lifted_deadline);
        dot_.node("lifted",
                  (Html::row({event_chip(scene_, scene_.base.heap_lifted, when)}) +
                   Html::row({Html::text("looks for its place").cell({{"BORDER", "0"}})}))
                      .table({{"BORDER", "0"}, {"CELLSPACING", "0"}, {"CELLPADDING", "3"}}));
        const std::size_t hole = scene_.base.heap_hole;
        if (hole < shown())
            dot_.edge("lifted", fmt::format("h{}", hole),
                      {{"style", "dashed"}, {"constraint", "false"}});
    }

    const Scene& scene_;
    const trace::SharedList<trace::HeapItem>& heap_;
    Dot dot_;
};

}  // namespace

std::string heap_dot(const Scene& scene) {
    return HeapPicture(scene).draw();
}

}  // namespace evglass::viz::graph
