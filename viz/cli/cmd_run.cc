// `evglass run`: runs a program under trace and says where the trace is.
// How a program is started and waited for: launcher.h.
#include <cstdio>
#include <filesystem>
#include <memory>

#include "trace/locate.h"
#include "trace/text.h"
#include "viz/cli/command.h"
#include "viz/cli/launcher.h"
#include "viz/cli/recording_options.h"

namespace evglass::viz::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  evglass run -- ./server -p 8080                  keeps the newest 16M of records\n"
    "  evglass run -o server.evg --full -- ./server     keeps all, in a file\n"
    "  evglass run --only all -- ./server               with locks, and calls of internal "
    "functions\n"
    "  evglass run -o 'server-%p.evg' -- ./server       one file for each process that it forks\n"
    "\n"
    "PROG is any program that was linked against libevent 2.1: it gets evglass's libraries "
    "instead,\n"
    "through LD_LIBRARY_PATH. Its arguments, terminal, signals and exit status pass through; a\n"
    "program that a signal ended gives 128 and the signal's number.";

struct RunOptions {
    Recording recording;
    bool quiet = false;
};

// Where the trace is; empty if the program left none.
std::string trace_of(const RunOptions& options, pid_t pid) {
    std::error_code failed;
    const std::string& file = options.recording.file;
    if (!file.empty() && file.find("%p") == std::string::npos)
        return std::filesystem::file_size(file, failed) > 0 && !failed ? file : "";
    for (const trace::TraceEntry& entry : trace::list_traces())
        if (is_of_program(entry, pid)) return entry.path;
    return "";
}

// Why a program that ran left no trace, as far as can be told from outside.
std::string no_trace_because(const std::string& note, int status) {
    constexpr int kLoaderFailed = 127;
    if (!note.empty()) return note;
    if (status == kLoaderFailed)
        return "the loader gave up: the program may need functions of libevent that evglass does "
               "not "
               "have yet";
    return "the program made no event_base";
}

void report(const RunOptions& options, const Launched& program, int status) {
    if (options.quiet) return;
    const std::string path = trace_of(options, program.pid);
    say("run", path.empty() ? "no trace was left: " + no_trace_because(program.note, status)
                            : "the trace is in " + path);
}

int run(const RunOptions& options, const Call& call) {
    if (!call.has_program || call.program.empty())
        return fail("run", "say which program, after `--`: evglass run -- PROG ARGS...");
    std::string error;
    Launch launch_options;
    launch_options.program = call.program;
    launch_options.trace = options.recording.variable(error);
    if (!error.empty()) return fail("run", error);
    hold_signals();
    const Launched started = launch(launch_options);
    if (!started.error.empty()) return fail("run", started.error);
    if (!started.note.empty() && !options.quiet) warn("run", started.note);
    const int status = wait_for_program(started.pid);
    report(options, started, status);
    return status;
}

}  // namespace

void add_run(CLI::App& root, Call& call) {
    auto options = std::make_shared<RunOptions>();
    CLI::App* app =
        root.add_subcommand("run", "Run a program under trace: evglass run -- PROG ARGS...");
    app->footer(kExamples);
    add_recording_options(*app, options->recording);
    app->add_flag("-q,--quiet", options->quiet, "Don't say where the trace is");
    app->callback([options, &call] { call.status = run(*options, call); });
}

}  // namespace evglass::viz::cli
