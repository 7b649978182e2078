// Asks /proc whether a process lives.
#include "trace/process_alive.h"

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

}  // namespace evglass::trace
