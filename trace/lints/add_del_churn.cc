// add-del-churn: an event is added and deleted again and again without ever being called between.
// Each pair costs system calls, and all of them are in vain.
#include <algorithm>

#include "trace/lints/lint.h"

namespace evglass::trace {
namespace {

constexpr std::uint64_t kTimes = 50;

class AddDelChurn : public Lint {
 public:
    void see(const Seen& seen, Report& report) override {
        const Record& record = seen.record;
        if (const auto* in = record.as<rec::queue_insert>()) {
            if (in->queue == field::queue::inserted) added(seen, in->event);
        } else if (const auto* out = record.as<rec::queue_remove>()) {
            if (out->queue == field::queue::inserted) deleted(seen, out->event, report);
        } else if (const auto* begin = record.as<rec::callback_begin>()) {
            const auto it = rows_.find(begin->event);
            if (it != rows_.end()) ++it->second.calls, it->second.called = true;
        }
    }
    void lose() override { rows_.clear(); }

 private:
    struct Row {
        std::uint32_t ordinal = 0;
        bool called = false;      // since it was added
        std::uint64_t calls = 0;  // (Event::fires begins anew where an event is assigned again)
        std::uint64_t added = 0;  // record of the last add
        std::uint64_t first = 0;  // record of the first add in vain
        std::uint64_t in_vain = 0;
    };

    void added(const Seen& seen, Address address) {
        const Event* event = seen.users_event(address);
        if (event == nullptr) return;
        Row& row = rows_[address];
        if (row.ordinal != event->ordinal) row = Row{event->ordinal};
        row.called = false;
        row.added = seen.record.number;
    }
    void deleted(const Seen& seen, Address address, Report& report) {
        const auto it = rows_.find(address);
        const Event* event = seen.users_event(address);
        if (it == rows_.end() || event == nullptr || it->second.ordinal != event->ordinal) return;
        Row& row = it->second;
        // Called since, or about to be (an event that is not persistent leaves the map first).
        if (row.called || event->state() >= EventState::active) return;
        if (row.in_vain++ == 0) row.first = row.added;
        if (row.in_vain < kTimes || row.in_vain <= row.calls) return;
        fill(report.about(seen.called(address)), seen, address,
             "it was added and deleted " + counted(row.in_vain, "time") +
                 " without being called between; its callback ran " + counted(row.calls, "time"),
             {row.first, row.added, seen.record.number});
    }

    std::map<Address, Row> rows_;
};

}  // namespace

std::unique_ptr<Lint> add_del_churn() {
    return std::make_unique<AddDelChurn>();
}

}  // namespace evglass::trace
