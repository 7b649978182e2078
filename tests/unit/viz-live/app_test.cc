// Keys pressed on a recording in memory: which frame follows.
#include "viz/live/app.h"

#include <gtest/gtest.h>

#include "tests/support/sample_model.h"

namespace evglass::viz {
namespace {

class AppTest : public ::testing::Test {
 protected:
    AppTest() : session_(sample_.timeline()), app_(session_, true) {}
    void press(const std::string& text) {
        std::string error;
        const auto keys = parse_keys(text, error);
        ASSERT_TRUE(keys) << error;
        for (const Key& key : *keys) app_.press(key);
    }
    std::string frame() { return app_.frame(80, 24).text(); }
    std::string last_row() { return app_.frame(80, 24).row(23); }
    bool shows(const std::string& text) { return frame().find(text) != std::string::npos; }

    trace::testing::Sample sample_ = trace::testing::make_finished_sample();
    std::uint64_t last_ = sample_.builder.records().back().number;
    Session session_;
    App app_;
};

TEST_F(AppTest, NumbersAndTabChooseScreens) {
    press("3");
    EXPECT_EQ(app_.view().screen, Screen::heap);
    press("<Tab>");
    EXPECT_EQ(app_.view().screen, Screen::queues);
    press("<BackTab><BackTab><BackTab><BackTab>");
    EXPECT_EQ(app_.view().screen, Screen::lints);
    press("<Tab>");
    EXPECT_EQ(app_.view().screen, Screen::loop);
    for (const ScreenInfo& info : screens()) {
        press(std::string(1, info.key));
        EXPECT_EQ(app_.view().screen, info.screen);
    }
}

TEST_F(AppTest, HelpOpensScrollsAndGoesBack) {
    press("2?");
    EXPECT_TRUE(shows("hold the program at its next record"));
    for (int i = 0; i < 100; ++i) press("<Down>");
    EXPECT_TRUE(shows("REPLAY -12"));
    press("<Esc>");
    EXPECT_EQ(app_.view().screen, Screen::events);
    press("??");
    EXPECT_EQ(app_.view().screen, Screen::events);
}

TEST_F(AppTest, TimeKeysMoveThePosition) {
    press("<Left><Left>h");
    EXPECT_EQ(session_.position(), last_ - 3);
    press("l<Right>");
    EXPECT_EQ(session_.position(), last_ - 1);
    press("<Home>");
    EXPECT_EQ(session_.position(), 1U);
    press("s");
    EXPECT_EQ(session_.position(), 2U);
    press("t");
    EXPECT_TRUE(shows("turn 1"));
    press("]<PgDn>");
    EXPECT_TRUE(shows("turn 3"));
    press("[");
    EXPECT_TRUE(shows("turn 2"));
    press("<End>");
    EXPECT_EQ(session_.position(), last_);
    press("<Home>g");
    EXPECT_EQ(session_.position(), last_);
}

TEST_F(AppTest, FilterIsTypedFoundAndRepeated) {
    press("<Home>/name=callback_begin<Enter>");
    EXPECT_FALSE(app_.view().prompt.open);
    const std::uint64_t first = session_.position();
    EXPECT_GT(first, 1U);
    press("n");
    EXPECT_GT(session_.position(), first);
    press("N");
    EXPECT_EQ(session_.position(), first);
    EXPECT_TRUE(shows("filter: name=callback_begin"));
}

TEST_F(AppTest, AWrongFilterStaysInThePromptUntilItIsRight) {
    press("<Home>/name=nosuchrecord<Enter>");
    ASSERT_TRUE(app_.view().prompt.open);
    EXPECT_NE(app_.view().prompt.error, "");
    EXPECT_TRUE(shows(app_.view().prompt.error.substr(0, 30)));
    for (int i = 0; i < 12; ++i) press("<Backspace>");
    press("turn_begin");
    EXPECT_EQ(app_.view().prompt.error, "");
    press("<Enter>");
    EXPECT_FALSE(app_.view().prompt.open);
}

TEST_F(AppTest, LettersInThePromptAreNoCommands) {
    press("/q?s1");
    EXPECT_EQ(app_.view().prompt.text, "q?s1");
    EXPECT_EQ(app_.leaving(), App::Leave::stay);
    press("<Esc>");
    EXPECT_FALSE(app_.view().prompt.open);
    press("/<Backspace>");
    EXPECT_FALSE(app_.view().prompt.open);
    press("/<Enter>");
    EXPECT_FALSE(app_.view().prompt.open);
}

TEST_F(AppTest, AnEventIsChosenAndItsRecordsFound) {
    session_.go(sample_.in_callback);
    press("2<Down><Down><Enter>");
    EXPECT_TRUE(last_row().find("event=E3: n and N go through its records") != std::string::npos);
    press("N");
    EXPECT_TRUE(session_.moment(1, 0).sentence.find("E3") != std::string::npos);
    press("<Esc><Up><Up><Up>");
    EXPECT_EQ(app_.view().chosen, sample_.listener);
    press("<Esc>");
    EXPECT_EQ(app_.view().chosen, 0U);
}

TEST_F(AppTest, SpacePlaysARecording) {
    press("<Home> ");
    EXPECT_EQ(session_.time(), ViewTime::playing);
    EXPECT_TRUE(shows("PLAYING 10/s"));
    press("+");
    EXPECT_TRUE(shows("PLAYING 20/s"));
    press(" ");
    EXPECT_EQ(session_.time(), ViewTime::back);
}

TEST_F(AppTest, ScrollingEndsWhereTheListEnds) {
    session_.go(sample_.in_callback);
    press("6");
    for (int i = 0; i < 100; ++i) press("<Up>");
    EXPECT_TRUE(shows("epoll_create1"));
    const int most = app_.view().selected;
    press("<Down>");
    EXPECT_EQ(app_.view().selected, most - 1);
}

TEST_F(AppTest, QuitLeavesAtOnceWhenNothingRuns) {
    press("q");
    EXPECT_EQ(app_.leaving(), App::Leave::leave);
}

TEST_F(AppTest, AMessageGoesWithTheNextKey) {
    press("n");
    EXPECT_NE(last_row().find("no filter yet"), std::string::npos);
    press("<Left>");
    EXPECT_EQ(last_row().find("no filter yet"), std::string::npos);
}

}  // namespace
}  // namespace evglass::viz
