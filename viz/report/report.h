// One page about a recording, to hand to a colleague: what happened in numbers, a timeline, what is
// wrong, and diagrams with a slider through the turns. The page needs no network, loads nothing and
// keeps nothing; its policy forbids it to. All text of the traced program is escaped for HTML, or
// stands in JSON that can't end its element.
// Read next: page.h (the frame: style and script), film.h, lanes.h.
#pragma once

#include <string>

#include "trace/timeline.h"
#include "viz/report/film.h"
#include "viz/report/tables.h"

namespace evglass::viz::report {

struct Report {
    std::string html;
    std::string error;  ///< one line; then there is no page
};

/// `turns`: so many turns are drawn at most.
Report make_report(trace::Timeline& timeline, const Facts& facts, std::size_t turns,
                   const Progress& progress);

}  // namespace evglass::viz::report
