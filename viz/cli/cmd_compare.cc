// `evglass compare`: one scenario on select, poll, epoll and io_uring, by hand and through the
// library. It says what is run, shows progress, and hands the results to a table, to programs or
// to gnuplot. What is measured and how: viz/compare/lab.h.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "viz/cli/command.h"
#include "viz/cli/compare_story.h"
#include "viz/cli/launcher.h"
#include "viz/cli/output.h"
#include "viz/compare/plan.h"
#include "viz/compare/plot.h"
#include "viz/compare/table.h"
#include "viz/live/signals.h"

namespace evglass::viz::cli {
namespace {

namespace fs = std::filesystem;

struct CompareOptions {
    compare::Asked asked;
    compare::Effort effort;
    StoryWishes story;
    std::string plots;
    bool json = false, csv = false, quiet = false, list = false, trace = false, limits = false;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  evglass compare                                    everything, within a minute\n"
    "  evglass compare idle --plot plots                  the classic picture: plots/cost.svg\n"
    "  evglass compare churn short --mechanism epoll,changelist,io_uring\n"
    "  evglass compare idle --n 10,1000 --repeats 20 --csv > idle.csv\n"
    "  evglass compare --trace -o story.svg               the same clients, what each server does\n"
    "  evglass compare --live                             that on the screen, to step through\n"
    "  evglass compare --trace --keep runs                keep the recordings: evglass live "
    "runs/*.evg\n"
    "  evglass compare --limits                           FD_SETSIZE, herds, edges, slow readers\n"
    "  evglass compare --list                             scenarios and mechanisms, with their "
    "sizes\n"
    "\n"
    "Mechanisms that begin with raw- are minimal loops written by hand (lessons/lab), the others "
    "are\n"
    "the library on that backend. Everything runs on pipes and local sockets, one process at a "
    "time.";

/// The lab's program lies beside the lessons: as built, or as installed.
std::string lab_program() {
    std::error_code failed;
    const fs::path here = fs::read_symlink("/proc/self/exe", failed).parent_path();
    const fs::path installed = here.parent_path() / "lib" / "evglass" / "lessons" / "lab";
    return (fs::exists(installed, failed) ? installed : here / "lessons" / "lab").string();
}

/// One line that is written over and over, on a terminal only.
class Progress {
 public:
    Progress(bool wanted, std::size_t cases)
        : wanted_(wanted && isatty(STDERR_FILENO) != 0), cases_(cases) {}
    void show(const compare::Case& now) {
        if (!wanted_) return;
        std::fprintf(stderr, "\r\033[K%zu of %zu: %s on %s, n=%d", ++done_, cases_,
                     now.scenario.c_str(), now.mechanism.c_str(), now.n);
    }
    ~Progress() {
        if (wanted_) std::fputs("\r\033[K", stderr);
    }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

 private:
    bool wanted_;
    std::size_t cases_, done_ = 0;
};

void print_list(const compare::Lab& lab) {
    std::puts("Scenarios:");
    for (const compare::ScenarioRow& row : lab.scenarios())
        fmt::print("  {:<13} {}; n: {} ({})\n", row.name, row.doc, row.n_means,
                   fmt::join(row.sizes, ", "));
    std::puts("Mechanisms:");
    for (const compare::MechanismRow& row : lab.mechanisms())
        fmt::print("  {:<13} {}\n", row.name, row.doc);
}

compare::Results measure(const compare::Lab& lab, const CompareOptions& options,
                         const std::vector<compare::Case>& cases) {
    compare::Results results{
        compare::this_machine(), options.effort, lab.mechanisms(), lab.scenarios(), {}};
    Progress progress(!options.quiet, cases.size());
    for (const compare::Case& each : cases) {
        if (ending_signal() != 0) break;
        progress.show(each);
        results.outcomes.push_back(lab.run(each, options.effort));
    }
    return results;
}

int show(const compare::Results& results, const CompareOptions& options) {
    const std::string text = options.json  ? compare::as_json(results)
                             : options.csv ? compare::as_csv(results)
                                           : compare::as_table(results);
    std::fputs(text.c_str(), stdout);
    if (options.plots.empty()) return kWell;
    std::string error;
    for (const std::string& path : compare::draw(results, options.plots, error))
        say("compare", "wrote " + path);
    return error.empty() ? kWell : fail("compare", error);
}

int show_limits(const compare::Lab& lab) {
    constexpr std::size_t kOfAFile = 100;
    std::string error;
    const std::string text = lab.limits(terminal_width(kOfAFile), error);
    if (!error.empty()) return fail("compare", error);
    std::fputs(text.c_str(), stdout);
    return kWell;
}

/// What the options say against each other. Or empty.
std::string contradiction(const CompareOptions& options) {
    if (!options.trace && !options.story.picture.empty())
        return "-o is the picture of --trace: plots go where --plot says";
    if (!options.trace && !options.story.keep.empty()) return "--keep keeps what --trace records";
    if (options.trace && !options.asked.scenarios.empty())
        return "--trace tells one story of its own: give no scenario with it";
    return "";
}

int run_on(const compare::Lab& lab, CompareOptions& options) {
    if (options.list) {
        print_list(lab);
        return kWell;
    }
    if (options.limits) return show_limits(lab);
    if (options.trace) {
        options.story.mechanisms = options.asked.mechanisms;
        return tell_story(lab, options.story);
    }
    const compare::Plan plan = compare::plan(lab, options.asked);
    if (!plan.error.empty()) return fail("compare", plan.error);
    const compare::Results results = measure(lab, options, plan.cases);
    return ending_signal() == 0 ? show(results, options) : kWell;
}

int run(CompareOptions& options) {
    options.trace |= options.story.live;
    std::string error = contradiction(options);
    if (!error.empty()) return fail("compare", error);
    const std::string libraries = library_directory(error);
    if (!error.empty()) return fail("compare", error);
    int status = kWell, signal = 0;
    {
        // ^C: the case at hand is stopped, its files go, and then we end by that signal.
        const SignalGuard guard;
        const compare::Lab::Opened opened = compare::Lab::open(lab_program(), libraries);
        status = opened.lab             ? run_on(*opened.lab, options)
                 : ending_signal() == 0 ? fail("compare", opened.error)
                                        : kWell;
        signal = ending_signal();
    }
    if (signal != 0) raise(signal);
    return status;
}

}  // namespace

void add_compare(CLI::App& root, Call& call) {
    auto options = std::make_shared<CompareOptions>();
    CLI::App* app = root.add_subcommand(
        "compare", "Measure select, poll, epoll and io_uring, by hand and through the library");
    app->footer(kExamples);
    app->add_option("SCENARIO", options->asked.scenarios, "Which of them; else all (see --list)");
    app->add_option("-m,--mechanism", options->asked.mechanisms, "Only these, else all")
        ->delimiter(',')
        ->type_name("NAME,...");
    app->add_option("-n,--n", options->asked.sizes, "Sizes instead of each scenario's own")
        ->delimiter(',')
        ->type_name("N,...");
    app->add_option("-a,--active", options->asked.active, "How many are busy at once")
        ->delimiter(',')
        ->type_name("N,...");
    app->add_option("--repeats", options->effort.repeats, "How often each case is timed")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    app->add_option("--ms", options->effort.milliseconds, "How long each repeat lasts")
        ->check(CLI::Range(1, 10000))
        ->capture_default_str();
    app->add_option("--plot", options->plots, "Draw SVG and PNG into this directory, by gnuplot")
        ->type_name("DIR");
    auto* json = app->add_flag("--json", options->json, "The results as JSON");
    app->add_flag("--csv", options->csv, "The results as CSV")->excludes(json);
    app->add_flag("--trace", options->trace,
                  "One small story on each mechanism, side by side, step by step");
    app->add_flag("--live", options->story.live,
                  "--trace on the screen: columns, actions forward and back, ? for the keys");
    app->add_option("--keep", options->story.keep, "Keep the recordings of --trace there")
        ->type_name("DIR");
    app->add_option("-o,--output", options->story.picture,
                    "The picture of --trace: .svg, .png or .dot")
        ->type_name("FILE");
    app->add_flag("--limits", options->limits,
                  "FD_SETSIZE, poll's scan, edges, herds, slow readers: shown and measured");
    app->add_flag("-q,--quiet", options->quiet, "No progress line");
    app->add_flag("--list", options->list, "Print the scenarios and the mechanisms");
    app->callback([options, &call] { call.status = run(*options); });
}

}  // namespace evglass::viz::cli
