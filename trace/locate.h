// Finds the traces of this user without being told their paths: in the default directory, where
// traces lie or links to them do. It reads heads of files; it opens no trace for reading records.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace evglass::trace {

/// One trace, as `evglass ps` lists it.
struct TraceEntry {
    std::string path;  ///< of the trace itself, links followed
    std::string program, command;
    std::uint64_t pid = 0, parent_pid = 0;
    std::uint64_t start_wall_ns = 0;
    std::uint64_t bytes = 0;
    bool live = false;        ///< its process is there and records
    bool controlled = false;  ///< a viewer holds its control page
    unsigned held = 0;        ///< threads that wait at the gate
};

/// The default directory; empty if there is none. `error` says why (not there, not yours).
std::string trace_directory(std::string& error);
/// All traces in the default directory, newest first. Files that are no traces are left out.
std::vector<TraceEntry> list_traces();
/// The live trace of a process; else the newest one that it left. Empty, and one line in `error`,
/// if there is none: no such process, not yours, or not traced.
std::string find_trace(std::uint64_t pid, std::string& error);

}  // namespace evglass::trace
