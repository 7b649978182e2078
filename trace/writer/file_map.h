// The trace's file: makes it, never over another one, gives it disk space before it is touched, and
// maps it. It knows nothing of what is written there. Read next: layout.h, recording.h.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "trace/writer/options.h"

namespace evglass::trace::writer {

/// An open and mapped file. The program may close every descriptor it finds, so `fd` is looked at
/// (own_descriptor) before each use; the mapping needs none.
struct FileMap {
    std::byte* base = nullptr;
    std::size_t mapped = 0;
    int fd = -1;
    dev_t device = 0;
    ino_t inode = 0;
    char path[1200]{};  ///< absolute
};

/// Makes a new file, empty, mode 0600, with a descriptor far from the program's own. Nothing is
/// overwritten and no link followed. False: errno and a line in `error`.
bool create_file(const Options& options, const char* program, FileMap& file,
                 Message& error) noexcept;
/// Disk space for bytes [begin, end). False with errno: no space, over a limit, or the descriptor
/// is lost.
bool allocate(const FileMap& file, std::uint64_t begin, std::uint64_t end) noexcept;
/// Maps `bytes` of it, of which more than the file has may be reserved. False with errno.
bool map_file(FileMap& file, std::size_t bytes) noexcept;
/// Touches pages, so that no record waits for the kernel to bring one.
void touch(std::byte* begin, std::size_t bytes) noexcept;
/// Puts nothing (zero pages) in place of the mapping and closes the file, cut to `keep` bytes where
/// that is not 0. Threads that still write do no harm: they write into nothing.
void detach_file(FileMap& file, std::uint64_t keep) noexcept;
/// In a forked child: drops the parent's file as it is.
void abandon_file(FileMap& file) noexcept;
/// Is the descriptor still this file?
bool own_descriptor(const FileMap& file) noexcept;
/// A symbolic link in the default directory to a trace that lies elsewhere. Best effort.
void link_from_default_directory(const FileMap& file, const char* program) noexcept;
/// Removes that link.
void unlink_from_default_directory(const FileMap& file, const char* program) noexcept;

}  // namespace evglass::trace::writer
