// edge-not-drained: an edge-triggered fd is left with bytes in it, and nobody will tell of them.
// Only reads that the library makes are in a trace, so a program's own read() is not judged.
#include "trace/event_bits.h"
#include "trace/lints/lint.h"

namespace evglass::trace {
namespace {

constexpr int kEdge = 0x20;

class EdgeNotDrained : public Lint {
 public:
    void see(const Seen& seen, Report& report) override {
        const Record& record = seen.record;
        if (const auto* begin = record.as<rec::callback_begin>()) return started(seen, *begin);
        if (open_.empty()) return;
        if (const auto* end = record.as<rec::callback_end>()) return ended(seen, *end, report);
        if (const auto* r = record.as<rec::sys_read>())
            return read(seen, r->fd, r->result, r->size);
        if (const auto* r = record.as<rec::sys_readv>())
            return read(seen, r->fd, r->result, r->size);
    }
    void lose() override { open_.clear(); }

 private:
    struct Open {
        int fd = -1;
        std::uint64_t begin = 0;
        std::uint64_t filled = 0;  // the last read, where it filled its buffer; else 0
    };

    void started(const Seen& seen, const rec::callback_begin& r) {
        const Event* event = seen.users_event(r.event);
        const bool concerned =
            event != nullptr && (event->events & kEdge) != 0 && (r.what & ev::kRead) != 0;
        if (concerned) open_[r.event] = {.fd = r.fd, .begin = seen.record.number, .filled = 0};
    }
    void read(const Seen& seen, int fd, std::int64_t result, std::uint64_t size) {
        const bool full = result > 0 && static_cast<std::uint64_t>(result) == size;
        for (auto& [event, open] : open_)
            if (open.fd == fd) open.filled = full ? seen.record.number : 0;
    }
    void ended(const Seen& seen, const rec::callback_end& r, Report& report) {
        const auto it = open_.find(r.event);
        if (it == open_.end()) return;
        const Open open = it->second;
        open_.erase(it);
        const Event* event = seen.users_event(r.event);
        // Deleted, or to be called once more: it knows what it does.
        if (open.filled == 0 || event == nullptr || event->state() != EventState::pending) return;
        fill(report.about(seen.called(r.event)), seen, r.event,
             "its callback returned after a read that filled its buffer: what is left on the fd "
             "is not told of again",
             {open.begin, open.filled, seen.record.number});
    }

    std::map<Address, Open> open_;  // callbacks of edge-triggered events under way
};

}  // namespace

std::unique_ptr<Lint> edge_not_drained() {
    return std::make_unique<EdgeNotDrained>();
}

}  // namespace evglass::trace
