// Runs loop_bench with each library in turn and prints a table: what a loop costs with stock's
// library, with ours without probes, with the trace off, and with the trace on.
//
//   compare_bench LOOP_BENCH NOTRACE_LIB LIB TRACE_FILE [ROUNDS]
//
// Every round runs each variant once, one after the other, so that a busy machine disturbs all of
// them; ratios are taken within a round, and the table shows medians. Nothing is typed by hand.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/bench/rounds.h"

namespace {

using bench::median;
using bench::output_of;

struct Variant {
    std::string name;
    std::vector<std::string> environment;
    std::string trace;  ///< the file that a run must leave; empty: none
};

struct Workload {
    std::string name, what;
    std::vector<std::vector<double>> ns;  ///< by variant, then by round
};

std::vector<Workload> workloads_of(const std::string& bench, std::size_t variants) {
    std::vector<Workload> all;
    const std::string list = output_of({bench, "--list"}, {});
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t tab = list.find('\t', at), end = list.find('\n', at);
        if (tab == std::string::npos || end == std::string::npos) break;
        all.push_back({list.substr(at, tab - at), list.substr(tab + 1, end - tab - 1),
                       std::vector<std::vector<double>>(variants)});
        at = end + 1;
    }
    return all;
}

/// Variant `v` to the first one, round by round.
double median_ratio(const Workload& w, std::size_t v) {
    std::vector<double> ratios;
    for (std::size_t round = 0; round < w.ns[0].size(); ++round)
        ratios.push_back(w.ns[v][round] / w.ns[0][round]);
    return median(ratios);
}

void print_table(const std::vector<Variant>& variants, const std::vector<Workload>& workloads) {
    std::printf("%-10s", "ns");
    for (const Variant& v : variants) std::printf(" %20s", v.name.c_str());
    std::printf("\n");
    for (const Workload& w : workloads) {
        std::printf("%-10s", w.name.c_str());
        for (std::size_t v = 0; v < variants.size(); ++v)
            std::printf("   %9.1f (x %4.2f)", median(w.ns[v]), median_ratio(w, v));
        std::printf("   %s\n", w.what.c_str());
    }
}

/// A trace never overwrites a file, so each run's is taken away; without one the run was no trace.
bool took_trace_away(const Variant& variant) {
    if (variant.trace.empty() || std::filesystem::remove(variant.trace)) return true;
    std::fprintf(stderr, "no trace was written to %s\n", variant.trace.c_str());
    return false;
}

bool measure(const std::string& bench, const std::vector<Variant>& variants, Workload& w) {
    for (std::size_t v = 0; v < variants.size(); ++v) {
        const std::string text = output_of({bench, w.name}, variants[v].environment);
        const double ns = std::strtod(text.c_str(), nullptr);
        if (ns <= 0) {
            std::fprintf(stderr, "%s %s failed with %s\n", bench.c_str(), w.name.c_str(),
                         variants[v].name.c_str());
            return false;
        }
        if (!took_trace_away(variants[v])) return false;
        w.ns[v].push_back(ns);
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 5) {
        std::fputs("usage: compare_bench LOOP_BENCH NOTRACE_LIB LIB TRACE_FILE [ROUNDS]\n", stderr);
        return 2;
    }
    const std::string bench = argv[1], without = argv[2], with = argv[3], trace = argv[4];
    const long rounds = argc > 5 ? std::strtol(argv[5], nullptr, 10) : 5;
    const std::vector<Variant> variants = {
        {"stock", {}, {}},
        {"trace compiled out", {"LD_LIBRARY_PATH=" + without}, {}},
        {"trace off", {"LD_LIBRARY_PATH=" + with}, {}},
        {"trace on", {"LD_LIBRARY_PATH=" + with, "EVGLASS_TRACE=" + trace}, trace},
    };
    std::filesystem::remove(trace);
    std::vector<Workload> workloads = workloads_of(bench, variants.size());
    for (long round = 0; round < rounds; ++round)
        for (Workload& w : workloads)
            if (!measure(bench, variants, w)) return 1;
    print_table(variants, workloads);
    return workloads.empty() ? 1 : 0;
}
