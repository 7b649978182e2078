// Where the lessons are and where their programs were built, for the tests of this room.
// Read next: lessons/runner/catalogue.h.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "lessons/runner/catalogue.h"

namespace evglass::lessons {

/// BUILD/bin/lessons, beside BUILD/tests.
inline std::string programs_dir() {
    if (const char* bin = std::getenv("EVGLASS_BIN")) return std::string(bin) + "/lessons";
    namespace fs = std::filesystem;
    return fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "bin/lessons";
}

inline LearnOptions plain_options() {
    LearnOptions options;
    options.lessons_dir = "lessons";
    options.programs_dir = programs_dir();
    options.plain = true;
    return options;
}

inline const Catalogue& all_lessons() {
    static const Catalogue kAll = [] {
        const FoundCatalogue found = find_catalogue(plain_options());
        EXPECT_TRUE(found.catalogue) << found.error;
        return found.catalogue.value_or(Catalogue{});
    }();
    return kAll;
}

}  // namespace evglass::lessons
