// Walks the parser's commands and options.
#include "viz/cli/manual.h"

#include <fmt/format.h>

#include "viz/cli/version.h"

namespace evglass::viz::cli {
namespace {

std::vector<const CLI::App*> commands(const CLI::App& root) {
    std::vector<const CLI::App*> out;
    for (const CLI::App* app : root.get_subcommands([](const CLI::App*) { return true; }))
        if (!app->get_name().empty()) out.push_back(app);
    return out;
}

// A backslash begins roff's own words; a dot or a quote at a line's begin is a request.
std::string roff(const std::string& text) {
    std::string out;
    bool begin = true;
    for (const char c : text) {
        if (begin && (c == '.' || c == '\'')) out += "\\&";
        if (c == '\\')
            out += "\\\\";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
        begin = c == '\n';
    }
    return out;
}

std::string usage(const CLI::App& app) {
    std::string out;
    for (const CLI::Option* option : app.get_options())
        if (option->get_positional())
            out += option->get_required() ? " " + option->get_name(true)
                                          : " [" + option->get_name(true) + "]";
    return out;
}

/// "INT:INT in [1 - 1000]", as the parser has it, is "N (1 to 1000)" for people.
std::string type_of(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    const std::size_t range = type.find(":INT in ["), dash = type.find(" - ");
    if (range == std::string::npos || dash == std::string::npos || type.back() != ']') return type;
    const std::size_t from = type.find('[') + 1;
    const std::string least = type.substr(from, dash - from), most = type.substr(dash + 3);
    const std::string name = type.substr(0, range) == "INT" ? "N" : type.substr(0, range);
    return name + " (" + least + " to " + most.substr(0, most.size() - 1) + ")";
}

std::string options_of(const CLI::App& app) {
    std::string out;
    for (const CLI::Option* option : app.get_options()) {
        const std::string name = option->get_name(false, true);
        const std::string type = option->get_positional() || option->get_items_expected_max() == 0
                                     ? ""
                                     : " " + type_of(*option);
        out += ".TP\n.B " + roff(name) + (type.size() > 1 ? "\\fI" + roff(type) + "\\fR" : "") +
               "\n" + roff(option->get_description()) + "\n";
    }
    return out;
}

// "--json --where", for a shell's list of words.
std::string long_names(const CLI::App& app) {
    std::string out;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames())
            out += (out.empty() ? "--" : " --") + name;
    return out;
}

std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? "'\\''" : c == '\n' ? " " : std::string(1, c);
    return out + "'";
}

}  // namespace

std::string man_page(const CLI::App& root) {
    std::string out = fmt::format(
        ".TH EVGLASS 1 \"\" \"evglass {}\" \"User Commands\"\n.SH NAME\nevglass \\- a libevent "
        "that you can see through\n.SH SYNOPSIS\n.B evglass\n.I COMMAND\n[...]\n"
        ".SH DESCRIPTION\n{}\n.SH COMMANDS\n",
        kVersion, roff(root.get_description()));
    for (const CLI::App* app : commands(root)) {
        out += ".SS evglass " + roff(app->get_name() + usage(*app)) + "\n" +
               roff(app->get_description()) + ".\n" + options_of(*app);
        if (!app->get_footer().empty()) out += ".PP\n.nf\n" + roff(app->get_footer()) + "\n.fi\n";
    }
    return out +
           ".SH EXIT STATUS\n0 well, 1 no answer or something is not so, 2 bad use or bad input; "
           ".B run\nends with its program's.\n.SH ENVIRONMENT\n.TP\n.B EVGLASS_TRACE\nWhere a "
           "program that uses the library records, and what.\n";
}

std::string bash_completion(const CLI::App& root) {
    std::string names, cases;
    for (const CLI::App* app : commands(root)) {
        names += (names.empty() ? "" : " ") + app->get_name();
        cases += fmt::format("        {}) words=\"{}\" ;;\n", app->get_name(), long_names(*app));
    }
    return "# bash completion for evglass\n"
           "_evglass() {\n"
           "    local word=\"${COMP_WORDS[COMP_CWORD]}\" words=\"\"\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
           "        COMPREPLY=($(compgen -W \"" +
           names +
           "\" -- \"$word\"))\n"
           "        return\n"
           "    fi\n"
           "    case \"${COMP_WORDS[1]}\" in\n" +
           cases +
           "    esac\n"
           "    if [[ \"$word\" == -* ]]; then\n"
           "        COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
           "    else\n"
           "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
           "    fi\n"
           "}\n"
           "complete -o filenames -F _evglass evglass\n";
}

std::string fish_completion(const CLI::App& root) {
    std::string out = "# fish completion for evglass\n";
    for (const CLI::App* app : commands(root)) {
        out += fmt::format("complete -c evglass -n __fish_use_subcommand -a {} -d {}\n",
                           app->get_name(), quoted(app->get_description()));
        for (const CLI::Option* option : app->get_options())
            for (const std::string& name : option->get_lnames())
                out += fmt::format(
                    "complete -c evglass -n '__fish_seen_subcommand_from {}' -l {} -d {}\n",
                    app->get_name(), name, quoted(option->get_description()));
    }
    return out;
}

}  // namespace evglass::viz::cli
