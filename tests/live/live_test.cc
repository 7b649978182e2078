// The live view as people meet it: the built command in a real terminal (tmux), on a program that
// it starts, one that runs already, and a file. tests/live/ticker_main.cc is what is watched.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/live/live_fixture.h"

namespace evglass::viz {
namespace {

namespace fs = std::filesystem;
using testing::LiveTest;
using testing::output_of;
using testing::Tmux;

TEST_F(LiveTest, HoldsStepsAndReleasesAProgram) {
    Tmux tmux(80, 24);
    watch_ticker(tmux);
    ASSERT_TRUE(tmux.shows("FOLLOWING")) << tmux.screen();
    ASSERT_TRUE(tmux.shows("tick")) << tmux.screen();
    tmux.press("space");
    ASSERT_TRUE(tmux.shows("HELD")) << tmux.screen();
    const std::uint64_t held = record_of(tmux.screen());
    ASSERT_GT(held, 0U);
    usleep(300'000);
    EXPECT_EQ(record_of(tmux.screen()), held) << "a held program goes on";
    tmux.press("s");
    EXPECT_TRUE(reaches(tmux, held + 1)) << tmux.screen();
    tmux.press("t");
    EXPECT_TRUE(tmux.shows("▶") && tmux.shows("begins")) << tmux.screen();
    tmux.press("/");
    tmux.type("name=callback_begin");
    tmux.press("Enter");
    EXPECT_TRUE(tmux.shows("callback begins")) << tmux.screen();
    EXPECT_TRUE(tmux.shows("running")) << tmux.screen();
    tmux.press("space");
    EXPECT_TRUE(tmux.shows("FOLLOWING")) << tmux.screen();
    tmux.press("q");
    EXPECT_TRUE(tmux.shows("The program still runs")) << tmux.screen();
    tmux.press("l");
    EXPECT_TRUE(tmux.shows("goes on")) << tmux.screen();
    EXPECT_TRUE(runs("ticker"));
}

TEST_F(LiveTest, ScrubsBackWhileTheProgramRuns) {
    Tmux tmux(80, 24);
    watch_ticker(tmux);
    ASSERT_TRUE(tmux.shows("FOLLOWING")) << tmux.screen();
    ASSERT_TRUE(tmux.shows("turn 9")) << tmux.screen();
    tmux.press("Left");
    ASSERT_TRUE(tmux.shows("REPLAY")) << tmux.screen();
    EXPECT_TRUE(tmux.shows("program runs")) << tmux.screen();
    const std::uint64_t stands = record_of(tmux.screen());
    tmux.press("Left");
    EXPECT_TRUE(reaches(tmux, stands - 1)) << tmux.screen();
    tmux.press("[");
    EXPECT_TRUE(tmux.shows("begins")) << tmux.screen();
    tmux.press("End");
    EXPECT_TRUE(tmux.shows("FOLLOWING")) << tmux.screen();
    tmux.press("8");
    EXPECT_TRUE(tmux.shows("  tick ")) << tmux.screen();
}

TEST_F(LiveTest, KeepsUpWithResize) {
    Tmux tmux(80, 24);
    tmux.run(live(recording()));
    ASSERT_TRUE(tmux.shows("END OF TRACE")) << tmux.screen();
    tmux.resize(40, 10);
    EXPECT_TRUE(tmux.shows("terminal is 40x10;")) << tmux.screen();
    tmux.resize(60, 16);
    EXPECT_TRUE(tmux.shows("END OF TRACE")) << tmux.screen();
    EXPECT_TRUE(tmux.shows("─ Records ─")) << tmux.screen();
    tmux.resize(160, 50);
    EXPECT_TRUE(tmux.shows("─ System calls ─")) << tmux.screen();
    EXPECT_TRUE(tmux.hides("terminal is")) << tmux.screen();
}

TEST_F(LiveTest, EveryScreenAndTheHelpOpen) {
    Tmux tmux(80, 24);
    tmux.run(live(recording()));
    ASSERT_TRUE(tmux.shows("END OF TRACE")) << tmux.screen();
    tmux.press("Home");
    tmux.press("]");
    const std::pair<const char*, const char*> screens[] = {
        {"2", "─ Events ─"}, {"3", "─ Timers ─"},       {"4", "─ Queues ─"},
        {"5", "─ Fds ─"},    {"6", "─ System calls ─"}, {"7", "─ Source ─"}};
    for (const auto& [key, title] : screens) {
        tmux.press(key);
        EXPECT_TRUE(tmux.shows(title)) << tmux.screen();
    }
    tmux.press("?");
    EXPECT_TRUE(tmux.shows("─ Help ─")) << tmux.screen();
    tmux.press("Escape");
    EXPECT_TRUE(tmux.shows("─ Source ─")) << tmux.screen();
}

/// "Stop when this event comes again", from its row, on a program that runs.
TEST_F(LiveTest, RunsToWhatARowIsAbout) {
    Tmux tmux(80, 24);
    watch_ticker(tmux);
    ASSERT_TRUE(tmux.shows("FOLLOWING")) << tmux.screen();
    tmux.press("2");
    tmux.press("Down");
    tmux.press("x");
    ASSERT_TRUE(tmux.shows("run to event=E")) << tmux.screen();
    tmux.type(" name=callback_begin");
    tmux.press("Enter");
    EXPECT_TRUE(tmux.shows("HELD") && tmux.shows("callback begins")) << tmux.screen();
    tmux.press("space");
    EXPECT_TRUE(tmux.shows("FOLLOWING")) << tmux.screen();
}

TEST_F(LiveTest, ChangesToAnotherProcessAndBack) {
    Tmux elsewhere(80, 24);
    elsewhere.run(noting("other", evglass_ + " run -q -- " + ticker_noting("other-ticker")));
    ASSERT_TRUE(elsewhere.shows("tick")) << elsewhere.screen();
    Tmux tmux(80, 24);
    watch_ticker(tmux);
    ASSERT_TRUE(tmux.shows("FOLLOWING")) << tmux.screen();
    const std::string here = "live-ticker " + std::to_string(noted("ticker"));
    ASSERT_TRUE(tmux.shows(here)) << tmux.screen();
    tmux.press("P");
    ASSERT_TRUE(tmux.shows("2 traces")) << tmux.screen();
    tmux.press("Down");
    tmux.press("Enter");
    EXPECT_TRUE(tmux.hides(here)) << tmux.screen();
    EXPECT_TRUE(tmux.shows("FOLLOWING")) << tmux.screen();
    tmux.press("P");
    ASSERT_TRUE(tmux.shows("2 traces")) << tmux.screen();
    tmux.press("Enter");
    EXPECT_TRUE(tmux.shows(here)) << tmux.screen();
}

TEST_F(LiveTest, FollowsAForkedChildByItself) {
    Tmux tmux(80, 24);
    watch_ticker(tmux);
    ASSERT_TRUE(tmux.shows("FOLLOWING")) << tmux.screen();
    const std::string here = "live-ticker " + std::to_string(noted("ticker"));
    ASSERT_TRUE(tmux.shows(here)) << tmux.screen();
    tmux.press("F");
    ASSERT_TRUE(tmux.shows("a forked child will be changed to")) << tmux.screen();
    kill(noted("ticker"), SIGUSR1);
    EXPECT_TRUE(tmux.hides(here)) << tmux.screen();
    EXPECT_TRUE(tmux.shows("FOLLOWING")) << tmux.screen();
    tmux.press("P");
    EXPECT_TRUE(tmux.shows("2 traces")) << tmux.screen();
}

TEST_F(LiveTest, TellsThatTheProgramEndedAndStaysForReplay) {
    Tmux tmux(80, 24);
    watch_ticker(tmux, "15");
    ASSERT_TRUE(tmux.shows("ENDED, exit status 3")) << tmux.screen();
    tmux.press("[");
    EXPECT_TRUE(tmux.shows("REPLAY")) << tmux.screen();
    EXPECT_TRUE(tmux.shows("program ended")) << tmux.screen();
    tmux.press("q");
    EXPECT_TRUE(tmux.shows("has ended: exit status 3")) << tmux.screen();
}

TEST_F(LiveTest, AKilledViewerLetsTheProgramGoOn) {
    Tmux tmux(80, 24);
    output_of("EVGLASS_TRACE=" + path("t.evg") + " " + noting("ticker", ticker_) + " >" +
              path("out") + " 2>&1 </dev/null &");
    for (int i = 0; i < 500 && output_size() == 0; ++i) usleep(20'000);
    ASSERT_TRUE(runs("ticker"));
    tmux.run(noting("viewer", evglass_ + " live " + std::to_string(noted("ticker"))));
    ASSERT_TRUE(tmux.shows("FOLLOWING")) << tmux.screen();
    tmux.press("space");
    ASSERT_TRUE(tmux.shows("HELD")) << tmux.screen();
    const std::uint64_t held = output_size();
    usleep(500'000);
    EXPECT_EQ(output_size(), held) << "it was not held";
    kill(noted("viewer"), SIGKILL);
    std::uint64_t size = held;
    for (int i = 0; i < 500 && size == held; ++i) {
        usleep(20'000);
        size = output_size();
    }
    EXPECT_GT(size, held) << "the program hangs";
    EXPECT_TRUE(runs("ticker"));
}

/// Every way out of the view, and what the terminal is like after it.
class WaysOut : public LiveTest, public ::testing::WithParamInterface<int> {};

TEST_P(WaysOut, TheTerminalIsAsBefore) {
    const std::string trace = recording();
    Tmux tmux(80, 24);
    tmux.run("echo MARKER; stty -a >" + path("before"));
    ASSERT_TRUE(tmux.shows("MARKER"));
    tmux.run(noting("viewer", evglass_ + " live --mouse " + trace));
    ASSERT_TRUE(tmux.shows("END OF TRACE")) << tmux.screen();
    EXPECT_EQ(tmux.variable("alternate_on"), "1");
    EXPECT_EQ(tmux.variable("mouse_any_flag"), "1");
    if (GetParam() == 0) {
        tmux.press("q");
    } else if (GetParam() == SIGINT) {
        tmux.press("C-c");
    } else {
        kill(noted("viewer"), GetParam());
    }
    ASSERT_TRUE(tmux.hides("END OF TRACE")) << tmux.screen();
    EXPECT_TRUE(tmux.shows("MARKER")) << tmux.screen();
    EXPECT_EQ(tmux.variable("alternate_on"), "0");
    EXPECT_EQ(tmux.variable("mouse_any_flag"), "0");
    EXPECT_EQ(tmux.variable("cursor_flag"), "1");
    tmux.run("stty -a >" + path("after") + "; echo DO''NE");  // not as it is typed
    ASSERT_TRUE(tmux.shows("DONE")) << tmux.screen();
    EXPECT_EQ(output_of("cmp " + path("before") + " " + path("after")), "");
}

INSTANTIATE_TEST_SUITE_P(Signals, WaysOut,
                         ::testing::Values(0, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGABRT));

/// ^Z: the shell has its terminal back, and no reports of the mouse come; `fg` shows all as it was.
TEST_F(LiveTest, WhileItIsStoppedTheTerminalIsTheShells) {
    Tmux tmux(80, 24);
    tmux.run("set -m; echo MARKER");
    ASSERT_TRUE(tmux.shows("MARKER"));
    tmux.run(evglass_ + " live --mouse " + recording());
    ASSERT_TRUE(tmux.shows("END OF TRACE")) << tmux.screen();
    EXPECT_EQ(tmux.variable("mouse_sgr_flag"), "1");
    tmux.press("C-z");
    ASSERT_TRUE(tmux.hides("END OF TRACE") && tmux.shows("MARKER")) << tmux.screen();
    EXPECT_EQ(tmux.variable("alternate_on"), "0");
    EXPECT_EQ(tmux.variable("mouse_any_flag"), "0");
    EXPECT_EQ(tmux.variable("cursor_flag"), "1");
    tmux.run("fg");
    ASSERT_TRUE(tmux.shows("END OF TRACE")) << tmux.screen();
    tmux.press("2");
    EXPECT_TRUE(tmux.shows("f filter")) << tmux.screen();
    EXPECT_EQ(tmux.variable("mouse_sgr_flag"), "1");
    tmux.press("q");
    ASSERT_TRUE(tmux.hides("END OF TRACE"));
    EXPECT_EQ(tmux.variable("mouse_any_flag"), "0");
}

TEST_F(LiveTest, WithoutATerminalItSaysWhatToDo) {
    int status = 0;
    const std::string trace = recording();
    EXPECT_EQ(output_of(live(trace) + " </dev/null", &status),
              "evglass live: no terminal here: use `evglass live --once` for one frame, or "
              "`evglass dump`\n");
    EXPECT_EQ(status, 2);
}

TEST_F(LiveTest, OncePrintsOneFrame) {
    int status = 0;
    const std::string trace = recording();
    const std::string frame =
        output_of("LC_ALL=C.UTF-8 " + live("--once --columns 100 --rows 30 " + trace), &status);
    EXPECT_EQ(status, 0);
    EXPECT_NE(frame.find("live-ticker"), std::string::npos) << frame;
    EXPECT_EQ(std::count(frame.begin(), frame.end(), '\n'), 30);
    const std::string plain = output_of(live("--once --plain --keys '<Home>]2' " + trace), &status);
    EXPECT_EQ(status, 0);
    EXPECT_NE(plain.find("- Events -"), std::string::npos) << plain;
    EXPECT_NE(plain.find("tick"), std::string::npos) << plain;
    for (const char c : plain) ASSERT_LT(static_cast<unsigned char>(c), 0x80);
}

TEST_F(LiveTest, JsonIsOneObjectWithWhatTheScreensShow) {
    int status = -1;
    const std::string text = output_of(live(recording() + " --json --at 60"), &status);
    EXPECT_EQ(status, 0);
    const auto json = nlohmann::json::parse(text);
    EXPECT_EQ(json.at("record"), 60);
    EXPECT_EQ(json.at("lost"), 0);
    const auto& base = json.at("bases").at(0);
    EXPECT_EQ(base.at("base"), "B1");
    EXPECT_FALSE(base.at("events").empty());
    for (const auto& event : base.at("events")) EXPECT_TRUE(event.contains("state"));
}

TEST_F(LiveTest, WhatIsNoTraceIsOneLine) {
    std::ofstream(path("junk")) << "this is no trace\n";
    int status = 0;
    for (const std::string& what : {path("junk"), path("nothing"), std::string("--once /")}) {
        const std::string line = output_of(live("--once " + what), &status);
        EXPECT_EQ(status, 2) << line;
        EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << line;
    }
}

TEST_F(LiveTest, AnUnknownTerminalIsOneLine) {
    const std::string trace = recording();
    Tmux tmux(80, 24);
    tmux.run("TERM=no-such-terminal " + live(trace));
    EXPECT_TRUE(tmux.shows("TERM=no-such-terminal is not known here")) << tmux.screen();
}

TEST_F(LiveTest, NoColourMeansNoColour) {
    const std::string trace = recording();
    Tmux tmux(80, 24);
    tmux.run("NO_COLOR=1 " + live(trace));
    ASSERT_TRUE(tmux.shows("END OF TRACE")) << tmux.screen();
    EXPECT_EQ(tmux.screen_with_colors().find("38;5;"), std::string::npos);
    tmux.press("q");
    ASSERT_TRUE(tmux.hides("END OF TRACE"));
    tmux.run(live(trace));
    ASSERT_TRUE(tmux.shows("END OF TRACE")) << tmux.screen();
    EXPECT_NE(tmux.screen_with_colors().find("38;5;"), std::string::npos);
}

}  // namespace
}  // namespace evglass::viz
