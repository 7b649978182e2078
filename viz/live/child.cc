// See child.h.
#include "viz/live/child.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "trace/text.h"

namespace evglass::viz {

bool Child::poll() {
    if (!running()) return false;
    int status = 0;
    const pid_t got = waitpid(*pid_, &status, WNOHANG);
    if (got == *pid_) {
        status_ = status;
    } else if (got < 0 && errno == ECHILD) {
        pid_.reset();  // somebody else has reaped it: how it ended is not known
    } else {
        return false;
    }
    return true;
}

std::string Child::ended_text() const {
    if (!status_) return "";
    if (WIFEXITED(*status_)) return fmt::format("exit status {}", WEXITSTATUS(*status_));
    return "killed by " + trace::signal_text(WTERMSIG(*status_));
}

bool Child::end() {
    if (!running()) return true;
    kill(*pid_, SIGTERM);
    constexpr int kTries = 100;
    const timespec pause{.tv_sec = 0, .tv_nsec = 10'000'000};
    for (int i = 0; i < kTries && running(); ++i) {
        poll();
        if (running()) nanosleep(&pause, nullptr);
    }
    return !running();
}

bool OutputTail::poll() {
    struct stat status {};
    if (path_.empty() || stat(path_.c_str(), &status) != 0) return false;
    const bool grew = status.st_size != size_;
    size_ = status.st_size;
    return grew;
}

std::vector<std::string> OutputTail::lines(std::size_t most) const {
    constexpr std::int64_t kMost = 64 * 1024;
    std::vector<std::string> lines;
    if (path_.empty() || most == 0) return lines;
    const int fd = open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return lines;
    const std::int64_t from = std::max<std::int64_t>(0, size_ - kMost);
    std::string text(static_cast<std::size_t>(size_ - from), '\0');
    const ssize_t got = pread(fd, text.data(), text.size(), from);
    close(fd);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (from > 0) text.erase(0, text.find('\n') + 1);  // begin with a whole line
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    if (lines.size() > most) lines.erase(lines.begin(), lines.end() - static_cast<long>(most));
    return lines;
}

}  // namespace evglass::viz
