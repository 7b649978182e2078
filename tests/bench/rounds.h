// What programs that compare programs share: another program's output, and the middle of figures.
// Used by compare_bench.cc and peers/peers_bench.cc.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

namespace bench {

/// A program's standard output; empty if it failed.
inline std::string output_of(std::vector<std::string> command,
                             const std::vector<std::string>& extra) {
    std::vector<std::string> environment = extra;
    for (char** e = environ; *e != nullptr; ++e)
        if (!std::string(*e).starts_with("LD_LIBRARY_PATH=")) environment.emplace_back(*e);
    std::vector<char*> argv, envp;
    for (std::string& s : command) argv.push_back(s.data());
    for (std::string& s : environment) envp.push_back(s.data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);
    int fd[2];
    if (pipe2(fd, O_CLOEXEC) != 0) return {};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fd[1], 1);
    pid_t pid = -1;
    const int error = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), envp.data());
    posix_spawn_file_actions_destroy(&actions);
    close(fd[1]);
    std::string text;
    char bytes[512];
    for (ssize_t n = read(fd[0], bytes, sizeof bytes); n > 0; n = read(fd[0], bytes, sizeof bytes))
        text.append(bytes, static_cast<std::size_t>(n));
    close(fd[0]);
    int status = -1;
    if (error != 0 || waitpid(pid, &status, 0) != pid || status != 0) return {};
    return text;
}

inline double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values.empty() ? 0 : values[values.size() / 2];
}

}  // namespace bench
