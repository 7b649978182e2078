// Which lessons there are and where: directories NN-slug with a lesson.md, and the programs that
// were built from them. Finds both beside the command, so that it runs from a build and installed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lessons/runner/build.h"
#include "lessons/runner/learn.h"

namespace evglass::lessons {

struct CatalogueEntry {
    std::string slug;     ///< "08-four-calls"
    std::string file;     ///< lesson.md in the language asked for, else in English
    std::string program;  ///< may not have been built
    int number() const;   ///< 8
    std::string directory() const;
    /// A file of its exercise: "starter.cc".
    std::string exercise_file(const std::string& name) const;
    /// A built program of its exercise: "driver".
    std::string exercise_program(const std::string& name) const;
};

/// Invariant: entries are in the order of their slugs. Numbers may have gaps.
struct Catalogue {
    std::string lessons_dir;
    std::vector<CatalogueEntry> entries;
    /// The lesson that "8", "08", "08-four-calls" or "four-calls" names; null if none does.
    const CatalogueEntry* find(const std::string& name) const;
    /// Where src/ and lessons/ are.
    std::string root() const;
    /// What a learner's program is built with.
    Toolchain toolchain() const;
};

struct FoundCatalogue {
    std::optional<Catalogue> catalogue;
    std::string error;
};
FoundCatalogue find_catalogue(const LearnOptions& options);

}  // namespace evglass::lessons
