// fd-leak: connections that were accepted and served, and never closed.
// A program's own close() is in no trace. But the kernel gives out the lowest number that is free:
// an fd below the one that accept returned last was open then, whatever the trace has seen.
#include <algorithm>

#include "trace/lints/lint.h"

namespace evglass::trace {
namespace {

constexpr std::size_t kLeast = 20;

class FdLeak : public Lint {
 public:
    void see(const Seen& seen, Report& report) override {
        static_cast<void>(report);
        const Record& record = seen.record;
        if (const auto* r = record.as<rec::sys_accept4>()) {
            opened(r->result, record.number);
        } else if (const auto* r = record.as<rec::sys_socket>()) {
            opened(r->result, record.number);
        } else if (const auto* r = record.as<rec::sys_close>()) {
            open_.erase(r->fd);
        } else if (const auto* r = record.as<rec::io_add>()) {
            const auto it = open_.find(r->fd);
            if (it != open_.end()) it->second.served = true;
        } else if (const auto* r = record.as<rec::io_del>()) {
            const auto it = open_.find(r->fd);
            if (it != open_.end()) it->second.left = record.number;
        }
    }
    void lose() override { open_.clear(), last_fd_ = -1; }

    void judge(const Model& model, Report& report) override {
        report.clear();
        std::vector<std::pair<int, Open>> left;
        for (const auto& [fd, open] : open_) {
            const bool proven = fd < last_fd_ && open.left < last_record_;
            if (open.served && proven && !watched(model, fd)) left.emplace_back(fd, open);
        }
        if (left.size() < kLeast) return;
        const auto& [fd, first] = left.front();
        Finding* finding =
            report.about("fd " + std::to_string(fd) + " and " + counted(left.size() - 1, "other"));
        if (finding == nullptr) return;
        finding->times = left.size();
        finding->text =
            "they were accepted or connected, their events are deleted, and they were "
            "still open when fd " +
            std::to_string(last_fd_) + " came";
        finding->evidence = {first.record, first.left, last_record_};
        std::sort(finding->evidence.begin(), finding->evidence.end());
    }

 private:
    struct Open {
        std::uint64_t record = 0;  // that opened it
        std::uint64_t left = 0;    // the last io_del
        bool served = false;       // an event watched it
    };

    void opened(int fd, std::uint64_t record) {
        if (fd < 0) return;
        open_[fd] = {.record = record, .left = 0, .served = false};
        last_fd_ = fd;
        last_record_ = record;
    }
    static bool watched(const Model& model, int fd) {
        for (const auto& [address, base] : model.bases()) {
            const auto slot = base.io.find(fd);
            if (slot != base.io.end() && !slot->second.events.empty()) return true;
        }
        for (const auto& [address, bev] : model.bufferevents())
            if (bev.fd == fd && !bev.released) return true;
        return false;
    }

    std::map<int, Open> open_;
    int last_fd_ = -1;
    std::uint64_t last_record_ = 0;
};

}  // namespace

std::unique_ptr<Lint> fd_leak() {
    return std::make_unique<FdLeak>();
}

}  // namespace evglass::trace
