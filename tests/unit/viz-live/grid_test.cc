// Text in columns: widths, clipping, wide characters, and what must never reach a terminal.
#include "viz/live/grid.h"

#include <gtest/gtest.h>

#include "viz/live/text_width.h"

namespace evglass::viz {
namespace {

TEST(TextWidth, CountsColumnsNotBytes) {
    EXPECT_EQ(text_columns("abc"), 3);
    EXPECT_EQ(text_columns("naïve"), 5);
    EXPECT_EQ(text_columns("事件"), 4);
    EXPECT_EQ(text_columns("e\u0301"), 1);  // e and a combining accent
}

TEST(TextWidth, DropsWhatSteersLayout) {
    EXPECT_EQ(text_columns("a\u202Eb\u2066c\u200Dd\uFEFF"), 4);
    EXPECT_EQ(text_columns("a\x1B[2Jb"), 5);  // only the escape itself is dropped
    EXPECT_EQ(text_columns(std::string_view("\x00\x07\x7F", 3)), 0);
}

TEST(TextWidth, ShowsBrokenUtf8AsQuestionMarks) {
    EXPECT_EQ(graphemes("\xC3").front().bytes, "?");
    EXPECT_EQ(text_columns("\xF5\x80"), 2);
    EXPECT_EQ(text_columns("\xED\xA0\x80"), 3);  // a surrogate, encoded
    EXPECT_EQ(text_columns("\xC0\xAF"), 2);      // a slash, encoded too long
}

TEST(TextWidth, KeepsAtMostTwoMarksOnACharacter) {
    std::string text = "a";
    for (int i = 0; i < 50; ++i) text += "\u0301";
    const auto parts = graphemes(text);
    ASSERT_EQ(parts.size(), 1U);
    EXPECT_EQ(parts.front().bytes.size(), 1U + 2 * 2);
}

TEST(Fit, CutsWithAnEllipsisAtColumnBorders) {
    EXPECT_EQ(fit("listener", 8, true), "listener");
    EXPECT_EQ(fit("listener", 5, true), "list…");
    EXPECT_EQ(fit("listener", 5, false), "list~");
    EXPECT_EQ(fit("事件循环", 5, true), "事件…");
    EXPECT_EQ(fit("事件循环", 4, true), "事…");  // half of a character is no character
    EXPECT_EQ(fit("x", 0, true), "");
}

TEST(Grid, OverwritingHalfOfAWideCharacterLeavesNoHalf) {
    Grid grid(4, 1);
    grid.set(0, 0, "事", 2, Style::normal);
    grid.set(2, 0, "件", 2, Style::normal);
    EXPECT_EQ(grid.row(0), "事件");
    grid.set(1, 0, "x", 1, Style::normal);
    EXPECT_EQ(grid.row(0), " x件");
    grid.set(1, 0, "环", 2, Style::normal);
    EXPECT_EQ(grid.row(0), " 环");
    EXPECT_EQ(grid.at(1, 0).width, 2);
    EXPECT_EQ(grid.at(2, 0).width, 0);
}

TEST(Grid, IgnoresWhatLiesOutside) {
    Grid grid(2, 1);
    grid.set(-1, 0, "x", 1, Style::normal);
    grid.set(0, 5, "x", 1, Style::normal);
    grid.set(1, 0, "事", 2, Style::normal);  // half of it would be outside
    grid.restyle(9, 9, Style::error);
    EXPECT_EQ(grid.row(0), "");
}

TEST(Canvas, PartClipsWriting) {
    Grid grid(10, 3);
    Canvas canvas(grid, true);
    Canvas part = canvas.part(2, 1, 4, 1);
    EXPECT_EQ(part.put(0, 0, "abcdef"), 4);
    part.put(0, 1, "below");
    part.put(-2, 0, "..");
    EXPECT_EQ(grid.text(), "\n  abcd\n\n");
    EXPECT_EQ(canvas.part(8, 0, 99, 99).width(), 2);
    EXPECT_EQ(canvas.part(99, 99, 5, 5).width(), 0);
}

TEST(Canvas, CellsPadAndCut) {
    Grid grid(12, 2);
    Canvas canvas(grid, true);
    int x = canvas.cell(0, 0, 5, "ab");
    x = canvas.cell(x, 0, 4, "cdefg");
    canvas.cell_right(x, 0, 3, "9");
    EXPECT_EQ(grid.row(0), "ab   cde…  9");
    EXPECT_EQ(canvas.cell(0, 7, 3, "outside"), 3);
}

TEST(Canvas, RuleHoldsTitleNoteAndRight) {
    Grid grid(34, 2);
    Canvas canvas(grid, false);
    canvas.rule(0, "Heap", "2 timers", "1-2 of 9");
    EXPECT_EQ(grid.row(0), "- Heap - 2 timers ----- 1-2 of 9 -");
    canvas.rule(5, "Outside");
}

TEST(Text, IsBrokenAtBlanks) {
    const auto lines = [](std::string_view text, int columns) {
        std::string all;
        for (const std::string_view line : broken(text, columns)) all += std::string(line) + "/";
        return all;
    };
    EXPECT_EQ(lines("one two three", 7), "one two/three/");
    EXPECT_EQ(lines("one two three", 6), "one/two/three/");
    EXPECT_EQ(lines("a word-that-is-long b", 4), "a/word-that-is-long/b/");
    EXPECT_EQ(lines("客户 端 B", 4), "客户/端 B/");
    EXPECT_EQ(lines("", 4), "");
}

}  // namespace
}  // namespace evglass::viz
