// `evglass stat`: a recording in numbers. The numbers: viz/stat/summary.h.
#include <cstdio>
#include <memory>

#include "trace/reader.h"
#include "viz/cli/command.h"
#include "viz/cli/source.h"
#include "viz/stat/stat_text.h"

namespace evglass::viz::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  evglass stat server.evg              turns, phases, system calls, events, histograms\n"
    "  evglass stat 4711 --top 5            of a process that runs\n"
    "  evglass stat server.evg --json | jq .syscalls\n"
    "\n"
    "The number after # is the record of the longest one: `evglass dump FILE --at K`,\n"
    "`evglass graph turn FILE --at K` show it. A histogram's line counts what took at most so "
    "long.";

struct StatOptions {
    std::string source;
    std::size_t top = 10;
    bool json = false;
};

int run_stat(const StatOptions& options) {
    const Source source = find_source(options.source);
    if (!source.error.empty()) return fail("stat", source.error);
    trace::Reader::Opened opened = trace::Reader::open(source.path);
    if (!opened.reader) return fail("stat", opened.error);
    stat::Summarizer summarizer;
    exports::tell(*opened.reader, summarizer);
    const stat::Summary summary = summarizer.take();
    const int damage = tell_warnings("stat", *opened.reader);
    if (summary.records == 0) return fail("stat", "the trace holds no record");
    const trace::Symbols symbols(*opened.reader);
    const std::string text = options.json ? stat::summary_json(summary, symbols)
                                          : stat::summary_text(summary, symbols, options.top);
    std::fputs(text.c_str(), stdout);
    return damage;
}

}  // namespace

void add_stat(CLI::App& root, Call& call) {
    auto options = std::make_shared<StatOptions>();
    CLI::App* app = root.add_subcommand("stat", "A recording in numbers");
    app->footer(kExamples);
    app->add_option("FILE|PID", options->source, kSourceHelp)->required();
    app->add_option("--top", options->top, "List so many events")
        ->type_name("N")
        ->capture_default_str();
    app->add_flag("--json", options->json, "One JSON object");
    app->callback([options, &call] { call.status = run_stat(*options); });
}

}  // namespace evglass::viz::cli
