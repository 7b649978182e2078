// `evglass compare` as a user calls it: small cases, really run.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/cli/command.h"

namespace evglass::cli_test {
namespace {

using nlohmann::json;

class Compare : public CommandTest {
 protected:
    Result quick(std::vector<std::string> words) {
        words.insert(words.begin(), "compare");
        words.insert(words.end(), {"--repeats", "1", "--ms", "1"});
        return evglass(words);
    }
    json cases(const std::vector<std::string>& words) {
        std::vector<std::string> all = words;
        all.push_back("--json");
        const Result r = quick(all);
        EXPECT_EQ(r.status, 0) << r.err;
        return json::parse(r.out).at("cases");
    }
    static const json* find(const json& all, const std::string& mechanism) {
        for (const json& each : all)
            if (each.at("mechanism") == mechanism) return &each;
        return nullptr;
    }
    static double per_event(const json& one, const char* what) {
        return one.at("counts").at(what).get<double>() /
               one.at("counts").at("events").get<double>();
    }
};

TEST_F(Compare, EveryScenarioRunsOnEveryMechanism) {
    const json all = cases({"--n", "12"});
    EXPECT_EQ(all.size(), 7U * 10 + 1);
    for (const json& one : all) {
        ASSERT_FALSE(one.contains("left_out")) << one.dump();
        EXPECT_GT(one.at("time").at("median_ns").get<double>(), 0) << one.dump();
        if (one.at("mechanism") == "none") continue;
        EXPECT_GT(one.at("counts").at("waits").get<int>(), 0) << one.dump();
        EXPECT_GT(one.at("counts").at("wakeups").get<int>(), 0) << one.dump();
    }
}

TEST_F(Compare, CountsAreThoseOfTheMechanism) {
    const json all = cases({"idle", "--n", "100"});
    for (const char* name : {"raw-select", "raw-poll", "select", "poll"}) {
        ASSERT_NE(find(all, name), nullptr) << name;
        EXPECT_GE(per_event(*find(all, name), "scanned"), 100) << name;
    }
    for (const char* name : {"raw-epoll", "raw-epoll-et", "epoll", "changelist"}) {
        EXPECT_EQ(per_event(*find(all, name), "scanned"), 1) << name;
        EXPECT_EQ(per_event(*find(all, name), "bytes_in"), 0) << name;
        EXPECT_EQ(per_event(*find(all, name), "bytes_out"), 12) << name;
    }
    EXPECT_EQ(per_event(*find(all, "raw-poll"), "bytes_in"), 800);
    EXPECT_EQ(per_event(*find(all, "raw-io_uring"), "completions"), 1);
}

TEST_F(Compare, SelectRefusesAHighDescriptorByHandAndServesItInTheLibrary) {
    const json all = cases({"wide", "--n", "2000", "-m", "raw-select,select"});
    EXPECT_TRUE(contains(find(all, "raw-select")->at("left_out"), "FD_SETSIZE"));
    EXPECT_GE(per_event(*find(all, "select"), "scanned"), 2000);
}

TEST_F(Compare, TheTableAndCsv) {
    const Result table = quick({"idle", "--n", "10,20", "-m", "raw-poll,epoll"});
    EXPECT_EQ(table.status, 0);
    EXPECT_EQ(table.err, "");
    EXPECT_TRUE(contains(table.out, "n=20"));
    EXPECT_TRUE(contains(table.out, "Where the figures come from"));
    const Result csv = quick({"idle", "--n", "10", "-m", "epoll", "--csv"});
    EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 2);
}

TEST_F(Compare, PlotsAreDrawn) {
    const Result r =
        quick({"idle", "--n", "10,50", "-m", "raw-poll,epoll", "--plot", file("plots")});
    EXPECT_EQ(r.status, 0) << r.err;
    for (const char* name : {"cost.svg", "cost.png", "calls.svg", "calls.png"})
        EXPECT_GT(std::filesystem::file_size(file("plots") + "/" + name), 1000U) << name;
}

TEST_F(Compare, TheStoryIsTheSameOnAllAndDiffersInCalls) {
    const Result r = evglass({"compare", "--trace", "-m", "raw-poll,raw-epoll-et,io_uring,select",
                              "-o", file("story.svg")});
    EXPECT_EQ(r.status, 0) << r.err;
    for (const char* part : {"8. client 2 leaves", "accept4(listener) = client 1",
                             "epoll_ctl(ADD client 2, IN|ET)", "io_uring_enter(", "select(", "> "})
        EXPECT_TRUE(contains(r.out, part)) << part << "\n" << r.out;
    EXPECT_FALSE(contains(r.out, "left out")) << r.out;
    EXPECT_GT(std::filesystem::file_size(file("story.svg")), 1000U);
}

TEST_F(Compare, WhatHasNoStoryIsLeftOutOfIt) {
    const Result r = evglass({"compare", "--trace", "-m", "none,epoll"});
    EXPECT_EQ(r.status, 0) << r.err;
    EXPECT_TRUE(contains(r.out, "none is left out: it waits for nothing")) << r.out;
}

TEST_F(Compare, KeptRecordingsStandSideBySide) {
    const std::string kept = file("kept/here");
    const std::vector<std::string> words = {"compare", "--trace", "--keep",
                                            kept,      "-m",      "raw-poll,changelist"};
    const Result made = evglass(words);
    EXPECT_EQ(made.status, 0) << made.err;
    EXPECT_TRUE(contains(made.err, "kept in " + kept)) << made.err;
    const Result shown = evglass(
        {"live", kept + "/raw-poll.evg", kept + "/changelist.evg", "--once", "--keys", "<End>n"});
    EXPECT_EQ(shown.status, 0) << shown.err;
    for (const char* part : {"COMPARED WITH raw-poll", "8. client 2 leaves", "close(client 2)",
                             "epoll_ctl(DEL client 2) = EBADF"})
        EXPECT_TRUE(contains(shown.out, part)) << part << "\n" << shown.out;
    EXPECT_TRUE(contains(evglass(words).err, "is there already")) << "nothing is written over";
    const Result other =
        evglass({"live", kept + "/raw-poll.evg", make_trace("loop.evg"), "--once"});
    EXPECT_EQ(other.status, 2);
    EXPECT_TRUE(is_one_line(other.err)) << other.err;
    EXPECT_TRUE(contains(other.err, "has no steps")) << other.err;
}

/// The directory for temporary files is this test's own, so what stays there is seen.
TEST_F(Compare, AnInterruptLeavesNothingBehind) {
    namespace fs = std::filesystem;
    fs::create_directory(file("tmp"));
    setenv("TMPDIR", file("tmp").c_str(), 1);
    const auto until = [](auto holds) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        bool held = false;  // once is enough: what is waited for may pass
        while (!(held = holds()) && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return held;
    };
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        const pid_t pid = start({"compare", "--ms", "5"});
        EXPECT_TRUE(until([&] { return !fs::is_empty(file("tmp")); }));
        const std::string children =
            "/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children";
        pid_t child = 0;
        EXPECT_TRUE(until([&] { return bool(std::ifstream(children) >> child); }));
        kill(pid, signal);
        EXPECT_EQ(wait(pid).status, 128 + signal);
        EXPECT_TRUE(fs::is_empty(file("tmp"))) << signal;
        EXPECT_NE(kill(child, 0), 0) << "its child goes on";
    }
    unsetenv("TMPDIR");
}

TEST_F(Compare, LimitsAreShown) {
    const Result r = evglass({"compare", "--limits"});
    EXPECT_EQ(r.status, 0) << r.err;
    for (const char* part :
         {"the loop by hand refuses", "the library on select served",
          "raw-epoll-et: 250 bytes came, each time 100 were read: told once, 150 bytes",
          "EPOLLEXCLUSIVE", "1000 of 1000 looks find it ready", "1 of 1000 looks"})
        EXPECT_TRUE(contains(r.out, part)) << part << "\n" << r.out;
}

TEST_F(Compare, BadParametersAreOneLine) {
    const std::vector<std::vector<std::string>> bad = {
        {"compare", "nonsense"},
        {"compare", "idle", "--n", "0"},
        {"compare", "idle", "--n", "-5"},
        {"compare", "idle", "--n", "ten"},
        {"compare", "idle", "--n", "99999999"},
        {"compare", "idle", "--n", "10", "--active", "11"},
        {"compare", "idle", "-m", "kqueue"},
        {"compare", "idle", "--repeats", "0"},
        {"compare", "idle", "--json", "--csv"},
        {"compare", "idle", "-o", "x.svg"},
        {"compare", "idle", "--keep", file("kept")},
        {"compare", "--live"},
        {"compare", "--trace", "--keep", "/proc/nowhere"},
        {"compare", "--trace", "idle"},
        {"compare", "--trace", "-m", "kqueue"},
        {"compare", "--trace", "-m", "epoll", "-o", file("story.txt")},
    };
    for (const std::vector<std::string>& words : bad) {
        const Result r = evglass(words);
        std::string all;
        for (const std::string& word : words) all += word + " ";
        EXPECT_EQ(r.status, 2) << all;
        EXPECT_TRUE(is_one_line(r.err)) << all << r.err;
    }
}

TEST_F(Compare, WhatNeedsTooManyDescriptorsIsLeftOut) {
    const json all = cases({"idle", "--n", "900000", "-m", "epoll"});
    EXPECT_TRUE(contains(all.at(0).at("left_out"), "hard limit")) << all.dump();
}

}  // namespace
}  // namespace evglass::cli_test
