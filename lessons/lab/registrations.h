// Which registration of a descriptor an answer of the kernel is for. A handler may remove a
// descriptor, and even get the same number for a new one, while an older answer still waits its
// turn: the descriptor alone can't tell. So each registration has a name of its own, which goes
// into the kernel and comes back.
// Read next: raw_epoll.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lab {

class Registrations {
 public:
    using Name = std::uint64_t;

    /// The descriptor below, how often it was removed above.
    Name name(int fd) const {
        const auto at = static_cast<std::size_t>(fd);
        const Name removed = at < removed_.size() ? removed_[at] : 0;
        return removed << 32 | static_cast<std::uint32_t>(fd);
    }
    static int fd_of(Name name) { return static_cast<int>(name & 0xffffffff); }
    bool is_current(Name given) const { return given == name(fd_of(given)); }
    /// What was answered for it until now is out of date.
    void end(int fd) {
        const auto at = static_cast<std::size_t>(fd);
        if (at >= removed_.size()) removed_.resize(at + 1);
        ++removed_[at];
    }

 private:
    std::vector<std::uint32_t> removed_;  ///< by descriptor
};

}  // namespace lab
