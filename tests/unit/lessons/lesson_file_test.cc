// Lesson files: what a good one becomes, and that each mistake is one line with the right number.
#include "lessons/runner/lesson_file.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace evglass::lessons {
namespace {

const std::string kHead = "```lesson\ntitle: T\n```\n";  // lines 1 to 3

std::string error_of(const std::string& body) {
    return parse_lesson(kHead + body, "l.md").error;
}

std::string stop(const std::string& lines) {
    return "```stop\n" + lines + "```\n";
}  // 4: the fence

TEST(LessonFile, ReadsPages) {
    const ParsedLesson parsed = parse_lesson(
        "```lesson\ntitle: The calls\nmatches: a post,\n  section two\n```\n# Start\n\nHello "
        "*you*.\n\n"
        "```stop\nwhere: name=epoll_ctl op=ADD\nshow: io, event reader\nexpect: heap.size == 0\n"
        "predict: How many?\nanswer: count(name=epoll_ctl)\ntolerance: 1\n"
        "order: event_add, epoll_ctl\nhint: count them\n```\n\n- one\n- two\n",
        "l.md");
    ASSERT_TRUE(parsed.lesson) << parsed.error;
    const Lesson& lesson = *parsed.lesson;
    EXPECT_EQ(lesson.title, "The calls");
    EXPECT_EQ(lesson.matches, "a post, section two");
    ASSERT_EQ(lesson.pages.size(), 2U);
    EXPECT_FALSE(lesson.pages[0].stop);
    ASSERT_EQ(lesson.pages[0].text.size(), 2U);
    EXPECT_EQ(lesson.pages[0].text[0].kind, TextBlock::Kind::heading);
    const Stop& stop = *lesson.pages[1].stop;
    EXPECT_EQ(stop.line, 10);
    EXPECT_EQ(stop.where, "name=epoll_ctl op=ADD");
    EXPECT_EQ(stop.show, (std::vector<std::string>{"io", "event reader"}));
    ASSERT_EQ(stop.predictions.size(), 1U);
    EXPECT_EQ(stop.predictions[0].tolerance, 1);
    EXPECT_EQ(stop.orders[0].names.size(), 2U);
    EXPECT_EQ(stop.expects[0].line, 13);
    EXPECT_EQ(lesson.pages[1].text.size(), 2U);
}

TEST(LessonFile, ReadsTheEnds) {
    const auto parsed = parse_lesson(kHead + stop("where: end\nexpect: heap.size == 0\n"), "l.md");
    ASSERT_TRUE(parsed.lesson) << parsed.error;
    EXPECT_EQ(parsed.lesson->pages[1].stop->place, Stop::Place::end);
}

struct BadStop {
    const char* lines;
    const char* error;
};

class BadStops : public testing::TestWithParam<BadStop> {};

TEST_P(BadStops, AreRefusedWithTheirLine) {
    const std::string error = error_of(stop(GetParam().lines));
    EXPECT_EQ(error.substr(0, std::string(GetParam().error).size()), GetParam().error) << error;
    EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 0);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadStops,
    testing::Values(
        BadStop{"expect: heap.size == 0\n", "l.md:4: this stop has no 'where:'"},
        BadStop{"where: end\n", "l.md:4: this stop claims nothing"},
        BadStop{"where: end\nwhere: start\nexpect: heap.size == 0\n", "l.md:6: a second 'where:'"},
        BadStop{"where: end\nexpct: heap.size == 0\n", "l.md:6: 'expct:' is not known"},
        BadStop{"where: end\nexpect heap.size\n", "l.md:6: 'expect heap.size' is not of the form"},
        BadStop{"where: end\nexpect:\n", "l.md:6: 'expect:' says nothing"},
        BadStop{"where: end\n# why\nexpect: heap.sise == 0\n", "l.md:7: expect: 'heap.sise'"},
        BadStop{"where: end\nshow: heap, tree\nexpect: heap.size == 0\n",
                "l.md:6: show: there is no pane"},
        BadStop{"where: end\nshow: event\nexpect: heap.size == 0\n",
                "l.md:6: show: 'event' needs a name"},
        BadStop{"where: end\nshow: heap 3\nexpect: heap.size == 0\n",
                "l.md:6: show: 'heap' takes nothing"},
        BadStop{"where: end\npredict: why?\n", "l.md:6: this 'predict:' has no 'answer:'"},
        BadStop{"where: end\npredict: a?\npredict: b?\n",
                "l.md:6: this 'predict:' has no 'answer:'"},
        BadStop{"where: end\nanswer: heap.size\n", "l.md:6: 'answer:' without a 'predict:'"},
        BadStop{"where: end\npredict: a?\nanswer: 5\n", "l.md:7: answer: must be computed"},
        BadStop{"where: end\npredict: a?\nanswer: heap.size\ntolerance: x\n",
                "l.md:8: tolerance: 'x'"},
        BadStop{"where: end\npredict: a?\nanswer: heap.size\ntolerance: -1\n",
                "l.md:8: tolerance: '-1'"},
        BadStop{"where: end\ntolerance: 1\n", "l.md:6: 'tolerance:' must follow"},
        BadStop{"where: end\norder: event_add\n", "l.md:6: order: needs two names"},
        BadStop{"where: name\nexpect: heap.size == 0\n", "l.md:5: where: "}));

TEST(LessonFile, RefusesAFileWithoutALesson) {
    EXPECT_EQ(parse_lesson("hello\n", "l.md").error,
              "l.md:1: there is no lesson block with a 'title:'");
    EXPECT_EQ(error_of("text\n"), "l.md:1: there is no stop in this lesson");
    EXPECT_EQ(parse_lesson("```lesson\ntitel: T\n```\n", "l.md").error.substr(0, 25),
              "l.md:2: 'titel:' is not k");
    EXPECT_EQ(error_of("```lesson\ntitle: U\n```\n"),
              "l.md:4: a second lesson block; a file has one");
}

TEST(LessonFile, BoundsWhatItReads) {
    EXPECT_NE(parse_lesson(std::string(300 * 1024, 'x'), "l.md").error.find("more than"),
              std::string::npos);
    EXPECT_NE(
        error_of(stop("where: end\nhint: " + std::string(2100, 'x') + "\n")).find("more than"),
        std::string::npos);
    std::string many;
    for (int i = 0; i < 101; ++i) many += stop("where: end\nexpect: heap.size == 0\n");
    EXPECT_NE(error_of(many).find("more than 100 stops"), std::string::npos);
}

TEST(LessonFile, ReportsAFileThatIsNotThere) {
    EXPECT_EQ(load_lesson("/nonexistent/l.md").error, "/nonexistent/l.md: cannot be read");
}

TEST(LessonFile, ReportsABadPlaceholderInItsLine) {
    const std::string error =
        error_of("a\n\nb {{heap.sise}}\n" + stop("where: end\nexpect: heap.size == 0\n"));
    EXPECT_EQ(error.substr(0, 15), "l.md:6: {{...}}") << error;
}

TEST(Markdown, PlaceholdersSurviveTheParserAndAreFilled) {
    const ParsedLesson parsed =
        parse_lesson(kHead + "It made `{{count(name=epoll_ctl)}}` of **{{heap.size}}** calls.\n" +
                         stop("where: end\nexpect: heap.size == 0\n"),
                     "l.md");
    ASSERT_TRUE(parsed.lesson) << parsed.error;
    ASSERT_EQ(parsed.lesson->placeholders.size(), 2U);
    const auto fill = [](std::size_t n) { return "<" + std::to_string(n) + ">"; };
    const std::string text =
        render(parsed.lesson->pages[0].text, {.width = 80, .colour = false, .fill = fill});
    EXPECT_EQ(text, "It made `<0>` of <1> calls.\n");
}

TEST(Markdown, WrapsAtTheWidth) {
    const auto blocks = parse_markdown("one two three four five six seven eight nine ten\n", {});
    const std::string text = render(blocks[0].text, {.width = 20, .colour = false, .fill = {}});
    EXPECT_EQ(text, "one two three four\nfive six seven eight\nnine ten\n");
}

TEST(Markdown, WrapsWideCharacters) {
    EXPECT_EQ(cells("事件 ev"), 7);
    const auto blocks = parse_markdown("事件循环等待事件\n", {});
    const std::string text = render(blocks[0].text, {.width = 8, .colour = false, .fill = {}});
    EXPECT_EQ(text, "事件循环\n等待事件\n");
    EXPECT_EQ(fit("事件", 3), "事");
}

TEST(Markdown, TheEndOfALineIsNoSpaceInChinese) {
    const auto text = [](const char* markdown) {
        const auto blocks = parse_markdown(markdown, {});
        std::string all;
        for (const Span& span : blocks.at(0).text.at(0).spans) all += span.text;
        return all;
    };
    EXPECT_EQ(text("事件\n循环\n"), "事件循环");
    EXPECT_EQ(text("两幕：\n`full`\n"), "两幕：full");
    EXPECT_EQ(text("一个\nevent 和\n循环\n"), "一个 event 和循环");
    EXPECT_EQ(text("a\nb\n"), "a b");
}

TEST(Markdown, MarksCodeThatIsNoNameWhereThereIsNoColour) {
    const auto blocks = parse_markdown("`event_add` and `a | b`\n", {});
    EXPECT_EQ(render(blocks[0].text, {.width = 40, .colour = false, .fill = {}}),
              "event_add and `a | b`\n");
}

TEST(Markdown, RendersListsHeadingsAndCode) {
    const auto blocks = parse_markdown("## Go\n\n1. one\n2. two\n\n```\na  b\n```\n", {});
    std::string text;
    for (const auto& block : blocks)
        text += render(block.text, {.width = 40, .colour = false, .fill = {}});
    EXPECT_EQ(text, "## Go\n  1. one\n  2. two\n    a  b\n");
}

TEST(Markdown, ColoursOnlyWhereAsked) {
    const auto blocks = parse_markdown("a `b`\n", {});
    EXPECT_EQ(render(blocks[0].text, {.width = 40, .colour = true, .fill = {}}),
              "a \x1b[36mb\x1b[0m\n");
}

}  // namespace
}  // namespace evglass::lessons
