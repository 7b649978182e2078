// One order for the records of all threads: by stamp, then by thread. It takes records from the
// streams of a BlockScan and says before each how many were lost. It decides nothing about when a
// record may be handed out: the horizon comes from reader.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "trace/block_scan.h"

namespace evglass::trace {

struct MergedRecord {
    RawRecord raw;
    std::uint32_t thread = 0;
    std::uint64_t lost_before = 0;  ///< of this thread, since its last one
};

class Merge {
 public:
    /// `final`: nothing will come any more, so every hole in a thread's numbers is real.
    Merge(const RawFile& file, BlockScan& scan, std::uint64_t horizon, bool final);

    /// The next record; nothing if it lies beyond the horizon, or a hole before it may yet be
    /// filled. Its bytes are good until take().
    std::optional<MergedRecord> peek();
    /// Goes past the record that peek() gave.
    void take();

 private:
    struct Candidate {
        std::uint64_t stamp;
        std::uint32_t thread;
        bool operator<(
            const Candidate& other) const {  // the heap's top is the largest: the earliest
            return stamp != other.stamp ? stamp > other.stamp : thread > other.thread;
        }
    };
    void offer(std::uint32_t thread);

    const RawFile& file_;
    BlockScan& scan_;
    std::uint64_t horizon_;
    bool final_;
    std::vector<Candidate> heap_;
};

}  // namespace evglass::trace
