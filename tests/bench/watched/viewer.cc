// What watched.h declares of the view.
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "tests/bench/watched/watched.h"

namespace bench {

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
