// The command `evglass`: a table of subcommands, one parser, one place that turns a mistake of the
// user into one line. What stands after `--` belongs to another program and never meets the parser.
// Each subcommand is a file of its own: cmd_*.cc.
#include <algorithm>
#include <cstdio>
#include <exception>

#include "viz/cli/command.h"
#include "viz/cli/manual.h"
#include "viz/cli/version.h"

namespace evglass::viz::cli {
namespace {

constexpr AddCommand kCommands[] = {add_learn, add_live, add_run,  add_ps,      add_dump,
                                    add_graph, add_why,  add_lint, add_compare, add_export,
                                    add_query, add_stat, add_diff, add_report};

constexpr const char* kHeader =
    "evglass: a libevent that you can see through.\n"
    "It runs a program under trace, shows its event loop live, draws it, and explains it.";

constexpr const char* kFooter =
    "Examples:\n"
    "  evglass learn                         the lessons\n"
    "  evglass run -- ./server -p 8080       record a program\n"
    "  evglass live -- ./server -p 8080      watch it while it runs\n"
    "  evglass ps                            what is being recorded\n"
    "  evglass why alive 4711                why process 4711 does not exit\n"
    "  evglass lint server.evg               what looks wrong in a recording\n"
    "  evglass graph heap 4711 -o heap.svg   its timers as a picture\n"
    "  evglass report server.evg -o a.html   one page to hand on\n"
    "  evglass diff old.evg new.evg          where two recordings part\n"
    "\n"
    "Exit status: 0 well, 1 no answer, 2 bad use or bad input.\n"
    "`evglass COMMAND --help` tells more, with examples.";

// The subcommand that was meant, for the start of an error line.
std::string context_of(const CLI::App& root) {
    const auto chosen = root.get_subcommands();
    return chosen.empty() ? "" : " " + chosen.front()->get_name();
}

/// What `help` is asked for.
struct Topic {
    std::string command, print;
};

void add_help_and_version(CLI::App& root, Call& call, Topic& asked) {
    CLI::App* help = root.add_subcommand("help", "Explain a command");
    help->add_option("COMMAND", asked.command, "The command to explain");
    help->add_option("--print", asked.print, "The manual page, or a shell's completions")
        ->type_name("WHAT")
        ->check(CLI::IsMember({"man", "bash", "fish"}));
    help->callback([&root, &call, &asked] {
        if (!asked.print.empty()) {
            const std::string text = asked.print == "man"    ? man_page(root)
                                     : asked.print == "bash" ? bash_completion(root)
                                                             : fish_completion(root);
            std::fputs(text.c_str(), stdout);
            return;
        }
        const std::string& topic = asked.command;
        const auto named = [&](const CLI::App* app) { return app->get_name() == topic; };
        const std::vector<CLI::App*> found = root.get_subcommands(named);
        const CLI::App* about = topic.empty() ? &root : found.empty() ? nullptr : found.front();
        if (about == nullptr)
            call.status = fail("help", "there is no command '" + topic + "': see `evglass help`");
        else
            std::fputs(about->help(topic.empty() ? "" : "evglass").c_str(), stdout);
    });
    CLI::App* version = root.add_subcommand("version", "Print the version");
    version->callback([] { std::printf("evglass %s\n", kVersion); });
}

int mistake(const CLI::App& root, const CLI::ParseError& error) {
    const std::string context = context_of(root);
    std::string what = error.what();
    std::replace(what.begin(), what.end(), '\n', ' ');
    std::fprintf(stderr, "evglass%s: %s: see `evglass%s --help`\n", context.c_str(), what.c_str(),
                 context.c_str());
    return kBad;
}

// Output that could not be written (a full disk) must not look like success.
int finished(int status) {
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
    return fail("", "can't write the output: is the disk full?");
}

int run(std::vector<std::string> words, Call& call) {
    CLI::App root(kHeader, "evglass");
    root.footer(kFooter);
    root.set_version_flag("--version", std::string("evglass ") + kVersion);
    root.require_subcommand(0, 1);
    Topic topic;
    for (const AddCommand add : kCommands) add(root, call);
    add_help_and_version(root, call, topic);
    try {
        std::reverse(words.begin(), words.end());  // as CLI11 wants them
        root.parse(words);
    } catch (const CLI::Success& help) {
        return root.exit(help);
    } catch (const CLI::ParseError& error) {
        return mistake(root, error);
    }
    if (root.get_subcommands().empty()) {
        std::fputs(
            "evglass: say what to do: learn, live, run, ps, dump, graph, why, ...; see `evglass "
            "--help`\n",
            stderr);
        return kBad;
    }
    return call.status;
}

}  // namespace
}  // namespace evglass::viz::cli

int main(int argc, char** argv) {
    namespace cli = evglass::viz::cli;
    try {
        std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
        cli::Call call;
        const auto dashes = std::find(words.begin(), words.end(), "--");
        if (dashes != words.end()) {
            call.has_program = true;
            call.program.assign(dashes + 1, words.end());
            words.erase(dashes, words.end());
        }
        return cli::finished(cli::run(std::move(words), call));
    } catch (const std::exception& error) {
        return cli::fail("", error.what());
    }
}
