// Lists the default directory and finds the trace of a process there.
#include "trace/locate.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <optional>

#include "trace/control_lock.h"
#include "trace/layout_check.h"
#include "trace/places.h"
#include "trace/process_alive.h"
#include "trace/text.h"

namespace evglass::trace {
namespace {

namespace fs = std::filesystem;

std::optional<TraceEntry> read_entry(const fs::path& path) {
    RawFile file;
    CheckedHeader header;
    LiveHeader live;
    if (!file.open(path) || !read_header(file, path, header).empty() ||
        !read_live_header(file, header, live))
        return std::nullopt;
    std::error_code ignored;
    const fs::path real = fs::canonical(path, ignored);
    TraceEntry entry;
    entry.path = real.empty() ? path.string() : real.string();
    entry.program = header.program;
    entry.command = header.command;
    entry.pid = header.pid;
    entry.parent_pid = header.parent_pid;
    entry.start_wall_ns = header.start_wall_ns;
    entry.bytes = file.size();
    entry.live = live.status == format::Status::recording &&
                 process_alive(header.pid, header.process_start) &&
                 process_maps(header.pid, file.descriptor());
    entry.controlled = entry.live && control_is_locked(file.descriptor(), header.control_offset);
    std::array<std::byte, sizeof(std::uint32_t)> held{};
    if (entry.live && file.read_all(header.control_offset + offsetof(format::Control, held), held))
        entry.held = load_at<std::uint32_t>(held, 0);
    return entry;
}

}  // namespace

std::string trace_directory(std::string& error) {
    std::array<char, 512> name{};
    struct stat info {};
    if (!default_directory(name)) {
        error = "XDG_RUNTIME_DIR is too long";
    } else if (lstat(name.data(), &info) != 0) {
        error = "nothing was traced yet: " + safe(name.data()) + " is not there";
    } else if (!S_ISDIR(info.st_mode) || info.st_uid != geteuid() || (info.st_mode & 077) != 0) {
        error = safe(name.data()) +
                " is not a directory of yours with mode 0700: its traces are not trusted";
    } else {
        return name.data();
    }
    return {};
}

std::vector<TraceEntry> list_traces() {
    std::vector<TraceEntry> entries;
    std::string ignored;
    const std::string directory = trace_directory(ignored);
    if (directory.empty()) return entries;
    std::error_code error;
    for (fs::directory_iterator at(directory, error), end; !error && at != end;
         at.increment(error)) {
        if (at->path().extension() != ".evg") continue;
        if (std::optional<TraceEntry> entry = read_entry(at->path()))
            entries.push_back(std::move(*entry));
    }
    std::sort(entries.begin(), entries.end(), [](const TraceEntry& a, const TraceEntry& b) {
        return a.start_wall_ns != b.start_wall_ns ? a.start_wall_ns > b.start_wall_ns
                                                  : a.path < b.path;
    });
    // A link and the trace it leads to are one.
    entries.erase(
        std::unique(entries.begin(), entries.end(),
                    [](const TraceEntry& a, const TraceEntry& b) { return a.path == b.path; }),
        entries.end());
    return entries;
}

std::string find_trace(std::uint64_t pid, std::string& error) {
    const std::vector<TraceEntry> entries = list_traces();
    const auto is_its = [pid](const TraceEntry& e) { return e.pid == pid; };
    auto found = std::find_if(entries.begin(), entries.end(),
                              [&](const TraceEntry& e) { return is_its(e) && e.live; });
    if (found == entries.end()) found = std::find_if(entries.begin(), entries.end(), is_its);
    if (found != entries.end()) return found->path;

    const std::string id = std::to_string(pid);
    struct stat info {};
    if (stat(("/proc/" + id).c_str(), &info) != 0) {
        error = "there is no process " + id + ": `evglass ps` lists the traced ones";
    } else if (info.st_uid != geteuid() && geteuid() != 0) {
        error = "process " + id + " is not yours: only its own user can look at its trace";
    } else {
        error = "process " + id +
                " is not traced: start it with `evglass run -- PROGRAM`, or with " +
                "EVGLASS_TRACE=auto in its environment";
    }
    return {};
}

}  // namespace evglass::trace
