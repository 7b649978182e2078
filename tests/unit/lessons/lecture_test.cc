// A learner at the full screen: keys go in, frames come out as text. On the run of lesson 8.
#include "lessons/runner/lecture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <regex>

#include "lessons/runner/runs.h"
#include "tests/unit/lessons/find.h"

namespace evglass::lessons {
namespace {

class FullScreen : public testing::Test {
 protected:
    static void SetUpTestSuite() {
        entry = *all_lessons().find("four-calls");
        lesson = std::make_unique<Lesson>(*load_lesson(entry.file).lesson);
        runs = std::make_unique<LessonRuns>(*lesson, entry.program);
    }
    static void TearDownTestSuite() { runs.reset(), lesson.reset(); }
    void SetUp() override {
        ASSERT_EQ(runs->error(), "");
        LectureOptions options;
        options.root = ".";
        options.read = [this](std::size_t page) { read.push_back(page); };
        options.try_exercise = [this] {
            ++tries;
            return report;
        };
        options.stamp = [this] { return saved; };
        options.edit = [this] { return ++edits != 0; };
        options.solution = [this] { return solution; };
        options.next_lesson = "Lesson 9";
        options.glossary = [](const std::string& page) { return "words of " + page.substr(0, 4); };
        lecture = std::make_unique<Lecture>(*lesson, runs->first(), options);
    }
    void press(const std::string& keys) {
        std::string error;
        const auto parsed = viz::parse_keys(keys, error);
        ASSERT_TRUE(parsed) << error;
        for (const viz::Key& key : *parsed) lecture->press(key);
    }
    std::string screen(int columns = 80, int rows = 24) {
        return lecture->frame(columns, rows).text();
    }
    bool shows(const std::string& text, int columns = 80, int rows = 24) {
        return screen(columns, rows).find(text) != std::string::npos;
    }

    static CatalogueEntry entry;
    static std::unique_ptr<Lesson> lesson;
    static std::unique_ptr<LessonRuns> runs;
    std::unique_ptr<Lecture> lecture;
    std::vector<std::size_t> read;
    int tries = 0;
    int edits = 0;
    std::string solution;  // nothing before the exercise was passed
    std::string saved = "1";
    std::string report = "not yet: line one\nline two";
};
CatalogueEntry FullScreen::entry;
std::unique_ptr<Lesson> FullScreen::lesson;
std::unique_ptr<LessonRuns> FullScreen::runs;

TEST_F(FullScreen, BeginsWithTheIntroduction) {
    EXPECT_TRUE(shows("Lesson 8. The four calls"));
    EXPECT_TRUE(shows("Four calls make a reactor program"));
    EXPECT_TRUE(shows("page 1 of"));
    EXPECT_EQ(read, std::vector<std::size_t>{1});
    // No stop yet, so no picture: the source has the whole side, and is not shown twice.
    const std::string wide = screen(160, 50);
    EXPECT_NE(wide.find("─ source"), std::string::npos) << wide;
    EXPECT_EQ(wide.find("─ source"), wide.rfind("─ source")) << wide;
}

TEST_F(FullScreen, AsksBeforeItShows) {
    press("n");
    EXPECT_TRUE(shows("predict:"));
    EXPECT_TRUE(shows("your answer>"));
    EXPECT_FALSE(shows("The first call")) << "the text would give the answer away";
    press("1<Enter>");
    EXPECT_TRUE(shows("right: 1"));
    EXPECT_TRUE(shows("The first call"));
    EXPECT_EQ(lecture->asked(), 1U);
    EXPECT_EQ(lecture->right(), 1U);
}

TEST_F(FullScreen, AWrongAnswerIsToldAndTheRightOneShown) {
    press("n7x<Backspace><Enter>");
    EXPECT_TRUE(shows("you said 7; the run says 1"));
    EXPECT_EQ(lecture->right(), 0U);
    press("n<Enter>");  // an empty answer skips
    EXPECT_TRUE(shows("answer: epoll_create1"));
    EXPECT_EQ(lecture->asked(), 1U);
}

TEST_F(FullScreen, ANumberIsNotAnsweredByAWord) {
    press("none<Enter>");  // the first letter goes to the next page, the others are an answer
    EXPECT_TRUE(shows("a number is asked for"));
    EXPECT_EQ(lecture->asked(), 0U);
    press("1<Enter>");
    EXPECT_EQ(lecture->right(), 1U);
}

TEST_F(FullScreen, AQuestionCanBeLeft) {
    press("nq");
    EXPECT_FALSE(lecture->left()) << "a letter is part of the answer";
    press("<Esc>");
    EXPECT_TRUE(lecture->left());
}

TEST_F(FullScreen, AfterTheEndComesTheNextLesson) {
    for (std::size_t i = 0; i < 2 * lesson->pages.size(); ++i) press("<Right>");
    if (!lecture->left()) press("<Right><Right>");
    EXPECT_TRUE(lecture->left());
    EXPECT_TRUE(lecture->goes_on());
}

TEST_F(FullScreen, TheExerciseIsEditedCheckedAndItsSolutionShownAfterwards) {
    press("o");
    EXPECT_TRUE(shows("once your file has passed"));
    press("e");
    ASSERT_TRUE(lecture->wants_editor());
    lecture->run_editor();
    EXPECT_EQ(edits, 1);
    ASSERT_TRUE(lecture->wants_check()) << "what was edited is checked";
    lecture->run_check();
    EXPECT_TRUE(shows("not yet: line one"));
    press("x");  // from the report, without going back first
    EXPECT_TRUE(lecture->wants_check());
    lecture->run_check();
    solution = "int main() {}\n";
    press("o");
    EXPECT_TRUE(shows("int main() {}"));
}

TEST_F(FullScreen, SourceStateAndPictureStandBesideTheText) {
    press("n<Enter>n<Enter>");
    const std::string wide = screen(120, 60);
    EXPECT_NE(wide.find("src/backend/epoll_new.cc:"), std::string::npos) << wide;
    EXPECT_NE(wide.find("epoll_init is entered"), std::string::npos);
    EXPECT_NE(wide.find("calls"), std::string::npos);
    press("<Tab>");
    EXPECT_NE(screen(), screen(120, 60));
}

TEST_F(FullScreen, FitsEverySize) {
    for (std::size_t page = 0; page < lesson->pages.size(); ++page) {
        for (const auto& [columns, rows] : {std::pair{60, 16}, {80, 24}, {132, 50}, {200, 70}}) {
            const viz::Grid grid = lecture->frame(columns, rows);
            EXPECT_EQ(grid.width(), columns);
            EXPECT_EQ(grid.height(), rows);
        }
        EXPECT_TRUE(shows("a lesson needs", 40, 10));
        press("<Enter><Right>");
    }
}

TEST_F(FullScreen, GoesBackAndToTheEnd) {
    press("n<Enter>n<Left>");
    EXPECT_EQ(lecture->page(), 1U);
    while (lecture->page() + 1 < lesson->pages.size()) press("<Right>");
    press("<Right>");
    EXPECT_TRUE(shows("this is the end"));
    EXPECT_EQ(read.back(), lesson->pages.size());
    press("q");
    EXPECT_TRUE(lecture->left());
}

TEST_F(FullScreen, HintsWordsAndKeys) {
    press("h");
    EXPECT_TRUE(shows("The choice ends with the first back end that works"));
    press("g");
    EXPECT_TRUE(shows("words of Four"));
    press("jn");  // any key goes back; then the next page
    EXPECT_EQ(lecture->page(), 1U);
    press("?");
    EXPECT_TRUE(shows("The choice ends")) << "in a question, ? is the hint";
    press("<Enter>?");
    EXPECT_TRUE(shows("check your file"));
}

TEST_F(FullScreen, AMythTellsItsVerdictAndItsEvidence) {
    const auto myth = std::find_if(lesson->pages.begin(), lesson->pages.end(),
                                   [](const Page& page) { return page.myth.has_value(); });
    ASSERT_NE(myth, lesson->pages.end());
    while (lecture->page() < static_cast<std::size_t>(myth - lesson->pages.begin()))
        press("<Right>");
    const std::string text = screen(120, 40);
    EXPECT_NE(text.find("Is it true?"), std::string::npos);
    EXPECT_NE(text.find("it is not true:"), std::string::npos) << text;
    EXPECT_NE(text.find("last(name=loop_end).result is 1"), std::string::npos) << text;
}

TEST_F(FullScreen, ChecksTheExerciseAfterAFrameThatSaysSo) {
    press("x");
    EXPECT_TRUE(lecture->wants_check());
    EXPECT_TRUE(shows("built and checked"));
    lecture->run_check();
    EXPECT_EQ(tries, 1);
    EXPECT_TRUE(shows("line two"));
    press(" ");  // there is no more of it: it goes away
    EXPECT_TRUE(shows("Four calls make"));
}

TEST_F(FullScreen, AWatchedFileIsCheckedOnEachSave) {
    press("w");
    EXPECT_TRUE(lecture->wants_check());
    lecture->run_check();
    EXPECT_TRUE(shows("each time you save it"));
    lecture->tick();
    EXPECT_FALSE(lecture->wants_check()) << "nothing was saved";
    saved = "2";
    lecture->tick();
    EXPECT_TRUE(lecture->wants_check());
    lecture->run_check();
    EXPECT_EQ(tries, 2);
    press("n");  // ends it
    saved = "3";
    lecture->tick();
    EXPECT_FALSE(lecture->wants_check());
}

TEST(Labels, AreAllTranslatedWithTheSamePlaces) {
    const auto places = [](std::string_view text) {
        std::size_t count = 0;
        for (auto at = text.find("{}"); at != std::string_view::npos; at = text.find("{}", at + 2))
            ++count;
        return count;
    };
    for (const Label& label : all_labels()) {
        EXPECT_EQ(places(label.english), places(label.chinese)) << label.english;
        EXPECT_NE(std::string_view(label.english), label.chinese);
    }
    EXPECT_EQ(Labels("zh")("record {}", 7), "记录 7");
    EXPECT_EQ(Labels("en")("record {}", 7), "record 7");
    EXPECT_EQ(Labels("zh")("no such label"), "no such label");
}

// What a source of the runner asks for by a literal is in the table.
TEST(Labels, AreAllInTheTable) {
    std::size_t found = 0;
    for (const char* name :
         {"session.cc", "lecture.cc", "lecture_frame.cc", "learn.cc", "exercises.cc", "exercise.cc",
          "check.cc", "panes.cc", "panes_buffer.cc", "program.cc", "build.cc", "page_html.cc",
          "site.cc"}) {
        std::ifstream file(std::string("lessons/runner/") + name);
        const std::string text(std::istreambuf_iterator<char>(file), {});
        const std::regex asked(R"re(words_?\(\s*"([^"]+)")re");
        for (std::sregex_iterator at(text.begin(), text.end(), asked), end; at != end; ++at) {
            const std::string english = (*at)[1];
            EXPECT_NE(Labels("zh")(english), english) << name;
            ++found;
        }
    }
    EXPECT_GT(found, 130U);
}

TEST_F(FullScreen, SpeaksChinese) {
    LectureOptions options;
    options.root = ".";
    options.language = "zh";
    Lecture chinese(*lesson, runs->first(), options);
    std::string error;
    const auto keys = viz::parse_keys("n", error);
    ASSERT_TRUE(keys) << error;
    for (const viz::Key& key : *keys) chinese.press(key);
    const std::string text = chinese.frame(80, 24).text();
    EXPECT_NE(text.find("预测"), std::string::npos) << text;
    EXPECT_NE(text.find("你的回答>"), std::string::npos) << text;
}

TEST_F(FullScreen, ALongReportIsScrolled) {
    report.clear();
    for (int i = 1; i <= 30; ++i) report += "line " + std::to_string(i) + ".\n";
    press("x");
    lecture->run_check();
    EXPECT_TRUE(shows("line 1."));
    EXPECT_FALSE(shows("line 30."));
    press("  ");
    EXPECT_TRUE(shows("line 30."));
    press("n");
    EXPECT_TRUE(shows("Four calls make"));
}

}  // namespace
}  // namespace evglass::lessons
