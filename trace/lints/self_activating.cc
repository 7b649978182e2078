// self-activating: an event's callback makes the event active again, each time: nothing else is
// served.
#include "trace/lints/lint.h"

namespace evglass::trace {
namespace {

constexpr std::uint64_t kTimes = 10;

class SelfActivating : public Lint {
 public:
    void see(const Seen& seen, Report& report) override {
        if (const auto* activate = seen.record.as<rec::event_activate>()) {
            if (activate->cause == field::cause::user) activated(seen, *activate);
        } else if (const auto* end = seen.record.as<rec::callback_end>()) {
            ended(seen, end->event, report);
        }
    }
    void lose() override { rows_.clear(); }

 private:
    struct Row {
        std::uint64_t first = 0, length = 0;
        bool again = false;  // by the call that is under way
    };

    void activated(const Seen& seen, const rec::event_activate& r) {
        const Base* base = seen.model.base(r.base);
        const bool by_itself =
            base != nullptr && !base->callbacks.empty() && base->callbacks.back() == r.event;
        if (!by_itself || seen.users_event(r.event) == nullptr) return;
        Row& row = rows_[r.event];
        if (row.first == 0) row.first = seen.record.number;
        row.again = true;
    }
    void ended(const Seen& seen, Address event, Report& report) {
        const auto it = rows_.find(event);
        if (it == rows_.end()) return;
        if (!it->second.again) {
            rows_.erase(it);
            return;
        }
        Row& row = it->second;
        row.again = false;
        if (++row.length < kTimes) return;
        fill(report.about(seen.called(event)), seen, event,
             "its callback made it active again " + counted(row.length, "time") +
                 " in a row: the loop can't sleep",
             {row.first, seen.record.number});
    }

    std::map<Address, Row> rows_;
};

}  // namespace

std::unique_ptr<Lint> self_activating() {
    return std::make_unique<SelfActivating>();
}

}  // namespace evglass::trace
