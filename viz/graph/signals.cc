// The picture of signals: the handler writes the signal's number into a pipe, the loop reads it on
// an internal event, and the events that wait for that signal become active. Nothing of the
// program's runs in the handler itself.
#include <fmt/format.h>

#include "viz/graph/card.h"
#include "viz/graph/dot.h"
#include "viz/graph/style.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

using trace::Address;

Html step(const std::string& name, const std::string& gloss) {
    return (Html::row({Html::text(name).bold().cell()}) +
            Html::row({Html::text(gloss, 60)
                           .font({{"COLOR", style::kFaint}, {"POINT-SIZE", "9"}})
                           .cell()}))
        .table({{"BORDER", "1"},
                {"COLOR", style::kLine},
                {"BGCOLOR", style::kPale},
                {"CELLBORDER", "0"},
                {"CELLSPACING", "0"},
                {"CELLPADDING", "3"}});
}

// The internal event that reads the pipe: the one whose name speaks of signals, else the first
// internal event on an fd. 0 where there is none yet.
Address pipe_reader(const Scene& scene) {
    Address found = 0;
    for (const auto& [fd, slot] : scene.base.io) {
        for (const Address address : slot.events) {
            const trace::Event* event = scene.model.event(address);
            if (event == nullptr || !event->internal()) continue;
            if (event->name.find("sig") != std::string::npos) return address;
            if (found == 0) found = address;
        }
    }
    return found;
}

void events_of(Dot& dot, const Scene& scene, const std::string& from,
               const std::deque<Address>& events) {
    std::string last = from;
    for (std::size_t i = 0; i < events.size() && i < kShown; ++i) {
        dot.node(event_id(events[i]), event_card(scene, events[i]));
        dot.edge(last, event_id(events[i]));
        last = event_id(events[i]);
    }
    if (events.size() <= kShown) return;
    dot.node(from + "_more", Html::text(fmt::format("+ {} more", events.size() - kShown)));
    dot.edge(last, from + "_more");
}

}  // namespace

std::string signals_dot(const Scene& scene) {
    Dot dot(title(scene, "signals of " + scene.names.base(scene.base.address)),
            {{"rankdir", "LR"}});
    bool any = false;
    for (const auto& entry : scene.base.signals) any = any || !entry.second.empty();
    if (!any) {
        dot.node("empty", Html::text("No event waits for a signal."));
        return dot.str();
    }
    dot.node("handler", step("evsig_handler", "runs in the signal, writes one byte"));
    dot.node("pipe", step("self-pipe", "ev_signal_pair"));
    dot.labelled_edge("handler", "pipe", Html::text("write"));
    std::string reader = "reader";
    if (const Address event = pipe_reader(scene); event != 0) {
        reader = event_id(event);
        dot.node(reader, event_card(scene, event));
    } else {
        dot.node(reader, Html::text("no internal event is known"));
    }
    dot.labelled_edge("pipe", reader, Html::text("readable"));
    for (const auto& [number, events] : scene.base.signals) {
        if (events.empty()) continue;
        const std::string id = fmt::format("s{}", number);
        dot.node(id, step(signal_text(number), counted(events.size(), "event")));
        dot.labelled_edge(reader, id, Html::text("evsig_cb"));
        events_of(dot, scene, id, events);
    }
    return dot.str();
}

}  // namespace evglass::viz::graph
