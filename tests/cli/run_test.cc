// `evglass run`: what passes through, and what is said about programs that can't be traced.
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <iterator>
#include <sstream>

#include "tests/cli/command.h"

namespace evglass::cli_test {
namespace {

class Run : public CommandTest {};

TEST_F(Run, ArgumentsOutputAndStatusPassThrough) {
    const Result r = evglass({"run", "-o", file("t.evg"), "--", loop_program(), "2", "7", "--help",
                              "a b", "", "$HOME;*"});
    EXPECT_EQ(r.status, 7);
    EXPECT_EQ(r.out, "--help\na b\n\n$HOME;*\nready\n");
    EXPECT_EQ(r.err, "evglass run: the trace is in " + file("t.evg") + "\n");
    EXPECT_TRUE(std::filesystem::exists(file("t.evg")));
}

TEST_F(Run, WithoutAFileTheTraceIsInThePrivateDirectory) {
    const Result r = evglass({"run", "--", loop_program(), "2", "0"});
    EXPECT_EQ(r.status, 0);
    EXPECT_TRUE(contains(r.err, "the trace is in " + file("run"))) << r.err;
    const Result ps = evglass({"ps", "--all"});
    EXPECT_TRUE(contains(ps.out, "cli-loop")) << ps.out;
    EXPECT_TRUE(contains(ps.out, "ended"));
    EXPECT_TRUE(contains(evglass({"ps"}).out, "Nothing is being recorded"));
}

TEST_F(Run, ASignalToTheCommandReachesTheProgram) {
    const pid_t pid = start({"run", "-o", file("t.evg"), "--", loop_program(), "0", "5"});
    ASSERT_TRUE(appears("out", "ready"));
    kill(pid, SIGTERM);
    const Result r = wait(pid);
    EXPECT_EQ(r.status, 5);
    EXPECT_TRUE(contains(r.out, "terminated"));
}

TEST_F(Run, AProgramThatASignalEndsGives128AndItsNumber) {
    const pid_t pid = start({"run", "-o", file("t.evg"), "--", loop_program(), "0", "5"});
    ASSERT_TRUE(appears("out", "ready"));
    kill(pid, SIGUSR1);
    EXPECT_EQ(wait(pid).status, 128 + SIGUSR1);
    EXPECT_EQ(evglass({"dump", file("t.evg"), "--count", "1"}).status, 0);
}

TEST_F(Run, MistakesAreOneLineAndStatus2) {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"run"},
             {"run", "--"},
             {"run", "--", "no-such-program-here"},
             {"run", "--", "/"},
             {"run", "--only", "nosuch", "--", "/bin/true"},
             {"run", "-o", "/nonexistent/t.evg", "--", "/bin/true"},
             {"run", "--nosuch", "--", "/bin/true"},
             {"run", "prog"}}) {
        const Result r = evglass(words);
        EXPECT_EQ(r.status, 2) << words.back();
        EXPECT_TRUE(is_one_line(r.err)) << r.err;
        EXPECT_EQ(r.out, "");
    }
}

TEST_F(Run, AnExistingFileIsNeverOverwritten) {
    const std::string trace = make_trace("t.evg");
    const auto size = std::filesystem::file_size(trace);
    const Result r = evglass({"run", "-o", trace, "--", loop_program(), "2", "0"});
    EXPECT_EQ(r.status, 2);
    EXPECT_TRUE(contains(r.err, "exists"));
    EXPECT_EQ(std::filesystem::file_size(trace), size);
}

TEST_F(Run, AProgramWithoutLibeventRunsAndSaysThatNoTraceIsLeft) {
    const Result r = evglass({"run", "--", "/bin/echo", "hello"});
    EXPECT_EQ(r.status, 0);
    EXPECT_EQ(r.out, "hello\n");
    EXPECT_TRUE(contains(r.err, "no trace was left"));
}

class Servers : public CommandTest, public testing::WithParamInterface<const char*> {};

// Whatever a server does to itself first, its loop is in a trace.
TEST_P(Servers, LeaveATrace) {
    std::istringstream all(GetParam());
    const std::vector<std::string> words{std::istream_iterator<std::string>(all), {}};
    if (geteuid() != 0 && (contains(GetParam(), "chroot") || contains(GetParam(), "rights")))
        GTEST_SKIP() << "only root can give rights away";
    for (const bool named : {false, true}) {
        std::vector<std::string> command = {"run", "--", server_program()};
        if (named) command.insert(command.begin() + 1, {"-o", file("t.evg")});
        command.insert(command.end(), words.begin(), words.end());
        const Result r = evglass(command);
        EXPECT_EQ(r.status, 0);
        EXPECT_EQ(r.out, "done\n");
        ASSERT_TRUE(is_one_line(r.err) && contains(r.err, "the trace is in ")) << r.err;
        const std::string path =
            r.err.substr(r.err.find("is in ") + 6, r.err.size() - r.err.find("is in ") - 7);
        const Result dump = evglass({"dump", path});
        EXPECT_EQ(dump.status, 0) << dump.err;
        EXPECT_TRUE(contains(dump.out, "loop_end"));
        EXPECT_FALSE(contains(dump.out, "not legal here"));
    }
}

INSTANTIATE_TEST_SUITE_P(ThatDo, Servers,
                         testing::Values("fork", "fds", "env", "fork fds env", "rights",
                                         "chroot rights", "fork chroot rights", "env fork rights",
                                         "base fork", "base fork fds env", "base chroot rights"));

}  // namespace
}  // namespace evglass::cli_test
