// Lines of Markdown and of help texts, cut into commands.
#include "tests/cli/shown.h"

#include <regex>
#include <sstream>

namespace evglass::cli_test {
namespace {

const std::regex kOurs(
    R"(^([A-Z_]+=\S+ +)*(make|evglass|build/bin/[a-z-]+|\./your-server)( |$).*)");

// Two blanks, or a #, lead to the words beside a command. Nothing of ours has two blanks inside.
std::string without_words(const std::string& line) {
    std::string command = line.substr(0, std::min(line.find("  "), line.find(" # ")));
    while (command.ends_with(' ')) command.pop_back();
    return command;
}

// The blocks of a Markdown text: walks its lines and knows which of them are in one.
class Blocks {
 public:
    /// Is this line part of a block? `line` is then without its indentation.
    bool takes(std::string& line) {
        if (line.starts_with("```")) {
            fenced_ = !fenced_;
            shell_ = line == "```sh" || line == "```";
            return false;
        }
        if (fenced_) return shell_ && !line.empty();
        const bool indented = line.starts_with("    ");
        const bool inside = indented && (after_blank_ || inside_);
        inside_ = inside;
        after_blank_ = line.empty();
        if (inside) line.erase(0, 4);
        return inside;
    }

 private:
    bool fenced_ = false, shell_ = false, inside_ = false, after_blank_ = true;
};

}  // namespace

std::vector<Shown> shown_in_blocks(const std::string& name, const std::string& text,
                                   std::vector<Shown>& others) {
    std::vector<Shown> found;
    std::istringstream in(text);
    Blocks blocks;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (!blocks.takes(line)) continue;
        const bool ours = std::regex_match(line, kOurs);
        (ours ? found : others)
            .push_back({name + ":" + std::to_string(number), without_words(line)});
    }
    return found;
}

std::vector<Shown> shown_in_lines(const std::string& name, const std::string& text) {
    std::vector<Shown> found;
    static const std::regex quoted(R"(`((make|evglass) [^`]+)`)");
    for (std::sregex_iterator at(text.begin(), text.end(), quoted), end; at != end; ++at)
        found.push_back({name, (*at)[1]});
    return found;
}

std::vector<Shown> shown_in_help(const std::string& name, const std::string& text) {
    std::vector<Shown> found;
    const std::size_t examples = text.find("\nExamples:\n");
    if (examples == std::string::npos) return found;
    std::istringstream in(text.substr(examples + 11));
    for (std::string line; std::getline(in, line) && line.starts_with("  ");) {
        line.erase(0, 2);
        if (std::regex_match(line, kOurs)) found.push_back({name, without_words(line)});
    }
    return found;
}

std::string second_word(const std::string& command) {
    std::istringstream in(command);
    std::string word;
    in >> word;
    while (in >> word && word != "&&")
        if (word.find('=') == std::string::npos) return word;
    return "";
}

}  // namespace evglass::cli_test
