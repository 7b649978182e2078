// `evglass report`: one page about a recording, written whole or not at all.
// Read next: viz/report/report.h (what is on it).
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "trace/timeline.h"
#include "viz/cli/command.h"
#include "viz/cli/output.h"
#include "viz/cli/source.h"
#include "viz/report/report.h"

namespace evglass::viz::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  evglass report server.evg -o server.html\n"
    "  evglass report 4711 -o now.html --turns 100\n"
    "\n"
    "The page needs no network and no other file: a summary, a timeline of all events, the "
    "numbers,\n"
    "and diagrams with a slider through the turns. Diagrams are made with Graphviz.";

struct ReportOptions {
    std::string source, output;
    std::size_t turns = 30;
};

void tell_progress(const std::string& what) {
    if (isatty(STDERR_FILENO) == 1) std::fprintf(stderr, "\rdrawing: %-12s", what.c_str());
}

int run_report(const ReportOptions& options) {
    const Source source = find_source(options.source);
    if (!source.error.empty()) return fail("report", source.error);
    trace::Timeline::Opened opened = trace::Timeline::open(source.path);
    if (!opened.timeline) return fail("report", opened.error);
    trace::Timeline& timeline = *opened.timeline;
    const int damage = tell_warnings("report", timeline.reader());
    if (timeline.empty()) return fail("report", "the trace holds no record");
    const report::Report page = report::make_report(timeline, report::facts_of(timeline.reader()),
                                                    options.turns, tell_progress);
    if (isatty(STDERR_FILENO) == 1) std::fputs("\r\x1b[K", stderr);
    if (!page.error.empty()) return fail("report", page.error);
    const int status = write_output("report", options.output, page.html);
    return status == kWell ? damage : status;
}

}  // namespace

void add_report(CLI::App& root, Call& call) {
    auto options = std::make_shared<ReportOptions>();
    CLI::App* app = root.add_subcommand("report", "One HTML page about a recording");
    app->footer(kExamples);
    app->add_option("FILE|PID", options->source, kSourceHelp)->required();
    app->add_option("-o,--output", options->output, "The page")->type_name("FILE")->required();
    app->add_option("--turns", options->turns, "Draw so many turns at most")
        ->type_name("N")
        ->check(CLI::Range(1, 2000))
        ->capture_default_str();
    app->callback([options, &call] { call.status = run_report(*options); });
}

}  // namespace evglass::viz::cli
