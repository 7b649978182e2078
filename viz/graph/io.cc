// The picture of the io map: one row for each fd with its slot's counts (evmap_io: nread, nwrite,
// nclose), what the backend watches it for, and its events in list order. Where slot and backend
// disagree the row is red; between two records of one event_add they may.
#include <fmt/format.h>

#include "viz/graph/card.h"
#include "viz/graph/changes.h"
#include "viz/graph/dot.h"
#include "viz/graph/io_facts.h"
#include "viz/graph/style.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

constexpr std::size_t kRows = 24;
constexpr std::size_t kChips = 6;

Html heading(const std::string& text, std::size_t span = 1) {
    return Html::text(text)
        .font({{"COLOR", style::kFaint}})
        .cell({{"COLSPAN", std::to_string(span)}, {"ALIGN", "left"}, {"BGCOLOR", style::kPale}});
}

// The fd's list: first one first, with arrows between, as the list links them.
Html events_of(const Scene& scene, const trace::IoSlot& slot) {
    Html cells;
    for (std::size_t i = 0; i < slot.events.size() && i < kChips; ++i) {
        const trace::Event* event = scene.model.event(slot.events[i]);
        if (i > 0) cells += Html::text("\u2192").cell({{"BORDER", "0"}});
        std::string note = event == nullptr ? "" : clip(trace::safe(event->name), 24);
        if (event != nullptr) note += (note.empty() ? "" : " ") + trace::what_text(event->events);
        cells += event_chip(scene, slot.events[i], note);
    }
    if (slot.events.size() > kChips) cells += more_cell(slot.events.size() - kChips);
    if (slot.events.empty()) cells = Html::text("no events").cell({{"BORDER", "0"}});
    return Html::row({cells}).table(
        {{"BORDER", "0"}, {"CELLBORDER", "1"}, {"CELLSPACING", "2"}, {"CELLPADDING", "2"}});
}

// Is the fd's slot or what the backend watches otherwise than before?
bool changed(const Scene& scene, const IoFacts& facts) {
    const trace::Base* before = base_before(scene);
    if (before == nullptr) return false;
    const auto slot = before->io.find(facts.fd);
    const auto watched = before->interest.find(facts.fd);
    const bool same_slot = facts.slot == nullptr
                               ? slot == before->io.end()
                               : slot != before->io.end() && slot->second == *facts.slot;
    return !same_slot || (watched == before->interest.end() ? 0 : watched->second) != facts.watched;
}

Html fd_row(const Scene& scene, const IoFacts& facts) {
    static const trace::IoSlot kNoSlot;
    const trace::IoSlot& slot = facts.slot != nullptr ? *facts.slot : kNoSlot;
    const bool otherwise = changed(scene, facts);
    const Attrs ground = {{"BGCOLOR", facts.differs() ? "#fbe3e1" : ground_of(otherwise)}};
    const Html mark = otherwise ? changed_mark("") : Html();
    Html watched = Html::text(trace::what_text(facts.watched));
    if (facts.differs())
        watched = (watched + Html::text(" but " + trace::what_text(facts.wanted) + " is wanted"))
                      .font({{"COLOR", style::kTrouble}})
                      .bold();
    const auto number = [&](int n) { return Html::text(std::to_string(n)).cell(ground); };
    return Html::row({(mark + Html::text(fmt::format("fd {}", facts.fd)).bold()).cell(ground),
                      watched.cell(ground), number(slot.nread), number(slot.nwrite),
                      number(slot.nclose), events_of(scene, slot).cell(ground)});
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

}  // namespace

std::string io_dot(const Scene& scene) {
    const std::vector<IoFacts> all = io_facts(scene.base);
    Dot dot(title(scene,
                  fmt::format("io map of {}: {}", scene.names.base(scene.base.address),
                              counted(all.size(), "fd")),
                  "", legend()));
    if (all.empty()) {
        dot.node("empty", Html::text("No fd has an event, and the backend watches none."));
        return dot.str();
    }
    const std::string backend = scene.base.backend.empty() ? "the backend" : scene.base.backend;
    Html rows = Html::row({heading("fd"), heading(backend + " watches"), heading("nread"),
                           heading("nwrite"), heading("nclose"),
                           heading("events, first of the list first")});
    const std::vector<IoFacts> shown = chosen(all);
    for (const IoFacts& facts : shown) rows += fd_row(scene, facts);
    if (all.size() > shown.size())
        rows += Html::row({heading(fmt::format("+ {} more", all.size() - shown.size()), 6)});
    dot.node("map", rows.table({{"BORDER", "0"},
                                {"CELLBORDER", "1"},
                                {"COLOR", style::kLine},
                                {"CELLSPACING", "0"},
                                {"CELLPADDING", "4"}}));
    return dot.str();
}

}  // namespace evglass::viz::graph
