// The children that run scenarios under a plan, and the parent that waits for them, not for ever.
#include "tests/sweep/trial.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <utility>

// Without a linkage of its own for C++ in some versions of the C library.
extern "C" {
#include <sys/pidfd.h>
}

#include "tests/sweep/checked.h"

// What a sanitizer objects to is a crash, and not an end that the scenario chose.
extern "C" {
const char* __asan_default_options() {
    return "abort_on_error=1";
}
const char* __ubsan_default_options() {
    return "abort_on_error=1";
}
const char* __tsan_default_options() {
    return "abort_on_error=1";
}
}

namespace evglass::sweep {

/// What the child tells the parent, in shared memory.
struct Report {
    long allocations, system_calls, live, fds;
};

namespace {

constexpr int kLimitMs = 5000;
/// What works for so long in that time doesn't wait for anything: half a second.
constexpr long kSpinTicks = 50;
constexpr int kFirstStatus = 90;  // of the statuses that mean an End

struct GaveUp {};
bool giving_up = false;
thread_local int loops_on_stack = 0;
pid_t trial_pid = 0;

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
        end = End::gave_up;
    }
    if (getpid() != trial_pid) leave(End::ended);  // a child that the scenario forked
    libevent_global_shutdown();
    *report = {allocations(), system_calls(), live_blocks(), count_fds() - fds_before};
    if (report->live > allowed.live) leave(End::leaked);
    // A descriptor that was no bufferevent's yet is the scenario's own, and it gave up. (Those that
    // a bufferevent closes are judged where a scenario goes on to its end.)
    const bool its_own = end == End::gave_up && has_handed_over();
    if (report->fds > allowed.fds && !its_own) leave(End::leaked_fd);
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

}  // namespace

void give_up() {
    if (giving_up) return;  // what is being freed or unwound has called the scenario
    if (loops_on_stack > 0 || has_threads() || getpid() != trial_pid) leave(End::ended);
    giving_up = true;
    free_belongings();
    throw GaveUp{};
}
InLoop::InLoop() {
    ++loops_on_stack;
}
InLoop::~InLoop() {
    --loops_on_stack;
}

Trials::Trials(int at_once)
    : places_(static_cast<std::size_t>(at_once)),
      reports_(
          static_cast<Report*>(mmap(nullptr, places_.size() * sizeof(Report),
                                    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
    for (std::size_t i = 0; i < places_.size(); ++i) places_[i].report = &reports_[i];
}

Trials::~Trials() {
    finish();
    munmap(reports_, places_.size() * sizeof(Report));
}

void Trials::start(const conformance::Scenario& scenario, const char* backend, const Plan& plan,
                   const Allowed& allowed, Done done) {
    const auto is_free = [](const Running& place) { return place.pid == 0; };
    auto place = std::find_if(places_.begin(), places_.end(), is_free);
    while (place == places_.end()) {
        wait_for_one();
        place = std::find_if(places_.begin(), places_.end(), is_free);
    }
    *place->report = {};
    std::fflush(stdout);
    place->pid = fork();
    if (place->pid == 0) {
        setpgid(0, 0);
        choose(backend);
        run(scenario, plan, allowed, place->report);
    }
    place->pidfd = pidfd_open(place->pid, 0);
    place->limit = Clock::now() + std::chrono::milliseconds(kLimitMs);
    place->allowed = allowed;
    place->done = std::move(done);
}

void Trials::finish() {
    while (wait_for_one()) {
    }
}

/// Until something ends, or has run too long. False if nothing runs.
bool Trials::wait_for_one() {
    std::vector<pollfd> fds;
    std::vector<Running*> running;
    Clock::time_point first = Clock::time_point::max();
    for (Running& place : places_) {
        if (place.pid == 0) continue;
        fds.push_back({place.pidfd, POLLIN, 0});
        running.push_back(&place);
        first = std::min(first, place.limit);
    }
    if (fds.empty()) return false;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(first - Clock::now());
    poll(fds.data(), fds.size(), static_cast<int>(std::max<long>(0, left.count())));
    for (std::size_t i = 0; i < fds.size(); ++i) {
        if (fds[i].revents != 0) {
            end(*running[i], true);
        } else if (Clock::now() >= running[i]->limit) {
            end(*running[i], false);
        }
    }
    return true;
}

void Trials::end(Running& trial, bool in_time) {
    Outcome outcome;
    if (!in_time) {
        outcome.end = ticks_of(trial.pid) > kSpinTicks ? End::spins : End::sleeps;
        kill(trial.pid, SIGKILL);
    }
    int status = 0;
    waitpid(trial.pid, &status, 0);
    kill(-trial.pid, SIGKILL);  // what the scenario forked
    close(trial.pidfd);
    trial.pid = 0;
    if (in_time) outcome.end = end_of(status, trial.allowed, outcome.detail);
    outcome.allocations = trial.report->allocations;
    outcome.system_calls = trial.report->system_calls;
    outcome.live = trial.report->live;
    outcome.fds = trial.report->fds;
    std::exchange(trial.done, nullptr)(outcome);
}

Outcome try_scenario(const conformance::Scenario& scenario, const char* backend, const Plan& plan,
                     const Allowed& allowed) {
    static Trials one(1);
    Outcome result;
    one.start(scenario, backend, plan, allowed, [&](const Outcome& outcome) { result = outcome; });
    one.finish();
    return result;
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
