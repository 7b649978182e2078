// The picture of the io map: one row for each fd with its slot's counts (evmap_io: nread, nwrite,
// nclose), what the backend watches it for, and its events in list order. Where slot and backend
// disagree the row is red; between two records of one event_add they may.
#include <fmt/format.h>

#include "viz/graph/card.h"
#include "viz/graph/dot.h"
#include "viz/graph/io_facts.h"
#include "viz/graph/style.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

constexpr std::size_t kRows = 24;

Html heading(const std::string& text, std::size_t span = 1) {
    return Html::text(text)
        .font({{"COLOR", style::kFaint}})
        .cell({{"COLSPAN", std::to_string(span)}});
}

Html number(int n) {
    return Html::text(std::to_string(n)).cell();
}

Html fd_row(const IoFacts& facts) {
    static const trace::IoSlot kNoSlot;
    const trace::IoSlot& slot = facts.slot != nullptr ? *facts.slot : kNoSlot;
    Attrs ground = {{"BGCOLOR", "white"}};
    Html watched = Html::text(trace::what_text(facts.watched));
    if (facts.differs()) {
        watched = (watched + Html::text(" but wanted " + trace::what_text(facts.wanted)))
                      .font({{"COLOR", style::kTrouble}})
                      .bold();
        ground = {{"BGCOLOR", "#fbe3e1"}};
    }
    Attrs last = ground;
    last.push_back({"PORT", fmt::format("fd{}", facts.fd)});
    return Html::row({watched.cell(ground),
                      Html::text(fmt::format("fd {}", facts.fd)).bold().cell(ground),
                      number(slot.nread), number(slot.nwrite),
                      Html::text(std::to_string(slot.nclose)).cell(last)});
}

// All rows where there is trouble, then the others, up to the limit; in order of fd.
std::vector<IoFacts> chosen(const std::vector<IoFacts>& all) {
    std::size_t room = kRows;
    std::set<int> fds;
    for (const bool trouble : {true, false})
        for (const IoFacts& facts : all)
            if (facts.differs() == trouble && room > 0 && fds.insert(facts.fd).second) --room;
    std::vector<IoFacts> out;
    for (const IoFacts& facts : all)
        if (fds.contains(facts.fd)) out.push_back(facts);
    return out;
}

void events_of(Dot& dot, const Scene& scene, const IoFacts& facts) {
    if (facts.slot == nullptr) return;
    std::string last = fmt::format("map:fd{}:e", facts.fd);
    const std::deque<trace::Address>& events = facts.slot->events;
    for (std::size_t i = 0; i < events.size() && i < kShown; ++i) {
        dot.node(event_id(events[i]), event_card(scene, events[i]));
        dot.edge(last, event_id(events[i]) + ":w");
        last = event_id(events[i]) + ":e";
    }
    if (events.size() <= kShown) return;
    const std::string id = fmt::format("more{}", facts.fd);
    dot.node(id, Html::text(fmt::format("+ {} more", events.size() - kShown)));
    dot.edge(last, id);
}

}  // namespace

std::string io_dot(const Scene& scene) {
    const std::vector<IoFacts> all = io_facts(scene.base);
    Dot dot(title(scene, fmt::format("io map of {}: {}", scene.names.base(scene.base.address),
                                     counted(all.size(), "fd"))),
            {{"rankdir", "LR"}, {"nodesep", "0.08"}});
    if (all.empty()) {
        dot.node("empty", Html::text("No fd has an event, and the backend watches none."));
        return dot.str();
    }
    const std::string backend = scene.base.backend.empty() ? "the backend" : scene.base.backend;
    Html rows = Html::row({heading(backend + " watches"), heading("fd"), heading("nread"),
                           heading("nwrite"), heading("nclose")});
    const std::vector<IoFacts> shown = chosen(all);
    for (const IoFacts& facts : shown) rows += fd_row(facts);
    if (all.size() > shown.size())
        rows += Html::row(
            {heading(fmt::format("+ {} more fds, all as watched", all.size() - shown.size()), 5)});
    dot.node("map", rows.table({{"BORDER", "0"},
                                {"CELLBORDER", "1"},
                                {"COLOR", style::kLine},
                                {"BGCOLOR", style::kPale},
                                {"CELLSPACING", "0"},
                                {"CELLPADDING", "5"}}));
    for (const IoFacts& facts : shown) events_of(dot, scene, facts);
    return dot.str();
}

}  // namespace evglass::viz::graph
