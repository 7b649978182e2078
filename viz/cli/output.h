// Where a subcommand's work goes: a file that is whole or is not there, or a directory. All
// commands that write files go through here, so that they fail with the same words.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace evglass::viz::cli {

/// Writes beside the path and renames: who looks sees the old file or the new one. An empty path is
/// standard output. Returns kWell, or tells why not.
int write_output(std::string_view command, const std::string& path, std::string_view bytes);
/// Makes the directory and those above it. Returns kWell, or tells why not.
int make_directory(std::string_view command, const std::string& path);
/// The columns of the terminal on standard output; where there is none, those of a file.
std::size_t terminal_width(std::size_t of_a_file);

}  // namespace evglass::viz::cli
