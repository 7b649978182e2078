// How long things took, all events together: callbacks, turns, sleeps, how late timers were. All of
// a recording's since its first record, read a stretch at a time; what was read stays, so that a
// moment that one goes back to has what was over by then.
// It keeps no states of events: that is history.h. Read next: view_histograms.cc (which draws it).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <unordered_map>
#include <vector>

#include "trace/model.h"
#include "trace/reader.h"
#include "viz/live/histogram.h"

namespace evglass::viz {

enum class Duration : std::uint8_t {
    callback,  ///< a callback's call
    wake,      ///< from the end of the wait to a callback's begin
    awake,     ///< a turn, without its sleep
    sleep,     ///< a wait of the backend
    lateness,  ///< a timer's expiry after its deadline
    count_
};
using Histograms = std::array<Histogram, static_cast<std::size_t>(Duration::count_)>;

class Durations {
 public:
    /// `most`: of so many, what took how long at which record is known; of those before, the sum.
    explicit Durations(std::size_t most = 2'000'000) : most_(most) {}
    /// The next record.
    void see(const trace::Record& record);
    std::uint64_t first() const { return first_; }
    std::uint64_t last() const { return last_; }
    std::int64_t first_ns() const { return first_ns_; }
    /// Can it be told what was over at this record? Not, where only the sum is known by now.
    bool reaches_back_to(std::uint64_t record) const { return record >= summed_to_; }
    /// What was over at a record. REQUIRES: reaches_back_to(record)
    Histograms until(std::uint64_t record) const;

 private:
    struct Took {
        std::uint64_t record;
        std::int64_t ns;
        Duration what;
    };
    struct Loop {
        std::int64_t turn_ns = -1, dispatch_ns = -1, woke_ns = -1, slept_ns = 0;
    };
    struct Running {
        trace::Address event;
        std::int64_t began_ns;
    };

    void took(Duration what, std::int64_t ns);
    void begun(const trace::rec::callback_begin& r, const trace::Record& record);
    void ended(const trace::rec::callback_end& r, const trace::Record& record);
    bool loop(const trace::Record& record);
    void timer(const trace::Record& record);
    void expired(const trace::rec::event_activate& r, const trace::Record& record);

    std::size_t most_;
    std::uint64_t first_ = 0, last_ = 0, summed_to_ = 0;
    std::int64_t first_ns_ = 0;
    Histograms all_, summed_;  ///< of all that was read; of what is in `took_` no longer
    std::deque<Took> took_;    ///< in the order of records
    std::map<trace::Address, Loop> loops_;                        // by base
    std::map<std::uint32_t, std::vector<Running>> running_;       // by thread
    std::unordered_map<trace::Address, std::int64_t> deadlines_;  // by event
    std::int64_t clock_offset_us_ = 0;
    bool clock_known_ = false;
};

/// What a moment has of them: see Moment.
struct DurationsSeen {
    Histograms histograms;
    std::uint64_t first = 0, read = 0;  ///< records
    std::int64_t first_ns = 0;
};

}  // namespace evglass::viz
