// Which allocation or system call of the library fails, with which error, and how often; and what
// is counted meanwhile. One plan for a process: it is set before the scenario begins.
// Threads: any; the counters are atomic.
// Read next: fault.cc, trial.h.
#pragma once

namespace evglass::sweep {

struct Plan {
    enum class What { nothing, memory, system_call };
    What what = What::nothing;
    int error = 0;      ///< errno of a failing system call
    long nth = 0;       ///< counted from 1
    bool ever = false;  ///< this one and all after it
};

/// Installs the counting allocator and the table of failing system calls.
void install(const Plan& plan);

/// What the library asked for so far.
long allocations();
long system_calls();
/// Blocks that the library holds.
long live_blocks();
/// Did the planned failure happen?
bool has_failed();

}  // namespace evglass::sweep
