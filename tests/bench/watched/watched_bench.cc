// What a program pays for being watched, and how often the view draws: each workload runs without
// its trace, with it, and with `evglass live` on it, in turn. The clock tells throughput; the
// program's own processor time tells what it costs the program, also where others have its
// processor.
//   watched_bench LOOP-BENCH ECHO-SERVER EVGLASS LIBRARIES FOLDER [ROUNDS]
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <string_view>

#include "tests/bench/rounds.h"
#include "tests/bench/watched/watched.h"

namespace {

using bench::Cost;
using bench::Mode;

struct Workload {
    const char *name, *operation;
    Cost (*run)(const bench::Paths&, Mode);
};
constexpr Workload kWorkloads[] = {
    {"ring", "hop", bench::run_ring},
    {"echo", "message", bench::run_echo},
};

/// The rounds of one workload: one run of each mode in turn.
struct Rounds {
    std::vector<Cost> untraced, traced, watched;

    static std::vector<double> of(const std::vector<Cost>& costs, double Cost::*member) {
        std::vector<double> values;
        for (const Cost& cost : costs) values.push_back(cost.*member);
        return values;
    }
};

void tell(const Workload& workload, const Rounds& rounds) {
    const struct {
        const char* what;
        double Cost::*member;
    } measures[] = {{"clock", &Cost::clock_ns}, {"processor", &Cost::processor_ns}};
    for (const auto& [what, member] : measures) {
        const auto all = Rounds::of(rounds.watched, member);
        const auto traced = Rounds::of(rounds.traced, member);
        const auto ratios = bench::ratios(all, traced);
        std::printf(
            "%s  ns per %s, %-9s  untraced %.0f  traced %.0f  watched %.0f  "
            "watched/traced %.3f (%.3f to %.3f)\n",
            workload.name, workload.operation, what,
            bench::median(Rounds::of(rounds.untraced, member)), bench::median(traced),
            bench::median(all), bench::median(ratios), bench::quantile(ratios, 0),
            bench::quantile(ratios, 1));
    }
    std::printf("%s  %.1f frames per second at 160x50\n", workload.name,
                bench::median(Rounds::of(rounds.watched, &Cost::frames_per_second)));
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 6) {
        std::fputs(
            "usage: watched_bench LOOP-BENCH ECHO-SERVER EVGLASS LIBRARIES FOLDER [ROUNDS]\n",
            stderr);
        return 2;
    }
    const bench::Paths paths{argv[1], argv[2], argv[3], argv[4],
                             std::string(argv[5]) + "/watched.evg"};
    const std::string_view asked = argc > 6 ? argv[6] : "";
    int rounds = 5;
    std::from_chars(asked.data(), asked.data() + asked.size(), rounds);
    bench::stay_on(bench::Processor::program);
    for (const Workload& workload : kWorkloads) {
        Rounds all;
        for (int i = 0; i < std::max(1, rounds); ++i) {
            all.untraced.push_back(workload.run(paths, Mode::untraced));
            all.traced.push_back(workload.run(paths, Mode::traced));
            all.watched.push_back(workload.run(paths, Mode::watched));
            if (all.traced.back().clock_ns > 0 && all.watched.back().clock_ns > 0) continue;
            std::fprintf(stderr, "watched_bench: %s told nothing\n", workload.name);
            return 1;
        }
        tell(workload, all);
    }
    std::filesystem::remove(paths.trace);
    return 0;
}
