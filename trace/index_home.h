// Where indexes lie: in a private directory of the user's, never beside the trace. A trace may come
// from anybody, and what lies beside it too; an index is believed, so it must be our own.
#pragma once

#include <cstdint>
#include <string>

namespace evglass::trace {

/// $XDG_CACHE_HOME/evglass or ~/.cache/evglass, made if need be. Empty if there can be none that is
/// ours alone.
std::string index_directory();
/// What a trace and the program that reads it are, in one number: another file, another state of
/// it or another build of this program has another one. 0: it can't be told.
std::uint64_t index_subject(const std::string& trace_path);
/// The index of a trace in the directory, whichever state it is in.
std::string index_path(const std::string& directory, const std::string& trace_path);
/// The indexes that were used the longest ago go, until all are small enough together.
void tidy_indexes(const std::string& directory);

}  // namespace evglass::trace
