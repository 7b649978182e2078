// Cards and chips. Colours and borders: style.h.
#include "viz/graph/card.h"

#include <fmt/format.h>

#include "viz/graph/changes.h"
#include "viz/graph/style.h"

namespace evglass::viz::graph {
namespace {

constexpr int kSignalBit = 0x08;
constexpr int kPersistBit = 0x10;

Html faint(const std::string& text) {
    return Html::text(text, 60).font({{"COLOR", style::kFaint}, {"POINT-SIZE", "9"}});
}

// How long it has been in its state, and how often its callback ran.
std::string history(const Scene& scene, const trace::Event& event) {
    const std::int64_t age = scene.model.time_ns() - event.state_since_ns;
    std::string out = age >= 0 ? "for " + trace::duration_text(age) : "";
    if (event.fires > 0) out += fmt::format("{}ran {}\u00d7", out.empty() ? "" : ", ", event.fires);
    return out;
}

Html unknown_card() {
    return Html::row({Html::text("an event that the trace does not tell of").cell()})
        .table({{"BORDER", "1"}, {"CELLBORDER", "0"}, {"STYLE", "dashed"}});
}

}  // namespace

std::string waits_for(const trace::Event& event) {
    const int rest = event.events & ~kSignalBit;
    if ((event.events & kSignalBit) != 0)
        return signal_text(event.fd) + (rest != 0 ? " " + trace::what_text(rest) : "");
    if (event.fd >= 0) return fmt::format("fd {} {}", event.fd, trace::what_text(event.events));
    if (event.interval >= 0 && (event.events & kPersistBit) != 0)
        return "timer every " + trace::duration_text(event.interval * 1000);
    return event.deadline >= 0 ? "timer" : "no fd (timer, or made active by hand)";
}

std::string event_id(const Scene& scene, trace::Address event) {
    return scene.names.event(event);
}

Html event_card(const Scene& scene, trace::Address address) {
    const trace::Event* event = scene.model.event(address);
    if (event == nullptr) return unknown_card();
    const trace::EventState state = event->state();
    const style::StateStyle& look = style::of(state);

    std::string head = scene.names.event(address);
    if (!event->name.empty()) head += " " + event->name;
    Html rows = Html::row({Html::text(head, 30).bold().cell({{"ALIGN", "left"}}),
                           Html::text(std::string(trace::state_name(state)))
                               .font({{"POINT-SIZE", "9"}})
                               .cell({{"ALIGN", "right"}})});
    const auto line = [&](const Html& text) {
        rows += Html::row({text.cell({{"COLSPAN", "2"}, {"ALIGN", "left"}})});
    };
    const std::string change = change_of(scene, address);
    if (!change.empty()) line(changed_mark(change));
    line(Html::text(waits_for(*event), 40));
    if (event->deadline >= 0) line(faint("deadline " + deadline_text(scene, event->deadline)));
    std::string last = history(scene, *event);
    if (event->internal()) last += last.empty() ? "internal" : ", internal";
    if (event->priority != 0)
        last += fmt::format("{}priority {}", last.empty() ? "" : ", ", event->priority);
    if (!last.empty()) line(faint(last));

    return rows.table({{"BORDER", look.border},
                       {"COLOR", change.empty() ? look.line : style::kChanged},
                       {"BGCOLOR", look.fill},
                       {"CELLBORDER", "0"},
                       {"CELLSPACING", "0"},
                       {"CELLPADDING", "3"},
                       {"STYLE", event->internal() ? "dashed" : "solid"}});
}

Html event_chip(const Scene& scene, trace::Address address, const std::string& note,
                const Attrs& extra) {
    const trace::Event* event = scene.model.event(address);
    const style::StateStyle& look =
        style::of(event == nullptr ? trace::EventState::unknown : event->state());
    Html inside = Html::text(scene.names.event(address), 12).bold();
    const bool changed = !change_of(scene, address).empty();
    if (changed) inside = changed_mark("") + inside;
    if (!note.empty()) inside += Html::br("center") + faint(note);
    Attrs attrs = {{"BGCOLOR", look.fill},
                   {"COLOR", changed ? style::kChanged : look.line},
                   {"BORDER", look.border}};
    if (event != nullptr && event->internal()) attrs.push_back({"STYLE", "dashed"});
    attrs.insert(attrs.end(), extra.begin(), extra.end());
    return inside.cell(attrs);
}

Html more_cell(std::size_t hidden) {
    return faint(fmt::format("+ {} more", hidden)).cell({{"BORDER", "0"}});
}

Html legend() {
    Html line;
    for (const trace::EventState state :
         {trace::EventState::initialized, trace::EventState::pending, trace::EventState::active,
          trace::EventState::running}) {
        line +=
            Html::text("\u25a0 ").font({{"COLOR", style::of(state).line}, {"POINT-SIZE", "12"}}) +
            faint(std::string(trace::state_name(state)) + "    ");
    }
    line += Html::text("- - ").bold() + faint("internal");
    return Html::row({line.cell({{"ALIGN", "left"}})});
}

}  // namespace evglass::viz::graph
