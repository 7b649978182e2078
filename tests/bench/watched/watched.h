// What the benches of being watched share: a program with its trace on, the live view on it in a
// terminal of its own, and how often it draws. Program and view have a processor each, where there
// are two; what loads a server shares the view's. Read next: ring.cc and echo.cc, then
// watched_bench.cc.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace bench {

struct Paths {
    std::string loop_bench, echo_server, evglass, libraries, trace;
};

/// What the program is run as.
enum class Mode { untraced, traced, watched };

/// One run: by the clock and by the program's own processor time, for each operation.
struct Cost {
    double clock_ns = 0, processor_ns = 0;
    double frames_per_second = 0;  ///< where it was watched
};

Cost run_ring(const Paths& paths, Mode mode);
Cost run_echo(const Paths& paths, Mode mode);

/// This process, from here on, on one processor: 0 is the program's, 1 the view's and the load's.
void stay_on(int processor);

/// A program and its output. It ends when this does.
class Program {
 public:
    Program(const Paths& paths, std::vector<std::string> command, Mode mode);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    int output() const { return fd_; }
    /// Its output up to and with the next newline; empty at its end.
    std::string line() const;
    /// Waits until it has ended; its processor time in nanoseconds.
    double finish();
    /// The same, after asking it to.
    double end();

 private:
    pid_t pid_ = -1;
    int fd_ = -1;
};

/// `evglass live` at 160x50. Without a mode to watch in, nothing.
class Viewer {
 public:
    Viewer(const Paths& paths, Mode mode);
    ~Viewer();
    Viewer(const Viewer&) = delete;
    Viewer& operator=(const Viewer&) = delete;

    int output() const { return fd_; }  ///< -1: there is none
    /// To be called when there is output: takes it, and counts frames.
    void read_some();
    double frames_per_second() const;

 private:
    using Clock = std::chrono::steady_clock;
    pid_t pid_ = -1;
    int fd_ = -1;
    Clock::time_point first_{}, last_{};
    long frames_ = 0;
};

}  // namespace bench
