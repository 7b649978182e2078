// The system calls of the io_uring backend, each with its record.
// Read next: sys.h (the seam), src/backend/uring_ring.cc (who calls them).
#pragma once

#include <sys/mman.h>

#include "src/util/sys.h"

namespace sys {

inline int io_uring_setup(unsigned entries, io_uring_params* params, unsigned flags,
                          Where w = Where::here()) {
    return traced(
        [&] { return table->io_uring_setup(entries, params); },
        [&](int r, int e, std::uint64_t t) {
            tell(w,
                 rec::sys_io_uring_setup{
                     .entries = entries, .flags = flags, .result = r, .error = e, .duration = t});
        });
}

/// Always with a time to wait as argument (IORING_ENTER_EXT_ARG); null: for ever.
inline int io_uring_enter(int ring, unsigned to_submit, unsigned min_complete, unsigned flags,
                          const timespec* timeout, Where w = Where::here()) {
    return traced(
        [&] { return table->io_uring_enter(ring, to_submit, min_complete, flags, timeout); },
        [&](int r, int e, std::uint64_t t) {
            tell(w, rec::sys_io_uring_enter{.ring = ring,
                                            .to_submit = to_submit,
                                            .min_complete = min_complete,
                                            .flags = flags,
                                            .timeout = usec_of(timeout),
                                            .result = r,
                                            .error = e,
                                            .duration = t});
        });
}

inline int io_uring_register(int ring, unsigned operation, void* argument, unsigned count,
                             Where w = Where::here()) {
    return traced(
        [&] { return table->io_uring_register(ring, operation, argument, count); },
        [&](int r, int e, std::uint64_t t) {
            tell(w,
                 rec::sys_io_uring_register{
                     .ring = ring, .operation = operation, .result = r, .error = e, .duration = t});
        });
}

/// Memory that is shared with the kernel through a ring's fd. Null and errno on failure.
inline void* mmap_ring(size_t size, int fd, off_t offset, Where w = Where::here()) {
    void* mapping = MAP_FAILED;
    traced(
        [&] {
            mapping = table->mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                                  fd, offset);
            return mapping != MAP_FAILED ? 0 : -1;
        },
        [&](int r, int e, std::uint64_t t) {
            tell(w, rec::sys_mmap{.fd = fd,
                                  .offset = offset,
                                  .size = size,
                                  .result = r,
                                  .error = e,
                                  .duration = t});
        });
    return mapping != MAP_FAILED ? mapping : nullptr;
}

}  // namespace sys
