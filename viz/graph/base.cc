// The picture of a base: struct event_base as a record at the left, its containers in the middle,
// the events at the right. An event has one card, at its home: its fd's slot, else its signal's
// list, else the heap, else a queue. Everywhere else it is named by its alias, so that no line has
// to cross another.
#include <fmt/format.h>

#include <set>

#include "viz/graph/card.h"
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
    const Html head =
        Html::text(name).bold() + Html::text("  " + gloss, 60).font({{"COLOR", style::kFaint}});
    return (Html::row({head.cell({{"ALIGN", "left"}, {"COLSPAN", std::to_string(kShown + 2)}})}) +
            rows)
        .table({{"BORDER", "1"},
                {"COLOR", style::kLine},
                {"BGCOLOR", style::kPale},
                {"CELLBORDER", "0"},
                {"CELLSPACING", "2"},
                {"CELLPADDING", "3"}});
}

std::string features_text(std::uint32_t bits) {
    std::string out;
    const auto add = [&](std::uint32_t bit, const char* name) {
        if ((bits & bit) != 0) out += (out.empty() ? "" : "|") + std::string(name);
    };
    add(1, "ET");
    add(2, "O1");
    add(4, "FDS");
    add(8, "EARLY_CLOSE");
    return out;
}

std::string flags_text(const trace::Base& base) {
    std::string out = base.running ? "running" : "not running";
    if (base.gotterm) out += ", event_gotterm";
    if (base.break_) out += ", event_break";
    if (base.continue_) out += ", event_continue";
    return out;
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
    void field(Html& rows, const std::string& port, const std::string& name,
               const std::string& value) {
        rows += Html::row({left(Html::text(name)),
                           Html::text(value, 60).cell({{"ALIGN", "left"}, {"PORT", port}})});
    }

    void record() {
        Html rows = Html::row({Html::text("struct event_base")
                                   .bold()
                                   .cell({{"COLSPAN", "2"}, {"BGCOLOR", style::kPale}})});
        const std::string features = features_text(base_.features);
        field(rows, "evsel", "evsel",
              base_.backend + (features.empty() ? "" : " (" + features + ")"));
        field(rows, "flags", "loop", flags_text(base_));
        field(rows, "phase", "phase", value_name("phase", static_cast<std::uint64_t>(base_.phase)));
        field(rows, "io", "io", counted(base_.io.size(), "fd"));
        field(rows, "sig", "sigmap", counted(base_.signals.size(), "signal"));
        std::string first;
        if (!base_.heap.empty())
            first = ", the first " + deadline_text(scene_, base_.heap[0].deadline);
        field(rows, "heap", "timeheap", counted(base_.heap.size(), "timer") + first);
        std::size_t active = 0;
        for (const auto& queue : base_.active) active += queue.size();
        field(rows, "queues", "activequeues",
              fmt::format("{} in {}", counted(active, "event"),
                          counted(base_.active.size(), "queue")));
        field(rows, "later", "active_later_queue", counted(base_.later.size(), "event"));
        beside(rows);
        dot_.node("base", rows.table({{"BORDER", "0"},
                                      {"CELLBORDER", "1"},
                                      {"CELLSPACING", "0"},
                                      {"CELLPADDING", "4"},
                                      {"COLOR", style::kLine}}));
    }

    // What most bases have not: a row for each kind that there is.
    void beside(Html& rows) {
        std::size_t common = 0;
        for (const trace::CommonQueue& queue : base_.common) common += queue.events.size();
        if (!base_.common.empty())
            field(rows, "common", "common_timeout_queues",
                  fmt::format("{} in {}", counted(common, "event"),
                              counted(base_.common.size(), "queue")));
        if (!base_.once.empty())
            field(rows, "once", "once_events", counted(base_.once.size(), "event"));
        if (!base_.prepare.empty() || !base_.check.empty())
            field(rows, "watchers", "watchers",
                  fmt::format("{} prepare, {} check", base_.prepare.size(), base_.check.size()));
        if (base_.lock != 0) field(rows, "lock", "th_base_lock", lock_text());
    }

    std::string lock_text() const {
        const trace::Lock* lock = scene_.model.lock(base_.lock);
        if (lock == nullptr || !lock->told) return "who holds it is not recorded";
        std::string text = lock->depth == 0 ? "free" : fmt::format("thread {}", lock->holder);
        if (!lock->waiters.empty()) text += fmt::format(", {} wait", lock->waiters.size());
        return text + fmt::format(", taken {}\u00d7", lock->takes);
    }

    void join(const std::string& port, const std::string& node) {
        dot_.edge("base:" + port + ":e", node + ":w", {{"weight", port == "io" ? "3" : "1"}});
    }

    // Draws the event's card if it has none yet and draws a line to it.
    void home(const std::string& from, Address event) {
        if (!drawn_.insert(event).second) return;
        dot_.node(event_id(event), event_card(scene_, event));
        dot_.edge(from, event_id(event) + ":w", {{"color", style::kLine}});
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
