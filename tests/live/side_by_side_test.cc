// Recordings side by side in a real terminal: the keys, a recording opened and left, a terminal
// that changes its size, and nothing left behind on any way out.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "tests/live/tmux.h"

namespace evglass::viz {
namespace {

namespace fs = std::filesystem;
using testing::shell_word;
using testing::Tmux;

class SideBySide : public ::testing::Test {
 protected:
    SideBySide() {
        std::string pattern = ::testing::TempDir() + "evglass-sides-XXXXXX";
        directory_ = mkdtemp(pattern.data());
        const fs::path tests = fs::read_symlink("/proc/self/exe").parent_path();
        evglass_ = (tests.parent_path() / "bin" / "evglass").string();
    }
    ~SideBySide() override {
        std::error_code gone_already;
        fs::remove_all(directory_, gone_already);
    }

    /// Its temporary files are made in a directory of this test.
    void watch(const Tmux& tmux, const std::string& mechanisms) const {
        tmux.run("TMPDIR=" + directory_ + " " + shell_word(evglass_) + " compare --live -m " +
                 mechanisms);
    }
    bool nothing_left(const Tmux& tmux) const {
        tmux.run("ls " + directory_ + " | wc -l; echo files left");
        return tmux.shows("0\nfiles left");
    }

    std::string directory_, evglass_;
};

TEST_F(SideBySide, KeysMoveAndEnterOpensARecording) {
    Tmux tmux(80, 24);
    watch(tmux, "raw-poll,raw-epoll,raw-epoll-et,epoll");
    ASSERT_TRUE(tmux.shows("action 1 of 8")) << tmux.screen();
    EXPECT_TRUE(tmux.shows("▶ ctl ADD listener IN")) << tmux.screen();
    tmux.press("]");
    EXPECT_TRUE(tmux.shows("● 2. client 1 connects")) << tmux.screen();
    tmux.press("PageUp");
    EXPECT_TRUE(tmux.shows("action 1 of 8")) << tmux.screen();
    tmux.press("Right");
    EXPECT_TRUE(tmux.shows(" raw-epoll-et: ")) << tmux.screen();
    tmux.press("Right");
    EXPECT_TRUE(tmux.shows(" epoll: ")) << tmux.screen();
    tmux.press("End");
    EXPECT_TRUE(tmux.shows("action 8 of 8")) << tmux.screen();
    tmux.press("n");
    EXPECT_TRUE(tmux.shows("epoll: epoll_ctl(DEL client 2)")) << tmux.screen();
    tmux.press("Enter");
    ASSERT_TRUE(tmux.shows("REPLAY")) << tmux.screen();
    EXPECT_TRUE(tmux.shows("B1 epoll")) << tmux.screen();
    tmux.press("q");
    ASSERT_TRUE(tmux.shows("COMPARED WITH raw-poll")) << tmux.screen();
    EXPECT_TRUE(tmux.shows("epoll: epoll_ctl(DEL client 2)")) << tmux.screen();
    tmux.press("r");
    EXPECT_TRUE(tmux.shows("COMPARED WITH epoll")) << tmux.screen();
    tmux.press("?");
    EXPECT_TRUE(tmux.shows("where it first does something else")) << tmux.screen();
    tmux.press("q");
    ASSERT_TRUE(tmux.hides("COMPARED WITH")) << tmux.screen();
    EXPECT_EQ(tmux.variable("alternate_on"), "0");
    EXPECT_TRUE(nothing_left(tmux)) << tmux.screen();
}

TEST_F(SideBySide, ALoopByHandOpensAtItsSystemCalls) {
    Tmux tmux(80, 24);
    watch(tmux, "poll,raw-epoll-et");
    ASSERT_TRUE(tmux.shows("COMPARED WITH poll")) << tmux.screen();
    tmux.press("Enter");
    EXPECT_TRUE(tmux.shows("─ System calls ─")) << tmux.screen();
    tmux.press("q");
    ASSERT_TRUE(tmux.shows("COMPARED WITH poll")) << tmux.screen();
    tmux.press("q");
    ASSERT_TRUE(tmux.hides("COMPARED WITH")) << tmux.screen();
    EXPECT_TRUE(nothing_left(tmux)) << tmux.screen();
}

TEST_F(SideBySide, AnotherSizeHasOtherColumnsAndASignalEndsIt) {
    Tmux tmux(60, 16);
    watch(tmux, "raw-poll,raw-epoll,raw-epoll-et,epoll,changelist,select");
    ASSERT_TRUE(tmux.shows("4 more")) << tmux.screen();
    tmux.resize(160, 50);
    EXPECT_TRUE(tmux.shows("1 more")) << tmux.screen();
    EXPECT_TRUE(tmux.shows("changelist")) << tmux.screen();
    tmux.resize(40, 10);
    EXPECT_TRUE(tmux.shows("terminal is 40x10;")) << tmux.screen();
    tmux.resize(80, 24);
    ASSERT_TRUE(tmux.shows("3 more")) << tmux.screen();
    tmux.press("C-c");
    ASSERT_TRUE(tmux.hides("COMPARED WITH")) << tmux.screen();
    EXPECT_TRUE(nothing_left(tmux)) << tmux.screen();
}

}  // namespace
}  // namespace evglass::viz
