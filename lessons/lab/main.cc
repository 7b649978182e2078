// The lab: one mechanism on one scenario, timed or counted, the result as one line of JSON. It
// never compares: `evglass compare` runs it for each case, without a recording to time and with
// one to count. The counted part stands between two marks of the trace.
// Read next: viz/compare/plan.h.
#include <event2/evglass.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <ctime>

#include "lessons/lab/calls.h"
#include "lessons/lab/limits.h"
#include "lessons/lab/scenario.h"
#include "lessons/lab/steps.h"

namespace lab {
namespace {

struct Options {
    std::string scenario, mechanism;
    Size size{10, 1};
    int repeats = 5;
    int milliseconds = 20;  ///< of each repeat
    long count = 0;         ///< this many events, once, between two marks
    std::string trace;      ///< the file in which they are recorded
};

[[noreturn]] void refuse(const std::string& what) {
    std::fprintf(stderr, "lab: %s\n", what.c_str());
    std::exit(2);
}

int number(std::string_view option, const char* text, int least, int most) {
    int value = 0;
    const char* end = text != nullptr ? text + std::strlen(text) : nullptr;
    const auto [stopped, problem] = std::from_chars(text, end, value);
    if (text == nullptr || problem != std::errc() || stopped != end || value < least ||
        value > most)
        refuse(std::string(option) + " needs a number from " + std::to_string(least) + " to " +
               std::to_string(most));
    return value;
}

Options parse(char** argv) {
    Options options;
    if (argv[0] == nullptr || argv[1] == nullptr)
        refuse(
            "usage: lab SCENARIO MECHANISM [--n N] [--active N] [--repeats N] [--ms N] "
            "[--count EVENTS] | lab --list | --limits");
    options.scenario = *argv++;
    options.mechanism = *argv++;
    constexpr int kMost = 1000000;
    for (; *argv != nullptr; argv += 2) {
        const std::string_view option = *argv;
        const char* value = argv[1];
        if (option == "--n")
            options.size.n = number(option, value, 1, kMost);
        else if (option == "--active")
            options.size.active = number(option, value, 1, kMost);
        else if (option == "--repeats")
            options.repeats = number(option, value, 1, 1000);
        else if (option == "--ms")
            options.milliseconds = number(option, value, 1, 10000);
        else if (option == "--count")
            options.count = number(option, value, 1, kMost);
        else if (option == "--trace" && value != nullptr)
            options.trace = value;
        else
            refuse("'" + std::string(option) + "' is no option, or its value is missing");
    }
    return options;
}

template <class Table>
const typename Table::value_type* find(const Table& table, std::string_view name) {
    const auto at =
        std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.name == name; });
    return at != table.end() ? &*at : nullptr;
}

/// The limit is raised as far as this user may; what is still missing, or 0.
int missing_descriptors(int needed) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    return static_cast<rlim_t>(needed) <= limit.rlim_cur
               ? 0
               : needed - static_cast<int>(limit.rlim_cur);
}

/// What the kernel counts for this process.
struct Usage {
    double user_ns, system_ns;
    long slept, pushed_aside;
};
Usage usage() {
    rusage now{};
    getrusage(RUSAGE_SELF, &now);
    const auto ns = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_usec) * 1e3;
    };
    return {ns(now.ru_utime), ns(now.ru_stime), now.ru_nvcsw, now.ru_nivcsw};
}

/// The time that this process had a processor, in user and kernel together. No loop here sleeps, so
/// on an idle machine it is the time that passed; on a busy one it is not disturbed by the others.
double cpu_now() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double nanoseconds(Scenario& scenario, long events) {
    const double began = cpu_now();
    scenario.run(events);
    return cpu_now() - began;
}

/// How many events fill a repeat: doubled until a good part of one is filled.
long calibrate(Scenario& scenario, int milliseconds) {
    const double wanted = milliseconds * 1e6;
    for (long events = 64;; events *= 2) {
        const double took = nanoseconds(scenario, events);
        if (took * 4 < wanted) continue;
        return std::max(1L, static_cast<long>(static_cast<double>(events) * wanted / took));
    }
}

void time_it(Scenario& scenario, const Options& options) {
    const long events = calibrate(scenario, options.milliseconds);
    const Usage before = usage();
    const long events_before = scenario.events(), turns_before = scenario.turns();
    std::printf("{\"ns\":[");
    for (int i = 0; i < options.repeats; ++i) {
        const long from = scenario.events();
        const double took = nanoseconds(scenario, events);
        std::printf("%s%.1f", i > 0 ? "," : "",
                    took / static_cast<double>(scenario.events() - from));
    }
    const Usage after = usage();
    std::printf(
        "],\"events\":%ld,\"turns\":%ld,\"user_ns\":%.0f,\"system_ns\":%.0f,"
        "\"slept\":%ld,\"pushed_aside\":%ld}\n",
        scenario.events() - events_before, scenario.turns() - turns_before,
        after.user_ns - before.user_ns, after.system_ns - before.system_ns,
        after.slept - before.slept, after.pushed_aside - before.pushed_aside);
}

void start_recording(const std::string& path) {
    if (path.empty()) return;
    if (evglass_trace_start(path.c_str(), "full,only=state+syscall") == 0) return;
    evglass_status status{};
    evglass_trace_status(&status);
    std::fprintf(stderr, "lab: no recording: %s\n", status.message);
    std::exit(1);
}

void count_it(Scenario& scenario, const Mechanism& mechanism, const Options& options) {
    scenario.run(1);  // what is done only once is not counted
    start_recording(options.trace);
    const long events_before = scenario.events(), turns_before = scenario.turns();
    const long wakeups_before = scenario.wakeups(), completions_before = mechanism.completions();
    evglass_mark("lab: begin");
    scenario.run(options.count);
    evglass_mark("lab: end");
    std::printf("{\"events\":%ld,\"turns\":%ld,\"wakeups\":%ld,\"completions\":%ld}\n",
                scenario.events() - events_before, scenario.turns() - turns_before,
                scenario.wakeups() - wakeups_before, mechanism.completions() - completions_before);
}

/// A case that can't be run here is said to be left out: that is no failure.
int leave_out(const std::string& why) {
    std::printf("{\"left_out\":\"%s\"}\n", why.c_str());
    return 0;
}

int tell_steps(const MechanismInfo& mechanism, const Options& options) {
    if (mechanism.name == "none") return leave_out("it waits for nothing: there is no story");
    start_recording(options.trace);
    const std::string problem = run_steps(*mechanism.make(mechanism.name));
    return problem.empty() ? 0 : leave_out(problem);
}

int run(const Options& options) {
    const ScenarioInfo* scenario_info = find(scenarios(), options.scenario);
    const MechanismInfo* mechanism_info = find(mechanisms(), options.mechanism);
    if (mechanism_info == nullptr) refuse("'" + options.mechanism + "' is no mechanism");
    if (options.scenario == "steps") return tell_steps(*mechanism_info, options);
    if (scenario_info == nullptr) refuse("'" + options.scenario + "' is no scenario");
    if (options.mechanism == "none" && (options.scenario != "idle" || options.size.active != 1))
        return leave_out("only one byte in a ring finds its way without a mechanism");
    const int needed = scenario_info->needs(options.size);
    if (const int missing = missing_descriptors(needed); missing > 0)
        return leave_out("needs " + std::to_string(needed) + " descriptors, " +
                         std::to_string(missing) + " more than the hard limit (ulimit -Hn) allows");
    const std::unique_ptr<Mechanism> mechanism = mechanism_info->make(mechanism_info->name);
    const std::unique_ptr<Scenario> scenario =
        scenario_info->make(*mechanism, *scenario_info, options.size);
    const std::string problem = scenario->set_up();
    if (!problem.empty()) return leave_out(problem);
    if (options.count > 0)
        count_it(*scenario, *mechanism, options);
    else
        time_it(*scenario, options);
    return 0;
}

void list() {
    std::printf("{\"mechanisms\":[");
    const char* comma = "";
    for (const MechanismInfo& m : mechanisms()) {
        std::printf("%s{\"name\":\"%s\",\"doc\":\"%s\"}", comma, m.name.data(), m.doc.data());
        comma = ",";
    }
    std::printf("],\"scenarios\":[");
    comma = "";
    for (const ScenarioInfo& s : scenarios()) {
        std::printf(
            "%s{\"name\":\"%s\",\"doc\":\"%s\",\"n_means\":\"%s\",\"active\":%d,\"sizes\":[", comma,
            s.name.data(), s.doc.data(), s.n_means.data(), s.active);
        for (std::size_t i = 0; i < s.sizes.size(); ++i)
            std::printf("%s%d", i > 0 ? "," : "", s.sizes[i]);
        std::printf("]}");
        comma = ",";
    }
    std::printf("]}\n");
}

void print_limits() {
    std::printf("{\"limits\":[");
    const char* comma = "";
    for (const Limit& limit : limits()) {
        std::printf("%s{\"name\":\"%s\",\"question\":\"%s\",\"advice\":\"%s\",\"seen\":[", comma,
                    limit.name.data(), limit.question.data(), limit.advice.data());
        comma = "";
        for (const std::string& sentence : limit.show()) {
            std::printf("%s\"%s\"", comma, sentence.c_str());
            comma = ",";
        }
        std::printf("]}");
        comma = ",";
    }
    std::printf("]}\n");
}

}  // namespace
}  // namespace lab

int main(int, char** argv) {
    const std::string_view first = argv[0] != nullptr && argv[1] != nullptr ? argv[1] : "";
    std::signal(SIGPIPE, SIG_IGN);
    if (first == "--list" || first == "--limits") {
        lab::missing_descriptors(0);
        first == "--list" ? lab::list() : lab::print_limits();
        return 0;
    }
    return lab::run(lab::parse(argv + (argv[0] != nullptr ? 1 : 0)));
}
