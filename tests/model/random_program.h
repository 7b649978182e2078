// A random program on the reactor: thousands of adds, deletes, activations, timers, signals and
// priorities, in and out of callbacks, reproducible from a seed. It verifies the base and writes a
// keyframe after each step, so that whoever replays the trace can compare at each step.
// Read next: random_test.cc.
#pragma once

#include <event2/event.h>
#include <event2/watch.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "src/event/event_core.h"

namespace evglass::testing {

struct RandomProgramOptions {
    std::uint32_t seed = 1;
    const char* backend = "epoll";
    int steps = 1000;
    bool keyframe_each_step = true;
};

/// Owns a base, some fds and the events on them. Single-threaded; its clock is the virtual one.
class RandomProgram {
 public:
    explicit RandomProgram(const RandomProgramOptions& options);
    ~RandomProgram();
    RandomProgram(const RandomProgram&) = delete;
    RandomProgram& operator=(const RandomProgram&) = delete;

    void run();
    std::uint64_t callbacks() const { return callbacks_; }
    event_base* base() { return base_; }

 private:
    struct Slot {
        RandomProgram* program;
        event* ev = nullptr;
        int kind = 0;
    };
    enum Kind { kRead, kWrite, kTimer, kSignal, kKinds };

    int below(int n) { return static_cast<int>(random_() % static_cast<std::uint32_t>(n)); }
    bool chance(int percent) { return below(100) < percent; }
    void make_event(Slot& slot);
    void drop_event(Slot& slot);
    void step();
    void act_on(Slot& slot);
    void poke_the_world();
    void ask_the_loop();
    void change_watchers();
    void turn_the_loop();
    void checkpoint();
    static void on_event(evutil_socket_t fd, short what, void* arg);
    static void on_once(evutil_socket_t, short, void* arg);

    RandomProgramOptions options_;
    std::mt19937 random_;
    event_base* base_ = nullptr;
    std::vector<std::unique_ptr<Slot>> slots_;
    std::vector<int> readers_, writers_;
    std::vector<const timeval*> common_;
    std::vector<evwatch*> watchers_;
    std::uint64_t callbacks_ = 0;
    int depth_ = 0;
};

}  // namespace evglass::testing
