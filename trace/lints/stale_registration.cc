// stale-registration: an fd's number is used anew while events of its earlier life are still
// registered for it. They will hear of a stranger's bytes, or of nothing.
#include <cerrno>

#include "trace/lints/lint.h"
#include "trace/text.h"

namespace evglass::trace {
namespace {

class StaleRegistration : public Lint {
 public:
    void see(const Seen& seen, Report& report) override {
        const Record& record = seen.record;
        if (const auto* r = record.as<rec::sys_accept4>()) opened(seen, r->result, report);
        if (const auto* r = record.as<rec::sys_socket>()) opened(seen, r->result, report);
        if (const auto* r = record.as<rec::sys_epoll_ctl>()) disagreed(seen, *r, report);
    }

 private:
    /// The kernel gave this number out: whatever is registered for it belongs to an fd that is
    /// gone.
    static void opened(const Seen& seen, int fd, Report& report) {
        if (fd < 0) return;
        for (const auto& [address, base] : seen.model.bases()) {
            const auto slot = base.io.find(fd);
            if (!base.alive || slot == base.io.end()) continue;
            for (const Address event : slot->second.events) {
                const Event* e = seen.users_event(event);
                if (e == nullptr) continue;
                fill(report.about(seen.called(event)), seen, event,
                     "its fd was closed, and the number now belongs to another one, while it is "
                     "registered",
                     {e->pending_record, seen.record.number});
            }
        }
    }

    /// The library changes what it believes is watched, and the kernel has never heard of it. (An
    /// ADD that exists already is no sign: a dup'ed fd looks like that.)
    static void disagreed(const Seen& seen, const rec::sys_epoll_ctl& r, Report& report) {
        if (r.op != field::epollop::MOD || r.error != ENOENT) return;
        const Address event = registered(seen, r.fd);
        const Event* e = seen.model.event(event);
        const std::string name = event == 0 ? "fd " + std::to_string(r.fd) : seen.called(event);
        std::vector<std::uint64_t> evidence;
        if (e != nullptr && e->pending_record != 0) evidence.push_back(e->pending_record);
        evidence.push_back(seen.record.number);
        fill(report.about(name), seen, event,
             "its fd was closed and opened anew while events were registered for it: epoll no "
             "longer watched it",
             std::move(evidence));
    }

    static Address registered(const Seen& seen, int fd) {
        for (const auto& [address, base] : seen.model.bases()) {
            const auto slot = base.io.find(fd);
            if (base.alive && slot != base.io.end() && !slot->second.events.empty())
                return slot->second.events.back();
        }
        return 0;
    }
};

}  // namespace

std::unique_ptr<Lint> stale_registration() {
    return std::make_unique<StaleRegistration>();
}

}  // namespace evglass::trace
