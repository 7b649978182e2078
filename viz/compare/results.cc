// Looking things up in results, and the crossover. See results.h.
#include "viz/compare/results.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "trace/text.h"

namespace evglass::viz::compare {

std::vector<int> Results::sizes(const std::string& scenario) const {
    std::set<int> found;
    for (const Outcome& outcome : outcomes)
        if (outcome.what.scenario == scenario) found.insert(outcome.what.n);
    return {found.begin(), found.end()};
}

const Outcome* Results::find(const std::string& scenario, const std::string& mechanism,
                             int n) const {
    for (const Outcome& outcome : outcomes)
        if (outcome.what.scenario == scenario && outcome.what.mechanism == mechanism &&
            outcome.what.n == n)
            return &outcome;
    return nullptr;
}

const ScenarioRow* Results::scenario(const std::string& name) const {
    const auto at = std::ranges::find_if(scenarios, [&](const auto& s) { return s.name == name; });
    return at != scenarios.end() ? &*at : nullptr;
}

std::string this_machine() {
    std::string processor = "unknown processor";
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);)
        if (line.starts_with("model name") && line.find(": ") != std::string::npos) {
            processor = line.substr(line.find(": ") + 2);
            break;
        }
    utsname kernel{};
    uname(&kernel);
    const std::string release = kernel.release;
    return trace::safe(fmt::format("{}, {} processors, Linux {}", processor,
                                   sysconf(_SC_NPROCESSORS_ONLN),
                                   release.substr(0, release.find('-'))));
}

std::optional<double> crossover(const Results& results, const std::string& slow,
                                const std::string& fast, double factor) {
    std::optional<std::pair<double, double>> before;  // log n, log of how many times as much
    for (const int n : results.sizes("idle")) {
        const Outcome* a = results.find("idle", slow, n);
        const Outcome* b = results.find("idle", fast, n);
        if (a == nullptr || b == nullptr || !a->measured() || !b->measured()) continue;
        const double x = std::log(n),
                     y = std::log(a->timing.median() / b->timing.median() / factor);
        if (before && before->second < 0 && y >= 0)
            return std::exp(before->first +
                            (x - before->first) * -before->second / (y - before->second));
        before = {x, y};
    }
    return {};
}

}  // namespace evglass::viz::compare
