// The picture of the queues: for each priority one row, its events in the order in which their
// callbacks will run; the callbacks that run now above them; the later queue below, which is
// emptied into the others at the start of the next turn. Then the queues of events with one common
// timeout, each with its timer in the heap, and the events of event_base_once.
#include <fmt/format.h>

#include "viz/graph/card.h"
#include "viz/graph/dot.h"
#include "viz/graph/style.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

using trace::Address;

Html head(const std::string& name, const std::string& gloss) {
    return (Html::row({Html::text(name).bold().cell({{"ALIGN", "left"}})}) +
            Html::row({Html::text(gloss, 60)
                           .font({{"COLOR", style::kFaint}, {"POINT-SIZE", "9"}})
                           .cell({{"ALIGN", "left"}})}))
        .table({{"BORDER", "1"},
                {"COLOR", style::kLine},
                {"BGCOLOR", style::kPale},
                {"CELLBORDER", "0"},
                {"CELLSPACING", "0"},
                {"CELLPADDING", "3"},
                {"WIDTH", "190"}});  // as wide as the longest gloss: rows begin below each other
}

// One queue: its head at the left, then its events, first one first, as a chain of arrows.
void chain(Dot& dot, const Scene& scene, const std::string& id, const Html& label,
           const std::deque<Address>& events) {
    dot.node(id, label);
    std::string last = id;
    for (std::size_t i = 0; i < events.size() && i < kShown; ++i) {
        const std::string node = fmt::format("{}_{}", id, i);
        dot.node(node, event_card(scene, events[i]));
        dot.edge(last, node, {{"weight", "10"}});
        last = node;
    }
    if (events.empty() || events.size() > kShown) {
        const std::string text =
            events.empty() ? "empty" : fmt::format("+ {} more", events.size() - kShown);
        dot.node(id + "_end", Html::text(text).font({{"COLOR", style::kFaint}}));
        dot.edge(last, id + "_end", {{"style", "dotted"}, {"arrowhead", "none"}, {"weight", "10"}});
    }
}

// A common-timeout queue: its events, first due first; its timer is what stands in the heap.
void common_chain(Dot& dot, const Scene& scene, std::size_t number,
                  std::vector<std::string>& heads) {
    const trace::CommonQueue& queue = scene.base.common[number];
    std::deque<Address> events;
    for (const trace::HeapItem& item : queue.events) events.push_back(item.event);
    const std::string id = fmt::format("common{}", number);
    chain(dot, scene, id,
          head(fmt::format("common timeout {}", duration_of_us(queue.duration)),
               counted(events.size(), "event") + ", first due first"),
          events);
    heads.push_back(id);
    const Html timer = Html::row({event_chip(scene, queue.timer, "in timeheap")});
    dot.node(id + "_timer", timer.table({{"BORDER", "0"}, {"CELLSPACING", "0"}}));
    dot.edge(id + "_timer", id, {{"style", "dashed"}, {"arrowhead", "none"}});
}

Html names_of(const Scene& scene, const std::deque<Address>& events) {
    Html cells;
    for (std::size_t i = 0; i < events.size() && i < kShown; ++i)
        cells += event_chip(scene, events[i], "");
    if (events.size() > kShown) cells += more_cell(events.size() - kShown);
    return cells;
}

std::string gloss_of(std::size_t priority, std::size_t priorities, std::size_t length) {
    std::string out = counted(length, "event");
    if (priorities > 1 && priority == 0) out += "; runs first";
    if (priority > 0) out += "; waits until those above are empty";
    return out;
}

}  // namespace

std::string queues_dot(const Scene& scene) {
    const trace::Base& base = scene.base;
    Dot dot(title(scene, "queues of " + scene.names.base(base.address)),
            {{"rankdir", "LR"}, {"ranksep", "0.3"}, {"nodesep", "0.25"}});
    std::vector<std::string> heads;
    const auto row = [&](const std::string& id, const Html& label,
                         const std::deque<Address>& events) {
        chain(dot, scene, id, label, events);
        heads.push_back(id);
    };
    if (!base.callbacks.empty())
        row("now", head("running now", "innermost last"),
            {base.callbacks.begin(), base.callbacks.end()});
    for (std::size_t p = 0; p < base.active.size(); ++p)
        row(fmt::format("p{}", p),
            head(fmt::format("activequeues[{}]", p),
                 gloss_of(p, base.active.size(), base.active[p].size())),
            base.active[p]);
    row("later",
        head("active_later_queue", counted(base.later.size(), "event") + "; for the next turn"),
        base.later);
    for (std::size_t i = 0; i < base.common.size() && i < kShown; ++i)
        common_chain(dot, scene, i, heads);
    if (!base.once.empty()) {
        dot.node("once", head("once events", "the library frees them after their call"));
        dot.node(
            "once_all",
            Html::row({names_of(scene, base.once)}).table({{"BORDER", "0"}, {"CELLSPACING", "2"}}));
        dot.edge("once", "once_all", {{"arrowhead", "none"}, {"style", "dotted"}});
        heads.push_back("once");
    }
    // Invisible lines hold the rows in this order, from the top down.
    for (std::size_t i = 1; i < heads.size(); ++i)
        dot.edge(heads[i - 1], heads[i], {{"style", "invis"}, {"weight", "0"}});
    dot.same_rank(heads);
    return dot.str();
}

}  // namespace evglass::viz::graph
