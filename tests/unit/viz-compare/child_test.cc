// Programs that answer, fail, are not there, or never end.
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>

#include "viz/compare/child.h"
#include "viz/live/signals.h"

namespace evglass::viz::compare {
namespace {

TEST(Child, GetsItsInputAndIsHeard) {
    const std::string much(300000, 'x');
    const ChildRun run = run_child({"cat"}, {}, much, 20);
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.output, much);
}

TEST(Child, VariablesThatChangeLoopsAreTakenAway) {
    setenv("EVENT_NOEPOLL", "1", 1);
    setenv("EVGLASS_TRACE", "auto", 1);
    const ChildRun run = run_child({"env"}, {"LD_LIBRARY_PATH=/here"}, "", 20);
    unsetenv("EVENT_NOEPOLL");
    unsetenv("EVGLASS_TRACE");
    EXPECT_EQ(run.output.find("EVENT_NOEPOLL"), std::string::npos);
    EXPECT_EQ(run.output.find("EVGLASS_TRACE"), std::string::npos);
    EXPECT_NE(run.output.find("LD_LIBRARY_PATH=/here\n"), std::string::npos);
}

TEST(Child, WhatItSaysOfAFailureIsOneLine) {
    const ChildRun run =
        run_child({"sh", "-c", "echo first >&2; echo second >&2; exit 3"}, {}, "", 20);
    EXPECT_EQ(run.error, "first");
    EXPECT_EQ(run_child({"sh", "-c", "kill -9 $$"}, {}, "", 20).error, "signal 9 ended it");
}

TEST(Child, OneThatIsNotThereIsMissing) {
    EXPECT_TRUE(run_child({"evglass-no-such-program"}, {}, "", 20).missing);
}

TEST(Child, OneThatNeverEndsIsStopped) {
    const ChildRun run = run_child({"sleep", "1000"}, {}, "", 1);
    EXPECT_NE(run.error.find("did not end"), std::string::npos);
}

TEST(Child, OneIsStoppedWhenASignalWantsUsToEnd) {
    const SignalGuard guard;
    raise(SIGINT);
    EXPECT_EQ(run_child({"sleep", "1000"}, {}, "", 20).error, "it was interrupted");
}

}  // namespace
}  // namespace evglass::viz::compare
