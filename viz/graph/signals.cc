// The picture of signals: the way of one through the self-pipe. The kernel interrupts the program;
// the handler writes the signal's number into a pipe and does nothing else; the loop finds the pipe
// readable like any fd; its internal event makes those active that wait for the signal; their
// callbacks run in the loop. Three frames show what runs where. Counts are of the whole trace.
#include <fmt/format.h>

#include "viz/graph/card.h"
#include "viz/graph/changes.h"
#include "viz/graph/dot.h"
#include "viz/graph/style.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

namespace rec = trace::rec;
using trace::Address;

Html step(const std::string& name, const std::string& gloss, const std::string& count = "",
          bool changed = false) {
    Html rows = Html::row({Html::text(name).bold().cell()});
    rows += Html::row(
        {Html::text(gloss, 60).font({{"COLOR", style::kFaint}, {"POINT-SIZE", "9"}}).cell()});
    if (!count.empty())
        rows += Html::row({(changed ? changed_mark(count) : Html::text(count, 40)).cell()});
    return rows.table({{"BORDER", "1"},
                       {"COLOR", changed ? style::kChanged : style::kLine},
                       {"BGCOLOR", style::kPale},
                       {"CELLBORDER", "0"},
                       {"CELLSPACING", "0"},
                       {"CELLPADDING", "3"}});
}

/// How often each thing on the way happened.
struct Counts {
    std::map<int, std::uint64_t> caught;  ///< by signal
    std::uint64_t read = 0;               ///< times that the pipe was found readable
    std::uint64_t activated = 0;
};

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

Counts count(const Scene& scene, Address reader) {
    Counts counts;
    for (const trace::Record* r : scene.records) {
        if (const auto* f = r->as<rec::signal_caught>()) {
            ++counts.caught[f->signal];
        } else if (const auto* f = r->as<rec::event_activate>()) {
            if (f->base != scene.base.address) continue;
            if (f->event == reader) ++counts.read;
            if (f->cause == trace::field::cause::signal) ++counts.activated;
        }
    }
    return counts;
}

void events_of(Dot& dot, const Scene& scene, const std::string& from,
               const std::deque<Address>& events) {
    std::string last = from;
    for (std::size_t i = 0; i < events.size() && i < kShown; ++i) {
        dot.node(event_id(scene, events[i]), event_card(scene, events[i]));
        dot.edge(last, event_id(scene, events[i]));
        last = event_id(scene, events[i]);
    }
    if (events.size() <= kShown) return;
    dot.node(from + "_more", Html::text(fmt::format("+ {} more", events.size() - kShown)));
    dot.edge(last, from + "_more");
}

std::string times(std::uint64_t n, const std::string& what) {
    return n == 0 ? "" : fmt::format("{} {}\u00d7", what, n);
}

class SignalsPicture {
 public:
    explicit SignalsPicture(const Scene& scene)
        : scene_(scene),
          reader_(pipe_reader(scene)),
          counts_(count(scene, reader_)),
          dot_(title(scene, "signals of " + scene.names.base(scene.base.address), "", legend()),
               {{"rankdir", "LR"}, {"ranksep", "0.35"}}) {}

    std::string draw() {
        handler();
        pipe();
        loop();
        return dot_.str();
    }

 private:
    void handler() {
        std::uint64_t all = 0;
        for (const auto& [number, n] : counts_.caught) all += n;
        dot_.begin_cluster("handler",
                           Html::text("in the signal, whatever the program was doing", 60));
        dot_.node("kernel", step("the kernel", "interrupts the program"));
        dot_.node("handler", step("evsig_handler", "saves errno, writes one byte: the signal",
                                  times(all, "ran")));
        dot_.end_cluster();
        dot_.edge("kernel", "handler");
    }

    void pipe() {
        dot_.node("pipe", step("self-pipe", "ev_signal_pair: from [1] to [0]"));
        dot_.labelled_edge("handler", "pipe", Html::text("write(pair[1])"));
    }

    void loop() {
        dot_.begin_cluster("loop", Html::text("in the loop, in a turn"));
        std::string reader = "reader";
        if (reader_ != 0) {
            reader = event_id(scene_, reader_);
            dot_.node(reader, event_card(scene_, reader_));
        } else {
            dot_.node(reader, step("no internal event", "nobody waits for a signal yet"));
        }
        dot_.node("evsig_cb", step("evsig_cb", "reads the bytes, counts each signal",
                                   times(counts_.activated, "made events active")));
        dot_.edge(reader, "evsig_cb");
        for (const auto& [number, events] : scene_.base.signals)
            if (!events.empty()) one_signal(number, events);
        if (all_empty()) dot_.node("nobody", step("sigmap", "empty: no event waits for a signal"));
        dot_.end_cluster();
        dot_.labelled_edge(
            "pipe", reader,
            Html::text(counts_.read == 0 ? "readable"
                                         : fmt::format("readable, {}\u00d7", counts_.read)));
        if (all_empty()) dot_.edge("evsig_cb", "nobody", {{"style", "dashed"}});
    }

    bool all_empty() const {
        for (const auto& entry : scene_.base.signals)
            if (!entry.second.empty()) return false;
        return true;
    }

    void one_signal(int number, const std::deque<Address>& events) {
        const std::string id = fmt::format("s{}", number);
        const auto caught = counts_.caught.find(number);
        const std::string n =
            caught == counts_.caught.end() ? "" : fmt::format("caught {}\u00d7", caught->second);
        dot_.node(id, step(signal_text(number), counted(events.size(), "event"), n));
        dot_.labelled_edge("evsig_cb", id, Html::text("evmap_signal_active_"));
        events_of(dot_, scene_, id, events);
    }

    const Scene& scene_;
    Address reader_;
    Counts counts_;
    Dot dot_;
};

}  // namespace

std::string signals_dot(const Scene& scene) {
    return SignalsPicture(scene).draw();
}

}  // namespace evglass::viz::graph
