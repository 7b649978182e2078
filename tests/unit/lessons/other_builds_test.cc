// Learners' files that take the place of a part of the library: a timer heap in the reactor, and a
// backend under the conformance scenarios. The library's own files play the learner; broken ones
// too.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "lessons/runner/exercise.h"
#include "tests/unit/lessons/find.h"

namespace evglass::lessons {
namespace {

std::string slurp(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

void replace_once(std::string& text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from << ": the library's file changed";
    text.replace(at, from.size(), to);
}

class OtherBuild : public testing::Test {
 protected:
    std::string file(const std::string& name, const std::string& text) const {
        const std::string path = home.path() + "/" + name;
        std::ofstream(path) << text;
        return path;
    }
    std::string built(const Exercise& exercise, const std::string& source,
                      const std::string& name) const {
        const std::string program = home.path() + "/" + name;
        const Built result =
            build_exercise(exercise, all_lessons().toolchain(), home.path(), source, program);
        EXPECT_EQ(result.error, "") << result.messages;
        return program;
    }
    static Condition condition(const std::string& text) {
        std::string error;
        Condition parsed = parse_condition(text, error);
        EXPECT_EQ(error, "");
        return parsed;
    }

    const ScratchDirectory home;
};

constexpr const char* kTimers = R"cpp(
#include <event2/event.h>
#include <event2/evglass.h>
#include <cstdio>
    namespace {
    void on_timer(evutil_socket_t, short, void* n) {
        std::printf("fired %d\n", *static_cast<int*>(n));
    }
    }  // namespace
    int main() {
        evglass_use_virtual_clock(1);
        event_base* base = event_base_new();
        int delays[] = {50, 10, 40, 20, 30};
        event* timers[5];
        for (int i = 0; i < 5; ++i) {
            const timeval delay{0, delays[i] * 1000};
            timers[i] = evtimer_new(base, on_timer, &delays[i]);
            event_add(timers[i], &delay);
        }
        event_base_dispatch(base);
        for (event* timer : timers) event_free(timer);
        event_base_free(base);
        return 0;
    }
)cpp";

TEST_F(OtherBuild, AHeapOfALearnerRunsInTheReactor) {
    Exercise exercise;
    exercise.build = Exercise::Build::core;
    exercise.runs = 1;
    exercise.checks.push_back({1,
                               condition("output.first == \"fired 10\" and "
                                         "output.last == \"fired 50\" and output.lines == 5"),
                               {}});
    exercise.checks.push_back({2, condition("count(name=heap_place) > 5"), {}});
    file("main.cc", kTimers);

    std::string heap = slurp("src/timers/min_heap.cc");
    const Attempt good =
        try_exercise(exercise, {built(exercise, file("good.cc", heap), "good"), {}, {}}, 1);
    EXPECT_TRUE(good.passed) << (good.failures.empty() ? "" : good.failures[0].text);

    // Rises where it should stay: the model sees it, whatever the program prints.
    replace_once(heap, "items[parent].deadline <= item.deadline",
                 "items[parent].deadline >= item.deadline");
    const Attempt bad =
        try_exercise(exercise, {built(exercise, file("bad.cc", heap), "bad"), {}, {}}, 1);
    EXPECT_FALSE(bad.passed);
}

constexpr const char* kTable =
    "extern const eventop* const eventops[];\n"
    "const eventop* const eventops[] = {&myops, nullptr};\n";

TEST_F(OtherBuild, ABackendOfALearnerRunsTheScenarios) {
    Exercise exercise;
    exercise.build = Exercise::Build::scenarios;
    exercise.scenarios = {"T068_several_readers_of_one_fd", "T071_reader_and_writer_on_one_fd",
                          "T087_data_before_the_end_is_read_first"};
    exercise.checks.push_back({1, condition("count(name=enter function=poll_dispatch) > 0"), {}});
    // The broken one is the starter of lesson 32.
    const std::string reference =
        all_lessons().find("own-backend")->exercise_program("../scenarios");

    std::string backend = slurp("src/backend/poll.cc");
    replace_once(backend, "extern const eventop pollops;\nconst eventop pollops",
                 "extern const eventop myops;\nconst eventop myops");
    replace_once(backend, "\"poll\"", "\"mine\"");
    backend += kTable;
    const Attempt good = try_exercise(
        exercise, {built(exercise, file("good.cc", backend), "good"), {}, reference}, 1);
    EXPECT_TRUE(good.passed) << good.input << ": "
                             << (good.failures.empty() ? "" : good.failures[0].text);
    EXPECT_EQ(good.checks, 3U);
}

// Without anything of the learner's, the library's own parts run: that is no pass.
TEST_F(OtherBuild, AnEmptyFileDoesNotPass) {
    for (const char* lesson : {"timers", "own-backend"}) {
        const CatalogueEntry* entry = all_lessons().find(lesson);
        const Exercise exercise = *load_lesson(entry->file).lesson->exercise();
        const std::string program = home.path() + "/" + lesson;
        const Built empty =
            build_exercise(exercise, all_lessons().toolchain(), entry->directory() + "/exercise",
                           file("empty.cc", ""), program);
        ASSERT_EQ(empty.error, "") << empty.messages;
        const Attempt attempt =
            try_exercise(exercise, {program, {}, entry->exercise_program("../scenarios")}, 1);
        ASSERT_FALSE(attempt.passed) << lesson;
        EXPECT_NE(attempt.failures[0].text.find("the library's own"), std::string::npos)
            << attempt.failures[0].text;
    }
}

}  // namespace
}  // namespace evglass::lessons
