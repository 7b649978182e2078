// The part of the system-call seam that moves bytes of buffers and files. As in sys.h: through the
// table, with a record, at the site of the caller.
#pragma once

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "src/util/sys.h"

namespace sys {

/// The bytes of all pieces.
inline std::uint64_t total_of(const iovec* vec, int n) {
    std::uint64_t total = 0;
    for (int i = 0; i < n; ++i) total += vec[i].iov_len;
    return total;
}

inline ssize_t readv(int fd, const iovec* vec, int n, Where w = Where::here()) {
    return traced([&] { return table->readv(fd, vec, n); },
                  [&](ssize_t r, int e, std::uint64_t t) {
                      tell(w, rec::sys_readv{.fd = fd,
                                             .pieces = static_cast<std::uint32_t>(n),
                                             .size = total_of(vec, n),
                                             .result = r,
                                             .error = e,
                                             .duration = t});
                  });
}

inline ssize_t writev(int fd, const iovec* vec, int n, Where w = Where::here()) {
    return traced([&] { return table->writev(fd, vec, n); },
                  [&](ssize_t r, int e, std::uint64_t t) {
                      tell(w, rec::sys_writev{.fd = fd,
                                              .pieces = static_cast<std::uint32_t>(n),
                                              .size = total_of(vec, n),
                                              .result = r,
                                              .error = e,
                                              .duration = t});
                  });
}

/// `offset`: where in the file; it is moved on by what was sent.
inline ssize_t sendfile(int to, int from, off_t* offset, size_t size, Where w = Where::here()) {
    const off_t start = *offset;
    return traced([&] { return table->sendfile(to, from, offset, size); },
                  [&](ssize_t r, int e, std::uint64_t t) {
                      tell(w, rec::sys_sendfile{.fd = to,
                                                .file = from,
                                                .offset = start,
                                                .size = size,
                                                .result = r,
                                                .error = e,
                                                .duration = t});
                  });
}

/// ioctl(FIONREAD): how many bytes could be read.
inline int fionread(int fd, int* available, Where w = Where::here()) {
    return traced([&] { return table->fionread(fd, available); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w, rec::sys_ioctl_fionread{.fd = fd,
                                                      .available = r == 0 ? *available : -1,
                                                      .result = r,
                                                      .error = e,
                                                      .duration = t});
                  });
}

/// A private mapping of a file, to read from. MAP_FAILED and errno on failure.
inline void* mmap(size_t size, int fd, off_t offset, Where w = Where::here()) {
    void* mapping = MAP_FAILED;
    traced(
        [&] {
            mapping = table->mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, offset);
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
    return mapping;
}

inline int munmap(void* mapping, size_t size, Where w = Where::here()) {
    return traced([&] { return table->munmap(mapping, size); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w,
                           rec::sys_munmap{.size = size, .result = r, .error = e, .duration = t});
                  });
}

inline ssize_t pread(int fd, void* memory, size_t size, off_t offset, Where w = Where::here()) {
    return traced([&] { return table->pread(fd, memory, size, offset); },
                  [&](ssize_t r, int e, std::uint64_t t) {
                      tell(w, rec::sys_pread{.fd = fd,
                                             .offset = offset,
                                             .size = size,
                                             .result = r,
                                             .error = e,
                                             .duration = t});
                  });
}

/// A file, to read from it.
inline int open(const char* path, int flags, Where w = Where::here()) {
    return traced([&] { return table->open(path, flags); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w, rec::sys_open{.result = r, .error = e, .duration = t, .path = path});
                  });
}

inline int fstat(int fd, struct stat* out, Where w = Where::here()) {
    return traced([&] { return table->fstat(fd, out); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w, rec::sys_fstat{.fd = fd,
                                             .size = r == 0 ? out->st_size : -1,
                                             .result = r,
                                             .error = e,
                                             .duration = t});
                  });
}

}  // namespace sys
