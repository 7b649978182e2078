// Columns of fixed width: the longest name that the library has fits.
#include "viz/stat/stat_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trace/text.h"

namespace evglass::viz::stat {
namespace {

using nlohmann::ordered_json;
using trace::duration_text;

constexpr std::size_t kBar = 30;

std::string heading(const std::string& text) {
    return "\n" + text + "\n";
}

std::string tally_line(const std::string& name, const Tally& tally) {
    std::string out =
        fmt::format("  {:<28} {:>9}  {:>9}  mean {:>9}  longest {:>9} (#{})", name, tally.count,
                    duration_text(tally.total_ns), duration_text(tally.mean_ns()),
                    duration_text(tally.longest_ns), tally.longest_record);
    if (tally.failed > 0) out += fmt::format("  {} failed", tally.failed);
    return out + "\n";
}

// Most time first.
std::string tallies(const std::map<std::string, Tally>& all) {
    std::vector<std::pair<std::string, Tally>> rows(all.begin(), all.end());
    std::ranges::stable_sort(
        rows, [](const auto& a, const auto& b) { return a.second.total_ns > b.second.total_ns; });
    std::string out;
    for (const auto& [name, tally] : rows) out += tally_line(trace::safe(name), tally);
    return out;
}

std::string histogram_text(const std::string& title, const Histogram& histogram) {
    if (histogram.total() == 0) return {};
    const auto& counts = histogram.counts();
    const auto [first, last, most] = histogram.used();
    std::string out = heading(fmt::format("{}: half within {}, 99 % within {}", title,
                                          duration_text(histogram.quantile_ns(0.5)),
                                          duration_text(histogram.quantile_ns(0.99))));
    for (std::size_t i = first; i <= last; ++i) {
        const auto bar = static_cast<std::size_t>(counts[i] * kBar / most);
        out += fmt::format("  up to {:>9}  {:>9}  {}\n", duration_text(Histogram::edge_ns(i)),
                           counts[i],
                           std::string(counts[i] > 0 ? std::max<std::size_t>(bar, 1) : 0, '#'));
    }
    return out;
}

std::string events_text(const Summary& summary, const trace::Symbols& symbols, std::size_t top) {
    std::string out = heading("Events, most callback time first");
    for (std::size_t i = 0; i < summary.events.size() && i < top; ++i) {
        const exports::EventLife& life = summary.events[i];
        out += fmt::format("  {:<44} {:>7}\u00d7  {:>9}  longest {:>9}\n",
                           event_text(life, symbols), life.event.fires,
                           duration_text(life.event.callback_ns), duration_text(life.longest_ns));
    }
    if (summary.events.size() > top)
        out += fmt::format("  and {} more (--top)\n", summary.events.size() - top);
    return out;
}

ordered_json tally_json(const Tally& tally) {
    return {{"count", tally.count},
            {"failed", tally.failed},
            {"total_ns", tally.total_ns},
            {"longest_ns", tally.longest_ns},
            {"longest_record", tally.longest_record}};
}

ordered_json histogram_json(const Histogram& histogram) {
    ordered_json out = ordered_json::array();
    for (std::size_t i = 0; i < Histogram::kBuckets; ++i)
        if (histogram.counts()[i] > 0)
            out.push_back({{"up_to_ns", Histogram::edge_ns(i)}, {"count", histogram.counts()[i]}});
    return out;
}

}  // namespace

std::string event_text(const exports::EventLife& life, const trace::Symbols& symbols) {
    const trace::Event& event = life.event;
    std::string out = life.name;
    if (!event.name.empty()) return out + " " + trace::safe(event.name);
    if (event.callback != 0) out += " " + trace::safe(symbols.find(event.callback).text());
    return out;
}

std::string transition_text(trace::EventState before, trace::EventState after) {
    const auto name = [](trace::EventState state, const char* none) {
        return state == trace::EventState::unknown ? std::string(none)
                                                   : std::string(trace::state_name(state));
    };
    return name(before, "new") + " -> " + name(after, "gone");
}

std::string summary_text(const Summary& summary, const trace::Symbols& symbols, std::size_t top) {
    const std::int64_t wall =
        std::max<std::int64_t>(0, trace::elapsed(summary.began_ns, summary.ended_ns));
    std::string out = fmt::format("{} records over {}", summary.records, duration_text(wall));
    if (summary.lost > 0) out += fmt::format(", {} LOST: the numbers are too low", summary.lost);
    if (summary.problems > 0) out += fmt::format(", {} not legal", summary.problems);
    out += "\n";
    const std::size_t loops = summary.loops.size();
    out += fmt::format("{} turns, {} callbacks; {} slept {} and worked {}\n", summary.turns.count,
                       summary.callbacks.count,
                       loops > 1 ? fmt::format("all {} loops together", loops) : "the loop",
                       duration_text(summary.slept_ns), duration_text(summary.turns.total_ns));
    out += heading("Phases") + tallies(summary.phases);
    out += heading("System calls") + tallies(summary.syscalls);
    out += heading("What made events active");
    for (const auto& [cause, count] : summary.causes)
        out += fmt::format("  {:<28} {:>9}\n", cause, count);
    out += heading("Changes of state");
    for (const auto& [edge, count] : summary.transitions)
        out += fmt::format("  {:<28} {:>9}\n", transition_text(edge.first, edge.second), count);
    out += events_text(summary, symbols, top);
    out += histogram_text("Callbacks", summary.callback_time);
    out += histogram_text("From active to running", summary.start_delay);
    out += histogram_text("Work of a turn", summary.turn_work);
    return out;
}

std::string summary_json(const Summary& summary, const trace::Symbols& symbols) {
    ordered_json out;
    out["records"] = summary.records;
    out["lost"] = summary.lost;
    out["problems"] = summary.problems;
    out["duration_ns"] = trace::elapsed(summary.began_ns, summary.ended_ns);
    out["slept_ns"] = summary.slept_ns;
    out["turns"] = tally_json(summary.turns);
    out["callbacks"] = tally_json(summary.callbacks);
    for (const auto& [name, tally] : summary.phases)
        out["phases"][trace::safe(name)] = tally_json(tally);
    for (const auto& [name, tally] : summary.syscalls)
        out["syscalls"][trace::safe(name)] = tally_json(tally);
    for (const auto& [cause, count] : summary.causes) out["causes"][trace::safe(cause)] = count;
    for (const auto& [edge, count] : summary.transitions)
        out["transitions"][transition_text(edge.first, edge.second)] = count;
    for (const exports::EventLife& life : summary.events)
        out["events"].push_back({{"event", event_text(life, symbols)},
                                 {"fires", life.event.fires},
                                 {"callback_ns", life.event.callback_ns},
                                 {"longest_ns", life.longest_ns}});
    out["callback_time"] = histogram_json(summary.callback_time);
    out["start_delay"] = histogram_json(summary.start_delay);
    out["turn_work"] = histogram_json(summary.turn_work);
    return out.dump(2, ' ', true, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace evglass::viz::stat
