// The learner's progress file: kept, damaged, and impossible to write.
#include "lessons/runner/progress.h"

#include <gtest/gtest.h>

#include <fstream>

#include "lessons/runner/program.h"

namespace evglass::lessons {
namespace {

TEST(Progress, IsKeptAndForgotten) {
    const ScratchDirectory scratch;
    const std::string path = scratch.path() + "/state/evglass/lessons";
    {
        Progress progress(path);
        progress.set("01-a", {3, 9});
        progress.set("02-b", {5, 5});
        EXPECT_TRUE(progress.save());
    }
    Progress again(path);
    EXPECT_EQ(again.of("01-a").page, 3U);
    EXPECT_FALSE(again.of("01-a").done());
    EXPECT_TRUE(again.of("02-b").done());
    EXPECT_FALSE(again.of("03-c").done());
    again.reset("01-a");
    EXPECT_EQ(again.of("01-a").page, 0U);
    EXPECT_TRUE(again.of("02-b").done());
    again.reset("");
    EXPECT_FALSE(again.of("02-b").done());
}

TEST(Progress, IgnoresWhatItCannotRead) {
    const ScratchDirectory scratch;
    const std::string path = scratch.path() + "/lessons";
    std::ofstream(path) << "01-a 3\n\n02-b 5 5\n03-c x y\n";
    const Progress progress(path);
    EXPECT_EQ(progress.of("01-a").page, 0U);
    EXPECT_TRUE(progress.of("02-b").done());
}

TEST(Progress, SaysWhenItCannotBeKept) {
    EXPECT_FALSE(Progress("/proc/nowhere/lessons").save());
    EXPECT_FALSE(Progress("").save());
}

TEST(Progress, LivesInTheStateDirectory) {
    setenv("XDG_STATE_HOME", "/x/state", 1);
    EXPECT_EQ(Progress::default_path(), "/x/state/evglass/lessons");
    setenv("XDG_STATE_HOME", "relative", 1);
    setenv("HOME", "/home/me", 1);
    EXPECT_EQ(Progress::default_path(), "/home/me/.local/state/evglass/lessons");
    unsetenv("XDG_STATE_HOME");
}

}  // namespace
}  // namespace evglass::lessons
