// A thousand texts that a hostile program may call its events by: control characters, escape
// sequences, bidi and combining marks, broken UTF-8, and what DOT, HTML, JSON, SQL and CSV find
// special. Always the same thousand. And what no sink may let through.
#pragma once

#include <string>
#include <vector>

namespace evglass::trace::testing {

/// Short enough to fit a record's text (31 bytes).
std::vector<std::string> hostile_texts();

/// Does the text act on a terminal or on the order of characters? Line ends are allowed.
bool acts_on_terminal(const std::string& text);

}  // namespace evglass::trace::testing
