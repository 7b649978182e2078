// What watched.h declares.
#include "tests/bench/watched/watched.h"

#include <fcntl.h>
#include <pty.h>
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

// ---- the program --------------------------------------------------------------------------------

Program::Program(const Paths& paths, std::vector<std::string> command, Mode mode) {
    std::filesystem::remove(paths.trace);
    int out[2];
    if (pipe2(out, O_CLOEXEC) != 0) return;
    std::vector<char*> argv;
    for (std::string& word : command) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
        dup2(out[1], STDOUT_FILENO);
        if (mode != Mode::untraced) setenv("EVGLASS_TRACE", paths.trace.c_str(), 1);
        setenv("LD_LIBRARY_PATH", paths.libraries.c_str(), 1);
        execv(argv[0], argv.data());
        _exit(127);
    }
    close(out[1]);
    fd_ = out[0];
    while (mode != Mode::untraced && !std::filesystem::exists(paths.trace) && kill(pid_, 0) == 0 &&
           waitid(P_PID, static_cast<id_t>(pid_), nullptr, WEXITED | WNOHANG | WNOWAIT) == 0)
        usleep(1000);
}

Program::~Program() {
    if (pid_ > 0) kill(pid_, SIGKILL);
    finish();
    close(fd_);
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

// ---- the view -----------------------------------------------------------------------------------

Viewer::Viewer(const Paths& paths, Mode mode) {
    if (mode != Mode::watched) return;
    winsize size{.ws_row = 50, .ws_col = 160, .ws_xpixel = 0, .ws_ypixel = 0};
    pid_ = forkpty(&fd_, nullptr, nullptr, &size);
    if (pid_ == 0) {
        stay_on(Processor::view);
        setenv("TERM", "xterm-256color", 1);
        execl(paths.evglass.c_str(), "evglass", "live", paths.trace.c_str(), nullptr);
        _exit(127);
    }
    taker_ = std::thread([this] {
        stay_on(Processor::view);
        take_frames();
    });
}

Viewer::~Viewer() {
    end();
}

/// Frames come at least 40 ms apart, and each in one go.
void Viewer::take_frames() {
    constexpr std::chrono::milliseconds kApart{20};
    char bytes[65536];
    while (read(fd_, bytes, sizeof bytes) > 0) {
        const auto now = Clock::now();
        if (frames_ == 0) first_ = now;
        if (frames_ == 0 || now - last_ >= kApart) ++frames_;
        last_ = now;
    }
}

double Viewer::end() {
    if (pid_ > 0) {
        kill(pid_, SIGTERM);
        waitpid(pid_, nullptr, 0);
        taker_.join();  // the terminal's other end is closed: it read to the end
        close(fd_);
        pid_ = -1;
    }
    const std::chrono::duration<double> passed = last_ - first_;
    return frames_ < 2 ? 0 : static_cast<double>(frames_ - 1) / passed.count();
}

}  // namespace bench
