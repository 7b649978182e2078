// The source pane's file, and what the child process says and how it ends.
#include "viz/live/source.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "viz/live/child.h"

namespace evglass::viz {
namespace {

class DirectoryTest : public ::testing::Test {
 protected:
    DirectoryTest() {
        std::string pattern = ::testing::TempDir() + "evglass-live-XXXXXX";
        root_ = mkdtemp(pattern.data());
    }
    ~DirectoryTest() override { std::filesystem::remove_all(root_); }
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories(
            std::filesystem::path(root_ + "/" + name).parent_path());
        std::ofstream(root_ + "/" + name) << text;
    }
    std::string root_;
};

using SourceTest = DirectoryTest;

TEST_F(SourceTest, GivesTheLinesAround) {
    write("src/event/loop.cc", "1\n2\n3\n4\n5\n6\n7\n");
    SourceFinder finder({"/nowhere", root_});
    const trace::SiteInfo site{"src/event/loop.cc", "event_base_loop", 4};
    const SourceText text = finder.around(&site, 2, 1);
    EXPECT_EQ(text.lines, (std::vector<std::string>{"2", "3", "4", "5"}));
    EXPECT_EQ(text.first_line, 2U);
    EXPECT_EQ(text.line, 4U);
    EXPECT_EQ(finder.around(&site, 30, 30).lines.size(), 7U);
}

TEST_F(SourceTest, SaysWhatIsMissing) {
    SourceFinder finder({root_});
    const trace::SiteInfo site{"src/gone.cc", "f", 4};
    EXPECT_EQ(finder.around(&site, 2, 2).missing,
              "src/gone.cc is not here; EVGLASS_SOURCE=DIR says where it is");
    EXPECT_NE(finder.around(nullptr, 2, 2).missing, "");
    write("src/short.cc", "1\n");
    const trace::SiteInfo beyond{"src/short.cc", "f", 400};
    EXPECT_NE(finder.around(&beyond, 2, 2).missing, "");
}

TEST_F(SourceTest, ATraceCantNameFilesOutside) {
    write("secret", "secret\n");
    write("tree/a.cc", "a\n");
    mkfifo((root_ + "/tree/pipe.cc").c_str(), 0600);
    SourceFinder finder({root_ + "/tree"});
    for (const std::string file :
         {"../secret", "x/../../secret", "/etc/passwd", "", ".", "..", "pipe.cc"}) {
        const trace::SiteInfo site{file, "f", 1};
        EXPECT_TRUE(finder.around(&site, 1, 1).lines.empty()) << file;
    }
    const trace::SiteInfo inside{"a.cc", "f", 1};
    EXPECT_EQ(finder.around(&inside, 1, 1).lines.size(), 1U);
}

using OutputTest = DirectoryTest;

TEST_F(OutputTest, ShowsTheLastLines) {
    write("out", "one\ntwo\nthree");
    OutputTail tail(root_ + "/out");
    EXPECT_TRUE(tail.poll());
    EXPECT_FALSE(tail.poll());
    EXPECT_EQ(tail.lines(2), (std::vector<std::string>{"two", "three"}));
    std::ofstream(root_ + "/out", std::ios::app) << " four\n";
    EXPECT_TRUE(tail.poll());
    EXPECT_EQ(tail.lines(1), (std::vector<std::string>{"three four"}));
}

TEST_F(OutputTest, ReadsOnlyTheEndOfALongFile) {
    std::string text;
    for (int i = 0; i < 20000; ++i) text += "line " + std::to_string(i) + "\n";
    write("out", text);
    OutputTail tail(root_ + "/out");
    tail.poll();
    const auto lines = tail.lines(100000);
    EXPECT_LT(lines.size(), 10000U);
    EXPECT_EQ(lines.front().substr(0, 5), "line ");
    EXPECT_EQ(lines.back(), "line 19999");
    OutputTail none(root_ + "/none");
    EXPECT_FALSE(none.poll());
    EXPECT_TRUE(none.lines(5).empty());
}

pid_t start(int (*body)()) {
    const pid_t pid = fork();
    if (pid == 0) _exit(body());
    return pid;
}

void wait_for(Child& child) {
    for (int i = 0; i < 500 && child.running(); ++i) {
        child.poll();
        usleep(10'000);
    }
}

TEST(ChildTest, TellsHowItEnded) {
    Child child(start([] { return 3; }));
    wait_for(child);
    EXPECT_FALSE(child.running());
    EXPECT_EQ(child.ended_text(), "exit status 3");
    Child killed(start([] { return raise(SIGKILL); }));
    wait_for(killed);
    EXPECT_EQ(killed.ended_text(), "killed by SIGKILL");
}

TEST(ChildTest, EndsWhenAsked) {
    Child child(start([] { return pause(); }));
    EXPECT_TRUE(child.running());
    EXPECT_EQ(child.ended_text(), "");
    EXPECT_TRUE(child.end());
    EXPECT_EQ(child.ended_text(), "killed by SIGTERM");
    EXPECT_TRUE(child.end());
    EXPECT_TRUE(Child().end());
}

}  // namespace
}  // namespace evglass::viz
