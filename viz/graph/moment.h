// Which moment of a trace a picture shows: what --at, --turn, --base, --event and --since come down
// to. Without them it is the newest record; where the base is gone by then, the end of its loop,
// because a picture of a freed base would be empty. What is compared with: where --since says so;
// else, for --at, the record before; for --turn, the beginning of the turn before. Read next:
// scene.h (what a view is given), views.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "trace/timeline.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {

struct Asked {
    std::optional<std::uint64_t> at;    ///< --at: a record's number
    std::optional<std::uint64_t> turn;  ///< --turn: a turn's number
    std::string base;                   ///< --base: "B2"; empty: the one whose record was last
    std::string event{};                ///< --event: "E3"; empty: the one whose callback ran last
    std::string object{};               ///< "V3", "S2": draw this one alone; empty: all
    std::optional<std::uint64_t> since{};  ///< --since: the record to compare with
};

/// A moment, and all that a Scene refers to. Its records belong to the timeline: it is to be used
/// before the timeline reads on.
class Moment {
 public:
    /// Never fails: where there is no such moment, error() is a line that says what there is.
    static Moment choose(trace::Timeline& timeline, const View& view, const Asked& asked);

    const std::string& error() const { return error_; }
    /// Valid as long as this object and the timeline are. Only where error() is empty.
    Scene scene() const;

 private:
    trace::Model model_;
    trace::Base nobody_;  ///< stands in where the view needs no base
    std::optional<trace::Model> before_;
    trace::Address base_ = 0, event_ = 0, object_ = 0;
    std::string moment_, scope_ = "the whole trace", error_;
    std::vector<const trace::Record*> records_;
    std::int64_t now_us_ = trace::kNone;
    const std::vector<trace::SiteInfo>* sites_ = nullptr;
    friend class Chooser;
};

}  // namespace evglass::viz::graph
