// busy-loop: the loop turns and turns, never sleeps, and nothing comes of it: no callback runs, or
// the same one finds the end of its fd each time.
#include "trace/lints/lint.h"
#include "trace/text.h"

namespace evglass::trace {
namespace {

constexpr std::uint64_t kTurns = 100, kEnds = 20;
constexpr std::int64_t kNoSleepNs = 100'000;

std::string why_awake(const Base& base) {
    switch (static_cast<field::waitwhy>(base.wait_why)) {
        case field::waitwhy::nonblock:
            return "it is run with EVLOOP_NONBLOCK";
        case field::waitwhy::active_pending:
            return "there were active events";
        case field::waitwhy::first_timer:
            return "the first timer was due";
        case field::waitwhy::no_timer:
            break;
    }
    return "the backend came back at once";
}

class BusyLoop : public Lint {
 public:
    void see(const Seen& seen, Report& report) override {
        const Record& record = seen.record;
        if (const auto* turn = record.as<rec::turn_begin>()) {
            if (const Base* base = seen.model.base(turn->base)) turned(seen, *base, report);
        } else if (const auto* r = record.as<rec::loop_phase>()) {
            entered(record, *r);
        } else if (const auto* r = record.as<rec::sys_read>()) {
            if (r->size > 0) read(seen, r->fd, r->result, report);
        } else if (const auto* r = record.as<rec::sys_readv>()) {
            if (r->size > 0) read(seen, r->fd, r->result, report);
        }
    }
    void lose() override { loops_.clear(), ends_.clear(); }

 private:
    struct Loop {
        std::int64_t dispatch_ns = -1;  // when the backend was called
        std::int64_t slept_ns = 0;      // in this turn
        std::uint64_t callbacks = 0;    // of the base, when the turn began
        std::uint64_t first = 0, turns = 0;
    };
    struct Ends {
        std::uint64_t first = 0, count = 0;
    };

    void entered(const Record& record, const rec::loop_phase& r) {
        Loop& loop = loops_[r.base];
        if (r.phase == field::phase::dispatch) {
            loop.dispatch_ns = record.time_ns;
        } else if (loop.dispatch_ns >= 0) {
            loop.slept_ns += elapsed(loop.dispatch_ns, record.time_ns);
            loop.dispatch_ns = -1;
        }
    }

    void turned(const Seen& seen, const Base& base, Report& report) {
        Loop& loop = loops_[base.address];
        const bool in_vain = loop.callbacks == base.n_callbacks && loop.slept_ns < kNoSleepNs;
        loop.callbacks = base.n_callbacks;
        loop.slept_ns = 0;
        if (!in_vain) loop.turns = 0;
        if (loop.turns++ == 0) loop.first = seen.record.number;
        if (loop.turns < kTurns) return;
        Finding* finding = report.about(Names(seen.model).base(base.address));
        if (finding == nullptr) return;
        finding->base = base.address;
        finding->text = counted(loop.turns, "turn") +
                        " in a row without a sleep and without a callback: " + why_awake(base);
        finding->evidence = {loop.first, seen.record.number};
    }

    /// The end of a stream is told again in each turn, until the event is deleted.
    void read(const Seen& seen, int fd, std::int64_t result, Report& report) {
        if (result != 0) {
            ends_.erase(fd);
            return;
        }
        Ends& ends = ends_[fd];
        if (ends.count++ == 0) ends.first = seen.record.number;
        const Base* base = seen.model.current_base();
        if (ends.count < kEnds || base == nullptr || base->callbacks.empty()) return;
        const Address event = base->callbacks.back();
        if (seen.users_event(event) == nullptr) return;
        fill(report.about(seen.called(event)), seen, event,
             "its fd is at its end: " + counted(ends.count, "read") +
                 " in a row gave 0 bytes, and it is not deleted",
             {ends.first, seen.record.number});
    }

    std::map<Address, Loop> loops_;
    std::map<int, Ends> ends_;  // by fd
};

}  // namespace

std::unique_ptr<Lint> busy_loop() {
    return std::make_unique<BusyLoop>();
}

}  // namespace evglass::trace
