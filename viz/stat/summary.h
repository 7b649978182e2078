// A recording in numbers: what `evglass stat` prints, `diff` sets side by side and the report
// begins with. One pass; no record is kept. Read next: stat_text.h (how it is printed).
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "viz/export/chronicle.h"

namespace evglass::viz::stat {

/// How often, how long in all, how long at most.
struct Tally {
    std::uint64_t count = 0, failed = 0;
    std::int64_t total_ns = 0, longest_ns = 0;
    std::uint64_t longest_record = 0;
    void add(std::int64_t ns, std::uint64_t record);
    std::int64_t mean_ns() const;
};

/// Durations by size: 1, 2, 5, 10, 20, 50 ... of a microsecond.
class Histogram {
 public:
    static constexpr std::size_t kBuckets = 28;
    void add(std::int64_t ns);
    /// The upper edge of a bucket; the last one has none.
    static std::int64_t edge_ns(std::size_t bucket);
    const std::array<std::uint64_t, kBuckets>& counts() const { return counts_; }
    std::uint64_t total() const { return total_; }
    /// The upper edge of the bucket in which this share (0.5, 0.99) of all durations ends.
    std::int64_t quantile_ns(double share) const;
    /// The buckets that are worth a row: from the first to the last with something in it.
    struct Used {
        std::size_t first, last;
        std::uint64_t most;  ///< in one bucket
    };
    /// REQUIRES: total() > 0.
    Used used() const;

 private:
    std::array<std::uint64_t, kBuckets> counts_{};
    std::uint64_t total_ = 0;
};

struct Summary {
    std::uint64_t records = 0, lost = 0, problems = 0;
    std::int64_t began_ns = 0, ended_ns = 0;
    Tally turns;                  ///< their work: the sleep is not counted
    std::int64_t slept_ns = 0;    ///< in the backend's system calls
    std::set<std::string> loops;  ///< that turned: turns, work and sleep are those of all of them
    Tally callbacks;
    Histogram callback_time, start_delay, turn_work;
    std::map<std::string, Tally> phases, syscalls;
    std::map<std::string, std::uint64_t> causes;  ///< of activations
    std::map<std::pair<trace::EventState, trace::EventState>, std::uint64_t> transitions;
    std::vector<exports::EventLife> events;  ///< most callback time first
};

/// Makes a Summary of what it hears.
class Summarizer : public exports::Listener {
 public:
    void step(const trace::Step& step) override;
    void turn(const exports::TurnSpan& turn) override;
    void phase(const exports::PhaseSpan& phase) override;
    void callback(const exports::CallbackSpan& callback) override;
    void syscall(const exports::SyscallSpan& syscall) override;
    void activation(const exports::Activation& activation) override;
    void life(const exports::EventLife& life) override;
    /// After the last span.
    Summary take();

 private:
    Summary summary_;
};

}  // namespace evglass::viz::stat
