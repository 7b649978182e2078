// The io map beside the backend's interest.
#include "viz/graph/io_facts.h"

#include <fmt/format.h>

namespace evglass::viz::graph {
namespace {

constexpr int kRead = 0x02;
constexpr int kWrite = 0x04;
constexpr int kClosed = 0x80;

int wanted_of(const trace::IoSlot& slot) {
    return (slot.nread > 0 ? kRead : 0) | (slot.nwrite > 0 ? kWrite : 0) |
           (slot.nclose > 0 ? kClosed : 0);
}

}  // namespace

std::vector<IoFacts> io_facts(const trace::Base& base) {
    std::map<int, IoFacts> by_fd;
    for (const auto& [fd, slot] : base.io) {
        const int wanted = wanted_of(slot);
        if (!slot.events.empty() || wanted != 0) by_fd[fd] = {fd, &slot, wanted, 0};
    }
    for (const auto& [fd, mask] : base.interest) {
        const int watched = mask & (kRead | kWrite | kClosed);
        if (watched == 0 && !by_fd.contains(fd)) continue;
        IoFacts& facts = by_fd[fd];
        facts.fd = fd;
        facts.watched = watched;
    }
    std::vector<IoFacts> out;
    for (const auto& entry : by_fd) out.push_back(entry.second);
    return out;
}

std::string counts_text(const trace::IoSlot& slot) {
    std::string out;
    const auto add = [&](const char* name, int n) {
        if (n != 0) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name, n);
    };
    add("read", slot.nread);
    add("write", slot.nwrite);
    add("closed", slot.nclose);
    return out.empty() ? "none" : out;
}

}  // namespace evglass::viz::graph
