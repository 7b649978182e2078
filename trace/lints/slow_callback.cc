// slow-callback: a callback that kept its loop from everything else for long.
// Whether it computed or waited is not known: both hold the loop up.
#include <algorithm>

#include "trace/lints/lint.h"
#include "trace/text.h"

namespace evglass::trace {
namespace {

constexpr std::int64_t kSlowNs = 50'000'000;
constexpr std::size_t kDeepest = 64;

class SlowCallback : public Lint {
 public:
    void see(const Seen& seen, Report& report) override {
        auto& open = open_[seen.record.thread];
        if (const auto* begin = seen.record.as<rec::callback_begin>()) {
            if (open.size() < kDeepest)
                open.push_back({begin->event, seen.record.number, seen.record.time_ns});
        } else if (const auto* end = seen.record.as<rec::callback_end>()) {
            while (!open.empty() && open.back().event != end->event) open.pop_back();
            if (open.empty()) return;
            const Begun begun = open.back();
            open.pop_back();
            const std::int64_t took = elapsed(begun.time_ns, seen.record.time_ns);
            if (took >= kSlowNs) tell(seen, report, begun, took);
        }
    }
    void lose() override { open_.clear(); }

 private:
    struct Begun {
        Address event;
        std::uint64_t record;
        std::int64_t time_ns;
    };

    /// The text tells of the slowest call.
    void tell(const Seen& seen, Report& report, const Begun& begun, std::int64_t took) {
        const Event* event = seen.users_event(begun.event);
        if (event == nullptr) return;
        Finding* finding = report.about(seen.called(begun.event));
        std::int64_t& slowest = slowest_[event->ordinal];
        if (finding == nullptr || (finding->times > 1 && took <= slowest)) return;
        slowest = took;
        fill(finding, seen, begun.event,
             "its callback took " + duration_text(took) + waiting(seen, event->base),
             {begun.record, seen.record.number});
    }

    static std::string waiting(const Seen& seen, Address address) {
        const Base* base = seen.model.base(address);
        std::size_t others = 0;
        if (base != nullptr)
            for (const auto& queue : base->active) others += queue.size();
        return others == 0 ? "" : ", while " + counted(others, "active event") + " waited";
    }

    std::map<std::uint32_t, std::vector<Begun>> open_;  // by thread, innermost last
    std::map<std::uint32_t, std::int64_t> slowest_;     // by event's ordinal
};

}  // namespace

std::unique_ptr<Lint> slow_callback() {
    return std::make_unique<SlowCallback>();
}

}  // namespace evglass::trace
