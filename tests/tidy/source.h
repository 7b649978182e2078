// The tree as the tidy tests see it: text files, and what is left of C++ without comments and
// strings. It reads files and judges nothing. It never compiles: the checks are simple scanners,
// good enough to find what people forget.
// Read next: checks.h (what is asked of the tree).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace evglass::tidy {

/// One thing that is wrong: where, and what to do about it.
struct Violation {
    std::string file;
    int line = 0;  ///< from 1; 0: the file as a whole
    std::string what;
    bool operator==(const Violation&) const = default;
};

/// One text file. `path` is relative to the root and uses '/'.
struct Source {
    std::string path;
    std::string text;

    std::vector<std::string_view> lines() const;
    bool is_cxx() const;                        ///< .cc or .h
    bool is_code() const;                       ///< .cc, .h or .c
    bool below(std::string_view folder) const;  ///< "src/"
};

/// The same text with comments and the insides of strings and characters blanked; lines stay.
std::string code_only(std::string_view text);
/// The text as lines, without their ends.
std::vector<std::string_view> split_lines(std::string_view text);
std::vector<std::string_view> split_lines(std::string&& text) = delete;  // they look into it

/// The root of the tree: EVGLASS_ROOT, else the working directory.
std::string root();
/// All files of the project below the root, in the order of their paths. What is built is left out.
std::vector<Source> load_tree(const std::string& root);

/// One line for each violation, "file:line: what".
std::string report(const std::vector<Violation>& violations);

}  // namespace evglass::tidy
