// What the benches of being watched share: the live view on a program's trace, in a terminal of its
// own, and how often it draws. The view has a processor for itself, where there are two; the
// program has the other one, with what loads it: so all that the view can cost the program is what
// it does to the trace and to the memory. Read next: ring.cc and echo.cc, then watched_bench.cc.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <thread>

#include "tests/bench/load/program.h"

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

inline Start start_of(const Paths& paths, Mode mode, std::vector<std::string> command) {
    return {std::move(command), paths.libraries,
            mode == Mode::untraced ? std::string() : paths.trace};
}

/// `evglass live` at 160x50, and a thread that takes what it draws. Without a mode to watch in,
/// nothing.
class Viewer {
 public:
    Viewer(const Paths& paths, Mode mode);
    ~Viewer();
    Viewer(const Viewer&) = delete;
    Viewer& operator=(const Viewer&) = delete;

    /// Ends it; how many frames it drew in a second.
    double end();

 private:
    using Clock = std::chrono::steady_clock;
    /// Until the view's end.
    void take_frames();

    pid_t pid_ = -1;
    int fd_ = -1;
    // The thread's, until it has ended.
    Clock::time_point first_{}, last_{};
    long frames_ = 0;
    std::thread taker_;
};

}  // namespace bench
