// Finds the lessons. See catalogue.h.
#include "lessons/runner/catalogue.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include <fmt/format.h>

namespace evglass::lessons {
namespace {

namespace fs = std::filesystem;

bool is_lesson(const fs::path& directory) {
    const std::string name = directory.filename().string();
    std::error_code ignored;
    return name.size() > 3 && name[0] >= '0' && name[0] <= '9' && name[1] >= '0' &&
           name[1] <= '9' && name[2] == '-' &&
           fs::is_regular_file(directory / "lesson.md", ignored);
}

bool has_lessons(const fs::path& directory) {
    std::error_code problem;
    for (const auto& entry : fs::directory_iterator(directory, problem))
        if (is_lesson(entry.path())) return true;
    return false;
}

/// The directory of the running command.
fs::path own_directory() {
    std::error_code ignored;
    return fs::read_symlink("/proc/self/exe", ignored).parent_path();
}

/// BUILD/bin lies in the project; PREFIX/bin lies beside PREFIX/share; a build elsewhere is used
/// from the project's root.
fs::path find_lessons(const LearnOptions& options) {
    if (!options.lessons_dir.empty()) return options.lessons_dir;
    const fs::path own = own_directory();
    for (const fs::path& candidate : {own / "../../lessons", own / "../../../lessons",
                                      own / "../share/evglass/lessons", fs::path("lessons")})
        if (has_lessons(candidate)) {
            std::error_code ignored;
            return fs::weakly_canonical(candidate, ignored);
        }
    return {};
}

fs::path find_programs(const LearnOptions& options) {
    if (!options.programs_dir.empty()) return options.programs_dir;
    const fs::path own = own_directory();
    std::error_code ignored;
    for (const fs::path& candidate : {own / "lessons", own / "../lib/evglass/lessons"})
        if (fs::is_directory(candidate, ignored)) return candidate;
    return own / "lessons";
}

CatalogueEntry entry_of(const fs::path& directory, const fs::path& programs,
                        const std::string& language) {
    std::error_code ignored;
    fs::path file = directory / fmt::format("lesson.{}.md", language);
    if (language == "en" || !fs::is_regular_file(file, ignored)) file = directory / "lesson.md";
    const std::string slug = directory.filename().string();
    return {slug, file.string(), (programs / slug).string()};
}

/// The first of two directories that is there.
std::string first_directory(const fs::path& first, const fs::path& second) {
    std::error_code ignored;
    return fs::weakly_canonical(fs::is_directory(first, ignored) ? first : second, ignored)
        .string();
}

}  // namespace

int CatalogueEntry::number() const {
    return (slug[0] - '0') * 10 + (slug[1] - '0');
}

std::string CatalogueEntry::directory() const {
    return fs::path(file).parent_path().string();
}

std::string CatalogueEntry::exercise_file(const std::string& name) const {
    return directory() + "/exercise/" + name;
}

std::string CatalogueEntry::exercise_program(const std::string& name) const {
    const fs::path own = fs::path(program).parent_path() / "exercises" / slug / name;
    return own.lexically_normal().string();  // "../x" even if the exercise has no directory
}

Toolchain Catalogue::toolchain() const {
    const fs::path own = own_directory();
    return {root(), first_directory(fs::path(root()) / "src/include", own / "../include/evglass"),
            first_directory(own / "../lib/evglass", own / "../lib")};
}

const CatalogueEntry* Catalogue::find(const std::string& name) const {
    int number = 0;
    const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
    const bool is_number = problem == std::errc() && end == name.data() + name.size();
    for (const CatalogueEntry& entry : entries) {
        if (entry.slug == name || entry.slug.substr(3) == name) return &entry;
        if (is_number && entry.number() == number) return &entry;
    }
    return nullptr;
}

std::string Catalogue::root() const {
    return fs::path(lessons_dir).parent_path().string();
}

FoundCatalogue find_catalogue(const LearnOptions& options) {
    if (options.language != "en" && options.language != "zh")
        return {std::nullopt, fmt::format("there is no language '{}'; lessons are in en and zh",
                                          options.language)};
    std::error_code problem;
    const fs::path directory = find_lessons(options);
    Catalogue catalogue{fs::weakly_canonical(directory, problem).string(), {}};
    if (!directory.empty())
        for (const auto& found : fs::directory_iterator(directory, problem))
            if (is_lesson(found.path()))
                catalogue.entries.push_back(
                    entry_of(found.path(), find_programs(options), options.language));
    if (catalogue.entries.empty())
        return {std::nullopt,
                directory.empty()
                    ? std::string("no lessons are found; run the command from the project's root")
                    : fmt::format("no lessons are found in {}", directory.string())};
    std::sort(catalogue.entries.begin(), catalogue.entries.end(),
              [](const CatalogueEntry& a, const CatalogueEntry& b) { return a.slug < b.slug; });
    return {std::move(catalogue), {}};
}

}  // namespace evglass::lessons
