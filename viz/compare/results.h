// All outcomes of a comparison, and the questions that tables and plots ask of them.
// Read next: table.h, export.h, plot.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "viz/compare/case.h"
#include "viz/compare/lab.h"

namespace evglass::viz::compare {

struct Results {
    std::string machine;  ///< processor, number of them, kernel
    Effort effort;
    std::vector<MechanismRow> mechanisms;
    std::vector<ScenarioRow> scenarios;
    std::vector<Outcome> outcomes;

    /// Sizes of a scenario that were run, ascending; and what came of one case.
    std::vector<int> sizes(const std::string& scenario) const;
    const Outcome* find(const std::string& scenario, const std::string& mechanism, int n) const;
    const ScenarioRow* scenario(const std::string& name) const;
    bool has(const std::string& scenario) const { return !sizes(scenario).empty(); }
};

/// "AMD EPYC 7B13, 2 processors, Linux 6.18": as the kernel tells it.
std::string this_machine();

/// The n at which `slow` costs `factor` times as much as `fast` in the scenario "idle", between two
/// measured sizes on a straight line in both logarithms. Nothing: not in the range measured.
std::optional<double> crossover(const Results& results, const std::string& slow,
                                const std::string& fast, double factor);

}  // namespace evglass::viz::compare
