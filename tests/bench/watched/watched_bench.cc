// What a program pays for being watched, and how often the view draws: the ring of loop_bench.cc
// runs with its trace on, alone and with `evglass live` on it, in turn. Program and viewer have a
// processor each, where there are two.
//   watched_bench LOOP-BENCH EVGLASS LIBRARIES FOLDER [ROUNDS]
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/rounds.h"

namespace {

using Clock = std::chrono::steady_clock;
constexpr const char* kMilliseconds = "2000";

struct Paths {
    std::string loop_bench, evglass, libraries, trace;
};

void stay_on(int processor) {
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2) return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<unsigned>(processor), &set);
    sched_setaffinity(0, sizeof set, &set);
}

/// A child's output, and the child.
struct Child {
    pid_t pid = -1;
    int fd = -1;
};

Child start_program(const Paths& paths) {
    std::filesystem::remove(paths.trace);
    int out[2];
    if (pipe2(out, O_CLOEXEC) != 0) return {};
    const pid_t pid = fork();
    if (pid == 0) {
        stay_on(0);
        dup2(out[1], STDOUT_FILENO);
        setenv("EVGLASS_TRACE", paths.trace.c_str(), 1);
        setenv("LD_LIBRARY_PATH", paths.libraries.c_str(), 1);
        execl(paths.loop_bench.c_str(), "loop_bench", "ring", kMilliseconds, nullptr);
        _exit(127);
    }
    close(out[1]);
    return {pid, out[0]};
}

/// In a terminal of its own.
Child start_viewer(const Paths& paths) {
    winsize size{.ws_row = 50, .ws_col = 160, .ws_xpixel = 0, .ws_ypixel = 0};
    int fd = -1;
    const pid_t pid = forkpty(&fd, nullptr, nullptr, &size);
    if (pid == 0) {
        stay_on(1);
        setenv("TERM", "xterm-256color", 1);
        execl(paths.evglass.c_str(), "evglass", "live", paths.trace.c_str(), nullptr);
        _exit(127);
    }
    return {pid, fd};
}

/// Frames come at least 40 ms apart, and each in one go.
class Frames {
 public:
    void bytes_came() {
        const auto now = Clock::now();
        if (count_++ == 0) first_ = now;
        if (now - last_ < kApart) --count_;
        last_ = now;
    }
    double per_second() const {
        const std::chrono::duration<double> passed = last_ - first_;
        return count_ < 2 ? 0 : static_cast<double>(count_ - 1) / passed.count();
    }

 private:
    static constexpr std::chrono::milliseconds kApart{20};
    Clock::time_point first_{}, last_{};
    long count_ = 0;
};

/// Nanoseconds per operation that the program tells at its end; meanwhile the viewer draws.
double run(const Paths& paths, bool watched, double* frames_per_second) {
    const Child program = start_program(paths);
    while (!std::filesystem::exists(paths.trace) && waitpid(program.pid, nullptr, WNOHANG) == 0)
        usleep(1000);
    const Child viewer = watched ? start_viewer(paths) : Child{};
    Frames frames;
    std::string told;
    for (bool ended = false; !ended;) {
        pollfd fds[] = {{program.fd, POLLIN, 0}, {viewer.fd, POLLIN, 0}};
        poll(fds, 2, 1000);
        char bytes[65536];
        if (fds[1].revents != 0 && read(viewer.fd, bytes, sizeof bytes) > 0) frames.bytes_came();
        if (fds[0].revents == 0) continue;
        const ssize_t n = read(program.fd, bytes, sizeof bytes);
        ended = n <= 0;
        if (n > 0) told.append(bytes, static_cast<std::size_t>(n));
    }
    waitpid(program.pid, nullptr, 0);
    close(program.fd);
    if (watched) {
        kill(viewer.pid, SIGTERM);
        waitpid(viewer.pid, nullptr, 0);
        close(viewer.fd);
        *frames_per_second = frames.per_second();
    }
    return std::strtod(told.c_str(), nullptr);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 5) {
        std::fputs("usage: watched_bench LOOP-BENCH EVGLASS LIBRARIES FOLDER [ROUNDS]\n", stderr);
        return 2;
    }
    const Paths paths{argv[1], argv[2], argv[3], std::string(argv[4]) + "/watched.evg"};
    const std::string_view asked = argc > 5 ? argv[5] : "";
    int rounds = 5;
    std::from_chars(asked.data(), asked.data() + asked.size(), rounds);
    rounds = std::max(1, rounds);
    std::vector<double> alone, watched, ratios, frames;
    for (int i = 0; i < rounds; ++i) {
        double per_second = 0;
        alone.push_back(run(paths, false, nullptr));
        watched.push_back(run(paths, true, &per_second));
        if (alone.back() <= 0 || watched.back() <= 0) {
            std::fputs("watched_bench: the program told nothing\n", stderr);
            return 1;
        }
        ratios.push_back(watched.back() / alone.back());
        frames.push_back(per_second);
    }
    std::filesystem::remove(paths.trace);
    std::printf("ring  traced %.0f  watched %.0f ns per operation, ratio %.3f  (%.3f to %.3f)\n",
                bench::median(alone), bench::median(watched), bench::median(ratios),
                *std::min_element(ratios.begin(), ratios.end()),
                *std::max_element(ratios.begin(), ratios.end()));
    std::printf("live  %.1f frames per second at 160x50\n", bench::median(frames));
    return 0;
}
