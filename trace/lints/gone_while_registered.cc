// gone-while-registered: an event's memory goes or is used anew, or its fd is closed, while the
// event is still pending or active. The first ends in a crash, the second in silence.
#include <cerrno>

#include "trace/lints/lint.h"
#include "trace/text.h"

namespace evglass::trace {
namespace {

class GoneWhileRegistered : public Lint {
 public:
    void see(const Seen& seen, Report& report) override {
        const Record& record = seen.record;
        if (const auto* r = record.as<rec::event_assign>()) {
            memory(seen, r->event, "is initialised anew", report);
        } else if (const auto* r = record.as<rec::event_gone>()) {
            memory(seen, r->event, "goes", report);
        } else if (const auto* r = record.as<rec::sys_close>()) {
            if (r->result == 0) closed(seen, r->fd, report);
        } else if (const auto* r = record.as<rec::sys_epoll_ctl>()) {
            if (r->op == field::epollop::DEL && (r->error == EBADF || r->error == ENOENT))
                closed_before(seen, r->fd, r->error, report);
        }
    }

 private:
    static void memory(const Seen& seen, Address address, const char* what, Report& report) {
        const EventState before = seen.change.before;
        if (before != EventState::pending && before != EventState::active) return;
        const Event* event = seen.users_event(address);
        if (event == nullptr) return;
        fill(report.about(seen.called(address)), seen, address,
             std::string("its memory ") + what + " while it is " + std::string(state_name(before)) +
                 ": event_del it first",
             {event->pending_record, seen.record.number});
    }

    static void closed(const Seen& seen, int fd, Report& report) {
        for (const auto& [address, base] : seen.model.bases()) {
            const auto slot = base.io.find(fd);
            if (!base.alive || slot == base.io.end()) continue;
            for (const Address event : slot->second.events) {
                const Event* e = seen.users_event(event);
                if (e == nullptr) continue;
                fill(report.about(seen.called(event)), seen, event,
                     "its fd is closed while it is registered: event_del it first",
                     {e->pending_record, seen.record.number});
            }
        }
    }

    // The program's own close() is in no trace: the kernel tells of it when the event is deleted.
    static void closed_before(const Seen& seen, int fd, int error, Report& report) {
        fill(report.about("fd " + std::to_string(fd)), seen, 0,
             "it was closed before its last event was deleted: epoll says " + errno_text(error),
             {seen.record.number});
    }
};

}  // namespace

std::unique_ptr<Lint> gone_while_registered() {
    return std::make_unique<GoneWhileRegistered>();
}

}  // namespace evglass::trace
