// What a subcommand is: a function that adds itself to the parser. When the parser has met it, its
// callback does the work and leaves the exit status. main.cc owns the table of all of them; a
// subcommand never knows another one. Read next: main.cc, then any cmd_*.cc.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace evglass::viz::cli {

// The exit statuses of all subcommands. `run` passes on its program's instead.
inline constexpr int kWell = 0;
inline constexpr int kNo = 1;   ///< the question has no answer here, or something is not so
inline constexpr int kBad = 2;  ///< bad use or bad input; what could be read was still shown

/// One call of the command.
struct Call {
    bool has_program = false;          ///< a `--` was given
    std::vector<std::string> program;  ///< what stood after it, untouched
    int status = kWell;
};

using AddCommand = void (*)(CLI::App& root, Call& call);
void add_live(CLI::App& root, Call& call);
void add_run(CLI::App& root, Call& call);
void add_ps(CLI::App& root, Call& call);
void add_dump(CLI::App& root, Call& call);
void add_graph(CLI::App& root, Call& call);
void add_why(CLI::App& root, Call& call);
void add_lint(CLI::App& root, Call& call);
void add_learn(CLI::App& root, Call& call);
void add_compare(CLI::App& root, Call& call);
void add_export(CLI::App& root, Call& call);
void add_query(CLI::App& root, Call& call);
void add_stat(CLI::App& root, Call& call);
void add_report(CLI::App& root, Call& call);
void add_diff(CLI::App& root, Call& call);

/// Prints "evglass COMMAND: MESSAGE" on stderr, made printable.
void say(std::string_view command, std::string_view message);
/// The same, for what is wrong and what to do about it. Returns kBad.
int fail(std::string_view command, std::string_view message);
/// The same with "warning: " before it.
void warn(std::string_view command, std::string_view message);

}  // namespace evglass::viz::cli
