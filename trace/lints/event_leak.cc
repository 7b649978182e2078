// event-leak: one place makes events that are used once and never freed, while it makes new ones.
// A pool, which adds its events again, is no leak. An event in memory that was freed without a
// word (event_free, event_debug_unassign) looks like a leak until that memory is an event again.
#include <algorithm>

#include "trace/lints/lint.h"

namespace evglass::trace {
namespace {

constexpr std::size_t kLeast = 20;

class EventLeak : public Lint {
 public:
    void see(const Seen& seen, Report& report) override {
        static_cast<void>(seen), static_cast<void>(report);
    }

    void judge(const Model& model, Report& report) override {
        report.clear();
        std::map<Address, std::vector<const Event*>> idle;  // by creator
        std::map<Address, std::uint64_t> newest;            // creator to its last assign
        for (const auto& [address, event] : model.events()) {
            if (!event.alive || event.internal() || event.creator == 0) continue;
            newest[event.creator] = std::max(newest[event.creator], event.assign_record);
            const bool used = event.pending_record != 0 || event.activate_record != 0;
            if (used && event.state() == EventState::initialized)
                idle[event.creator].push_back(&event);
        }
        for (auto& [creator, events] : idle) look(creator, events, newest[creator], report);
    }

 private:
    /// Those that were idle already when their maker made another one.
    static void look(Address creator, std::vector<const Event*>& events, std::uint64_t newest,
                     Report& report) {
        std::erase_if(events, [newest](const Event* e) { return e->state_record >= newest; });
        if (events.size() < kLeast) return;
        std::sort(events.begin(), events.end(), [](const Event* a, const Event* b) {
            return a->assign_record < b->assign_record;
        });
        const Event& first = *events.front();
        Finding* finding = report.about("E" + std::to_string(first.ordinal) + " and " +
                                        counted(events.size() - 1, "other"));
        if (finding == nullptr) return;
        finding->times = events.size();
        finding->text =
            "made at one place, used, and neither pending nor freed, while that place "
            "made new ones";
        finding->evidence = {first.assign_record, first.state_record, newest};
        finding->base = first.base;
        finding->event = first.address;
        finding->ordinal = first.ordinal;
        finding->place = creator;
    }
};

}  // namespace

std::unique_ptr<Lint> event_leak() {
    return std::make_unique<EventLeak>();
}

}  // namespace evglass::trace
