// Asks /proc whether a process lives.
#include "trace/process_alive.h"

#include <sys/stat.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "trace/word_cursor.h"

namespace evglass::trace {

bool process_alive(std::uint64_t pid, std::uint64_t start) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    // "pid (name) state ...": the name may hold anything, so count from its end.
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string::npos) return false;
    WordCursor words(std::string_view(text).substr(name_end + 1));
    const std::string_view state = words.word();
    if (state == "Z" || state == "X") return false;  // dead, but not yet waited for
    if (start == 0) return true;
    constexpr int kState = 3, kStart = 22;
    for (int field = kState + 1; field < kStart; ++field) words.word();
    return words.number(UINT64_MAX) == start;
}

bool process_maps(std::uint64_t pid, int fd) {
    struct stat info {};
    std::ifstream file("/proc/" + std::to_string(pid) + "/maps");
    std::string line;
    if (fstat(fd, &info) != 0 || !std::getline(file, line)) return true;
    // "begin-end rights offset device inode path": devices are told differently by some file
    // systems.
    do {
        WordCursor words(line);
        for (int i = 0; i < 4; ++i) words.word();
        if (words.number(UINT64_MAX) == info.st_ino) return true;
    } while (std::getline(file, line));
    return false;
}

}  // namespace evglass::trace
