// One line for each field; what most bases have not comes last, and only where it is there.
#include "viz/graph/base_facts.h"

#include <fmt/format.h>

namespace evglass::viz::graph {
namespace {

std::string flags_text(const trace::Base& base) {
    std::string out = base.running ? "running" : "not running";
    if (base.gotterm) out += ", event_gotterm";
    if (base.break_) out += ", event_break";
    if (base.continue_) out += ", event_continue";
    return out;
}

std::string lock_text(const trace::Lock* lock) {
    if (lock == nullptr || !lock->told) return "who holds it is not recorded";
    std::string text = lock->depth == 0 ? "free" : fmt::format("thread {}", lock->holder);
    if (!lock->waiters.empty()) text += fmt::format(", {} wait", lock->waiters.size());
    return text + fmt::format(", taken {}\u00d7", lock->takes);
}

class Facts {
 public:
    void add(const std::string& port, const std::string& name, const std::string& value,
             const std::string& time = "") {
        all_.push_back({port, name, value + time, value});
    }
    std::vector<BaseFact> all_;
};

void rare_facts(Facts& facts, const trace::Model& model, const trace::Base& base) {
    std::size_t common = 0;
    for (const trace::CommonQueue& queue : base.common) common += queue.events.size();
    if (!base.common.empty())
        facts.add("common", "common_timeout_queues",
                  fmt::format("{} in {}", counted(common, "event"),
                              counted(base.common.size(), "queue")));
    if (!base.once.empty()) facts.add("once", "once_events", counted(base.once.size(), "event"));
    if (!base.prepare.empty() || !base.check.empty())
        facts.add("watchers", "watchers",
                  fmt::format("{} prepare, {} check", base.prepare.size(), base.check.size()));
    if (!base.changes.empty())
        facts.add("changes", "changelist",
                  counted(base.changes.size(), "change") + " to tell the kernel");
    if (base.lock != 0) facts.add("lock", "th_base_lock", lock_text(model.lock(base.lock)));
}

}  // namespace

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

std::vector<BaseFact> base_facts(const Scene& scene, const trace::Model& model,
                                 const trace::Base& base) {
    Facts facts;
    const std::string features = features_text(base.features);
    facts.add("evsel", "evsel", base.backend + (features.empty() ? "" : " (" + features + ")"));
    facts.add("flags", "loop", flags_text(base));
    facts.add("phase", "phase", value_name("phase", static_cast<std::uint64_t>(base.phase)));
    facts.add("io", "io", counted(base.io.size(), "fd"));
    facts.add("sig", "sigmap", counted(base.signals.size(), "signal"));
    facts.add(
        "heap", "timeheap", counted(base.heap.size(), "timer"),
        base.heap.empty() ? "" : ", the first " + deadline_text(scene, base.heap[0].deadline));
    std::size_t active = 0;
    for (const auto& queue : base.active) active += queue.size();
    facts.add(
        "queues", "activequeues",
        fmt::format("{} in {}", counted(active, "event"), counted(base.active.size(), "queue")));
    facts.add("later", "active_later_queue", counted(base.later.size(), "event"));
    rare_facts(facts, model, base);
    return std::move(facts.all_);
}

}  // namespace evglass::viz::graph
