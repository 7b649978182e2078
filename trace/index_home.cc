// What index_home.h declares.
#include "trace/index_home.h"

#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

#include "trace/format.h"
#include "trace/raw_file.h"

namespace evglass::trace {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostBytes = std::uint64_t{4} << 30;
constexpr std::chrono::hours kForgotten{24};

bool is_private(const std::string& path) {
    struct stat info {};
    return lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == geteuid() &&
           (info.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

/// A file as it is now.
struct State {
    std::uint64_t device = 0, inode = 0, bytes = 0, seconds = 0, nanoseconds = 0;
};
bool state_of(const std::string& path, State& out) {
    struct stat info {};
    if (stat(path.c_str(), &info) != 0) return false;
    out = {info.st_dev, info.st_ino, static_cast<std::uint64_t>(info.st_size),
           static_cast<std::uint64_t>(info.st_mtim.tv_sec),
           static_cast<std::uint64_t>(info.st_mtim.tv_nsec)};
    return true;
}

}  // namespace

std::string index_directory() {
    const char* cache = std::getenv("XDG_CACHE_HOME");
    const char* home = std::getenv("HOME");
    std::string path;
    if (cache != nullptr && *cache == '/')
        path = cache;
    else if (home != nullptr && *home == '/')
        path = std::string(home) + "/.cache";
    else
        return {};
    std::error_code failed;
    fs::create_directories(path, failed);
    path += "/evglass";
    mkdir(path.c_str(), S_IRWXU);
    return is_private(path) ? path : std::string();
}

std::uint64_t index_subject(const std::string& trace_path) {
    struct {
        State trace, program;
        std::array<std::byte, sizeof(format::FileHeader)> head{};
    } all;
    RawFile file;
    const bool known = state_of(trace_path, all.trace) && state_of("/proc/self/exe", all.program) &&
                       file.open(trace_path) && file.read_all(0, all.head);
    all.program.device = all.program.inode = 0;  // a copy of the program is the same program
    return known ? XXH3_64bits(&all, sizeof all) : 0;
}

std::string index_path(const std::string& directory, const std::string& trace_path) {
    State trace;
    if (!state_of(trace_path, trace)) return {};
    std::array<char, 64> name{};
    std::snprintf(name.data(), name.size(), "/%llx-%llx.index",
                  static_cast<unsigned long long>(trace.device),
                  static_cast<unsigned long long>(trace.inode));
    return directory + name.data();
}

void tidy_indexes(const std::string& directory) {
    struct Found {
        fs::path path;
        fs::file_time_type used;
        std::uint64_t bytes;
    };
    std::vector<Found> all;
    std::uint64_t sum = 0;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(directory, failed)) {
        std::error_code gone;
        Found found{entry.path(), entry.last_write_time(gone), entry.file_size(gone)};
        if (gone) continue;
        if (entry.path().extension() != ".index") {  // somebody's who was killed while it wrote
            if (found.used < fs::file_time_type::clock::now() - kForgotten)
                fs::remove(entry.path(), gone);
            continue;
        }
        sum += found.bytes;
        all.push_back(std::move(found));
    }
    std::sort(all.begin(), all.end(),
              [](const Found& a, const Found& b) { return a.used < b.used; });
    for (const Found& found : all) {
        if (sum <= kMostBytes) break;
        if (fs::remove(found.path, failed)) sum -= found.bytes;
    }
}

}  // namespace evglass::trace
