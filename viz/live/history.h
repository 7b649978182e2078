// What happened: each event's states one after the other, and how long its callback took. A History
// is gathered anew from the records before the moment, as many as kWindow, and nothing else is
// asked: so it is right at every moment that one goes back to, and costs the same in each trace. A
// Life is that of one event since the trace's first record, read a stretch at a time.
// Read next: view_lanes.cc, view_detail.cc (which draw it); durations.h (all events together).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "trace/model.h"
#include "trace/reader.h"
#include "viz/live/histogram.h"

namespace evglass::viz {

/// A stretch in which an event was in one state. The last one of an event goes on.
struct Span {
    trace::EventState state = trace::EventState::unknown;
    std::int64_t begin_ns = 0;
    std::uint64_t record = 0;  ///< that began it
    std::string why;           ///< "event_add", "the backend: READ"
    trace::Address by = 0;     ///< the event whose callback did it; 0: none
};

/// How long something took that was over at this record.
struct Took {
    std::uint64_t record = 0;
    std::int64_t ns = 0;
};
Histogram histogram_of(const std::vector<Took>& all);

struct EventHistory {
    std::vector<Span> spans;
    std::vector<Took> callback;  ///< how long its callback took
    std::vector<Took> delay;     ///< from active to running
    /// Where there were too many, the oldest spans went: the record of the first that is left.
    std::uint64_t begins = 0;
    /// What of it was over, or had begun, at a record.
    EventHistory until(std::uint64_t record) const;
    /// Leaves out events that were at the same address before, and are gone.
    void forget_former();
};

struct History {
    static constexpr std::size_t kWindow = 20'000;

    std::uint64_t first = 0, last = 0;  ///< records
    std::int64_t first_ns = 0, last_ns = 0;
    std::uint64_t records = 0;
    std::map<trace::Address, EventHistory> events;
};

/// What an event that was asked for did since the first record, as far as it was read by now.
struct LifeSeen {
    EventHistory history;
    std::uint64_t first = 0, read = 0;  ///< records
};

/// Records in order in, a History out.
class HistoryMaker {
 public:
    /// `only`: the one event that is asked for, 0: all.
    explicit HistoryMaker(const trace::TraceContext& context, trace::Address only = 0)
        : context_(context), only_(only) {}
    void see(const trace::Record& record);
    const History& history() const { return history_; }
    History take() { return std::move(history_); }

 private:
    struct Running {
        trace::Address event;
        std::int64_t began_ns;
    };

    void change(trace::Address event, trace::EventState state, const trace::Record& record,
                std::string why, trace::Address by = 0);
    void change_by_caller(trace::Address event, trace::EventState state,
                          const trace::Record& record);
    void flags(trace::Address event, int before, int flags, const trace::Record& record);
    void activated(const trace::rec::event_activate& r);
    void begun(const trace::rec::callback_begin& r, const trace::Record& record);
    void ended(const trace::rec::callback_end& r, const trace::Record& record);

    bool wanted(trace::Address event) const { return only_ == 0 || event == only_; }

    const trace::TraceContext& context_;
    trace::Address only_;
    History history_;
    std::map<std::uint32_t, std::vector<std::uint16_t>> api_;  // sites, by thread
    std::map<std::uint32_t, std::vector<Running>> running_;    // by thread
    std::map<trace::Address, int> flags_;                      // by event
    std::map<trace::Address, std::int64_t> active_since_;      // by event
    std::map<trace::Address, std::string> reasons_;            // of the last activation
};

}  // namespace evglass::viz
