// The diagrams of a report: for each of some views a picture at each of some turns, laid out
// together so that a slider moves through them and what stays stands still.
// Read next: viz/graph/series.h.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "trace/symbols.h"
#include "trace/timeline.h"
#include "viz/export/chronicle.h"
#include "viz/report/tables.h"

namespace evglass::viz::report {

/// One view through the turns.
struct Film {
    std::string view, doc;
    std::vector<std::string> frames;  ///< SVG
};

struct Diagrams {
    std::vector<exports::TurnSpan> turns;  ///< those that are drawn
    std::vector<Film> films;
    std::vector<Film> stills;  ///< pictures of the whole recording: one frame each
    std::string error;         ///< one line; empty: all is there
};

/// Told after each film.
using Progress = std::function<void(const std::string& what)>;

/// `turns`: all of the recording, of the base that is drawn.
Diagrams make_diagrams(trace::Timeline& timeline, const Facts& facts, const trace::Symbols& symbols,
                       const std::vector<exports::TurnSpan>& turns, std::size_t most,
                       const Progress& progress);

/// Which turns are drawn, where there are more than `most`: those with callbacks first, evenly.
std::vector<exports::TurnSpan> choose_turns(const std::vector<exports::TurnSpan>& turns,
                                            std::size_t most);

}  // namespace evglass::viz::report
