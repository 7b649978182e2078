// See signals.h. Everything a handler touches is a plain array or an atomic, set up beforehand.
#include "viz/live/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>

namespace evglass::viz {
namespace {

constexpr std::array kEnding{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
constexpr std::array kCrashes{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

std::atomic<int> ending{0};
std::atomic<bool> stopping{false};
std::array<int, 2> wake_pipe{-1, -1};

struct SavedTerminal {
    std::atomic<bool> set{false};
    int input = -1, output = -1;
    termios modes{};
    std::array<char, 256> bytes{};
    std::size_t size = 0;
} saved;

std::array<struct sigaction, kEnding.size()> before_ending;
std::array<struct sigaction, kCrashes.size()> before_crash;
struct sigaction before_stop;

void wake() {
    const int error = errno;
    const char byte = 0;
    if (write(wake_pipe[1], &byte, 1) < 0) errno = error;
    errno = error;
}

void note(int signal) {
    ending.store(signal);
    wake();
}

void note_stop(int) {
    stopping.store(true);
    wake();
}

/// Before ncurses looks, which minds SIGTSTP itself where nobody else does.
void mind_stops() {
    struct sigaction action {};
    action.sa_handler = note_stop;
    sigaction(SIGTSTP, nullptr, &before_stop);
    if (before_stop.sa_handler != SIG_IGN) sigaction(SIGTSTP, &action, nullptr);
}

void crash(int signal) {
    if (saved.set.exchange(false)) {
        if (write(saved.output, saved.bytes.data(), saved.size) < 0) errno = 0;
        tcsetattr(saved.input, TCSANOW, &saved.modes);
    }
    struct sigaction own {};
    own.sa_handler = SIG_DFL;
    sigaction(signal, &own, nullptr);
    raise(signal);
}

}  // namespace

SignalGuard::SignalGuard() {
    ending.store(0);
    if (pipe2(wake_pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) wake_pipe = {-1, -1};
    struct sigaction action {};
    action.sa_handler = note;  // no SA_RESTART: poll() is to return
    for (std::size_t i = 0; i < kEnding.size(); ++i) {
        sigaction(kEnding[i], nullptr, &before_ending[i]);
        // What our starter ignores (nohup) stays ignored.
        if (before_ending[i].sa_handler != SIG_IGN) sigaction(kEnding[i], &action, nullptr);
    }
    action.sa_handler = crash;
    for (std::size_t i = 0; i < kCrashes.size(); ++i) {
        sigaction(kCrashes[i], &action, &before_crash[i]);
    }
}

SignalGuard::~SignalGuard() {
    for (std::size_t i = 0; i < kEnding.size(); ++i) {
        sigaction(kEnding[i], &before_ending[i], nullptr);
    }
    for (std::size_t i = 0; i < kCrashes.size(); ++i) {
        sigaction(kCrashes[i], &before_crash[i], nullptr);
    }
    for (int& fd : wake_pipe) {
        if (fd >= 0) close(fd);
        fd = -1;
    }
}

int ending_signal() {
    return ending.load();
}
int signal_fd() {
    return wake_pipe[0];
}
void note_hangup() {
    ending.store(SIGHUP);
}

bool stop_asked() {
    if (!stopping.exchange(false)) return false;
    std::array<char, 16> bytes{};
    while (read(wake_pipe[0], bytes.data(), bytes.size()) > 0) continue;
    if (ending_signal() != 0) wake();  // its byte went too
    return true;
}

void stop_until_continued() {
    struct sigaction stop {
    }, minded{};
    stop.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &stop, &minded);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &minded, nullptr);
}

void save_terminal(int input, int output, const std::string& bytes) {
    saved.input = input;
    saved.output = output;
    saved.size = std::min(bytes.size(), saved.bytes.size());
    std::copy_n(bytes.begin(), saved.size, saved.bytes.begin());
    saved.set.store(tcgetattr(input, &saved.modes) == 0);
    mind_stops();
}

void forget_terminal() {
    saved.set.store(false);
    sigaction(SIGTSTP, &before_stop, nullptr);
}

}  // namespace evglass::viz
