// A learner's file: from the starter, through a compiler's complaint, to the first pass; and
// drivers that are content or not. On the exercise of lesson 8.
#include "lessons/runner/exercise.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "lessons/runner/actions.h"
#include "tests/unit/lessons/find.h"

namespace evglass::lessons {
namespace {

namespace fs = std::filesystem;

/// A learner with a directory and a progress file of their own.
class Learner : public testing::Test {
 protected:
    void SetUp() override {
        entry = all_lessons().find("four-calls");
        ASSERT_NE(entry, nullptr);
        setenv("XDG_STATE_HOME", (home.path() + "/state").c_str(), 1);
    }
    void TearDown() override { unsetenv("XDG_STATE_HOME"); }

    /// Does as `evglass learn WORD 8 FILE` does; what it prints goes to `said`.
    int learn(LearnOptions::Action action, const std::string& file = {}) {
        LearnOptions options = plain_options();
        options.action = action;
        options.lesson = "8";
        options.file = file;
        options.seed = 7;
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        const int status = learn_main(options);
        said = testing::internal::GetCapturedStdout() + testing::internal::GetCapturedStderr();
        return status;
    }
    std::string file_with(const std::string& text) const {
        const std::string path = home.path() + "/mine.cc";
        std::ofstream(path) << text;
        return path;
    }

    const ScratchDirectory home;
    const CatalogueEntry* entry = nullptr;
    std::string said;
};

TEST_F(Learner, GoesFromTheStarterToTheSolution) {
    using Action = LearnOptions::Action;
    EXPECT_EQ(learn(Action::solution), kNotSo);
    EXPECT_NE(said.find("once your file has passed"), std::string::npos) << said;

    const std::string mine = home.path() + "/mine.cc";
    fs::copy_file(entry->exercise_file("starter.cc"), mine);
    EXPECT_EQ(learn(Action::exercise, mine), kNotSo);
    EXPECT_NE(said.find("not yet. With seed 7, bytes"), std::string::npos) << said;
    EXPECT_NE(said.find("expected  printed(read) == given(bytes)"), std::string::npos) << said;
    EXPECT_NE(said.find("where     counted at"), std::string::npos) << said;
    EXPECT_NE(said.find("Each byte is read"), std::string::npos) << said;
    EXPECT_NE(said.find("hint:"), std::string::npos) << said;

    fs::copy_file(entry->exercise_file("solution.cc"), mine, fs::copy_options::overwrite_existing);
    EXPECT_EQ(learn(Action::exercise, mine), kWell) << said;
    EXPECT_EQ(learn(Action::solution), kWell);
    EXPECT_NE(said.find("event_del"), std::string::npos);
}

TEST_F(Learner, SeesWhatTheCompilerSays) {
    EXPECT_EQ(learn(LearnOptions::Action::exercise, file_with("int main() { return nothing; }\n")),
              kNotSo);
    EXPECT_NE(said.find("nothing"), std::string::npos) << said;
    EXPECT_NE(said.find("does not compile"), std::string::npos) << said;
}

TEST_F(Learner, IsToldWhereThereIsNoFile) {
    EXPECT_EQ(learn(LearnOptions::Action::exercise, home.path() + "/none.cc"), kBadUse);
    EXPECT_EQ(learn(LearnOptions::Action::watch, home.path() + "/none.cc"), kBadUse);
}

// A stub that prints what it should, without doing it.
TEST_F(Learner, AStubDoesNotPass) {
    const std::string stub =
        "#include <cstdio>\n#include <cstdlib>\n#include <event2/event.h>\n"
        "int main(int, char** argv) {\n"
        "    for (long i = std::strtol(argv[1], nullptr, 10); i > 0; --i) std::puts(\"read\");\n"
        "    event_base_free(event_base_new());\n}\n";
    EXPECT_EQ(learn(LearnOptions::Action::exercise, file_with(stub)), kNotSo);
    EXPECT_EQ(said.find("expected  printed(read)"), std::string::npos) << said;
    EXPECT_NE(said.find("expected  count(name=callback_begin event=reader)"), std::string::npos)
        << said;
}

TEST_F(Learner, AProgramThatEndsBadlySaysSo) {
    Exercise exercise = *load_lesson(entry->file).lesson->exercise();
    const Attempt attempt = try_exercise(exercise, {"/bin/false", {}, {}}, 1);
    EXPECT_FALSE(attempt.passed);
    ASSERT_FALSE(attempt.failures.empty());
    EXPECT_NE(attempt.failures[0].text.find("it exited with 1"), std::string::npos);
}

std::string script(const std::string& directory, const std::string& lines) {
    const std::string path = directory + "/driver.sh";
    std::ofstream(path) << "#!/bin/sh\n" << lines;
    fs::permissions(path, fs::perms::owner_all);
    return path;
}

TEST_F(Learner, ADriverThatIsNotContentIsQuoted) {
    const Start start{{}, {"3"}, {}, {}};
    const Driver driver{script(home.path(), "echo 'expected a; got b' >&2\nexit 1\n"), 5, 0, 0};
    const ProgramRun run = run_program(entry->exercise_program("solution"), home, start, driver);
    EXPECT_TRUE(run.run) << run.error;
    EXPECT_EQ(run.driver, "expected a; got b");
}

TEST_F(Learner, ADriverGetsSeedPortAndProcessAndIsAsked) {
    Exercise exercise = *load_lesson(entry->file).lesson->exercise();
    exercise.has_driver = true;
    exercise.runs = 1;
    std::string error;
    exercise.checks.push_back(
        {1,
         parse_condition("driver:said(seed) == given(seed) and driver:said(port) == given(port)",
                         error),
         {}});
    ASSERT_EQ(error, "");
    const std::string content = script(
        home.path(), "kill -0 $3 2>/dev/null\necho seed: $1 >&2\necho port: $2 >&2\nexit 0\n");
    const Attempt attempt =
        try_exercise(exercise, {entry->exercise_program("solution"), content, {}}, 11);
    EXPECT_TRUE(attempt.passed) << (attempt.failures.empty() ? "" : attempt.failures[0].text);
    EXPECT_EQ(attempt.seed, 11U);
}

}  // namespace
}  // namespace evglass::lessons
