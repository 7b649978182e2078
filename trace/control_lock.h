// The lock by which a viewer shows that it lives: on the first byte of a trace's control page, held
// by the open file (not by the process), so that it goes with the viewer however that ends.
#pragma once

#include <cstdint>

namespace evglass::trace {

/// Takes the lock. False with errno: EAGAIN if another viewer has it.
bool lock_control(int fd, std::uint64_t control_offset);
/// Does somebody else hold it?
bool control_is_locked(int fd, std::uint64_t control_offset);

}  // namespace evglass::trace
