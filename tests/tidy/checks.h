// What is asked of the tree. Each check looks at one file (or at all of them) and returns what is
// wrong with it; none of them changes anything.
// The rules themselves stand in docs/ARCHITECTURE.md; the reasons in CONTRIBUTING.md.
// Read next: includes.cc (who may know whom), shape.cc (sizes), words.cc (calls and words), map.cc,
// coverage.cc (which claim has a test).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/source.h"

namespace evglass::tidy {

inline constexpr int kFileLines = 500;
inline constexpr int kFunctionLines = 70;
inline constexpr int kTurnLines = 40;
inline constexpr int kOpeningLines = 2;
inline constexpr std::size_t kShortFile = 60;

// includes.cc
/// `exists`: is there a file of this path below the root?
using Exists = bool (*)(std::string_view path);
std::vector<Violation> check_includes(const Source& file, Exists exists);

// shape.cc
/// A function's body as the scanner found it.
struct Function {
    std::string name;
    int first_line = 0, last_line = 0;  ///< from the line of its '{' to that of its '}'
    int lines() const { return last_line - first_line + 1; }
};
std::vector<Function> functions_of(std::string_view text);
std::vector<Violation> check_shape(const Source& file);
/// A test, a short file, and a .cc whose header has its name may be brief: one line.
std::vector<Violation> check_opening(const Source& file, Exists exists);

// words.cc
std::vector<Violation> check_words(const Source& file);
std::vector<Violation> check_calls(const Source& file);
std::vector<Violation> check_memory(const Source& file);

// map.cc
/// Every file stands in the map (docs/ARCHITECTURE.md) exactly once, and nothing else does.
std::vector<Violation> check_map(const std::vector<Source>& tree, const Source& map);
/// No id of records.def is used twice, retired ones included; no name either.
std::vector<Violation> check_record_ids(const Source& records_def);

// coverage.cc
/// What tests/claims says of libevent, against the tests that show it.
struct Coverage {
    struct Chapter {
        std::string name;
        bool required = false;
        int rows = 0, shown = 0;
    };
    std::vector<Chapter> chapters;
    std::vector<Violation> not_shown;  ///< rows of required chapters that nothing shows
    std::vector<Violation> wrong;      ///< rows or tags that can't be understood, or name nothing
};
Coverage coverage_of(const std::vector<Source>& tree);

}  // namespace evglass::tidy
