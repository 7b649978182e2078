// Making, growing, mapping and leaving the trace's file. Every failure comes back as errno.
#include "trace/writer/file_map.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "trace/places.h"

namespace evglass::trace::writer {
namespace {

/// The default directory, made if need be. It must be this user's and nobody else's.
bool private_directory(char (&path)[512], Message& error) {
    if (!default_directory(path)) {
        error.set("XDG_RUNTIME_DIR is too long: name a file in EVGLASS_TRACE");
        errno = ENAMETOOLONG;
        return false;
    }
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        error.set("can't make the directory %s (%s): name a file in EVGLASS_TRACE", path,
                  strerrordesc_np(errno));
        return false;
    }
    struct stat info {};
    if (lstat(path, &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != geteuid() ||
        (info.st_mode & 077) != 0) {
        error.set(
            "%s is not a directory of yours with mode 0700: remove it, or name a file in "
            "EVGLASS_TRACE",
            path);
        errno = EPERM;
        return false;
    }
    return true;
}

int open_new(const char* path) {
    return open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);
}

/// program.PID.evg in the default directory, or program.PID-2.evg where an old one is left.
int open_in_default_directory(const char* program, FileMap& file, Message& error) {
    char directory[512];
    if (!private_directory(directory, error)) return -1;
    for (int attempt = 1; attempt < 100; ++attempt) {
        char suffix[16] = "";
        if (attempt > 1) std::snprintf(suffix, sizeof suffix, "-%d", attempt);
        std::snprintf(file.path, sizeof file.path, "%s/%s.%ld%s.evg", directory, program,
                      static_cast<long>(getpid()), suffix);
        const int fd = open_new(file.path);
        if (fd >= 0 || errno != EEXIST) return fd;
    }
    return -1;
}

/// Remembered as an absolute path: the program may change its directory.
int open_named(const char* path, FileMap& file) {
    char directory[PATH_MAX] = "";
    if (path[0] != '/' && getcwd(directory, sizeof directory) == nullptr) return -1;
    const int length = std::snprintf(file.path, sizeof file.path, "%s%s%s", directory,
                                     path[0] == '/' ? "" : "/", path);
    if (length < 0 || static_cast<std::size_t>(length) >= sizeof file.path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return open_new(file.path);
}

/// Moves a descriptor to the far end of the table: the program's own numbers stay what they would
/// be without a trace.
int move_away(int fd) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    const int last = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1024)) - 1;
    for (int wanted = last; wanted > fd && wanted > last - 64; --wanted) {
        if (fcntl(wanted, F_GETFD) >= 0) continue;  // taken
        const int moved = fcntl(fd, F_DUPFD_CLOEXEC, wanted);
        if (moved < 0) continue;
        close(fd);
        return moved;
    }
    return fd;
}

/// Where a link to the file belongs; false if the file itself is there, or there can be none.
bool name_of_link(const FileMap& file, const char* program, char (&link)[640]) {
    Message ignored;
    char directory[512];
    if (!private_directory(directory, ignored)) return false;
    const std::size_t length = std::strlen(directory);
    if (std::strncmp(file.path, directory, length) == 0 && file.path[length] == '/') return false;
    std::snprintf(link, sizeof link, "%s/%s.%ld.evg", directory, program,
                  static_cast<long>(getpid()));
    return true;
}

void explain_open(const FileMap& file, int why, Message& error) {
    if (!error.empty()) return;
    if (why == EEXIST) {
        error.set(
            "%s exists already, and a trace never overwrites a file: remove it, or write %%p "
            "in the path (it becomes the process's id)",
            file.path);
    } else {
        error.set("can't make the trace %s: %s", file.path, strerrordesc_np(why));
    }
}

}  // namespace

bool create_file(const Options& options, const char* program, FileMap& file,
                 Message& error) noexcept {
    const int fd = options.automatic_path() ? open_in_default_directory(program, file, error)
                                            : open_named(options.path, file);
    struct stat info {};
    if (fd < 0 || fstat(fd, &info) != 0) {
        const int why = errno;
        explain_open(file, why, error);
        if (fd >= 0) close(fd);
        errno = why;
        return false;
    }
    file.device = info.st_dev;
    file.inode = info.st_ino;
    file.fd = move_away(fd);
    return true;
}

bool allocate(const FileMap& file, std::uint64_t begin, std::uint64_t end) noexcept {
    if (!own_descriptor(file)) {
        errno = EBADF;
        return false;
    }
    // Beyond this limit the kernel would end the program with SIGXFSZ.
    rlimit limit{};
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < end) {
        errno = EFBIG;
        return false;
    }
    int result = 0;
    do {
        result =
            posix_fallocate(file.fd, static_cast<off_t>(begin), static_cast<off_t>(end - begin));
    } while (result == EINTR);
    errno = result;
    return result == 0;
}

bool map_file(FileMap& file, std::size_t bytes) noexcept {
    void* at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.fd, 0);
    if (at == MAP_FAILED) return false;
    file.base = static_cast<std::byte*>(at);
    file.mapped = bytes;
    return true;
}

void touch(std::byte* begin, std::size_t bytes) noexcept {
#if defined(MADV_POPULATE_WRITE)
    if (madvise(begin, bytes, MADV_POPULATE_WRITE) == 0) return;
#endif
    // Adds nothing to a byte that a viewer might be reading: the page comes, its content stays.
    for (std::size_t at = 0; at < bytes; at += format::kPage)
        std::atomic_ref(*reinterpret_cast<std::uint32_t*>(begin + at)).fetch_add(0);
}

void detach_file(FileMap& file, std::uint64_t keep) noexcept {
    void* at = mmap(file.base, file.mapped, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    // Only now may the file get shorter: nobody can touch what it loses.
    if (own_descriptor(file)) {
        if (keep != 0 && at != MAP_FAILED)
            static_cast<void>(ftruncate(file.fd, static_cast<off_t>(keep)) == 0);
        close(file.fd);
    }
    file.fd = -1;
}

void abandon_file(FileMap& file) noexcept {
    if (file.base != nullptr) munmap(file.base, file.mapped);
    if (own_descriptor(file)) close(file.fd);
    file.base = nullptr;
    file.fd = -1;
}

bool own_descriptor(const FileMap& file) noexcept {
    struct stat info {};
    return file.fd >= 0 && fstat(file.fd, &info) == 0 && info.st_dev == file.device &&
           info.st_ino == file.inode;
}

void link_from_default_directory(const FileMap& file, const char* program) noexcept {
    char link[640];
    if (!name_of_link(file, program, link)) return;
    struct stat info {};
    // A link of an earlier process of this id leads nowhere useful any more.
    if (lstat(link, &info) == 0 && S_ISLNK(info.st_mode)) unlink(link);
    static_cast<void>(symlink(file.path, link) == 0);
}

void unlink_from_default_directory(const FileMap& file, const char* program) noexcept {
    char link[640];
    char target[sizeof file.path]{};
    if (!name_of_link(file, program, link)) return;
    if (readlink(link, target, sizeof target - 1) > 0 && std::strcmp(target, file.path) == 0)
        unlink(link);
}

}  // namespace evglass::trace::writer
