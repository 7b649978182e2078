// write-left-on: EV_WRITE stays on while there is nothing to write, and the loop never sleeps.
// A program's own write() is not in the trace. So only calls count that wrote nothing the library
// knows of, and that were over too soon to have made a system call on a socket.
#include "trace/event_bits.h"
#include "trace/lints/lint.h"

namespace evglass::trace {
namespace {

constexpr std::uint64_t kTimes = 50;
constexpr std::int64_t kTooSoonNs = 2'000;

class WriteLeftOn : public Lint {
 public:
    void see(const Seen& seen, Report& report) override {
        const Record& record = seen.record;
        if (const auto* begin = record.as<rec::callback_begin>()) return started(seen, *begin);
        if (open_.event == 0) return;
        if (const auto* end = record.as<rec::callback_end>()) return ended(seen, *end, report);
        if (writes(record)) open_.wrote = true;
    }
    void lose() override { open_ = {}, streaks_.clear(); }

 private:
    struct Open {
        Address event = 0;
        std::uint64_t record = 0;
        std::int64_t time_ns = 0;
        bool wrote = false;
    };
    struct Streak {
        std::uint64_t first = 0, length = 0;
    };

    static bool writes(const Record& record) {
        switch (record.id()) {
            case RecordId::sys_write:
            case RecordId::sys_writev:
            case RecordId::sys_sendfile:
            case RecordId::sys_getsockopt:  // asks how a connect ended
                return true;
            default:
                return false;
        }
    }
    void started(const Seen& seen, const rec::callback_begin& r) {
        if ((r.what & ev::kWrite) == 0 || seen.users_event(r.event) == nullptr) return;
        open_ = {r.event, seen.record.number, seen.record.time_ns, false};
    }
    void ended(const Seen& seen, const rec::callback_end& r, Report& report) {
        if (r.event != open_.event) return;
        const Open open = open_;
        open_ = {};
        const Event* event = seen.users_event(r.event);
        const bool still_on = event != nullptr && event->state() == EventState::pending &&
                              (event->events & ev::kWrite) != 0;
        if (!still_on || open.wrote) {
            streaks_.erase(r.event);
            return;
        }
        if (elapsed(open.time_ns, seen.record.time_ns) > kTooSoonNs) return;
        Streak& streak = streaks_[r.event];
        if (streak.length++ == 0) streak.first = open.record;
        if (streak.length < kTimes) return;
        fill(report.about(seen.called(r.event)), seen, r.event,
             "it was called " + counted(streak.length, "time") +
                 " because its fd is writable, and wrote nothing",
             {streak.first, seen.record.number});
    }

    Open open_;
    std::map<Address, Streak> streaks_;
};

}  // namespace

std::unique_ptr<Lint> write_left_on() {
    return std::make_unique<WriteLeftOn>();
}

}  // namespace evglass::trace
