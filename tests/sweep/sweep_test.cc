// Each scenario with its n-th allocation failing, and with its n-th system call failing: nothing
// may crash, leak or hang. `make sweep` tries every n on every backend; `make test` a sample that
// takes some seconds, chosen by a seed that is printed (EVGLASS_SEED gives another one).
// Results are not compared here: tests/conformance does that.
// Read next: trial.h.
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "tests/sweep/trial.h"

namespace evglass::sweep {
namespace {

using conformance::Registration;
using conformance::Scenario;
using Clock = std::chrono::steady_clock;

constexpr int kErrors[] = {EINTR, EAGAIN, ENOMEM, EMFILE, ENOSPC};
constexpr long kRowMs = 3000;  ///< how long the trials of one kind may take for a scenario

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

/// Tries one plan; a bad end fails the test with what is needed to do it again.
bool passes(const Subject& subject, const Plan& plan) {
    const Outcome outcome = try_scenario(*subject.scenario, subject.backend, plan, subject.allowed);
    const bool good = !is_bad(outcome, plan, subject.backend);
    EXPECT_TRUE(good) << subject.scenario->name << " on " << subject.backend << ", "
                      << text_of(plan) << ": " << text_of(outcome.end) << " " << outcome.detail
                      << " (blocks left " << outcome.live << ", fds left " << outcome.fds << ")";
    return good;
}

/// Every n up to `last`; of a scenario that takes long only some, at equal distances.
template <class Try>
void for_each_n(const Subject& subject, long last, Try attempt) {
    const long most = 1 + kRowMs / (1 + subject.took_ms);
    for (long n = 1; n <= last; n += 1 + last / most)
        if (!attempt(n)) return;  // one complaint for a row is enough
}

void sweep_memory(const Subject& subject) {
    for (const bool ever : {false, true})
        for_each_n(subject, subject.whole.allocations, [&](long n) {
            return passes(subject, {Plan::What::memory, 0, n, ever});
        });
}
void sweep_system_calls(const Subject& subject) {
    for (const int error : kErrors)
        for (const bool ever : {false, true})
            for_each_n(subject, subject.whole.system_calls, [&](long n) {
                return passes(subject, {Plan::What::system_call, error, n, ever});
            });
}

TEST(Sweep, EveryFailureOfEveryScenario) {
    if (!everything()) GTEST_SKIP() << "make sweep runs it";
    for (const char* backend : {"epoll", "changelist", "poll", "select"})
        for (const Scenario* s : scenarios()) {
            if (!is_wanted(backend)) continue;
            const Subject subject = subject_of(*s, backend);
            std::printf("%s on %s: %ld allocations, %ld system calls\n", s->name, backend,
                        subject.whole.allocations, subject.whole.system_calls);
            if (std::strcmp(backend, "epoll") == 0) sweep_memory(subject);
            sweep_system_calls(subject);
        }
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
    static const char* const kBackends[] = {"epoll", "changelist", "poll", "select"};
    const auto end = Clock::now() + std::chrono::seconds(60);
    int trials = 0;
    while (trials < 600 && Clock::now() < end && !testing::Test::HasFailure()) {
        const Scenario* s = all[static_cast<std::size_t>(below(static_cast<long>(all.size())))];
        const Subject subject = subject_of(*s, kBackends[below(4)]);
        for (int i = 0; i < 4 && subject.whole.allocations > 0; ++i, ++trials)
            passes(subject,
                   {Plan::What::memory, 0, 1 + below(subject.whole.allocations), below(2) != 0});
        for (int i = 0; i < 4 && subject.whole.system_calls > 0; ++i, ++trials)
            passes(subject, {Plan::What::system_call, kErrors[below(5)],
                             1 + below(subject.whole.system_calls), below(2) != 0});
    }
    std::printf("%d trials\n", trials);
    EXPECT_GT(trials, 20);
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
