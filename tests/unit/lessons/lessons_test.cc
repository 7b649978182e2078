// Every lesson, run for real: its program under trace, all of its claims, twice. These are the
// tests that keep the text true. The programs are those that were built beside this test.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "lessons/runner/actions.h"
#include "lessons/runner/check.h"
#include "lessons/runner/glossary.h"
#include "lessons/runner/learn.h"
#include "lessons/runner/runs.h"
#include "lessons/runner/session.h"
#include "tests/unit/lessons/find.h"

namespace evglass::lessons {
namespace {

namespace fs = std::filesystem;

/// Every lesson that there is, for the tests that run once for each.
std::vector<std::string> slugs() {
    std::vector<std::string> names;
    for (const CatalogueEntry& entry : all_lessons().entries) names.push_back(entry.slug);
    return names;
}

/// A lesson's program, run in all of its ways; what it left is kept as long as the object.
struct LessonRun {
    explicit LessonRun(const CatalogueEntry& entry) : parsed(load_lesson(entry.file)) {
        if (parsed.lesson) runs.emplace(*parsed.lesson, entry.program);
    }
    ParsedLesson parsed;
    std::optional<LessonRuns> runs;
    bool good() const { return runs && runs->error().empty(); }
    const Run& run() const { return runs->first(); }
    std::string error() const {
        return parsed.error + (runs ? runs->error() + runs->output() : std::string());
    }
};

std::string whole_walk(const LessonRun& lesson) {
    std::istringstream in;
    std::ostringstream out;
    SessionOptions session;
    session.root = ".";
    walk(*lesson.parsed.lesson, lesson.run(), session, in, out);
    return out.str();
}

/// A lesson of one stop at the end of the first lesson's run.
std::vector<Outcome> outcomes_of(const std::string& stop_lines, const Run& run) {
    const ParsedLesson parsed =
        parse_lesson("```lesson\ntitle: T\n```\n```stop\n" + stop_lines + "```\n", "t.md");
    EXPECT_TRUE(parsed.lesson) << parsed.error;
    return parsed.lesson ? check_lesson(*parsed.lesson, run) : std::vector<Outcome>{};
}

/// Does a run of it break a base on purpose? A sanitizer's build checks the base at every step.
bool breaks_a_base(const ParsedLesson& parsed) {
    return parsed.lesson && std::any_of(parsed.lesson->runs.begin(), parsed.lesson->runs.end(),
                                        [](const Start& run) { return run.objections; });
}

class EachLesson : public testing::TestWithParam<std::string> {
 protected:
    void SetUp() override {
        const char* sanitizer = std::getenv("EVGLASS_SAN");
        if (sanitizer != nullptr && *sanitizer != '\0' && breaks_a_base(load_lesson(entry().file)))
            GTEST_SKIP() << "it shows a base that is broken, and this build stops there";
    }
    CatalogueEntry entry() const {
        const CatalogueEntry* found = all_lessons().find(GetParam());
        return found != nullptr ? *found : CatalogueEntry{};
    }
};

TEST_P(EachLesson, IsTrue) {
    const LessonRun lesson(entry());
    ASSERT_TRUE(lesson.good()) << lesson.error();
    const std::vector<Outcome> outcomes = check_lesson(*lesson.parsed.lesson, lesson.run());
    EXPECT_GE(outcomes.size(), 15U);
    for (const Outcome& outcome : outcomes)
        EXPECT_TRUE(outcome.passed) << entry().file << ":" << outcome.line << ": " << outcome.text;
}

TEST_P(EachLesson, PicturesAreDrawn) {
    const LessonRun lesson(entry());
    ASSERT_TRUE(lesson.good()) << lesson.error();
    for (const Outcome& outcome : check_pictures(*lesson.parsed.lesson, lesson.run()))
        EXPECT_TRUE(outcome.passed) << entry().file << ":" << outcome.line << ": " << outcome.text;
}

// Whoever changes nothing fails, whoever does as the author did passes: with other numbers each
// day.
TEST_P(EachLesson, ExerciseCanBeFailedAndPassed) {
    const ParsedLesson parsed = load_lesson(entry().file);
    ASSERT_TRUE(parsed.lesson) << parsed.error;
    const auto seed = static_cast<std::uint64_t>(std::time(nullptr)) / 86400U;
    for (const Outcome& outcome :
         check_exercise(*parsed.lesson, entry(), all_lessons().toolchain(), seed))
        EXPECT_TRUE(outcome.passed) << "seed " << seed << "\n"
                                    << entry().file << ":" << outcome.line << ": " << outcome.text;
}

TEST_P(EachLesson, TeachesEnough) {
    const ParsedLesson parsed = load_lesson(entry().file);
    ASSERT_TRUE(parsed.lesson) << parsed.error;
    std::size_t predictions = 0;
    for (const Page& page : parsed.lesson->pages)
        if (page.stop) predictions += page.stop->predictions.size();
    EXPECT_GE(parsed.lesson->pages.size(), 6U);  // the introduction and five stops
    EXPECT_GE(predictions, 2U);
    const bool has_picture =
        std::any_of(parsed.lesson->pages.begin(), parsed.lesson->pages.end(),
                    [](const Page& page) { return page.stop && !page.stop->picture.empty(); });
    EXPECT_TRUE(has_picture) << "give one of the stops a 'picture:'";
    EXPECT_NE(parsed.lesson->exercise(), nullptr) << "there is no exercise block";
    EXPECT_FALSE(parsed.lesson->matches.empty());
    EXPECT_FALSE(parsed.lesson->read_next.empty());
}

TEST_P(EachLesson, IsTheSameEachTime) {
    const LessonRun first(entry()), second(entry());
    ASSERT_TRUE(first.good() && second.good()) << first.error() << second.error();
    if (!first.parsed.lesson->varies.empty()) return;  // it says why
    EXPECT_EQ(whole_walk(first), whole_walk(second));
}

TEST_P(EachLesson, FitsEightyColumns) {
    const LessonRun lesson(entry());
    ASSERT_TRUE(lesson.good()) << lesson.error();
    std::istringstream lines(whole_walk(lesson));
    std::string line;
    while (std::getline(lines, line)) {
        const bool is_code = line.starts_with("    ");  // a command to copy is not broken
        EXPECT_TRUE(is_code || cells(line) <= 80) << line;
    }
}

void same_page(const Page& page, const Page& other) {
    ASSERT_EQ(page.stop.has_value(), other.stop.has_value());
    ASSERT_EQ(page.myth.has_value(), other.myth.has_value());
    ASSERT_EQ(page.exercise.has_value(), other.exercise.has_value());
    if (page.stop) {
        EXPECT_EQ(page.stop->where, other.stop->where);
        EXPECT_EQ(page.stop->run, other.stop->run);
        EXPECT_EQ(page.stop->picture, other.stop->picture) << page.stop->where;
        EXPECT_EQ(page.stop->expects.size(), other.stop->expects.size()) << page.stop->where;
        EXPECT_EQ(page.stop->predictions.size(), other.stop->predictions.size())
            << page.stop->where;
    }
    if (page.myth) {
        EXPECT_EQ(page.myth->claim.source, other.myth->claim.source);
    }
    if (!page.exercise) return;
    const auto& checks = page.exercise->checks;
    const auto& their_checks = other.exercise->checks;
    ASSERT_EQ(checks.size(), their_checks.size());
    for (std::size_t i = 0; i < checks.size(); ++i)
        EXPECT_EQ(checks[i].condition.source, their_checks[i].condition.source);
}

// The Chinese text stops at the same places and claims the same; only the words differ.
TEST_P(EachLesson, SaysTheSameInChinese) {
    const LessonRun lesson(entry());
    ASSERT_TRUE(lesson.good()) << lesson.error();
    CatalogueEntry chinese = entry();
    chinese.file = chinese.file.substr(0, chinese.file.size() - 3) + ".zh.md";
    const LessonRun other(chinese);
    ASSERT_TRUE(other.good()) << other.error();
    const auto& pages = lesson.parsed.lesson->pages;
    const auto& their_pages = other.parsed.lesson->pages;
    ASSERT_EQ(pages.size(), their_pages.size());
    for (std::size_t i = 1; i < pages.size(); ++i) same_page(pages[i], their_pages[i]);
    for (const Outcome& outcome : check_lesson(*other.parsed.lesson, other.run()))
        EXPECT_TRUE(outcome.passed) << chinese.file << ":" << outcome.line << ": " << outcome.text;
    std::istringstream lines(whole_walk(other));
    std::string line;
    while (std::getline(lines, line))
        EXPECT_TRUE(line.starts_with("    ") || cells(line) <= 80) << line;
}

INSTANTIATE_TEST_SUITE_P(All, EachLesson, testing::ValuesIn(slugs()), [](const auto& info) {
    std::string name = info.param;
    for (char& c : name) c = c == '-' ? '_' : c;
    return name;
});

TEST(Lessons, AreFoundByNumberAndByName) {
    const Catalogue& all = all_lessons();
    for (const char* name : {"8", "08", "08-four-calls", "four-calls"}) {
        const CatalogueEntry* found = all.find(name);
        ASSERT_NE(found, nullptr) << name;
        EXPECT_EQ(found->slug, "08-four-calls");
    }
    EXPECT_EQ(all.find("99"), nullptr);
    EXPECT_EQ(all.find("0"), nullptr);
    EXPECT_EQ(all.find("1x"), nullptr);
}

// A claim that is not so must fail, and say what is so, and where.
class WrongClaims : public testing::Test {
 protected:
    static void SetUpTestSuite() {
        lesson = std::make_unique<LessonRun>(*all_lessons().find("four-calls"));
    }
    static void TearDownTestSuite() { lesson.reset(); }
    void SetUp() override { ASSERT_TRUE(lesson->good()) << lesson->error(); }
    static std::string failure(const std::string& stop_lines) {
        std::string text;
        for (const Outcome& outcome : outcomes_of(stop_lines, lesson->run()))
            if (!outcome.passed) text += outcome.text + "\n";
        return text;
    }
    static std::unique_ptr<LessonRun> lesson;
};
std::unique_ptr<LessonRun> WrongClaims::lesson;

TEST_F(WrongClaims, Expectation) {
    EXPECT_EQ(failure("where: end\nexpect: count(name=turn_begin) > 0\n"), "");
    const std::string text = failure("where: name=loop_end\nexpect: record.result == 7\n");
    EXPECT_NE(
        text.find("expected record.result == 7; the trace shows: record.result is 1, at record"),
        std::string::npos)
        << text;
    EXPECT_NE(text.find("loop_end in event_base_loop, src/event/loop_run.cc:"), std::string::npos)
        << text;
}

TEST_F(WrongClaims, OneOfSeveralConditions) {
    EXPECT_NE(failure("where: name=loop_end\nexpect: record.result == 1 and heap.size == 3\n")
                  .find("expected heap.size == 3; the trace shows: heap.size is 0"),
              std::string::npos);
}

TEST_F(WrongClaims, FieldOrEventThatIsNotThere) {
    EXPECT_NE(failure("where: name=loop_end\nexpect: record.nothing == 1\n")
                  .find("loop_end has no field 'nothing'; it has base reason result"),
              std::string::npos);
    EXPECT_NE(failure("where: end\nexpect: event(nobody).state == pending\n")
                  .find("no event is called 'nobody'"),
              std::string::npos);
}

// A run that is to show a mistake, and shows none.
TEST_F(WrongClaims, ObjectionsThatAreNotThere) {
    EXPECT_EQ(failure("where: end\nexpect: objections.count == 0 and objections.first == none\n"),
              "");
    const ParsedLesson parsed = parse_lesson(
        "```lesson\ntitle: T\nobjections: yes\n```\n```stop\nwhere: end\nexpect: heap.size == "
        "0\n```\n",
        "t.md");
    ASSERT_TRUE(parsed.lesson) << parsed.error;
    const auto outcomes = check_lesson(*parsed.lesson, lesson->run());
    EXPECT_FALSE(outcomes.back().passed) << outcomes.back().text;
}

TEST_F(WrongClaims, Stop) {
    EXPECT_NE(failure("where: name=loop_end result=7\nexpect: heap.size == 0\n")
                  .find("expected a stop at name=loop_end result=7; none comes after"),
              std::string::npos);
}

TEST_F(WrongClaims, Order) {
    EXPECT_EQ(
        failure("where: name=enter function=event_add\norder: event_add_nolock_, epoll_ctl\n"), "");
    const std::string swapped =
        failure("where: name=enter function=event_add\norder: epoll_ctl, event_add_nolock_\n");
    EXPECT_NE(swapped.find("expected 'event_add_nolock_' after 'epoll_ctl'"), std::string::npos)
        << swapped;
    // epoll_wait is called later, but not in this call of event_add.
    EXPECT_NE(
        failure("where: name=enter function=event_add\norder: event_add_nolock_, epoll_wait\n"),
        "");
    // The callback comes in the first turn, and not in the second.
    EXPECT_EQ(failure("where: name=turn_begin turn=1\norder: epoll_wait, callback_begin\n"), "");
    EXPECT_NE(failure("where: name=turn_begin turn=2\norder: loop_phase, callback_begin\n"), "");
}

TEST_F(WrongClaims, PredictionWithoutAnAnswer) {
    EXPECT_NE(failure("where: end\npredict: when?\nanswer: first(name=mark).text\n")
                  .find("the run has no answer"),
              std::string::npos);
}

TEST_F(WrongClaims, PlaceholderWithoutAValue) {
    const ParsedLesson parsed = parse_lesson(
        "```lesson\ntitle: T\n```\n```stop\nwhere: end\nexpect: heap.size == 0\n```\n"
        "It is {{first(name=mark).text}}.\n",
        "t.md");
    ASSERT_TRUE(parsed.lesson) << parsed.error;
    const auto outcomes = check_lesson(*parsed.lesson, lesson->run());
    EXPECT_FALSE(outcomes.back().passed);
}

TEST_F(WrongClaims, TheWalkSaysSoToo) {
    const ParsedLesson parsed = parse_lesson(
        "```lesson\ntitle: T\n```\n```stop\nwhere: end\nexpect: heap.size == 5\n```\n", "t.md");
    std::istringstream in;
    std::ostringstream out;
    const SessionResult result = walk(*parsed.lesson, lesson->run(), {}, in, out);
    EXPECT_EQ(result.failed, 1U);
    EXPECT_NE(out.str().find("not as the lesson says"), std::string::npos);
}

// A learner at the keyboard.
TEST_F(WrongClaims, InteractiveWalk) {
    std::ostringstream out;
    SessionOptions session;
    session.interactive = true;
    session.root = ".";
    std::vector<std::size_t> read;
    session.read = [&](std::size_t page) { read.push_back(page); };
    std::istringstream answers("\n2\nb\n\n1\nh\nq\n");
    const SessionResult result = walk(*lesson->parsed.lesson, lesson->run(), session, answers, out);
    // introduction, Enter; stop 1 with a wrong answer, back; introduction, Enter; stop 1, right
    // answer
    EXPECT_EQ(read, (std::vector<std::size_t>{1, 2, 1, 2}));
    EXPECT_EQ(result.asked, 2U);
    EXPECT_EQ(result.right, 1U);
    EXPECT_FALSE(result.finished);
    EXPECT_NE(out.str().find("not so: you said 2; the run says 1"), std::string::npos) << out.str();
    EXPECT_NE(out.str().find("hint:"), std::string::npos);
}

TEST_F(WrongClaims, TheEndOfInputEndsTheWalk) {
    std::istringstream in;
    std::ostringstream out;
    SessionOptions session;
    session.interactive = true;
    EXPECT_FALSE(walk(*lesson->parsed.lesson, lesson->run(), session, in, out).finished);
}

TEST(Answers, AreComparedAsPeopleWriteThem) {
    EXPECT_TRUE(same_answer(" 3 ", Value::of(3.0), 0));
    EXPECT_TRUE(same_answer("2000 ms", Value::of(2000.0), 0));
    EXPECT_FALSE(same_answer("2001", Value::of(2000.0), 0));
    EXPECT_TRUE(same_answer("2001", Value::of(2000.0), 1));
    EXPECT_FALSE(same_answer("three", Value::of(3.0), 0));
    EXPECT_FALSE(same_answer("", Value::of(0.0), 0));
    EXPECT_FALSE(same_answer("nan", Value::of(0.0), 1e9));
    EXPECT_TRUE(same_answer("Tick tick,knock", Value::of("tick, tick, knock"), 0));
    EXPECT_FALSE(same_answer("tick knock", Value::of("tick, tick, knock"), 0));
}

TEST(Programs, ReportWhatIsWrong) {
    const ScratchDirectory scratch;
    EXPECT_NE(run_program("/nonexistent/program", scratch).error.find("can't be started"),
              std::string::npos);
    EXPECT_NE(run_program("/bin/false", scratch).error.find("it exited with 1"), std::string::npos);
    const ProgramRun silent = run_program("/bin/true", scratch);
    EXPECT_FALSE(silent.run) << "a program without a trace";
    EXPECT_NE(silent.error.find("no event_base, and no call that a trace shows"),
              std::string::npos);
}

TEST(Scratch, IsPrivateAndGoesAway) {
    std::string path;
    {
        const ScratchDirectory scratch;
        path = scratch.path();
        EXPECT_EQ(fs::status(path).permissions() & fs::perms::all, fs::perms::owner_all);
        std::ofstream(path + "/file") << "x";
    }
    EXPECT_FALSE(fs::exists(path));
}

TEST(Words, AreInBothLanguagesAndFound) {
    const Glossary glossary = Glossary::load("lessons");
    EXPECT_GE(glossary.words().size(), 20U);
    EXPECT_TRUE(glossary.mistakes().empty()) << glossary.mistakes().front();
    ASSERT_NE(glossary.find("Pending"), nullptr);
    EXPECT_EQ(glossary.find("Pending"), glossary.find("未决"));
    const auto found = glossary.in("two callbacks, one is active; inactivexevents are no word");
    std::vector<std::string> names;
    for (const Word* word : found) names.push_back(word->english);
    EXPECT_EQ(names, (std::vector<std::string>{"callback", "active"}));
}

TEST(Words, MistakesHaveTheirLine) {
    const Glossary glossary(
        "| a | b | c | d |\n|---|\n| x | y | z |\n| e | f | g | h |\n| E | f | g | h |\n");
    EXPECT_EQ(glossary.words().size(), 1U);
    EXPECT_EQ(glossary.mistakes(), (std::vector<std::string>{"line 3: a word has four columns",
                                                             "line 5: 'E' is there already"}));
}

TEST(Learn, BadUseIsTwoAndChecksAreZero) {
    LearnOptions check = plain_options();
    check.action = LearnOptions::Action::check;
    check.lesson = "8";
    EXPECT_EQ(learn_main(check), 0);
    check.lesson = "77";
    EXPECT_EQ(learn_main(check), 2);
    LearnOptions elsewhere = plain_options();
    elsewhere.lessons_dir = "/nonexistent";
    EXPECT_EQ(learn_main(elsewhere), 2);
    LearnOptions language = plain_options();
    language.language = "xx";
    EXPECT_EQ(learn_main(language), 2);
}

}  // namespace
}  // namespace evglass::lessons
