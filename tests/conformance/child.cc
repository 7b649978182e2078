// A child process with its output in a pipe. Standard error goes where the test's goes.
#include "tests/conformance/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <stdexcept>

namespace evglass::conformance {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kMostBytes = 100000;  // far more than any scenario says

struct Pipe {
    int fd[2] = {-1, -1};
    Pipe() {
        if (pipe2(fd, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
    }
    ~Pipe() {
        close_end(0);
        close_end(1);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    void close_end(int end) {
        if (fd[end] >= 0) close(fd[end]);
        fd[end] = -1;
    }
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

/// This process's environment with `extra` in place of what has the same names.
std::vector<std::string> merged(const Environment& extra) {
    std::vector<std::string> all = extra;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string name = std::string(*entry).substr(0, std::strcspn(*entry, "=") + 1);
        bool replaced = name.starts_with("EVENT_");  // a scenario sees only what the driver chose
        for (const std::string& e : extra) replaced = replaced || e.starts_with(name);
        if (!replaced) all.emplace_back(*entry);
    }
    return all;
}

pid_t spawn(std::vector<std::string> command, const Environment& extra, int out_fd) {
    std::vector<std::string> environment = merged(extra);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out_fd, 1);
    pid_t pid = -1;
    const int error = posix_spawn(&pid, command[0].c_str(), &actions, nullptr,
                                  pointers(command).data(), pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    return error == 0 ? pid : -1;
}

/// All that comes until the other end closes; false if it was too long, or too much.
bool read_all(int fd, std::string& text, int limit_ms) {
    const auto end = Clock::now() + std::chrono::milliseconds(limit_ms);
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
        pollfd wait{fd, POLLIN, 0};
        if (left.count() <= 0 || poll(&wait, 1, static_cast<int>(left.count())) == 0) return false;
        char bytes[4096];
        const ssize_t n = read(fd, bytes, sizeof bytes);
        if (n <= 0) return true;
        text.append(bytes, static_cast<std::size_t>(n));
        if (text.size() > kMostBytes) return false;
    }
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

std::string ending(int status, bool in_time) {
    if (!in_time) return "ended: killed, it took too long or said too much";
    if (WIFSIGNALED(status)) return "ended: signal " + std::to_string(WTERMSIG(status));
    return "ended: exit " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Outcome run_program(const std::vector<std::string>& command, const Environment& environment,
                    int limit_ms) {
    Pipe out;
    const pid_t pid = spawn(command, environment, out.fd[1]);
    if (pid < 0) return {{"ended: " + command[0] + " can't be started"}};
    out.close_end(1);
    std::string text;
    const bool in_time = read_all(out.fd[0], text, limit_ms);
    if (!in_time) kill(pid, SIGKILL);
    int status = 0;
    waitpid(pid, &status, 0);
    Outcome outcome{split(text)};
    outcome.lines.push_back(ending(status, in_time));
    return outcome;
}

}  // namespace evglass::conformance
