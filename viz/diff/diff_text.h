// The comparison of two recordings as text and as JSON: where they part first, then their numbers
// side by side.
#pragma once

#include <string>
#include <vector>

#include "viz/diff/align.h"
#include "viz/stat/summary.h"

namespace evglass::viz::diff {

/// One recording as diff sees it.
struct Side {
    std::string path, program;
    stat::Summary summary;
    Script script;
};

/// `more`: how many partings behind the first are told.
std::string diff_text(const Side& a, const Side& b, const std::vector<Parting>& partings,
                      std::size_t more);
std::string diff_json(const Side& a, const Side& b, const std::vector<Parting>& partings);

}  // namespace evglass::viz::diff
