// The same results for programs, as JSON and CSV. Units stand in the names of fields, and beside
// each group of figures who measured it.
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "viz/compare/table.h"

namespace evglass::viz::compare {
namespace {

using nlohmann::ordered_json;

ordered_json timing_json(const Timing& t) {
    return {{"median_ns", t.median()},
            {"least_ns", t.low()},
            {"most_ns", t.high()},
            {"repeats_ns", t.ns},
            {"user_share", t.user_share},
            {"slept", t.slept},
            {"pushed_aside", t.pushed_aside},
            {"source", "kernel: CPU clock, getrusage"}};
}

ordered_json counts_json(const Counts& c) {
    return {{"events", c.events},
            {"turns", c.turns},
            {"wakeups", c.wakeups},
            {"calls", c.calls()},
            {"waits", c.waits},
            {"controls", c.controls},
            {"transfers", c.transfers},
            {"others", c.others},
            {"bytes_in", c.bytes_in},
            {"bytes_out", c.bytes_out},
            {"scanned", c.scanned},
            {"submissions", c.submissions},
            {"completions", c.completions},
            {"source", "trace; events, turns and wakeups by the program"}};
}

}  // namespace

std::string as_json(const Results& results) {
    ordered_json out = {{"machine", results.machine},
                        {"repeats", results.effort.repeats},
                        {"milliseconds_each", results.effort.milliseconds},
                        {"cases", ordered_json::array()}};
    for (const Outcome& outcome : results.outcomes) {
        ordered_json one = {{"scenario", outcome.what.scenario},
                            {"mechanism", outcome.what.mechanism},
                            {"n", outcome.what.n},
                            {"active", outcome.what.active}};
        if (outcome.measured()) {
            one["time"] = timing_json(outcome.timing);
            one["counts"] = counts_json(outcome.counts);
        } else {
            one["left_out"] = outcome.left_out;
        }
        out["cases"].push_back(std::move(one));
    }
    return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string as_csv(const Results& results) {
    std::string out =
        "scenario,mechanism,n,active,median_ns,least_ns,most_ns,user_share,events,turns,wakeups,"
        "calls,waits,controls,transfers,others,bytes_in,bytes_out,scanned,submissions,completions,"
        "left_out\n";
    for (const Outcome& o : results.outcomes) {
        const Counts& c = o.counts;
        std::string why = o.left_out;
        for (char& each : why)
            if (each == '"') each = '\'';
        out +=
            fmt::format("{},{},{},{}", o.what.scenario, o.what.mechanism, o.what.n, o.what.active);
        out += o.measured()
                   ? fmt::format(
                         ",{:.1f},{:.1f},{:.1f},{:.3f},{},{},{},{},{},{},{},{},{},{},{},{},{},",
                         o.timing.median(), o.timing.low(), o.timing.high(), o.timing.user_share,
                         c.events, c.turns, c.wakeups, c.calls(), c.waits, c.controls, c.transfers,
                         c.others, c.bytes_in, c.bytes_out, c.scanned, c.submissions, c.completions)
                   : std::string(18, ',') + "\"" + why + "\"";
        out += "\n";
    }
    return out;
}

}  // namespace evglass::viz::compare
