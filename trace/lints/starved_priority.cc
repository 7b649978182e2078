// starved-priority: an active event waits turn after turn, because more urgent ones always come.
// The loop runs one priority a turn: the most urgent that has an active event.
#include "trace/lints/lint.h"

namespace evglass::trace {
namespace {

constexpr std::uint64_t kTurns = 10;

class StarvedPriority : public Lint {
 public:
    void see(const Seen& seen, Report& report) override {
        if (const auto* begin = seen.record.as<rec::callback_begin>()) {
            ran(seen, begin->base, begin->event);
        } else if (const auto* turn = seen.record.as<rec::turn_begin>()) {
            if (const Base* base = seen.model.base(turn->base)) look(seen, *base, report);
        }
    }
    void lose() override { bases_.clear(); }

 private:
    struct Waiting {
        std::uint64_t turns = 0;
        std::uint32_t ordinal = 0;  // of the front event
    };
    struct Watched {
        int most_urgent = -1;  // that ran since the turn began; -1: none
        std::vector<Waiting> queues;
    };

    void ran(const Seen& seen, Address base, Address address) {
        const Event* event = seen.model.event(address);
        if (event == nullptr) return;
        int& urgent = bases_[base].most_urgent;
        if (urgent < 0 || event->priority < urgent) urgent = event->priority;
    }

    void look(const Seen& seen, const Base& base, Report& report) {
        Watched& watched = bases_[base.address];
        watched.queues.resize(base.active.size());
        for (std::size_t p = 0; p < base.active.size(); ++p) {
            Waiting& waiting = watched.queues[p];
            const bool passed_over = watched.most_urgent >= 0 &&
                                     watched.most_urgent < static_cast<int>(p) &&
                                     !base.active[p].empty();
            const Event* front = passed_over ? seen.users_event(base.active[p].front()) : nullptr;
            if (front == nullptr || (waiting.turns > 0 && waiting.ordinal != front->ordinal)) {
                waiting = {};
                continue;
            }
            waiting.ordinal = front->ordinal;
            if (++waiting.turns >= kTurns) tell(seen, report, *front, p, waiting.turns);
        }
        watched.most_urgent = -1;
    }

    static void tell(const Seen& seen, Report& report, const Event& front, std::size_t priority,
                     std::uint64_t turns) {
        fill(report.about(seen.called(front.address)), seen, front.address,
             "it has been active for " + counted(turns, "turn") + " and is not called: priority " +
                 std::to_string(priority) + " never has its turn",
             {front.activate_record, seen.record.number});
    }

    std::map<Address, Watched> bases_;
};

}  // namespace

std::unique_ptr<Lint> starved_priority() {
    return std::make_unique<StarvedPriority>();
}

}  // namespace evglass::trace
