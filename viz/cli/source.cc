// From a word of the command line to a trace.
#include "viz/cli/source.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "trace/locate.h"
#include "viz/cli/command.h"

namespace evglass::viz::cli {
namespace {

bool is_number(const std::string& word) {
    return !word.empty() && std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_live(const std::string& path) {
    std::error_code failed;
    const auto entries = trace::list_traces();
    return std::ranges::any_of(entries, [&](const trace::TraceEntry& entry) {
        return entry.live && std::filesystem::equivalent(entry.path, path, failed);
    });
}

}  // namespace

Source find_source(const std::string& word) {
    std::error_code failed;
    if (std::filesystem::is_directory(word, failed))
        return {"", false, "'" + word + "' is a directory, not a trace"};
    if (std::filesystem::exists(word, failed)) return {word, is_live(word), ""};
    if (!is_number(word))
        return {
            "", false,
            "there is no file '" + word + "': give a trace's file, or the PID of a traced process"};
    std::uint64_t pid = 0;
    const auto parsed = std::from_chars(word.data(), word.data() + word.size(), pid);
    if (parsed.ec != std::errc() || pid == 0 || pid > INT32_MAX)
        return {"", false, "'" + word + "' is no process id"};
    Source source;
    source.path = trace::find_trace(pid, source.error);
    if (source.error.empty()) source.live = is_live(source.path);
    return source;
}

int tell_warnings(const std::string& command, const trace::Reader& reader) {
    for (const std::string& warning : reader.warnings()) warn(command, warning);
    return reader.warnings().empty() ? kWell : kBad;
}

}  // namespace evglass::viz::cli
