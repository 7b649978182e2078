// Files instead of pipes for input and output: nobody waits for anybody, so there is no order of
// reading and writing to get wrong.
#include "viz/compare/child.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>
#include <thread>

#include "trace/text.h"
#include "viz/live/signals.h"

extern char** environ;

namespace evglass::viz::compare {
namespace {

using namespace std::chrono_literals;

/// A file without a name, in memory.
class Scratch {
 public:
    explicit Scratch(const std::string& text = {}) : fd_(memfd_create("evglass", MFD_CLOEXEC)) {
        for (std::size_t done = 0; fd_ >= 0 && done < text.size();) {
            const ssize_t n = write(fd_, text.data() + done, text.size() - done);
            if (n <= 0) break;
            done += static_cast<std::size_t>(n);
        }
        if (fd_ >= 0) lseek(fd_, 0, SEEK_SET);
    }
    ~Scratch() {
        if (fd_ >= 0) close(fd_);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    int fd() const { return fd_; }
    std::string text() const {
        std::string out;
        char bytes[4096];
        lseek(fd_, 0, SEEK_SET);
        for (ssize_t n = read(fd_, bytes, sizeof bytes); n > 0; n = read(fd_, bytes, sizeof bytes))
            out.append(bytes, static_cast<std::size_t>(n));
        return out;
    }

 private:
    int fd_;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

std::vector<std::string> environment(const std::vector<std::string>& variables) {
    std::vector<std::string> out = variables;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string_view text = *each;
        const bool replaced = text.starts_with("LD_LIBRARY_PATH=") || text.starts_with("EVENT_") ||
                              text.starts_with("EVGLASS_");
        if (!replaced) out.emplace_back(text);
    }
    return out;
}

/// Waits for the end, a little more slowly each time. What was wrong, or empty.
std::string wait_for(pid_t pid, int seconds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    auto pause = 200us;
    int status = 0;
    for (pid_t ended = 0; ended != pid;) {
        ended = waitpid(pid, &status, WNOHANG);
        if (ended < 0 && errno != EINTR) return "it could not be waited for";
        if (ended == pid) break;
        const bool interrupted = ending_signal() != 0;
        if (interrupted || std::chrono::steady_clock::now() > end) {
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            if (interrupted) return "it was interrupted";
            return "it did not end within " + std::to_string(seconds) + " s and was stopped";
        }
        std::this_thread::sleep_for(pause);
        if (pause < 5ms) pause *= 2;
    }
    if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status)) + " ended it";
    return WEXITSTATUS(status) == 0 ? "" : "it failed";
}

pid_t start(std::vector<std::string> arguments, std::vector<std::string> variables,
            const Scratch& input, const Scratch& output, const Scratch& errors) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input.fd(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output.fd(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors.fd(), STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    pid_t pid = -1;
    const int error = posix_spawnp(&pid, arguments[0].c_str(), &actions, nullptr,
                                   pointers(arguments).data(), pointers(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    errno = error;
    return error == 0 ? pid : -1;
}

}  // namespace

ChildRun run_child(const std::vector<std::string>& arguments,
                   const std::vector<std::string>& variables, const std::string& input,
                   int seconds) {
    ChildRun run;
    const Scratch in(input), out, errors;
    const pid_t pid = start(arguments, environment(variables), in, out, errors);
    if (pid < 0) {
        run.missing = errno == ENOENT;
        run.error = "can't start '" + arguments[0] + "': " + std::strerror(errno);
        return run;
    }
    run.error = wait_for(pid, seconds);
    run.output = out.text();
    const std::string said = errors.text();
    if (!run.error.empty() && !said.empty())
        run.error = trace::safe(said.substr(0, said.find('\n')));
    return run;
}

}  // namespace evglass::viz::compare
