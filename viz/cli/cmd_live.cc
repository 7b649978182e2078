// `evglass live`: finds the trace of a PID or FILE, or starts a program and waits for its trace;
// the view itself is viz/live. Several recordings stand side by side: viz/compare/stage.h.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>

#include "trace/locate.h"
#include "trace/reader.h"
#include "trace/text.h"
#include "viz/cli/command.h"
#include "viz/cli/launcher.h"
#include "viz/cli/recording_options.h"
#include "viz/cli/source.h"
#include "viz/compare/stage_show.h"
#include "viz/live/live.h"
#include "viz/live/signals.h"

namespace evglass::viz::cli {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr const char* kExamples =
    "Examples:\n"
    "  evglass live -- ./server -p 8080     start it, watch it; its output goes to a file\n"
    "  evglass live 4711                    watch a process that runs under trace\n"
    "  evglass live server.evg --at 480     replay a trace, from record 480\n"
    "  evglass live 4711 --once             one frame as text; needs no terminal\n"
    "  evglass live server.evg --once --keys 2 --columns 160 --rows 50   another screen, as text\n"
    "  evglass live runs/*.evg              side by side, what `evglass compare --trace --keep "
    "runs` "
    "kept\n"
    "  evglass live 4711 --json | jq '.bases[].events[] | select(.state == \"active\")'\n"
    "\n"
    "A full-screen program wants a terminal of its own: `evglass run -- tmux` there, and here\n"
    "`evglass live PID`, with the PID that `evglass ps` tells.\n"
    "Press ? in the view for its keys. When the view ends, the program goes on.";

struct LiveArguments {
    std::vector<std::string> sources;
    std::string log;
    Recording recording;
    LiveOptions view;
};

bool ended(pid_t pid) {
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == pid;
}

// The trace that the program or a child of it (a script's, say) has begun; empty as yet.
std::string begun_trace(const LiveArguments& arguments, pid_t pid) {
    const std::string& file = arguments.recording.file;
    std::error_code failed;
    if (!file.empty() && file.find("%p") == std::string::npos) {
        const bool there = fs::exists(file, failed) && trace::Reader::open(file).reader.has_value();
        return there ? file : "";
    }
    for (const trace::TraceEntry& entry : trace::list_traces()) {
        const bool itself = entry.pid == static_cast<std::uint64_t>(pid);
        if (itself || (entry.live && is_of_program(entry, pid))) return entry.path;
    }
    return "";
}

// A recording begins with the program's first event_base, which may take a while.
std::string wait_for_trace(const LiveArguments& arguments, pid_t pid) {
    constexpr auto kSilence = 2s;
    const auto began = std::chrono::steady_clock::now();
    bool told = false;
    while (true) {
        std::string path = begun_trace(arguments, pid);
        if (!path.empty() || ended(pid)) return path;
        if (!told && std::chrono::steady_clock::now() - began > kSilence) {
            told = true;
            say("live", "the program has made no event_base yet; waiting (^C ends the wait)");
        }
        std::this_thread::sleep_for(10ms);
    }
}

// A private file for what the program prints; empty, and a line in `error`, if there can be none.
std::string make_log(std::string& error) {
    std::error_code failed;
    std::string name = (fs::temp_directory_path(failed) / "evglass-output-XXXXXX").string();
    const int fd = failed ? -1 : mkstemp(name.data());
    if (fd < 0) {
        error = "can't make a file for the program's output: name one with --log";
        return "";
    }
    close(fd);
    return name;
}

// A file that nobody asked for and nothing was written to is not left behind.
void tidy_log(const std::string& log, pid_t program) {
    std::error_code failed;
    const bool over = kill(program, 0) != 0;
    if (over && fs::file_size(log, failed) == 0 && !failed) fs::remove(log, failed);
}

int start_and_watch(LiveArguments& arguments, const Call& call) {
    std::string error = arguments.view.once ? "" : terminal_missing();
    if (!error.empty()) return fail("live", error);
    Launch launch_options;
    launch_options.program = call.program;
    launch_options.trace = arguments.recording.variable(error);
    launch_options.apart = true;
    if (error.empty())
        launch_options.output = arguments.log.empty() ? make_log(error) : arguments.log;
    if (!error.empty()) return fail("live", error);
    const Launched started = launch(launch_options);
    if (!started.error.empty()) return fail("live", started.error);

    arguments.view.trace_path = wait_for_trace(arguments, started.pid);
    if (arguments.view.trace_path.empty())
        return fail("live", "the program ended without a trace: " +
                                (started.note.empty() ? std::string("it made no event_base")
                                                      : started.note) +
                                "; what it printed is in " + launch_options.output);
    arguments.view.child = started.pid;
    arguments.view.output_path = launch_options.output;
    arguments.view.controllable = true;
    const int status = live_main(arguments.view);
    if (arguments.log.empty()) tidy_log(launch_options.output, started.pid);
    return status;
}

/// What a recording is called among others: its file's name, or all of its path where that is not
/// enough.
std::string name_among(const std::string& path, const std::vector<std::string>& all) {
    const std::string name = fs::path(path).stem().string();
    const auto same = [&](const std::string& other) {
        return fs::path(other).stem().string() == name;
    };
    return trace::safe(std::ranges::count_if(all, same) == 1 ? name : path);
}

/// Recordings with the same steps, side by side.
int watch_aligned(const LiveArguments& arguments) {
    const std::string missing = arguments.view.once ? "" : terminal_missing();
    if (!missing.empty()) return fail("live", missing);
    if (arguments.view.json) return fail("live", "--json shows one recording: give one");
    std::vector<compare::Story> stories;
    for (const std::string& word : arguments.sources) {
        const Source source = find_source(word);
        if (!source.error.empty()) return fail("live", source.error);
        stories.push_back(compare::read_story(source.path, name_among(word, arguments.sources)));
    }
    const std::string problem = compare::stage_missing(stories);
    if (!problem.empty())
        return fail("live", problem + "; `evglass diff` compares any two recordings");
    int status = kWell, signal = 0;
    {
        const SignalGuard guard;
        status = compare::show_stage(std::move(stories), arguments.view);
        signal = ending_signal();
    }
    if (signal != 0) raise(signal);
    return status;
}

int live(LiveArguments& arguments, const Call& call) {
    if (call.has_program) {
        if (!arguments.sources.empty()) return fail("live", "give FILE|PID or `-- PROG`, not both");
        if (call.program.empty())
            return fail("live", "say which program, after `--`: evglass live -- PROG ARGS...");
        return start_and_watch(arguments, call);
    }
    if (arguments.sources.empty())
        return fail("live", "say what to watch: evglass live PID | FILE | -- PROG ARGS...");
    if (arguments.sources.size() > 1) return watch_aligned(arguments);
    const Source source = find_source(arguments.sources.front());
    if (!source.error.empty()) return fail("live", source.error);
    arguments.view.trace_path = source.path;
    arguments.view.controllable = source.live;
    return live_main(arguments.view);
}

void add_view_options(CLI::App& app, LiveOptions& view) {
    app.add_option("--at", view.at, "Begin at this record")->type_name("K");
    app.add_flag("--once", view.once, "Print one frame as text and end");
    app.add_flag_callback(
        "--json", [&view] { view.json = view.once = true; },
        "Print the moment as one JSON object and end");
    app.add_option("--columns", view.columns, "The width of that frame")
        ->check(CLI::Range(20, 1000));
    app.add_option("--rows", view.rows, "Its height")->check(CLI::Range(5, 1000));
    app.add_flag("--plain", view.plain, "No colours, and lines of ASCII");
    app.add_flag("--ascii", view.ascii, "Lines of ASCII");
    app.add_flag("--no-color", view.no_color, "No colours (also: $NO_COLOR)");
    app.add_flag("--follow-forks", view.follow_forks,
                 "Change to a forked child when it begins to tell (key: F)");
    app.add_flag("--mouse", view.mouse,
                 "Clicks choose rows and screens, the wheel goes through lists (key: M)");
    app.add_option("--keys", view.keys, "Keys to press first, for scripts")->type_name("KEYS");
}

}  // namespace

void add_live(CLI::App& root, Call& call) {
    auto arguments = std::make_shared<LiveArguments>();
    CLI::App* app = root.add_subcommand("live", "Watch a loop: live PID | FILE | -- PROG ARGS...");
    app->footer(kExamples);
    app->add_option(
        "FILE|PID", arguments->sources,
        std::string(kSourceHelp) + ". Several files with the same steps stand side by side");
    add_view_options(*app, arguments->view);
    app->add_option("--log", arguments->log, "With `-- PROG`: the file for what it prints")
        ->type_name("FILE");
    add_recording_options(*app, arguments->recording);
    app->callback([arguments, &call] { call.status = live(*arguments, call); });
}

}  // namespace evglass::viz::cli
