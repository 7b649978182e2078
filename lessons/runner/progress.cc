// The learner's progress file. See progress.h.
#include "lessons/runner/progress.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace evglass::lessons {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMostLessons = 1000;

}  // namespace

std::string Progress::default_path() {
    const char* state = std::getenv("XDG_STATE_HOME");
    if (state != nullptr && state[0] == '/') return (fs::path(state) / "evglass/lessons").string();
    const char* home = std::getenv("HOME");
    if (home == nullptr || home[0] != '/') return {};
    return (fs::path(home) / ".local/state/evglass/lessons").string();
}

Progress::Progress(std::string path) : path_(std::move(path)) {
    std::ifstream file(path_);
    std::string line;
    while (places_.size() < kMostLessons && std::getline(file, line)) {
        std::istringstream words(line);
        std::string slug;
        Place place;
        if (words >> slug >> place.page >> place.pages) places_[slug] = place;
    }
}

Progress::Place Progress::of(const std::string& slug) const {
    const auto found = places_.find(slug);
    return found == places_.end() ? Place{} : found->second;
}

void Progress::set(const std::string& slug, Place place) {
    places_[slug] = place;
}

void Progress::reset(const std::string& slug) {
    if (slug.empty())
        places_.clear();
    else
        places_.erase(slug);
}

bool Progress::save() const {
    if (path_.empty()) return false;
    std::error_code problem;
    fs::create_directories(fs::path(path_).parent_path(), problem);
    const std::string fresh = path_ + ".new";
    {
        std::ofstream file(fresh, std::ios::trunc);
        for (const auto& [slug, place] : places_)
            file << slug << ' ' << place.page << ' ' << place.pages << '\n';
        file.close();
        if (!file) return false;
    }
    fs::rename(fresh, path_, problem);
    return !problem;
}

}  // namespace evglass::lessons
