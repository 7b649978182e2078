// See source.h.
#include "viz/live/source.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace evglass::viz {
namespace {

constexpr off_t kLargestFile = 2 << 20;

std::string two_above_program() {
    std::string path(4096, '\0');
    const ssize_t size = readlink("/proc/self/exe", path.data(), path.size());
    path.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    for (int i = 0; i < 3; ++i) path.resize(std::min(path.size(), path.rfind('/')));
    return path;
}

/// Below a root, and not out of it again.
bool stays_inside(const std::string& file) {
    if (file.empty() || file[0] == '/') return false;
    return ("/" + file + "/").find("/../") == std::string::npos;
}

std::vector<std::string> read_lines(const std::string& path) {
    std::vector<std::string> lines;
    struct stat status {};
    if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_size > kLargestFile) {
        return lines;
    }
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

}  // namespace

SourceFinder::SourceFinder() {
    if (const char* root = std::getenv("EVGLASS_SOURCE"); root != nullptr && *root != '\0') {
        roots_.emplace_back(root);
    }
    roots_.push_back(two_above_program());
}

const std::vector<std::string>& SourceFinder::lines_of(const std::string& file) {
    const auto [entry, is_new] = files_.try_emplace(file);
    if (!is_new || !stays_inside(file)) return entry->second;
    for (const std::string& root : roots_) {
        entry->second = read_lines(root + "/" + file);
        if (!entry->second.empty()) break;
    }
    return entry->second;
}

SourceText SourceFinder::around(const trace::SiteInfo* site, std::uint32_t lines_before,
                                std::uint32_t lines_after) {
    SourceText text;
    if (site == nullptr) {
        text.missing = "the record does not say where it was emitted";
        return text;
    }
    text.file = site->file;
    text.function = site->function;
    text.line = site->line;
    const auto& lines = lines_of(site->file);
    if (site->line == 0 || site->line > lines.size()) {
        text.missing = site->file + " is not here; EVGLASS_SOURCE=DIR says where it is";
        return text;
    }
    const std::uint32_t first = site->line > lines_before ? site->line - lines_before : 1;
    const auto end = std::min<std::size_t>(lines.size(), std::size_t{site->line} + lines_after);
    text.first_line = first;
    text.lines.assign(lines.begin() + (first - 1), lines.begin() + static_cast<long>(end));
    return text;
}

}  // namespace evglass::viz
