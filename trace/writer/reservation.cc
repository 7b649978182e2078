// One file, and which process gets it: the first that finds it empty under a lock.
#include "trace/writer/reservation.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

namespace evglass::trace::writer {
namespace {

constinit FileMap reserved;
constinit Options reserved_options;
constinit ProgramName reserved_program;
constinit pid_t reserver = 0;       // 0: nothing is reserved
constinit bool has_forked = false;  // then a child may still come for the file

void note_fork() {
    has_forked = true;
}

/// A program that closed all descriptors finds the file by its path, if it can still see it.
bool find_again() {
    if (own_descriptor(reserved)) return true;
    reserved.fd = open(reserved.path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
    if (own_descriptor(reserved)) return true;
    if (reserved.fd >= 0) close(reserved.fd);
    reserved.fd = -1;
    return false;
}

bool is_empty() {
    struct stat info {};
    return fstat(reserved.fd, &info) == 0 && info.st_size == 0;
}

/// One byte makes it ours. The lock is the process's, not the descriptor's: a child that inherited
/// the descriptor waits here like any other.
bool take() {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (fcntl(reserved.fd, F_SETLKW, &lock) != 0) return false;
    const bool taken = is_empty() && ftruncate(reserved.fd, 1) == 0;
    lock.l_type = F_UNLCK;
    static_cast<void>(fcntl(reserved.fd, F_SETLK, &lock));
    return taken;
}

[[gnu::destructor]] void remove_unclaimed() {
    if (reserver != getpid() || has_forked || !find_again() || !is_empty()) return;
    static_cast<void>(unlink(reserved.path));
    unlink_from_default_directory(reserved, reserved_program.name);
}

}  // namespace

void reserve(const Options& options) noexcept {
    reserved_program = read_program_name();
    Message ignored;
    if (!create_file(options, reserved_program.name, reserved, ignored)) return;
    reserved_options = options;
    reserver = getpid();
    if (pthread_atfork(nullptr, note_fork, nullptr) != 0) has_forked = true;
    if (!options.automatic_path()) link_from_default_directory(reserved, reserved_program.name);
}

Claim claim_reservation(const Options& options, FileMap& file, ProgramName& program) noexcept {
    if (reserver == 0 || std::strcmp(options.path, reserved_options.path) != 0) return Claim::none;
    if (!find_again()) return Claim::none;
    const bool taken = take();
    if (taken) {
        file = reserved;
        program = reserved_program;
    } else {
        close(reserved.fd);
    }
    reserver = 0;
    reserved.fd = -1;
    return taken ? Claim::ours : Claim::theirs;
}

}  // namespace evglass::trace::writer
