// Three columns: A, B, and by how much B is more.
#include "viz/diff/diff_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "trace/text.h"
#include "viz/stat/stat_text.h"

namespace evglass::viz::diff {
namespace {

using nlohmann::ordered_json;
using stat::Tally;
using trace::duration_text;

std::string unit_text(const Parting& parting) {
    return parting.actor == "the program" ? "what the program does outside of callbacks"
                                          : fmt::format("run {} of {}", parting.run, parting.actor);
}

std::string side_line(const char* side, const std::optional<Step>& step, std::size_t more,
                      bool there) {
    if (!there) return fmt::format("  {}: this run is not there\n", side);
    if (!step) return fmt::format("  {}: ends here\n", side);
    std::string out = fmt::format("  {}: {}  (#{})", side, trace::safe(step->text), step->record);
    if (more > 0) out += fmt::format(", and {} more steps", more);
    return out + "\n";
}

std::string parting_text(const Parting& parting) {
    std::string out = unit_text(parting) + "\n";
    for (const Step& step : parting.shared)
        out += fmt::format("  both: {}  (#{} of A)\n", trace::safe(step.text), step.record);
    out += side_line("A", parting.a, parting.more_a, parting.in_a);
    return out + side_line("B", parting.b, parting.more_b, parting.in_b);
}

std::string difference(std::int64_t a, std::int64_t b) {
    return a == b ? "" : fmt::format("{:+}", b - a);
}

std::string share(std::int64_t a, std::int64_t b) {
    if (a <= 0 || b <= 0) return "";
    return fmt::format("\u00d7{:.2f}", static_cast<double>(b) / static_cast<double>(a));
}

template <class Map>
std::set<typename Map::key_type> keys(const Map& a, const Map& b) {
    std::set<typename Map::key_type> out;
    for (const auto& entry : a) out.insert(entry.first);
    for (const auto& entry : b) out.insert(entry.first);
    return out;
}

template <class Map>
typename Map::mapped_type value(const Map& map, const typename Map::key_type& key) {
    const auto found = map.find(key);
    return found == map.end() ? typename Map::mapped_type{} : found->second;
}

std::string heading(const std::string& what) {
    return fmt::format("\n{:<30} {:>11} {:>11}\n", what, "A", "B");
}

// What says nothing at a line's end is left out.
std::string trimmed(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

std::string count_row(const std::string& name, std::uint64_t a, std::uint64_t b) {
    return trimmed(
        fmt::format("  {:<28} {:>11} {:>11}  {}", name, a, b,
                    difference(static_cast<std::int64_t>(a), static_cast<std::int64_t>(b))));
}

std::string time_row(const std::string& name, std::int64_t a, std::int64_t b) {
    return trimmed(fmt::format("  {:<28} {:>11} {:>11}  {}", name, duration_text(a),
                               duration_text(b), share(a, b)));
}

std::string numbers(const stat::Summary& a, const stat::Summary& b) {
    std::string out = heading("In all");
    out += count_row("records", a.records, b.records);
    out += count_row("turns", a.turns.count, b.turns.count);
    out += count_row("callbacks", a.callbacks.count, b.callbacks.count);
    out += time_row("callback time", a.callbacks.total_ns, b.callbacks.total_ns);
    out += time_row("work of the turns", a.turns.total_ns, b.turns.total_ns);
    out += time_row("sleep", a.slept_ns, b.slept_ns);
    out += heading("System calls");
    for (const std::string& name : keys(a.syscalls, b.syscalls)) {
        const Tally x = value(a.syscalls, name), y = value(b.syscalls, name);
        out += count_row(name, x.count, y.count);
        if (x.failed + y.failed > 0) out += count_row("  of them failed", x.failed, y.failed);
    }
    out += heading("Changes of state");
    for (const auto& edge : keys(a.transitions, b.transitions))
        out += count_row(stat::transition_text(edge.first, edge.second), value(a.transitions, edge),
                         value(b.transitions, edge));
    out += heading("Time in phases");
    for (const std::string& name : keys(a.phases, b.phases))
        out += time_row(name, value(a.phases, name).total_ns, value(b.phases, name).total_ns);
    return out;
}

ordered_json step_json(const std::optional<Step>& step) {
    if (!step) return nullptr;
    return {{"record", step->record}, {"text", trace::safe(step->text)}};
}

ordered_json pair_json(std::uint64_t a, std::uint64_t b) {
    return {{"a", a}, {"b", b}};
}

}  // namespace

std::string diff_text(const Side& a, const Side& b, const std::vector<Parting>& partings,
                      std::size_t more) {
    std::string out;
    for (const auto& [name, side] : {std::pair{"A", &a}, std::pair{"B", &b}})
        out += fmt::format("{}: {}, {}, {} records\n", name, trace::safe(side->path),
                           trace::safe(side->program), side->summary.records);
    if (a.summary.lost + b.summary.lost > 0)
        out += "Records were lost: the comparison is not exact.\n";
    if (partings.empty()) {
        out += "\nBoth do the same, cause by cause.\n";
    } else {
        out += "\nThey part first in " + parting_text(partings.front());
        for (std::size_t i = 1; i < partings.size() && i <= more; ++i)
            out += "and then in " + parting_text(partings[i]);
        if (partings.size() > more + 1)
            out += fmt::format("and in {} runs more (--more)\n", partings.size() - more - 1);
    }
    return out + numbers(a.summary, b.summary);
}

std::string diff_json(const Side& a, const Side& b, const std::vector<Parting>& partings) {
    ordered_json out;
    out["same"] = partings.empty();
    out["lost"] = pair_json(a.summary.lost, b.summary.lost);
    out["partings"] = ordered_json::array();
    for (const Parting& parting : partings)
        out["partings"].push_back({{"actor", trace::safe(parting.actor)},
                                   {"run", parting.run},
                                   {"a", step_json(parting.a)},
                                   {"b", step_json(parting.b)}});
    for (const std::string& name : keys(a.summary.syscalls, b.summary.syscalls))
        out["syscalls"][trace::safe(name)] =
            pair_json(value(a.summary.syscalls, name).count, value(b.summary.syscalls, name).count);
    for (const auto& edge : keys(a.summary.transitions, b.summary.transitions))
        out["transitions"][stat::transition_text(edge.first, edge.second)] =
            pair_json(value(a.summary.transitions, edge), value(b.summary.transitions, edge));
    for (const std::string& name : keys(a.summary.phases, b.summary.phases)) {
        const auto ns = [&](const stat::Summary& summary) {
            return static_cast<std::uint64_t>(value(summary.phases, name).total_ns);
        };
        out["phases_ns"][trace::safe(name)] = pair_json(ns(a.summary), ns(b.summary));
    }
    return out.dump(2, ' ', true, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace evglass::viz::diff
