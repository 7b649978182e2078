// The commands that documents show: taken out of their blocks, told apart from code and charts.
// It runs nothing. Read next: shown_test.cc, which does.
#pragma once

#include <string>
#include <vector>

namespace evglass::cli_test {

struct Shown {
    std::string where;    ///< "README.md:41", or "evglass dump --help"
    std::string command;  ///< without the words beside it
};

/// What stands in the indented and fenced blocks of a Markdown text and begins with `make`,
/// `evglass` or `build/bin/`. Lines of a block that are something else go to `others`.
std::vector<Shown> shown_in_blocks(const std::string& name, const std::string& text,
                                   std::vector<Shown>& others);

/// What a text names within a line, `make NAME` or `evglass NAME ...` in backticks.
std::vector<Shown> shown_in_lines(const std::string& name, const std::string& text);

/// The examples of a command's --help.
std::vector<Shown> shown_in_help(const std::string& name, const std::string& text);

/// `make A=b target`, `evglass command ...`: the target, the command. Empty: none is named.
std::string second_word(const std::string& command);

}  // namespace evglass::cli_test
