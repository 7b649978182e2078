// Asks terminfo what a terminal type can do. A file of its own, because <term.h> makes macros of
// common words.
// Read next: terminal.cc.
#pragma once

#include <optional>
#include <string>

namespace evglass::viz {

/// The bytes that put a terminal of this type back into its plain state, for when nothing but
/// write(2) may be called. Nothing if the type isn't known.
std::optional<std::string> restore_sequence(const char* type, int output);

}  // namespace evglass::viz
