// What happened lately: each event's states one after the other, and how long things took. It is
// gathered anew from the records before the moment, as many as kWindow, and nothing else is asked:
// so it is right at every moment that one goes back to, and costs the same in each trace.
// Read next: view_lanes.cc, view_detail.cc, view_histograms.cc (which draw it).
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

struct EventHistory {
    std::vector<Span> spans;
    Histogram callback;  ///< how long its callback took
    Histogram delay;     ///< from active to running
};

struct History {
    static constexpr std::size_t kWindow = 20'000;

    std::uint64_t first = 0, last = 0;  ///< records
    std::int64_t first_ns = 0, last_ns = 0;
    std::uint64_t records = 0;
    std::map<trace::Address, EventHistory> events;
    Histogram callback;  ///< all callbacks
    Histogram awake;     ///< one turn, without its sleep
    Histogram sleep;     ///< one wait of the backend
    Histogram lateness;  ///< a timer's expiry after its deadline
    Histogram wake;      ///< from the end of the wait to a callback's begin
};

/// "the last 20,000 records, 1.24 s": what a History speaks of.
std::string window_text(const History& history);

/// Records in order in, a History out.
class HistoryMaker {
 public:
    explicit HistoryMaker(const trace::TraceContext& context) : context_(context) {}
    void see(const trace::Record& record);
    History take() { return std::move(history_); }

 private:
    struct Loop {
        std::int64_t turn_ns = -1, dispatch_ns = -1, woke_ns = -1, slept_ns = 0;
    };
    struct Running {
        trace::Address event;
        std::int64_t began_ns;
    };

    void change(trace::Address event, trace::EventState state, const trace::Record& record,
                std::string why, trace::Address by = 0);
    void change_by_caller(trace::Address event, trace::EventState state,
                          const trace::Record& record);
    void flags(trace::Address event, int before, int flags, const trace::Record& record);
    void loop(const trace::Record& record);
    void timer(const trace::Record& record);
    void activated(const trace::rec::event_activate& r, const trace::Record& record);
    void begun(const trace::rec::callback_begin& r, const trace::Record& record);
    void ended(const trace::rec::callback_end& r, const trace::Record& record);

    const trace::TraceContext& context_;
    History history_;
    std::map<trace::Address, Loop> loops_;                             // by base
    std::map<std::uint32_t, std::vector<std::uint16_t>> api_;          // sites, by thread
    std::map<std::uint32_t, std::vector<Running>> running_;            // by thread
    std::map<trace::Address, int> flags_;                              // by event
    std::map<trace::Address, std::int64_t> deadlines_, active_since_;  // by event
    std::map<trace::Address, std::string> reasons_;                    // of the last activation
    std::int64_t clock_offset_us_ = 0;
    bool clock_known_ = false;
};

}  // namespace evglass::viz
