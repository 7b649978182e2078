// One trial: a scenario in a child process, with one failure injected, and how it ended.
// A trial never outlives its limit, and never touches this process.
// Read next: trial.cc, sweep_test.cc.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "tests/conformance/scenarios/scenario.h"
#include "tests/sweep/fault.h"

namespace evglass::sweep {

/// How a trial ended, as its exit status; what a scenario itself returns is none of these.
enum class End {
    done,       ///< to the end of the scenario, or to an end of its own
    gave_up,    ///< the library reported the failure, the scenario unwound
    ended,      ///< ... where it can't unwind: inside of the loop, or with threads
    leaked,     ///< blocks of memory are left
    leaked_fd,  ///< descriptors are left
    crashed,
    spins,   ///< took too long, working
    sleeps,  ///< took too long, asleep
};

struct Outcome {
    End end = End::done;
    std::string detail;
    long allocations = 0, system_calls = 0;
    long live = 0, fds = 0;  ///< what is left over
};

/// What a scenario leaves over without any failure is its own.
struct Allowed {
    long live = 0, fds = 0;
    int signal = 0;  ///< that it ends by
};

struct Report;

/// Trials side by side: a scenario mostly waits for its own timers.
class Trials {
 public:
    using Done = std::function<void(const Outcome&)>;
    explicit Trials(int at_once);
    ~Trials();
    Trials(const Trials&) = delete;
    Trials& operator=(const Trials&) = delete;

    /// Begins one when there is room. `done` is called from here, or from finish.
    void start(const conformance::Scenario& scenario, const char* backend, const Plan& plan,
               const Allowed& allowed, Done done);
    /// Waits for all that run.
    void finish();

 private:
    using Clock = std::chrono::steady_clock;
    struct Running {
        pid_t pid = 0;  ///< 0: nothing runs here
        int pidfd = -1;
        Clock::time_point limit;
        Allowed allowed;
        Done done;
        Report* report = nullptr;
    };
    bool wait_for_one();
    void end(Running& trial, bool in_time);

    std::vector<Running> places_;
    Report* reports_;
};

/// One alone.
Outcome try_scenario(const conformance::Scenario& scenario, const char* backend, const Plan& plan,
                     const Allowed& allowed);

/// Is this an end that a library may be blamed for?
bool is_bad(const Outcome& outcome, const Plan& plan, const char* backend);
std::string text_of(const Plan& plan);
const char* text_of(End end);

}  // namespace evglass::sweep
