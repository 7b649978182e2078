// Each scenario with its n-th allocation failing, and with its n-th system call failing: nothing
// may crash, leak or hang. `make sweep` tries every n on every backend; `make test` a sample that
// takes some seconds, chosen by a seed that is printed (EVGLASS_SEED gives another one;
// EVGLASS_SWEEP=600 goes on for so many seconds).
// Results are not compared here: tests/conformance does that.
// Read next: trial.h.
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/sweep/trial.h"

namespace evglass::sweep {
namespace {

using conformance::Registration;
using conformance::Scenario;
using Clock = std::chrono::steady_clock;

constexpr int kErrors[] = {EINTR, EAGAIN, ENOMEM, EMFILE, ENOSPC};
constexpr const char* kBackends[] = {"epoll", "changelist", "poll", "select"};
constexpr int kAtOnce = 96;    ///< most of them sleep
constexpr long kSample = 600;  ///< trials of `make test`
constexpr std::size_t kEnds = static_cast<std::size_t>(End::sleeps) + 1;

struct Subject {
    const Scenario* scenario;
    const char* backend;
    Outcome whole;  ///< without a failure
    long took_ms;
    Allowed allowed;
};

bool everything() {
    const char* wish = std::getenv("EVGLASS_SWEEP");
    return wish != nullptr && std::strcmp(wish, "all") == 0;
}

/// One backend alone, if set.
bool is_wanted(const char* backend) {
    const char* only = std::getenv("EVGLASS_BACKEND");
    return only == nullptr || std::strcmp(only, backend) == 0;
}

/// Only scenarios whose names contain this, if set.
bool is_wanted(const Scenario& scenario) {
    const char* part = std::getenv("EVGLASS_SCENARIO");
    return part == nullptr || std::strstr(scenario.name, part) != nullptr;
}

std::vector<const Scenario*> scenarios() {
    std::vector<const Scenario*> all;
    for (const Scenario* s = Registration::first(); s != nullptr; s = s->next)
        if (is_wanted(*s)) all.push_back(s);
    return all;
}

Subject subject_of(const Scenario& scenario, const char* backend) {
    Subject subject{&scenario, backend, {}, 0, {}};
    const Allowed anything{1000000, 1000000, 0};
    const auto began = Clock::now();
    subject.whole = try_scenario(scenario, backend, {}, anything);
    subject.took_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began).count();
    subject.allowed = {subject.whole.live, subject.whole.fds, 0};
    if (subject.whole.end == End::crashed)
        subject.allowed.signal = static_cast<int>(
            std::strtol(subject.whole.detail.c_str() + std::strlen("signal "), nullptr, 10));
    return subject;
}

/// A subject, and whether one of its row of trials has failed: one complaint for a row is enough.
struct Row {
    Subject subject;
    bool failed = false;
};

/// Begins trials side by side, judges them when they end, and counts how they ended.
class Sweep {
 public:
    /// A bad end fails the test with what is needed to do it again.
    void attempt(const std::shared_ptr<Row>& row, const Plan& plan) {
        const Subject& s = row->subject;
        trials_.start(*s.scenario, s.backend, plan, s.allowed,
                      [this, row, plan](const Outcome& outcome) { judge(*row, plan, outcome); });
    }
    /// Every n up to `last`.
    void attempt_row(const Subject& subject, Plan plan, long last) {
        const auto row = std::make_shared<Row>(Row{subject});
        for (plan.nth = 1; plan.nth <= last && !row->failed; ++plan.nth) attempt(row, plan);
    }
    /// Waits for the last ones. How many there were.
    long finish() {
        trials_.finish();
        long sum = 0;
        std::string text;
        for (std::size_t i = 0; i < ends_.size(); ++i) {
            sum += ends_[i];
            if (ends_[i] == 0) continue;
            text += (text.empty() ? "" : ", ") + std::to_string(ends_[i]) + " " +
                    text_of(static_cast<End>(i));
        }
        std::printf("%ld trials: %s\n", sum, text.c_str());
        return sum;
    }

 private:
    void judge(Row& row, const Plan& plan, Outcome outcome) {
        const Subject& s = row.subject;
        // Threads of a scenario give each other some milliseconds; on a machine that is late they
        // miss each other. So what sleeps among many is tried once more, alone.
        if (outcome.end == End::sleeps && is_bad(outcome, plan, s.backend))
            outcome = try_scenario(*s.scenario, s.backend, plan, s.allowed);
        ++ends_[static_cast<std::size_t>(outcome.end)];
        if (row.failed || !is_bad(outcome, plan, s.backend)) return;
        row.failed = true;
        ADD_FAILURE() << s.scenario->name << " on " << s.backend << ", " << text_of(plan) << ": "
                      << text_of(outcome.end) << " " << outcome.detail << " (blocks left "
                      << outcome.live << ", fds left " << outcome.fds << ")";
    }

    Trials trials_{kAtOnce};
    std::array<long, kEnds> ends_{};
};

TEST(Sweep, EveryFailureOfEveryScenario) {
    if (!everything()) GTEST_SKIP() << "make sweep runs it";
    Sweep sweep;
    for (const Scenario* s : scenarios())
        for (const char* backend : kBackends) {
            if (!is_wanted(backend)) continue;
            const Subject subject = subject_of(*s, backend);
            std::printf("%s on %s: %ld allocations, %ld system calls, %ld ms\n", s->name, backend,
                        subject.whole.allocations, subject.whole.system_calls, subject.took_ms);
            for (const bool ever : {false, true}) {
                if (backend == kBackends[0])
                    sweep.attempt_row(subject, {Plan::What::memory, 0, 0, ever},
                                      subject.whole.allocations);
                for (const int error : kErrors)
                    sweep.attempt_row(subject, {Plan::What::system_call, error, 0, ever},
                                      subject.whole.system_calls);
            }
        }
    EXPECT_GT(sweep.finish(), 0);
}

TEST(Sweep, ASampleOfTheFailures) {
    if (everything()) GTEST_SKIP() << "all of them are tried";
    const char* wish = std::getenv("EVGLASS_SEED");
    const unsigned seed =
        wish != nullptr ? static_cast<unsigned>(std::strtoul(wish, nullptr, 10)) : 1;
    std::printf("seed %u\n", seed);
    std::mt19937 random(seed);
    const auto below = [&](long n) {
        return static_cast<long>(random() % static_cast<unsigned long>(n));
    };
    const std::vector<const Scenario*> all = scenarios();
    const char* length = std::getenv("EVGLASS_SWEEP");
    const long seconds = length != nullptr ? std::strtol(length, nullptr, 10) : 0;
    const long most = seconds > 0 ? std::numeric_limits<long>::max() : kSample;
    const auto end = Clock::now() + std::chrono::seconds(seconds > 0 ? seconds : 60);
    Sweep sweep;
    for (long trials = 0;
         trials < most && Clock::now() < end && (seconds > 0 || !testing::Test::HasFailure());) {
        const Scenario* s = all[static_cast<std::size_t>(below(static_cast<long>(all.size())))];
        const auto row = std::make_shared<Row>(Row{subject_of(*s, kBackends[below(4)])});
        const Outcome& whole = row->subject.whole;
        for (int i = 0; i < 4 && whole.allocations > 0; ++i, ++trials)
            sweep.attempt(row,
                          {Plan::What::memory, 0, 1 + below(whole.allocations), below(2) != 0});
        for (int i = 0; i < 4 && whole.system_calls > 0; ++i, ++trials)
            sweep.attempt(row, {Plan::What::system_call, kErrors[below(5)],
                                1 + below(whole.system_calls), below(2) != 0});
    }
    EXPECT_GT(sweep.finish(), 20);
}

// ---- the sweep itself must be able to fail ------------------------------------------------------

void* forgotten = nullptr;

TEST(Sweep, ItFindsALeakACrashAndAHang) {
    const Plan plan{Plan::What::memory, 0, 1000000, false};
    const auto ends = [&](void (*run)()) {
        const Scenario scenario{"made up", run, nullptr};
        return try_scenario(scenario, "epoll", plan, {}).end;
    };
    EXPECT_EQ(ends([] {}), End::done);
    EXPECT_EQ(ends([] { forgotten = event_config_new(); }), End::leaked);
    EXPECT_EQ(ends([] { std::abort(); }), End::crashed);
    EXPECT_EQ(ends([] { static_cast<void>(!std::fopen("/dev/null", "r")); }), End::leaked_fd);
    const Scenario late{"made up", [] { static_cast<void>(event_base_new()); }, nullptr};
    const Plan first{Plan::What::memory, 0, 1, false};
    EXPECT_EQ(try_scenario(late, "epoll", first, {}).end, End::done);
}

}  // namespace
}  // namespace evglass::sweep
