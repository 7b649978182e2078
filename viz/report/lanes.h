// The timeline of a report: a lane for each event with the states it was in, bounded so that a page
// stays a page. Lanes with the most callbacks are kept; what is left out is counted.
// Read next: report.h.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "viz/export/chronicle.h"

namespace evglass::viz::report {

struct LaneSpan {
    std::int64_t began_ns = 0, ended_ns = 0;
    trace::EventState state = trace::EventState::unknown;
    std::uint64_t record = 0;
    std::string cause;
};

struct Lane {
    std::uint32_t ordinal = 0;
    std::string title;  ///< raw
    std::uint64_t fires = 0;
    std::vector<LaneSpan> spans;
    std::uint64_t hidden = 0;  ///< spans that there was no room for: the last ones
};

struct Problem {
    std::uint64_t record = 0;
    std::string text;
};

/// Everything of a report that is made in one pass, besides its numbers.
class Lanes : public exports::Listener {
 public:
    static constexpr std::size_t kLanes = 60, kSpansOfLane = 1500, kProblems = 50;

    void step(const trace::Step& step) override;
    void turn(const exports::TurnSpan& turn) override { turns_.push_back(turn); }
    void state(const exports::StateSpan& state) override;
    void life(const exports::EventLife& life) override;

    /// The lanes to show, in the order in which the events were made.
    std::vector<Lane> chosen() const;
    std::size_t all() const { return lanes_.size(); }
    const std::vector<exports::TurnSpan>& turns() const { return turns_; }
    const std::vector<Problem>& problems() const { return problems_; }

 private:
    std::map<std::string, Lane> lanes_;  // by event: "E3"
    std::vector<exports::TurnSpan> turns_;
    std::vector<Problem> problems_;
};

}  // namespace evglass::viz::report
