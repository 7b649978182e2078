// timer-storm: very many timers expire in one turn, or one expires all the time.
// The first is a matter of spreading, the second often one of units.
#include "trace/lints/lint.h"
#include "trace/text.h"

namespace evglass::trace {
namespace {

constexpr std::uint64_t kInOneTurn = 1000;
constexpr std::uint64_t kInARow = 100;
constexpr std::int64_t kTooOftenNs = 1'000'000;

class TimerStorm : public Lint {
 public:
    void see(const Seen& seen, Report& report) override {
        if (const auto* turn = seen.record.as<rec::turn_begin>()) {
            expired_[turn->base] = {};
        } else if (const auto* r = seen.record.as<rec::event_activate>()) {
            if (r->cause == field::cause::timeout && seen.users_event(r->event) != nullptr) {
                count_turn(seen, r->base, report);
                count_row(seen, r->event, report);
            }
        }
    }
    void lose() override { expired_.clear(), rows_.clear(); }

 private:
    struct Expired {
        std::uint64_t first = 0, count = 0;
    };
    struct Row {
        std::uint32_t ordinal = 0;
        std::uint64_t first = 0, length = 0;
        std::int64_t first_ns = 0, last_ns = 0;
    };

    void count_turn(const Seen& seen, Address base, Report& report) {
        Expired& expired = expired_[base];
        if (expired.count++ == 0) expired.first = seen.record.number;
        // Told once, when the turn has so many; the text follows the largest.
        if (expired.count < kInOneTurn || expired.count % kInOneTurn != 0) return;
        Finding* finding = report.about(Names(seen.model).base(base));
        if (finding == nullptr) return;
        finding->base = base;
        if (expired.count < largest_) return;
        largest_ = expired.count;
        finding->text = std::to_string(expired.count) + " timers or more expired in one turn";
        finding->evidence = {expired.first, seen.record.number};
    }

    void count_row(const Seen& seen, Address address, Report& report) {
        const Event& event = *seen.model.event(address);
        Row& row = rows_[address];
        // Most backends sleep by the millisecond: what counts is what was asked for.
        const bool asked = event.interval != kNone && event.interval < kTooOftenNs / 1000;
        const bool soon = row.ordinal == event.ordinal &&
                          (asked || elapsed(row.last_ns, seen.record.time_ns) < kTooOftenNs);
        if (!soon) {
            row = {event.ordinal, seen.record.number, 0, seen.record.time_ns, seen.record.time_ns};
            return;
        }
        row.last_ns = seen.record.time_ns;
        if (++row.length < kInARow) return;
        const std::int64_t mean =
            elapsed(row.first_ns, row.last_ns) / static_cast<std::int64_t>(row.length);
        fill(report.about(seen.called(address)), seen, address,
             "its timeout expired " + counted(row.length + 1, "time") + " in a row, every " +
                 duration_text(mean),
             {row.first, seen.record.number});
    }

    std::map<Address, Expired> expired_;  // by base, in this turn
    std::map<Address, Row> rows_;         // by event
    std::uint64_t largest_ = 0;
};

}  // namespace

std::unique_ptr<Lint> timer_storm() {
    return std::make_unique<TimerStorm>();
}

}  // namespace evglass::trace
