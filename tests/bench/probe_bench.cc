// What a probe costs, off and on, in nanoseconds: the best of several runs of a tight loop, because
// what others do on the machine only ever adds. Prints one table, or JSON with --json.
#include <event2/evglass.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "trace/probe.h"

namespace {

using namespace evglass::trace;

constexpr int kRuns = 15;
constexpr std::uint32_t kTimes = 200'000;

// The three are the same call but for the probe in it; none may be inlined into the loop.
[[gnu::noinline]] void bare_call(std::uint32_t i) {
    asm volatile("" : : "r"(i));
}
[[gnu::noinline]] void call_with_untimed_probe(std::uint32_t i) {
    asm volatile("" : : "r"(i));
    TRACE(heap_move, .base = field::base{std::uint64_t{1}}, .event = field::event{std::uint64_t{2}},
          .from = i, .to = i);
}
[[gnu::noinline]] void call_with_timed_probe(std::uint32_t i) {
    asm volatile("" : : "r"(i));
    TRACE(sys_listen, .fd = static_cast<int>(i), .backlog = 128, .result = 0, .error = 0,
          .duration = std::uint64_t{i});
}

template <class Call>
double nanoseconds(Call call) {
    double best = 1e9;
    for (int run = 0; run < kRuns; ++run) {
        const auto begin = std::chrono::steady_clock::now();
        for (std::uint32_t i = 0; i < kTimes; ++i) call(i);
        const std::chrono::duration<double, std::nano> passed =
            std::chrono::steady_clock::now() - begin;
        best = std::min(best, passed.count() / kTimes);
    }
    return best;
}

/// The cost of both probes while recording with these options.
struct Recorded {
    double untimed = 0, timed = 0;
};
Recorded record_with(const std::string& path, const char* options) {
    if (evglass_trace_start(path.c_str(), options) != 0) {
        evglass_status status;
        evglass_trace_status(&status);
        std::fprintf(stderr, "probe_bench: %s\n", status.message);
        std::exit(1);
    }
    const Recorded result{nanoseconds(call_with_untimed_probe), nanoseconds(call_with_timed_probe)};
    evglass_trace_stop();
    std::filesystem::remove(path);
    return result;
}

struct Row {
    const char* what;
    double ns;
};

void print(const Row* rows, std::size_t count, bool json) {
    if (json) std::printf("{");
    for (std::size_t i = 0; i < count; ++i) {
        if (json) {
            std::printf("%s\"%s\": %.2f", i == 0 ? "" : ", ", rows[i].what, rows[i].ns);
        } else {
            std::printf("%-44s %8.2f ns\n", rows[i].what, rows[i].ns);
        }
    }
    if (json) std::printf("}\n");
}

}  // namespace

int main(int argc, char** argv) {
    const bool json = argc > 1 && std::strcmp(argv[1], "--json") == 0;
    std::string directory =
        (std::filesystem::temp_directory_path() / "evglass-bench-XXXXXX").string();
    if (mkdtemp(directory.data()) == nullptr) {
        std::perror("probe_bench: can't make a directory");
        return 1;
    }
    setenv("XDG_RUNTIME_DIR", directory.c_str(), 1);
    const double bare = nanoseconds(bare_call);
    const double off = nanoseconds(call_with_untimed_probe);
    const Recorded best = record_with(directory + "/best.evg", "ring=16M");
    const Recorded slow = record_with(directory + "/slow.evg", "ring=16M,clock=monotonic");
    const Recorded full = record_with(directory + "/full.evg", "full=1G");
    std::filesystem::remove_all(directory);
    const Row rows[] = {
        {"a bare call", bare},
        {"a call with a probe that is off", off},
        {"  the probe alone", off - bare},
        {"a record of 4 fields, untimed, ring", best.untimed - bare},
        {"a record of 5 fields, timed, ring", best.timed - bare},
        {"the same, stamped with clock_gettime", slow.timed - bare},
        {"a record of 4 fields, untimed, full", full.untimed - bare},
        {"a record of 5 fields, timed, full", full.timed - bare},
    };
    print(rows, std::size(rows), json);
    return 0;
}
