// What was compared and what came of it: one mechanism, one scenario, one size; how long an event
// took, and what it cost in calls and bytes. Plain data. Read next: plan.h (which cases), lab.h
// (how one is run), counting.h (what is read from its trace).
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace evglass::viz::compare {

struct Case {
    std::string scenario, mechanism;
    int n = 0;
    int active = 0;
};

/// From a run without a recording. Times are the process's CPU time: no loop of the lab sleeps.
struct Timing {
    std::vector<double> ns;            ///< for one event, by repeat
    double user_share = 0;             ///< of the CPU time, by getrusage
    long slept = 0, pushed_aside = 0;  ///< context switches: its own doing, and not

    double median() const { return at(0.5); }
    double low() const { return at(0); }
    double high() const { return at(1); }

 private:
    double at(double place) const {
        std::vector<double> sorted = ns;
        std::sort(sorted.begin(), sorted.end());
        if (sorted.empty()) return 0;
        return sorted[static_cast<std::size_t>(place * static_cast<double>(sorted.size() - 1))];
    }
};

/// From a run with a recording; sums over `events`.
struct Counts {
    long events = 0;
    long turns = 0, wakeups = 0;  ///< counted by the program: waits, and those that found something
    long waits = 0, controls = 0, transfers = 0, others = 0;  ///< system calls, by what they do
    long bytes_in = 0, bytes_out = 0;  ///< lists and answers copied in and out, from the arguments
    long scanned = 0;                  ///< descriptors that the kernel had to look at
    long submissions = 0, completions = 0;  ///< of io_uring, through shared memory

    long calls() const { return waits + controls + transfers + others; }
    double each(long sum) const {
        return events > 0 ? static_cast<double>(sum) / static_cast<double>(events) : 0;
    }
    double per_wait(long sum) const {
        return waits > 0 ? static_cast<double>(sum) / static_cast<double>(waits) : 0;
    }
};

struct Outcome {
    Case what;
    std::string left_out;  ///< why there is nothing: not possible here, or failed
    Timing timing;
    Counts counts;
    bool measured() const { return left_out.empty(); }
};

}  // namespace evglass::viz::compare
