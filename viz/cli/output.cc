// What output.h declares.
#include "viz/cli/output.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "viz/cli/command.h"

namespace evglass::viz::cli {
namespace {

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

int refuse(std::string_view command, const std::string& path) {
    return fail(command,
                "can't write '" + path + "': is its directory there, and the disk not full?");
}

// A pipe or a terminal (/dev/stdout) is written to; it must not be replaced by a file.
int write_through(std::string_view command, const std::string& path, std::string_view bytes) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) return refuse(command, path);
    const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    return std::fclose(file) == 0 && written ? kWell : refuse(command, path);
}

mode_t usual_mode() {
    const mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

}  // namespace

int write_output(std::string_view command, const std::string& path, std::string_view bytes) {
    if (path.empty()) {
        std::fwrite(bytes.data(), 1, bytes.size(), stdout);
        return kWell;
    }
    struct stat there = {};
    if (stat(path.c_str(), &there) == 0 && !S_ISREG(there.st_mode))
        return write_through(command, path, bytes);
    std::string beside = path + ".XXXXXX";
    const int fd = mkstemp(beside.data());
    if (fd < 0) return refuse(command, path);
    fchmod(fd, usual_mode());
    const bool written = write_all(fd, bytes);
    if (close(fd) != 0 || !written || std::rename(beside.c_str(), path.c_str()) != 0) {
        unlink(beside.c_str());
        return refuse(command, path);
    }
    return kWell;
}

int make_directory(std::string_view command, const std::string& path) {
    std::error_code failed;
    std::filesystem::create_directories(path, failed);
    if (!failed) return kWell;
    return fail(command, "can't make the directory '" + path + "': " + failed.message());
}

std::size_t terminal_width(std::size_t of_a_file) {
    winsize size{};
    const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : of_a_file;
}

}  // namespace evglass::viz::cli
