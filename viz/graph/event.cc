// The picture of one event: what it is and who made it, where it stands now, what it cost, and its
// last changes of state with the reasons.
#include <fmt/format.h>

#include <algorithm>

#include "viz/graph/card.h"
#include "viz/graph/changes.h"
#include "viz/graph/dot.h"
#include "viz/graph/event_story.h"
#include "viz/graph/style.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

using trace::Address;
using trace::Event;

constexpr std::size_t kSteps = 14;

const Attrs kBox = {{"BORDER", "0"},
                    {"CELLBORDER", "1"},
                    {"COLOR", style::kLine},
                    {"CELLSPACING", "0"},
                    {"CELLPADDING", "4"}};

Html left(const Html& inside) {
    return inside.cell({{"ALIGN", "left"}});
}
Html heading(const std::string& text, const std::string& span) {
    return Html::row({Html::text(text).bold().cell(
        {{"COLSPAN", span}, {"ALIGN", "left"}, {"BGCOLOR", style::kPale}})});
}
Html fact(const std::string& name, const std::string& value) {
    return Html::row(
        {left(Html::text(name).font({{"COLOR", style::kFaint}})), left(Html::text(value, 70))});
}

std::string list_place(const std::deque<Address>& list, Address event) {
    const auto at = std::ranges::find(list, event);
    if (at == list.end()) return {};
    return fmt::format("place {} of {}", at - list.begin() + 1, list.size());
}

class EventPicture {
 public:
    EventPicture(const Scene& scene, const Event& event)
        : scene_(scene),
          event_(event),
          dot_(title(scene, "event " + scene.names.event_long(event.address), "", legend()),
               {{"rankdir", "LR"}, {"ranksep", "0.5"}}) {}

    std::string draw() {
        dot_.node("card", event_card(scene_, event_.address));
        dot_.node("what", what());
        dot_.node("where", where());
        dot_.node("history", history());
        dot_.edge("card", "what", {{"arrowhead", "none"}});
        dot_.edge("card", "where", {{"arrowhead", "none"}});
        dot_.edge("what", "history", {{"arrowhead", "none"}, {"style", "dotted"}});
        return dot_.str();
    }

 private:
    Html what() const {
        Html rows = heading("what it is", "2");
        rows += fact("waits for", waits_for(event_));
        if (event_.interval >= 0) rows += fact("interval", duration_of_us(event_.interval));
        rows += fact("priority", std::to_string(event_.priority));
        rows += fact("flags", trace::evlist_text(event_.flags));
        rows += fact("callback", place_text(scene_, event_.callback));
        // A return address: the call stands just before it.
        rows += fact("made in", place_text(scene_, event_.creator == 0 ? 0 : event_.creator - 1));
        rows += fact("ran", fmt::format("{}\u00d7", event_.fires));
        if (event_.fires > 0) {
            rows += fact("callback time", trace::duration_text(event_.callback_ns));
            const auto mean = event_.callback_ns / static_cast<std::int64_t>(event_.fires);
            rows += fact("mean", trace::duration_text(mean));
        }
        return rows.table(kBox);
    }

    // Every container that has it, in the order of struct event_base.
    Html where() const {
        const trace::Base& base = scene_.base;
        const Address address = event_.address;
        Html rows = heading("where it stands", "2");
        const auto add = [&](const std::string& name, const std::string& place) {
            if (!place.empty()) rows += fact(name, place);
        };
        for (const auto& [fd, slot] : base.io)
            add(fmt::format("io, fd {}", fd), list_place(slot.events, address));
        for (const auto& [number, events] : base.signals)
            add("sigmap, " + signal_text(number), list_place(events, address));
        for (std::size_t i = 0; i < base.heap.size(); ++i)
            if (base.heap[i].event == address)
                add("timeheap", fmt::format("[{}] of {}, {}", i, base.heap.size(),
                                            deadline_text(scene_, base.heap[i].deadline)));
        for (std::size_t p = 0; p < base.active.size(); ++p)
            add(fmt::format("activequeues[{}]", p), list_place(base.active[p], address));
        add("active_later_queue", list_place(base.later, address));
        add("running now",
            std::ranges::find(base.callbacks, address) == base.callbacks.end() ? "" : "yes");
        if (event_.state() == trace::EventState::initialized)
            add("nowhere", "it waits for nothing");
        return rows.table(kBox);
    }

    static Html state_cell(trace::EventState state) {
        return Html::text(std::string(trace::state_name(state)))
            .cell({{"BGCOLOR", style::of(state).fill}, {"ALIGN", "left"}});
    }

    Html history() const {
        const std::vector<EventStep> steps = event_story(scene_);
        const std::size_t shown = std::min(steps.size(), kSteps);
        Html rows =
            heading(shown == steps.size()
                        ? "its changes of state"
                        : fmt::format("its last {} changes of state, of {}", shown, steps.size()),
                    "5");
        for (std::size_t i = steps.size() - shown; i < steps.size(); ++i) {
            const EventStep& step = steps[i];
            const std::string since =
                i == 0 ? "" : "+" + trace::duration_text(step.time_ns - steps[i - 1].time_ns);
            Html how = Html::text(step.function, 50);
            if (!step.why.empty())
                how +=
                    Html::br() +
                    Html::text(step.why, 60).font({{"COLOR", style::kFaint}, {"POINT-SIZE", "9"}}) +
                    Html::br();
            rows += Html::row(
                {left(Html::text(fmt::format("#{}", step.record)).font({{"COLOR", style::kFaint}})),
                 Html::text(since).cell({{"ALIGN", "right"}}), state_cell(step.before),
                 state_cell(step.after), how.cell({{"ALIGN", "left"}, {"BALIGN", "left"}})});
        }
        return rows.table(kBox);
    }

    const Scene& scene_;
    const Event& event_;
    Dot dot_;
};

}  // namespace

std::string event_dot(const Scene& scene) {
    const Event* event = scene.model.event(scene.event);
    if (event != nullptr) return EventPicture(scene, *event).draw();
    Dot dot(title(scene, "one event"));
    dot.node("empty", Html::text("No event is chosen: say --event E3, say."));
    return dot.str();
}

}  // namespace evglass::viz::graph
