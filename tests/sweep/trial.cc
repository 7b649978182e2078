// The child that runs a scenario under a plan, and the parent that waits for it, not for ever.
#include "tests/sweep/trial.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "tests/sweep/checked.h"

namespace evglass::sweep {
namespace {

constexpr int kLimitMs = 5000;
constexpr int kFirstStatus = 90;  // of the statuses that mean an End

struct GaveUp {};
/// Bufferevents have an order in which they must go, and no owner in many scenarios. What is left
/// of them after a scenario gave up says nothing; tests/unit count it for each kind.
bool by_hand = false;
thread_local int loops_on_stack = 0;
pid_t trial_pid = 0;

/// What the child tells the parent, in shared memory.
struct Report {
    long allocations, system_calls, live, fds;
};

[[noreturn]] void leave(End end) {
    _exit(kFirstStatus + static_cast<int>(end));
}

int entries_of(const char* folder) {
    int n = 0;
    DIR* directory = opendir(folder);
    if (directory == nullptr) return 0;
    while (readdir(directory) != nullptr) ++n;
    closedir(directory);
    return n;
}
int count_fds() {
    return entries_of("/proc/self/fd");
}
/// A scenario with threads can't be unwound: nobody would join them.
bool has_threads() {
    return entries_of("/proc/self/task") > 3;  // ".", ".." and one
}

void silence() {
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, 1);
    dup2(nowhere, 2);
    close(nowhere);
    event_set_log_callback([](int, const char*) {});
}

void choose(const char* backend) {
    const std::string name(backend);
    if (name == "changelist") setenv("EVENT_EPOLL_USE_CHANGELIST", "1", 1);
    if (name == "poll" || name == "select") setenv("EVENT_NOEPOLL", "1", 1);
    if (name == "select") setenv("EVENT_NOPOLL", "1", 1);
}

/// In the child. Does not return.
[[noreturn]] void run(const conformance::Scenario& scenario, const Plan& plan,
                      const Allowed& allowed, Report* report) {
    trial_pid = getpid();
    signal(SIGPIPE, SIG_IGN);
    silence();
    const int fds_before = count_fds();
    install(plan);
    End end = End::done;
    try {
        scenario.run();
    } catch (const GaveUp&) {
        end = by_hand ? End::ended : End::gave_up;
    }
    if (end == End::ended || getpid() != trial_pid)
        leave(End::ended);  // or a child that the scenario forked
    libevent_global_shutdown();
    *report = {allocations(), system_calls(), live_blocks(), count_fds() - fds_before};
    if (report->live > allowed.live) leave(End::leaked);
    if (report->fds > allowed.fds) leave(End::leaked_fd);
    leave(end);
}

/// Clock ticks that a process has worked.
long ticks_of(pid_t pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string field;
    long user = 0, kernel = 0;
    for (int i = 1; i <= 13 && stat >> field; ++i) {
    }
    stat >> user >> kernel;
    return user + kernel;
}

End end_of(int status, const Allowed& allowed, std::string& detail) {
    if (WIFSIGNALED(status)) {
        detail = "signal " + std::to_string(WTERMSIG(status));
        return WTERMSIG(status) == allowed.signal ? End::done : End::crashed;
    }
    const int code = WEXITSTATUS(status) - kFirstStatus;
    if (code >= 0 && code <= static_cast<int>(End::leaked_fd)) return static_cast<End>(code);
    return End::ended;
}

/// Waits; a child beyond its limit is killed.
End wait_for(pid_t pid, const Allowed& allowed, std::string& detail) {
    int status = 0;
    for (int waited = 0; waitpid(pid, &status, WNOHANG) == 0; ++waited) {
        if (waited >= kLimitMs) {
            const bool works = ticks_of(pid) > sysconf(_SC_CLK_TCK) * kLimitMs / 1000 / 4;
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            return works ? End::spins : End::sleeps;
        }
        usleep(waited < 20 ? 200 : 1000);
    }
    return end_of(status, allowed, detail);
}

}  // namespace

void give_up() {
    if (loops_on_stack > 0 || has_threads() || getpid() != trial_pid) leave(End::ended);
    throw GaveUp{};
}
void owns_by_hand() {
    by_hand = true;
}
InLoop::InLoop() {
    ++loops_on_stack;
}
InLoop::~InLoop() {
    --loops_on_stack;
}

Outcome try_scenario(const conformance::Scenario& scenario, const char* backend, const Plan& plan,
                     const Allowed& allowed) {
    static auto* report = static_cast<Report*>(
        mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    *report = {};
    std::fflush(stdout);
    const pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        choose(backend);
        run(scenario, plan, allowed, report);
    }
    Outcome outcome;
    outcome.end = wait_for(pid, allowed, outcome.detail);
    kill(-pid, SIGKILL);  // what the scenario forked
    outcome.allocations = report->allocations;
    outcome.system_calls = report->system_calls;
    outcome.live = report->live;
    outcome.fds = report->fds;
    return outcome;
}

bool is_bad(const Outcome& outcome, const Plan& plan, const char* backend) {
    switch (outcome.end) {
        case End::done:
        case End::gave_up:
        case End::ended:
            return false;
        case End::sleeps:
            // Without memory or system calls for ever, what would wake it can't be set up. And the
            // changelist learns too late that an fd can't be watched to tell event_add.
            return !plan.ever && std::string_view(backend) != "changelist";
        default:
            return true;
    }
}

std::string text_of(const Plan& plan) {
    if (plan.what == Plan::What::nothing) return "no failure";
    const std::string which = plan.what == Plan::What::memory ? "allocation " : "system call ";
    return which + std::to_string(plan.nth) + (plan.ever ? " and all after it" : "") +
           (plan.error != 0 ? std::string(" fails: ") + strerrorname_np(plan.error) : " fails");
}

const char* text_of(End end) {
    static const char* const kNames[] = {"done",         "gave up", "ended", "leaked memory",
                                         "leaked an fd", "crashed", "spins", "sleeps"};
    return kNames[static_cast<int>(end)];
}

}  // namespace evglass::sweep
