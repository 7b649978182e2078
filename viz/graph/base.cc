// The picture of a base: struct event_base as a record at the left, its containers in the middle,
// the events at the right. An event has one card, at its home: its fd's slot, else its signal's
// list, else the heap, else a queue. Everywhere else it is named by its alias, so that no line has
// to cross another.
#include <fmt/format.h>

#include <map>
#include <set>

#include "viz/graph/base_facts.h"
#include "viz/graph/card.h"
#include "viz/graph/changes.h"
#include "viz/graph/dot.h"
#include "viz/graph/io_facts.h"
#include "viz/graph/style.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

using trace::Address;

Html left(const Html& inside) {
    return inside.cell({{"ALIGN", "left"}});
}
Html faint(const std::string& text) {
    return Html::text(text, 60).font({{"COLOR", style::kFaint}});
}

// The same frame for every container; the first row is its name, as struct event_base calls it.
Html container(const std::string& name, const std::string& gloss, const Html& rows) {
    const Html head = Html::text(name).bold() +
                      Html::text("\u00a0\u00a0" + gloss, 60).font({{"COLOR", style::kFaint}});
    return (Html::row({head.cell({{"ALIGN", "left"}, {"COLSPAN", std::to_string(kShown + 2)}})}) +
            rows)
        .table({{"BORDER", "1"},
                {"COLOR", style::kLine},
                {"BGCOLOR", style::kPale},
                {"CELLBORDER", "0"},
                {"CELLSPACING", "2"},
                {"CELLPADDING", "3"}});
}

// Draws one base; a fresh object for each picture.
class BasePicture {
 public:
    explicit BasePicture(const Scene& scene)
        : scene_(scene),
          base_(scene.base),
          dot_(title(scene, "event_base " + scene.names.base(scene.base.address), "", legend()),
               {{"rankdir", "LR"}, {"ranksep", "0.7"}}) {}

    std::string draw() {
        record();
        io();
        signals();
        heap();
        queues();
        return dot_.str();
    }

 private:
    void record() {
        Html rows = Html::row({Html::text("struct event_base")
                                   .bold()
                                   .cell({{"COLSPAN", "2"}, {"BGCOLOR", style::kPale}})});
        std::map<std::string, std::string> was;
        if (const trace::Base* before = base_before(scene_))
            for (const BaseFact& fact : base_facts(scene_, *scene_.before, *before))
                was[fact.name] = fact.without_time;
        for (const BaseFact& fact : base_facts(scene_, scene_.model, base_)) {
            const bool changed = scene_.before != nullptr && was[fact.name] != fact.without_time;
            const Attrs ground = {{"ALIGN", "left"}, {"BGCOLOR", ground_of(changed)}};
            Attrs value = ground;
            value.emplace_back("PORT", fact.port);
            const Html mark = changed ? changed_mark("") : Html();
            rows += Html::row({(mark + Html::text(fact.name)).cell(ground),
                               Html::text(fact.value, 60).cell(value)});
        }
        dot_.node("base", rows.table({{"BORDER", "0"},
                                      {"CELLBORDER", "1"},
                                      {"CELLSPACING", "0"},
                                      {"CELLPADDING", "4"},
                                      {"COLOR", style::kLine}}));
    }

    void join(const std::string& port, const std::string& node) {
        dot_.edge("base:" + port + ":e", node + ":w", {{"weight", port == "io" ? "3" : "1"}});
    }

    // Draws the event's card if it has none yet and draws a line to it.
    void home(const std::string& from, Address event) {
        if (!drawn_.insert(event).second) return;
        dot_.node(event_id(scene_, event), event_card(scene_, event));
        dot_.edge(from, event_id(scene_, event) + ":w", {{"color", style::kLine}});
    }

    void io() {
        Html rows;
        std::vector<std::pair<std::string, Address>> cards;
        std::size_t shown = 0;
        const std::vector<IoFacts> all = io_facts(base_);
        for (const IoFacts& fd : all) {
            if (shown++ == kShown) break;
            const std::string port = fmt::format("fd{}", fd.fd);
            Html counts = faint(fd.slot != nullptr ? counts_text(*fd.slot) : "no events");
            Html watch = Html::text("watched " + trace::what_text(fd.watched));
            if (fd.differs()) watch = watch.font({{"COLOR", style::kTrouble}}).bold();
            rows += Html::row({left(Html::text(fmt::format("fd {}", fd.fd)).bold()), left(counts),
                               watch.cell({{"ALIGN", "left"}, {"PORT", port}})});
            if (fd.slot == nullptr) continue;
            for (const Address event : fd.slot->events)
                cards.emplace_back("io:" + port + ":e", event);
        }
        if (all.size() > kShown) rows += Html::row({more_cell(all.size() - kShown)});
        dot_.node("io", container("io", "fd \u2192 events", rows));
        join("io", "io");
        for (std::size_t i = 0; i < cards.size() && i < kShown; ++i)
            home(cards[i].first, cards[i].second);
    }

    void signals() {
        if (base_.signals.empty()) return;
        Html rows;
        std::vector<std::pair<std::string, Address>> cards;
        for (const auto& [number, events] : base_.signals) {
            if (events.empty()) continue;
            const std::string port = fmt::format("s{}", number);
            rows += Html::row({left(Html::text(signal_text(number)).bold()),
                               faint(counted(events.size(), "event")).cell({{"PORT", port}})});
            for (const Address event : events) cards.emplace_back("sig:" + port + ":e", event);
        }
        dot_.node("sig", container("sigmap", "signal \u2192 events", rows));
        join("sig", "sig");
        for (std::size_t i = 0; i < cards.size() && i < kShown; ++i)
            home(cards[i].first, cards[i].second);
    }

    void heap() {
        if (base_.heap.empty()) return;
        Html rows;
        const std::size_t shown = std::min(base_.heap.size(), kShown);
        for (std::size_t i = 0; i < shown; ++i) {
            const trace::HeapItem& item = base_.heap[i];
            rows +=
                Html::row({faint(fmt::format("[{}]", i)).cell(), event_chip(scene_, item.event, ""),
                           Html::text(deadline_text(scene_, item.deadline))
                               .cell({{"ALIGN", "left"}, {"PORT", fmt::format("h{}", i)}})});
        }
        if (base_.heap.size() > shown) rows += Html::row({more_cell(base_.heap.size() - shown)});
        dot_.node("heap", container("timeheap", "earliest deadline on top", rows));
        join("heap", "heap");
        for (std::size_t i = 0; i < shown; ++i)
            if (!has_other_home(base_.heap[i].event))
                home(fmt::format("heap:h{}:e", i), base_.heap[i].event);
    }

    // An event on an fd or a signal has its card there, even if that card is among those not shown.
    bool has_other_home(Address address) const {
        const trace::Event* event = scene_.model.event(address);
        return event != nullptr && event->fd >= 0 && (event->flags & 0x02) != 0;
    }

    Html queue_row(const std::string& name, const std::deque<Address>& queue) {
        Html cells = left(Html::text(name));
        for (std::size_t i = 0; i < queue.size() && i < kShown; ++i)
            cells += event_chip(scene_, queue[i], "");
        if (queue.size() > kShown) cells += more_cell(queue.size() - kShown);
        if (queue.empty()) cells += left(faint("empty"));
        return Html::row({cells});
    }

    void queues() {
        Html rows;
        for (std::size_t p = 0; p < base_.active.size(); ++p)
            rows += queue_row(fmt::format("priority {}", p), base_.active[p]);
        rows += queue_row("active_later_queue", base_.later);
        dot_.node("queues", container("activequeues", "callbacks run from here", rows));
        join("queues", "queues");
        for (const std::deque<Address>& queue : base_.active) homeless(queue);
        homeless(base_.later);
        homeless({base_.callbacks.begin(), base_.callbacks.end()});
    }

    // Events that are in a queue or being run, and nowhere else.
    void homeless(const std::deque<Address>& events) {
        for (std::size_t i = 0; i < events.size() && i < kShown; ++i) {
            const trace::Event* event = scene_.model.event(events[i]);
            const bool elsewhere = event != nullptr && (event->flags & 0x03) != 0;
            if (!elsewhere) home("queues:e", events[i]);
        }
    }

    const Scene& scene_;
    const trace::Base& base_;
    Dot dot_;
    std::set<Address> drawn_;
};

}  // namespace

std::string base_dot(const Scene& scene) {
    return BasePicture(scene).draw();
}

}  // namespace evglass::viz::graph
