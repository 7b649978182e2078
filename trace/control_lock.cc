// Taking and testing the viewer's lock.
#include "trace/control_lock.h"

#include <fcntl.h>
#include <unistd.h>

namespace evglass::trace {
namespace {

struct flock first_byte(std::uint64_t control_offset) {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = static_cast<off_t>(control_offset);
    lock.l_len = 1;
    return lock;
}

}  // namespace

bool lock_control(int fd, std::uint64_t control_offset) {
    struct flock lock = first_byte(control_offset);
    return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

bool control_is_locked(int fd, std::uint64_t control_offset) {
    struct flock lock = first_byte(control_offset);
    return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace evglass::trace
