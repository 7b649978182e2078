// dump, graph and why on traces of a real loop, and on files that are none.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/command.h"

namespace evglass::cli_test {
namespace {

class Read : public CommandTest {
 protected:
    static std::size_t lines(const std::string& text) {
        return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    }
};

TEST_F(Read, DumpPrintsEachRecordOnce) {
    const std::string trace = make_trace("t.evg", {"--full"});
    const Result all = evglass({"dump", trace});
    EXPECT_EQ(all.status, 0);
    EXPECT_EQ(all.err, "");
    EXPECT_TRUE(contains(all.out, "base_new"));
    EXPECT_TRUE(contains(all.out, "loop_end"));
    EXPECT_FALSE(contains(all.out, "not legal here"));
    const Result part = evglass({"dump", trace, "--at", "5", "--count", "3"});
    EXPECT_EQ(lines(part.out), 3U);
    EXPECT_TRUE(part.out.starts_with("       5 "));
}

TEST_F(Read, DumpFilters) {
    const std::string trace = make_trace("t.evg");
    const Result r = evglass({"dump", trace, "--where", "name=callback_begin"});
    EXPECT_EQ(lines(r.out), 5U);
    std::istringstream in(r.out);
    for (std::string line; std::getline(in, line);) EXPECT_TRUE(contains(line, "callback_begin"));
    const Result bad = evglass({"dump", trace, "--where", "nonsense"});
    EXPECT_EQ(bad.status, 2);
    EXPECT_TRUE(is_one_line(bad.err)) << bad.err;
}

TEST_F(Read, DumpJsonIsOneObjectALine) {
    const Result r = evglass({"dump", make_trace("t.evg"), "--json"});
    std::istringstream in(r.out);
    std::size_t objects = 0;
    for (std::string line; std::getline(in, line); ++objects)
        EXPECT_TRUE(nlohmann::json::parse(line).is_object());
    EXPECT_GT(objects, 20U);
}

TEST_F(Read, LintFindsNothingInAGoodProgramAndSaysSo) {
    const std::string trace = make_trace("t.evg", {"--full"});
    const Result r = evglass({"lint", trace, "--strict"});
    EXPECT_EQ(r.status, 0) << r.out;
    EXPECT_TRUE(contains(r.out, "nothing to object to in ")) << r.out;
    EXPECT_EQ(evglass({"lint", "--list"}).status, 0);
    const Result none = evglass({"lint", trace, "--only", "nonsense"});
    EXPECT_EQ(none.status, 2);
    EXPECT_TRUE(is_one_line(none.err)) << none.err;
    EXPECT_EQ(evglass({"lint"}).status, 2);
    const auto json = nlohmann::json::parse(evglass({"lint", trace, "--json"}).out);
    EXPECT_TRUE(json.at("findings").empty());
    EXPECT_GT(json.at("records").get<int>(), 20);
}

bool built_with(const std::string& sanitizer) {
    const char* built = std::getenv("EVGLASS_SAN");
    return built != nullptr && built == sanitizer;
}

TEST_F(Read, LintFindsEachFaultOfARealLoop) {
    for (const std::string fault : {"slow-callback", "starved-priority", "edge-not-drained",
                                    "write-left-on", "self-activating", "gone-while-registered",
                                    "add-del-churn", "timer-storm", "busy-loop", "event-leak"}) {
        // It is known by callbacks too short for a system call, which ThreadSanitizer stretches.
        if (fault == "write-left-on" && built_with("thread")) continue;
        const std::string trace = file(fault + ".evg");
        EXPECT_EQ(
            evglass({"run", "--full", "-q", "-o", trace, "--", faulty_program(), fault}).status, 0);
        const Result r = evglass({"lint", trace, "--only", fault, "--strict"});
        EXPECT_EQ(r.status, 1) << fault << r.out << r.err;
        EXPECT_TRUE(r.out.starts_with(fault + ": ")) << r.out;
        EXPECT_TRUE(contains(r.out, "records #")) << r.out;
        EXPECT_EQ(evglass({"lint", trace, "--only", fault}).status, 0) << "not strict";
        EXPECT_EQ(evglass({"lint", trace, "--not", fault, "--only", fault, "--strict"}).status, 0);
    }
    const std::string trace = file("none.evg");
    evglass({"run", "--full", "-q", "-o", trace, "--", faulty_program(), "none"});
    EXPECT_EQ(evglass({"lint", trace, "--strict", "--not", "slow-callback"}).status, 0);
}

TEST_F(Read, SentencesDiffer) {
    const std::string trace = make_trace("t.evg");
    const Result words = evglass({"dump", trace, "--sentences"});
    EXPECT_EQ(words.status, 0);
    EXPECT_NE(words.out, evglass({"dump", trace}).out);
}

TEST_F(Read, GraphDrawsEveryViewInEveryFormat) {
    const std::string trace = make_trace("t.evg", {"--only", "all"});
    for (const char* format : {"svg", "png", "dot"}) {
        const Result r = evglass({"graph", "all", trace, "--format", format, "-o", file(format)});
        EXPECT_EQ(r.status, 0) << r.err;
        std::size_t pictures = 0;
        for (const auto& entry : std::filesystem::directory_iterator(file(format))) {
            EXPECT_GT(entry.file_size(), 300U) << entry.path();
            ++pictures;
        }
        EXPECT_EQ(pictures, 14U);
    }
}

TEST_F(Read, GraphWithoutAFileIsDotText) {
    const std::string trace = make_trace("t.evg");
    const Result r = evglass({"graph", "states", trace});
    EXPECT_TRUE(r.out.starts_with("digraph"));
    EXPECT_TRUE(contains(r.out, "event_queue_insert_inserted"));
    const Result turn = evglass({"graph", "turn", trace, "--turn", "2"});
    EXPECT_TRUE(contains(turn.out, "turn 2 of B1"));
}

TEST_F(Read, CallsWithoutTheCategorySaysHowToRecordThem) {
    const Result r = evglass({"graph", "calls", make_trace("t.evg", {"--only", "state"})});
    EXPECT_EQ(r.status, 1);
    EXPECT_TRUE(contains(r.err, "--only all"));
}

TEST_F(Read, WhyAnswersWithEvidence) {
    const std::string trace = make_trace("t.evg");
    const Result r = evglass({"why", "exit", trace});
    EXPECT_EQ(r.status, 0) << r.err;
    EXPECT_TRUE(contains(r.out, "break")) << r.out;
    EXPECT_TRUE(contains(r.out, "  #"));
    EXPECT_EQ(evglass({"why", "event", "E99", trace}).status, 2);
    EXPECT_EQ(evglass({"why", "never", trace}).status, 2);
}

TEST_F(Read, MistakesAreOneLineAndStatus2) {
    std::ofstream(file("text")) << "this is not a trace\n";
    std::ofstream(file("empty"));
    const std::string trace = make_trace("t.evg");
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"dump", file("text")},
                                               {"dump", file("empty")},
                                               {"dump", file("none")},
                                               {"dump", directory_},
                                               {"dump"},
                                               {"dump", trace, "--nosuch"},
                                               {"dump", trace, "--json", "--sentences"},
                                               {"graph", "nosuch", trace},
                                               {"graph", "base", trace, "-o", file("x.jpeg")},
                                               {"graph", "base", trace, "-o", "/nonexistent/x.dot"},
                                               {"graph", "base", trace, "--at", "99999999"},
                                               {"graph", "turn", trace, "--turn", "99999999"},
                                               {"graph", "base", trace, "--base", "B7"},
                                               {"graph", "all", trace},
                                               {"graph", "all", "V1", trace, "-o", file("d")},
                                               {"graph", "heap", "E1", trace},
                                               {"graph", "buffer", "V99999", trace},
                                               {"graph", "bufferevent", "V1", trace},
                                               {"why", "exit", file("text")},
                                               {"why", "event", trace},
                                               {"live", file("none")},
                                               {"live"},
                                               {"nosuch"},
                                               {}}) {
        const Result r = evglass(words);
        EXPECT_EQ(r.status, 2) << (words.empty() ? "" : words.front() + " " + words.back());
        EXPECT_TRUE(is_one_line(r.err)) << r.err;
        EXPECT_EQ(r.out, "");
    }
}

TEST_F(Read, ProcessesThatAreNotTracedSaySo) {
    const Result mine = evglass({"dump", std::to_string(getpid())});
    EXPECT_EQ(mine.status, 2);
    EXPECT_TRUE(contains(mine.err, "evglass run")) << mine.err;
    const Result none = evglass({"graph", "base", "2147483646"});
    EXPECT_EQ(none.status, 2);
    EXPECT_TRUE(is_one_line(none.err)) << none.err;
}

TEST_F(Read, ATruncatedTraceShowsWhatIsThereAndStatus2) {
    const std::string trace = make_trace("t.evg", {"--full"}, "50");
    const std::size_t whole = lines(evglass({"dump", trace}).out);
    // The file is preallocated: cut into the records, not into the empty room behind them.
    std::size_t shown = whole;
    for (std::uintmax_t size = std::filesystem::file_size(trace) / 2; size > 4096 && shown == whole;
         size -= size / 8) {
        std::filesystem::resize_file(trace, size);
        const Result r = evglass({"dump", trace});
        shown = lines(r.out);
        EXPECT_EQ(r.status, 2);
        EXPECT_TRUE(r.err.starts_with("evglass dump: ")) << r.err;
    }
    EXPECT_LT(shown, whole);
}

TEST_F(Read, ARunningProcessIsReadByItsPid) {
    const pid_t pid = start({"run", "--", loop_program(), "0", "0"});
    ASSERT_TRUE(appears("out", "ready"));
    std::filesystem::rename(file("out"), file("out1"));
    std::filesystem::rename(file("err"), file("err1"));
    const Result ps = evglass({"ps", "--json"});
    const auto object = nlohmann::json::parse(ps.out);
    EXPECT_EQ(object["program"], "cli-loop");
    EXPECT_EQ(object["state"], "recording");
    const std::string traced = std::to_string(object["pid"].get<int>());
    EXPECT_TRUE(contains(evglass({"dump", traced}).out, "turn_begin"));
    EXPECT_TRUE(contains(evglass({"why", "alive", traced}).out, "E"));
    EXPECT_TRUE(contains(evglass({"graph", "heap", traced}).out, "timeheap of B1"));
    kill(pid, SIGTERM);
    EXPECT_EQ(wait(pid).status, 0);
}

TEST_F(Read, HelpAndVersion) {
    for (const char* command : {"learn", "live", "run", "ps", "dump", "graph", "why"}) {
        const Result r = evglass({command, "--help"});
        EXPECT_EQ(r.status, 0);
        EXPECT_TRUE(contains(r.out, "Examples:")) << command;
        EXPECT_EQ(evglass({"help", command}).out, r.out);
    }
    EXPECT_TRUE(contains(evglass({"--help"}).out, "evglass learn"));
    EXPECT_TRUE(evglass({"version"}).out.starts_with("evglass "));
    EXPECT_EQ(evglass({"help", "nosuch"}).status, 2);
}

}  // namespace
}  // namespace evglass::cli_test
