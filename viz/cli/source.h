// FILE or PID: which trace a user means, and what is said when it is not whole. All subcommands
// that read a trace go through here, so that they say the same.
#pragma once

#include <string>

#include "trace/reader.h"

namespace evglass::viz::cli {

struct Source {
    std::string path;
    bool live = false;  ///< its process is there and records
    std::string error;  ///< one line; then there is no path
};

/// A word of digits is a PID, unless a file of that name is there; all else is a file.
Source find_source(const std::string& word);
/// What the reader found wrong goes to stderr. Returns kBad if there was anything, else kWell.
int tell_warnings(const std::string& command, const trace::Reader& reader);

/// The text of --help for FILE|PID.
inline constexpr const char* kSourceHelp =
    "A trace's file, or the id of a process that is traced (see `evglass ps`)";

}  // namespace evglass::viz::cli
