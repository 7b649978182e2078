// Results for people and for programs: tables for a terminal, JSON, CSV. Pure functions.
#pragma once

#include <string>

#include "viz/compare/results.h"

namespace evglass::viz::compare {

/// For each scenario how long an event takes at each size, and at the largest what it costs in
/// calls, bytes and descriptors looked at; then the crossovers and where the figures come from.
std::string as_table(const Results& results);
std::string as_json(const Results& results);
std::string as_csv(const Results& results);

}  // namespace evglass::viz::compare
