// What program.h declares.
#include "tests/bench/load/program.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

namespace bench {

void stay_on(Processor processor) {
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2) return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(processor == Processor::view ? 1 : 0, &set);
    sched_setaffinity(0, sizeof set, &set);
}

namespace {

[[noreturn]] void become(Start& start) {
    std::vector<char*> argv;
    for (std::string& word : start.command) argv.push_back(word.data());
    argv.push_back(nullptr);
    unsetenv("LD_LIBRARY_PATH");
    unsetenv("EVGLASS_TRACE");
    if (!start.libraries.empty()) setenv("LD_LIBRARY_PATH", start.libraries.c_str(), 1);
    if (!start.trace.empty()) setenv("EVGLASS_TRACE", start.trace.c_str(), 1);
    execv(argv[0], argv.data());
    _exit(127);
}

}  // namespace

Program::Program(Start start) {
    std::error_code ignored;
    if (!start.trace.empty()) std::filesystem::remove(start.trace, ignored);
    int out[2];
    if (pipe2(out, O_CLOEXEC) != 0) return;
    pid_ = fork();
    if (pid_ == 0) {
        dup2(out[1], STDOUT_FILENO);
        become(start);
    }
    close(out[1]);
    fd_ = out[0];
    if (!start.trace.empty()) wait_for(start.trace);
}

Program::~Program() {
    if (pid_ > 0) kill(pid_, SIGKILL);
    finish();
    close(fd_);
}

void Program::wait_for(const std::string& trace) const {
    siginfo_t info{};
    std::error_code ignored;
    while (!std::filesystem::exists(trace, ignored) && info.si_pid == 0 &&
           waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0)
        usleep(1000);
}

std::string Program::line() const {
    std::string text;
    for (char c = 0; c != '\n' && read(fd_, &c, 1) == 1;) text += c;
    return text;
}

double Program::finish() {
    rusage used{};
    if (pid_ <= 0 || wait4(pid_, nullptr, 0, &used) != pid_) return 0;
    pid_ = -1;
    const auto ns = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_usec) * 1e3;
    };
    return ns(used.ru_utime) + ns(used.ru_stime);
}

double Program::end() {
    if (pid_ > 0) kill(pid_, SIGINT);
    return finish();
}

}  // namespace bench
