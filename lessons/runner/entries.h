// The lines of a block in a lesson's file: "key: value". Owns how they are written and what a
// mistake in them looks like; it knows no key. Read next: blocks.h (which keys each block has).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace evglass::lessons {

/// Thrown inside the parsers of a lesson's file only: the first mistake ends the parsing.
struct Mistake {
    int line;
    std::string text;
};

struct Entry {
    int line;
    std::string key, value;
};

std::string_view trim(std::string_view text);
/// Parts without the blanks around them; empty ones are left out.
std::vector<std::string> split_list(std::string_view text, char separator = ',');
/// A line that begins with a space goes on with the value before it; `#` begins a comment. Every
/// value says something.
std::vector<Entry> parse_entries(std::string_view text, int first_line);
/// A whole number from `low` to `high`; anything else is a mistake.
int whole_number(const Entry& entry, std::string_view text, int low, int high);
[[noreturn]] void refuse_key(const Entry& entry, std::string_view block, std::string_view known);

}  // namespace evglass::lessons
