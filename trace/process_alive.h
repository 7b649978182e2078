// Is the process that writes a trace still there? A process's id is used again for another one some
// day, so its start time must be the same too.
#pragma once

#include <cstdint>

namespace evglass::trace {

/// `start`: FileHeader::process_start; 0 if the trace does not have it.
bool process_alive(std::uint64_t pid, std::uint64_t start);
/// Does it still map the file of this descriptor? A process that became another program by exec()
/// lives, but its trace has no writer. True where that can't be seen.
bool process_maps(std::uint64_t pid, int fd);

}  // namespace evglass::trace
