// Keys pressed on stories side by side, and the frames that follow: cell by cell against frames/.
#include <gtest/gtest.h>

#include "tests/support/golden.h"
#include "tests/unit/viz-compare/stories.h"
#include "viz/compare/stage.h"
#include "viz/live/view.h"

namespace evglass::viz::compare {
namespace {

void press_on(Stage& stage, const std::string& text) {
    std::string error;
    const auto keys = parse_keys(text, error);
    ASSERT_TRUE(keys) << error;
    for (const Key& key : *keys) stage.press(key);
}

class StageTest : public ::testing::Test {
 protected:
    void press(const std::string& text) { press_on(stage_, text); }
    std::string call() const {
        const StageView& view = stage_.view();
        const StoryCall* call = stage_.aligned().steps[view.step].rows[view.row].calls[view.chosen];
        return call != nullptr ? call->meaning : "-";
    }
    bool shows(const std::string& text, int columns = 80, int rows = 24) const {
        return stage_.frame(columns, rows).text().find(text) != std::string::npos;
    }

    Stage stage_{testing::stories(), true};
};

TEST_F(StageTest, ActionsGoForwardAndBackAndStopAtTheEnds) {
    press("[");
    EXPECT_EQ(stage_.view().step, 0U);
    press("] t<PgDn>]]");
    EXPECT_EQ(stage_.view().step, 3U);
    press("[<PgUp>");
    EXPECT_EQ(stage_.view().step, 1U);
    press("<End>");
    EXPECT_EQ(stage_.view().step, 3U);
    press("<Home>");
    EXPECT_EQ(stage_.view().step, 0U);
}

TEST_F(StageTest, CallsGoOverTheBordersOfActions) {
    press("<Right>]");
    EXPECT_EQ(call(), "wait:1");
    press("<Down>j");
    EXPECT_EQ(call(), "ADD:IN|ET");
    press("<Up><Up>k");
    EXPECT_EQ(stage_.view().step, 0U);
    EXPECT_EQ(call(), "wait:0");
    press("<Up><Up><Up><Up>");
    EXPECT_EQ(call(), "ADD:IN|ET");
    for (int i = 0; i < 100; ++i) press("j");
    EXPECT_EQ(stage_.view().step, 3U);
    EXPECT_EQ(call(), "wait:0");
}

/// A row that only a third mechanism has is no place to stand: it may not be on the screen.
TEST_F(StageTest, RowsOfOthersArePassedOver) {
    press("]");
    for (int i = 0; i < 20; ++i, press("j")) {
        const StageView& view = stage_.view();
        const AlignedRow& row = stage_.aligned().steps[view.step].rows[view.row];
        EXPECT_TRUE(row.calls[view.chosen] != nullptr || row.calls[0] != nullptr);
    }
}

TEST_F(StageTest, ColumnsFollowTheChosenMechanism) {
    EXPECT_TRUE(shows("epoll-et"));
    EXPECT_FALSE(shows("ring"));
    press("<Right><Right><Right><Right><Right><Right>");
    EXPECT_EQ(stage_.view().chosen, 5U);
    EXPECT_TRUE(shows("ring"));
    EXPECT_TRUE(shows("poll"));
    EXPECT_FALSE(shows("epoll-et"));
    press("hhhhhh");
    EXPECT_EQ(stage_.view().chosen, 1U) << "the one on the left is not chosen";
    press("<Tab><BackTab>");
    EXPECT_EQ(stage_.view().chosen, 1U);
}

TEST_F(StageTest, AWidthHasTwoToFiveColumns) {
    const Aligned& all = stage_.aligned();
    EXPECT_EQ(seen_columns(all, 1, 60), (std::vector<std::size_t>{0, 1}));
    EXPECT_EQ(seen_columns(all, 3, 80), (std::vector<std::size_t>{0, 2, 3}));
    EXPECT_EQ(seen_columns(all, 5, 130), (std::vector<std::size_t>{0, 2, 3, 4, 5}));
    EXPECT_EQ(seen_columns(all, 1, 1000).size(), 5U);
}

TEST_F(StageTest, DifferencesAreFoundForwardAndBack) {
    press("<Right><End>f");
    EXPECT_EQ(stage_.view().step, 0U);
    EXPECT_EQ(call(), "ADD:IN|ET");
    press("n");
    EXPECT_EQ(stage_.view().step, 1U);
    press("nn");
    EXPECT_EQ(call(), "read:EAGAIN");
    press("N");
    EXPECT_EQ(call(), "-") << "an edge does not wait again";
    press("nnn");
    EXPECT_TRUE(shows("no difference after this"));
    press("<Right>f");
    EXPECT_TRUE(shows("select does the same all along"));
    press("<Left>");
    EXPECT_FALSE(shows("does the same all along"));
}

TEST_F(StageTest, AnotherOneIsComparedWith) {
    press("]r");
    EXPECT_TRUE(shows("COMPARED WITH epoll"));
    EXPECT_EQ(stage_.view().chosen, 0U);
    EXPECT_EQ(stage_.view().step, 1U);
    press("f");
    EXPECT_TRUE(shows("(no such call)"));
    press("r");
    EXPECT_TRUE(shows("COMPARED WITH poll"));
}

TEST_F(StageTest, EnterAsksForTheRecordingAtTheCall) {
    EXPECT_FALSE(stage_.take_place());
    press("<Right>]<Down><Enter>");
    const auto place = stage_.take_place();
    ASSERT_TRUE(place);
    EXPECT_EQ(place->trace, "/nowhere/epoll-et.evg");
    EXPECT_EQ(place->record, 202U);
    EXPECT_FALSE(stage_.take_place());
    press("<Home>]]jjj<Enter>");
    EXPECT_EQ(call(), "-");
    EXPECT_EQ(stage_.take_place()->record, 300U) << "where it does nothing: the action's begin";
}

TEST_F(StageTest, HelpAndQuit) {
    press("?");
    EXPECT_TRUE(shows("compare all with it"));
    press("]");
    EXPECT_EQ(stage_.view().step, 0U);
    press("<Esc>");
    EXPECT_FALSE(shows("compare all with it"));
    press("??");
    EXPECT_FALSE(stage_.view().help);
    press("?q");
    EXPECT_TRUE(stage_.leaving());
}

TEST(StageOfOne, StandsAlone) {
    Stage stage({testing::story("poll", {"wait:0", "wait:1"})}, true);
    press_on(stage, "<Left><Right>]jfnNr?<Esc><Enter>[");
    EXPECT_NE(stage.frame(80, 24).text().find("poll"), std::string::npos);
    EXPECT_NE(stage.frame(20, 5).text().find("terminal is"), std::string::npos);
}

TEST(StageOfNothing, AStepWithoutCallsIsNoTrap) {
    Stage stage({testing::story("a", {"", ""}), testing::story("b", {"", "wait:0"})}, true);
    press_on(stage, "jk]jjn[fN<End><Enter>r");
    EXPECT_NE(stage.frame(80, 24).text().find("COMPARED WITH b"), std::string::npos);
}

// ---- frames

struct Shot {
    const char* name;
    const char* keys;
};
constexpr Shot kShots[] = {
    {"the first action", ""},
    {"the last mechanisms, the third action", "<Right><Right><Right><Right>]]"},
    {"compared with epoll-et, a difference chosen", "<Right>]]rnn"},
    {"a call further down", "]]jjjj"},
    {"an answer", "<Right><Right>f"},
    {"help", "?"},
};

std::string told(const Shot& shot, int columns, int rows, bool unicode = true) {
    Stage stage(testing::stories(), unicode);
    press_on(stage, shot.keys);
    return viz::testing::told_frame(shot.name, stage.frame(columns, rows));
}

void compare_frames(int columns, int rows) {
    std::string all;
    for (const Shot& shot : kShots) all += told(shot, columns, rows);
    viz::testing::expect_as_on_file("tests/unit/viz-compare/frames/" + std::to_string(columns) +
                                        "x" + std::to_string(rows) + ".txt",
                                    all);
}

TEST(StageFrames, AreThoseOnFileAt80x24) {
    compare_frames(80, 24);
}

TEST(StageFrames, AreThoseOnFileAt160x50) {
    compare_frames(160, 50);
}

TEST(StageFrames, KeepTheirHeadAndTheirKeysAtTheLeastSize) {
    for (const Shot& shot : kShots) {
        const std::string text = told(shot, kLeastColumns, kLeastRows);
        EXPECT_NE(text.find("COMPARED WITH"), std::string::npos) << text;
    }
    EXPECT_NE(told(kShots[0], kLeastColumns, kLeastRows).find("[ ] action"), std::string::npos);
}

TEST(StageFrames, CanBeAscii) {
    for (const char c : told(kShots[0], 80, 24, false))
        EXPECT_LT(static_cast<unsigned char>(c), 0x80);
}

}  // namespace
}  // namespace evglass::viz::compare
