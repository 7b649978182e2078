// What programs that compare programs share: another program's output, the middle of figures, and
// the place of a table in a page. Used by compare_bench.cc, echo/, peers/ and watched/.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
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

/// The value below which that share of the values lies: 0.5 is the median.
inline double quantile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    const auto place = static_cast<std::size_t>(static_cast<double>(values.size()) * share);
    return values.empty() ? 0 : values[std::min(place, values.size() - 1)];
}
inline double median(std::vector<double> values) {
    return quantile(std::move(values), 0.5);
}

/// Each of `own` by that of the same round: what others do on the machine falls on both.
inline std::vector<double> ratios(const std::vector<double>& own, const std::vector<double>& base) {
    std::vector<double> all;
    for (std::size_t i = 0; i < own.size() && i < base.size(); ++i) all.push_back(own[i] / base[i]);
    return all;
}

/// Replaces what stands between the marks of that make target. False if they are not there, or the
/// file can't be written.
inline bool put_into(const std::string& path, const std::string& target, const std::string& text) {
    const std::string begin_mark = "<!-- make " + target + ": begin -->\n";
    std::ifstream in(path);
    std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const std::size_t begin = whole.find(begin_mark);
    const std::size_t end = whole.find("<!-- make " + target + ": end -->");
    if (begin == std::string::npos || end == std::string::npos || end < begin) return false;
    const std::size_t from = begin + begin_mark.size();
    whole.replace(from, end - from, "\n" + text + "\n");
    std::ofstream file(path, std::ios::trunc);
    file << whole;
    file.close();
    return static_cast<bool>(file);
}

}  // namespace bench
