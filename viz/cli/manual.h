// The manual page and the shells' completions, made from the parser itself: what --help says, they
// say, and no option can be forgotten. Read next: main.cc, which prints them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace evglass::viz::cli {

/// evglass(1), for man.
std::string man_page(const CLI::App& root);
/// For bash: completes commands, options, and files.
std::string bash_completion(const CLI::App& root);
/// The same for fish.
std::string fish_completion(const CLI::App& root);

}  // namespace evglass::viz::cli
