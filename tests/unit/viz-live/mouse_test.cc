// What a terminal tells of its mouse: good reports, other ones, and what is none; and what clicks
// and the wheel do on a recording in memory.
#include "viz/live/mouse.h"

#include <gtest/gtest.h>

#include "tests/support/sample_model.h"
#include "viz/live/app.h"

namespace evglass::viz {
namespace {

using Code = Key::Code;

/// What a reader makes of the characters behind "\033[<": the key, and those it did not take.
struct Read {
    std::optional<Key> key;
    std::u32string rest;
};
Read read(std::u32string_view text) {
    MouseReader reader;
    reader.begin();
    Read read;
    for (const char32_t c : text) {
        if (!reader.takes(c)) read.rest += c;
        if (const auto key = reader.take_key()) read.key = key;
    }
    return read;
}

TEST(MouseReader, ReadsClicksAndTheWheel) {
    EXPECT_EQ(read(U"0;12;5M").key, (Key{Code::click, 0, {11, 4}}));
    EXPECT_EQ(read(U"0;1;1M").key, (Key{Code::click, 0, {0, 0}}));
    EXPECT_EQ(read(U"64;300;70M").key, (Key{Code::wheel_up, 0, {299, 69}}));
    EXPECT_EQ(read(U"65;3;7M").key, (Key{Code::wheel_down, 0, {2, 6}}));
    EXPECT_EQ(read(U"16;3;7M").key, (Key{Code::click, 0, {2, 6}})) << "with Control held";
    EXPECT_EQ(read(U"0;1;1MM").rest, U"M") << "a report ends where it ends";
}

TEST(MouseReader, SkipsWhatIsNoReportOfOurs) {
    for (const std::u32string_view text :
         {U"0;12;5m",    U"1;12;5M",         U"2;12;5M",  U"32;12;5M", U"66;12;5M",
          U"128;12;5M",  U"0;0;5M",          U"0;5;0M",   U"0;-1;5M",  U"-4;1;5M",
          U"0;12M",      U"0;12;5;9M",       U"M",        U";;M",      U"0;;5M",
          U"0;12;M",     U"0;12;5;M",        U"0; 12;5M", U"+0;12;5M", U"99999999999999999999;1;1M",
          U"0;99999;1M", U"0;1;2147483648M", U"0;12;5~",  U"?25h",     U"0;12;5$M"}) {
        const Read all = read(text);
        EXPECT_FALSE(all.key) << std::string(text.begin(), text.end());
        EXPECT_EQ(all.rest, U"") << "some of it became keys";
    }
    const std::u32string digits(100'000, U'1');
    EXPECT_FALSE(read(U"0;1;" + digits + U"M").key);
    EXPECT_FALSE(read(U"0;1;1" + std::u32string(100, U' ') + U"M").key);
}

TEST(MouseReader, LetsGoOfAReportThatDoesNotEnd) {
    EXPECT_EQ(read(U"0;1\033").rest, U"\033") << "Escape is a key again";
    EXPECT_EQ(read(U"0;1\nM").rest, U"\nM");
    EXPECT_EQ(read(U"0;1事").rest, U"事");
    MouseReader reader;
    EXPECT_FALSE(reader.takes(U'0')) << "no report has begun";
    reader.begin();
    EXPECT_TRUE(reader.takes(U'0'));
    reader.drop();
    EXPECT_FALSE(reader.takes(U'q'));
    EXPECT_FALSE(reader.take_key());
}

class MouseTest : public ::testing::Test {
 protected:
    MouseTest() : session_(sample_.timeline()), app_(session_, false) {
        session_.go(sample_.in_callback + 1);
        app_.use_mouse(true);
    }
    void press(char32_t key) { app_.press({Code::character, key}); }
    /// Where a text stands in the frame; lines and marks are ASCII here.
    Mouse place(const std::string& text, int columns = 80, int rows = 24) {
        const Grid grid = app_.frame(columns, rows);
        for (int y = 0; y < rows; ++y)
            if (const auto x = grid.row(y).find(text); x != std::string::npos)
                return {static_cast<int>(x), y};
        ADD_FAILURE() << text << " is not in\n" << grid.text();
        return {};
    }
    void click(const std::string& text) { app_.press({Code::click, 0, place(text)}); }
    Screen screen() const { return app_.view().screen; }

    trace::testing::Sample sample_ = trace::testing::make_finished_sample();
    Session session_;
    App app_;
};

TEST_F(MouseTest, AClickOnATabShowsItsScreen) {
    click("3Timers");
    EXPECT_EQ(screen(), Screen::heap);
    click("LLints");
    EXPECT_EQ(screen(), Screen::lints);
    app_.press({Code::click, 0, {78, 1}});
    EXPECT_EQ(screen(), Screen::lints) << "nothing stands there";
    const Mouse help = place(" ?");
    app_.press({Code::click, 0, {help.x + 1, help.y}});
    EXPECT_EQ(screen(), Screen::help);
    app_.press({Code::wheel_down, 0, {5, 9}});
    EXPECT_EQ(app_.view().scroll, 3);
    app_.press({Code::wheel_up, 0, {5, 9}});
    EXPECT_EQ(app_.view().scroll, 0);
}

TEST_F(MouseTest, AClickChoosesAnEventAndASecondOpensIt) {
    press(U'2');
    click("E6 client B");
    const trace::Address chosen = app_.view().chosen;
    ASSERT_NE(chosen, 0U);
    EXPECT_EQ(screen(), Screen::events);
    app_.press({Code::wheel_up, 0, {0, 0}});
    EXPECT_NE(app_.view().chosen, chosen);
    app_.press({Code::wheel_down, 0, {0, 0}});
    EXPECT_EQ(app_.view().chosen, chosen);
    click("E6 client B");
    EXPECT_EQ(screen(), Screen::detail);
    EXPECT_EQ(app_.view().chosen, chosen);
    click("initialized");
    EXPECT_LT(session_.position(), sample_.in_callback) << "a change is a record to go to";
}

TEST_F(MouseTest, TheLoopScreensEventsAndRecordsAreChosenToo) {
    click("E6 client B");
    EXPECT_NE(app_.view().chosen, 0U);
    click("E6 client B");
    EXPECT_EQ(screen(), Screen::detail);
    app_.press({Code::escape});
    const std::uint64_t before = session_.position();
    click(" " + std::to_string(before - 1) + " ");
    EXPECT_EQ(session_.position(), before - 1);
}

TEST_F(MouseTest, RowsOfListsAreChosenAndOpened) {
    press(U'3');
    click("E6 client B");
    EXPECT_TRUE(app_.view().picked);
    EXPECT_EQ(app_.view().selected, 1);
    click("E6 client B");
    EXPECT_EQ(screen(), Screen::detail);
    press(U'4');
    click("priority 0");
    EXPECT_FALSE(app_.view().picked) << "a title is no row";
    press(U'6');
    click("accept4(6) = 8");
    click("accept4(6) = 8");
    EXPECT_LT(session_.position(), sample_.in_callback);
    press(U'L');
    click("timer-storm");
    EXPECT_EQ(app_.view().selected, 8);
}

TEST_F(MouseTest, IsDeafUnlessSwitchedOnAndWhileOneTypes) {
    const Mouse tab = place("3Timers");
    press(U'M');
    EXPECT_FALSE(app_.view().mouse);
    app_.press({Code::click, 0, tab});
    EXPECT_EQ(screen(), Screen::loop);
    press(U'M');
    EXPECT_TRUE(app_.view().mouse);
    press(U'/');
    app_.press({Code::click, 0, tab});
    app_.press({Code::wheel_down, 0, tab});
    EXPECT_EQ(screen(), Screen::loop);
    EXPECT_TRUE(app_.view().prompt.open);
    EXPECT_EQ(app_.view().prompt.text, "");
}

TEST_F(MouseTest, AClickAnywhereAtAllDoesNoHarm) {
    for (const ScreenInfo& info : screens()) {
        press(static_cast<char32_t>(info.key));
        for (int y = -1; y < 26; ++y)
            for (int x = -1; x < 82; x += 9) {
                app_.frame(80, 24);
                app_.press({Code::click, 0, {x, y}});
                app_.press({y % 2 == 0 ? Code::wheel_up : Code::wheel_down, 0, {x, y}});
                EXPECT_EQ(app_.leaving(), App::Leave::stay);
            }
        app_.press({Code::escape});
    }
}

}  // namespace
}  // namespace evglass::viz
