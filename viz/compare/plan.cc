// Names and numbers of the user, checked against the lab's own tables. See plan.h.
#include "viz/compare/plan.h"

#include <algorithm>

#include <fmt/format.h>

namespace evglass::viz::compare {
namespace {

constexpr int kMostCases = 2000;
constexpr int kMostDescriptors = 1000000;

template <class Rows>
std::string names_of(const Rows& rows) {
    std::string out;
    for (const auto& row : rows) out += (out.empty() ? "" : ", ") + row.name;
    return out;
}

/// The rows that were asked for, in the table's order; all where nothing was.
template <class Row>
std::vector<Row> choose(const std::vector<Row>& rows, const std::vector<std::string>& asked,
                        const char* kind, std::string& error) {
    for (const std::string& name : asked)
        if (std::ranges::none_of(rows, [&](const Row& row) { return row.name == name; }))
            error = fmt::format("'{}' is no {}: there are {}", name, kind, names_of(rows));
    std::vector<Row> out;
    for (const Row& row : rows)
        if (asked.empty() || std::ranges::find(asked, row.name) != asked.end()) out.push_back(row);
    return out;
}

std::vector<int> active_of(const ScenarioRow& scenario, int n, const std::vector<int>& asked) {
    if (!asked.empty()) {
        std::vector<int> out = asked;
        std::erase_if(out, [n](int active) { return active > n; });
        return out;
    }
    if (scenario.active == 0) return {n};
    if (scenario.active < 0) return {std::max(1, n / -scenario.active)};
    return {std::min(scenario.active, n)};
}

std::string bad_number(const std::vector<int>& numbers, const char* option) {
    for (const int number : numbers)
        if (number < 1 || number > kMostDescriptors)
            return fmt::format("{} {}: write numbers from 1 to {}", option, number,
                               kMostDescriptors);
    return {};
}

}  // namespace

std::string check_mechanisms(const Lab& lab, const std::vector<std::string>& names) {
    std::string error;
    choose(lab.mechanisms(), names, "mechanism", error);
    return error;
}

Plan plan(const Lab& lab, const Asked& asked) {
    Plan out;
    const auto scenarios = choose(lab.scenarios(), asked.scenarios, "scenario", out.error);
    const auto mechanisms = choose(lab.mechanisms(), asked.mechanisms, "mechanism", out.error);
    if (out.error.empty()) out.error = bad_number(asked.sizes, "--n");
    if (out.error.empty()) out.error = bad_number(asked.active, "--active");
    if (!out.error.empty()) return out;
    for (const ScenarioRow& scenario : scenarios)
        for (const int n : asked.sizes.empty() ? scenario.sizes : asked.sizes)
            for (const int active : active_of(scenario, n, asked.active))
                for (const MechanismRow& mechanism : mechanisms)
                    if (mechanism.name != "none" || scenario.name == "idle")
                        out.cases.push_back({scenario.name, mechanism.name, n, active});
    if (out.cases.empty())
        out.error = "nothing is left to run: every --active is more than its --n";
    if (out.cases.size() > kMostCases)
        out.error = fmt::format("{} cases are too many: {} at most, so give shorter lists",
                                out.cases.size(), kMostCases);
    return out;
}

}  // namespace evglass::viz::compare
