// Plots of the results, drawn by gnuplot: the script is a pure function of the results.
#pragma once

#include <string>
#include <vector>

#include "viz/compare/results.h"

namespace evglass::viz::compare {

enum class Picture { svg, png };

struct Plot {
    std::string name;    ///< of its file, without the ending
    std::string script;  ///< gnuplot's; ends up on stdout
};
/// Those that these results have something to say in: "cost" (time over idle descriptors, both axes
/// logarithmic, crossovers marked) and "calls" (system calls for an event, by kind).
std::vector<Plot> plots(const Results& results, Picture picture);

/// Draws them into a directory. What was written; one line in `error` if it can't be.
std::vector<std::string> draw(const Results& results, const std::string& directory,
                              std::string& error);

}  // namespace evglass::viz::compare
