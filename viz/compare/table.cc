// Results as tables of at most 110 columns. Where a case has no figure, its reason stands below.
#include "viz/compare/table.h"

#include <map>

#include <fmt/format.h>

#include "trace/text.h"

namespace evglass::viz::compare {
namespace {

constexpr const char* kSources =
    "Where the figures come from. Time: the kernel's CPU clock of the process, {} repeats of {} "
    "ms,\n"
    "nothing recorded; the median, and how far the repeats lie apart. User and system: getrusage.\n"
    "Calls, bytes, descriptors looked at: a trace of the same case; bytes are worked out from the\n"
    "arguments (lists and answers only). Wake-ups: counted by the program. Every event has one "
    "read\n"
    "in it, and the write of the client that makes the next one, which is timed and not counted.\n";

/// Three figures: "1.23 us", "45.6 us".
std::string time_text(double ns) {
    return trace::duration_text(static_cast<std::int64_t>(ns + 0.5));
}

/// Three figures, and no more than are there: "0.01", "1.5", "12", "8002".
std::string figure(double value) {
    if (value == 0) return "-";
    if (value < 0.01) return fmt::format("{:.3f}", value);
    if (value < 0.995) return fmt::format("{:.2f}", value);
    if (value < 9.95) return fmt::format("{:.1f}", value);
    return fmt::format("{:.0f}", value);
}

std::string time_cell(const Outcome* outcome) {
    if (outcome == nullptr) return "";
    if (!outcome->measured()) return "left out";
    const Timing& t = outcome->timing;
    const double spread = 100 * (t.high() - t.low()) / (2 * t.median());
    return fmt::format("{} ±{:.0f}%", time_text(t.median()), spread);
}

/// Pads by characters, not bytes: ± is two.
std::string padded(const std::string& text, std::size_t width) {
    std::size_t characters = 0;
    for (const char c : text) characters += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    return std::string(width > characters ? width - characters : 0, ' ') + text;
}

std::string times(const Results& results, const ScenarioRow& scenario) {
    constexpr std::size_t kWide = 13, kMostSizes = 6;
    std::vector<int> sizes = results.sizes(scenario.name);
    // A terminal holds so many columns: the smallest, then the largest.
    while (sizes.size() > kMostSizes) sizes.erase(sizes.begin() + 1);
    std::string out = fmt::format("  {:<13}", "time/event");
    for (const int n : sizes) out += padded(fmt::format("n={}", n), kWide);
    out += "\n";
    for (const MechanismRow& mechanism : results.mechanisms) {
        std::string row;
        for (const int n : sizes)
            row += padded(time_cell(results.find(scenario.name, mechanism.name, n)), kWide);
        if (row.find_first_not_of(' ') != std::string::npos)
            out += fmt::format("  {:<13}{}\n", mechanism.name, row);
    }
    return out;
}

std::string cost_row(const Outcome& o) {
    const Counts& c = o.counts;
    std::string ring =
        c.submissions + c.completions == 0
            ? "-"
            : fmt::format("{}/{}", figure(c.each(c.submissions)), figure(c.each(c.completions)));
    return fmt::format(
        "{:>7}{:>7}{:>7}{:>8}{:>8}{:>8}{:>9}{:>10}{:>9}", figure(c.each(c.calls())),
        figure(c.each(c.waits)), figure(c.each(c.controls)), figure(c.each(c.wakeups)),
        figure(c.per_wait(c.bytes_in)), figure(c.per_wait(c.bytes_out)),
        figure(c.per_wait(c.scanned)), ring,
        fmt::format("{:.0f}/{:.0f}", 100 * o.timing.user_share, 100 * (1 - o.timing.user_share)));
}

std::string costs(const Results& results, const ScenarioRow& scenario) {
    const int n = results.sizes(scenario.name).back();
    std::string rows;
    for (const MechanismRow& mechanism : results.mechanisms) {
        const Outcome* outcome = results.find(scenario.name, mechanism.name, n);
        if (outcome != nullptr && outcome->measured())
            rows += fmt::format("  {:<13}{}\n", mechanism.name, cost_row(*outcome));
    }
    if (rows.empty()) return {};
    return fmt::format(
               "\n  {:<13}{:^29}{:^25}{:^19}\n  "
               "{:<13}{:>7}{:>7}{:>7}{:>8}{:>8}{:>8}{:>9}{:>10}{:>9}\n",
               fmt::format("n={}", n), "for each event:", "for each wait:", "requests/", "",
               "calls", "waits", "ctl", "wakeup", "B in", "B out", "scanned", "completed",
               "usr/sys%") +
           rows;
}

/// Each reason once, with those whom it concerns.
std::string left_out(const Results& results, const std::string& scenario) {
    std::map<std::string, std::string> whom;
    for (const Outcome& outcome : results.outcomes)
        if (outcome.what.scenario == scenario && !outcome.measured())
            whom[outcome.left_out] +=
                fmt::format(" {} (n={})", outcome.what.mechanism, outcome.what.n);
    std::string out;
    for (const auto& [why, names] : whom) out += fmt::format("  left out:{}: {}\n", names, why);
    return out;
}

std::string crossovers(const Results& results) {
    if (results.sizes("idle").size() < 2) return {};
    struct Pair {
        const char *slow, *fast;
    };
    std::string out;
    for (const Pair& pair : {Pair{"raw-poll", "raw-epoll"},
                             {"raw-select", "raw-epoll"},
                             {"poll", "epoll"},
                             {"select", "epoll"}})
        for (const double factor : {1.0, 2.0, 10.0})
            if (const auto n = crossover(results, pair.slow, pair.fast, factor))
                out += factor == 1.0
                           ? fmt::format("  {} begins to cost more than {} at {:.0f} descriptors\n",
                                         pair.slow, pair.fast, *n)
                           : fmt::format("  {} costs {:.0f} times {} at {:.0f} descriptors\n",
                                         pair.slow, factor, pair.fast, *n);
    return out.empty() ? out : "Crossovers, idle, between the sizes measured\n" + out + "\n";
}

}  // namespace

std::string as_table(const Results& results) {
    std::string out = results.machine + "\n\n";
    for (const ScenarioRow& scenario : results.scenarios) {
        if (!results.has(scenario.name)) continue;
        out += fmt::format("{}: {}; n: {}\n", scenario.name, scenario.doc, scenario.n_means);
        out += times(results, scenario) + costs(results, scenario);
        out += left_out(results, scenario.name) + "\n";
    }
    return out + crossovers(results) +
           fmt::format(kSources, results.effort.repeats, results.effort.milliseconds);
}

}  // namespace evglass::viz::compare
