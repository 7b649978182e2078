// Lessons altered to say something false. Each alteration must be caught when the lesson is
// checked: a lesson whose claims can't fail would teach anything. To add one: a row. Read next:
// lessons_test.cc.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "lessons/runner/check.h"
#include "lessons/runner/runs.h"
#include "tests/unit/lessons/find.h"

namespace evglass::lessons {
namespace {

struct Mutant {
    const char* lesson;
    const char* falsehood;  ///< what the lesson says then
    const char* from;       ///< stands once in the lesson
    const char* to;
};

const Mutant kMutants[] = {
    {"four-calls", "the default is edge-triggered", "expect: interest(reader) == READ",
     "expect: interest(reader) == \"READ|ET\""},
    {"four-calls", "the best back end is found by trying all of them",
     "expect: count(name=backend_try) == 1", "expect: count(name=backend_try) == 3"},
    {"four-calls", "evsig_init_ comes after the back end's init, as a step of its own",
     "epoll_create1, evsig_init_, pipe2, event_base_priority_init",
     "epoll_create1, event_base_priority_init, evsig_init_, pipe2"},
    {"four-calls", "event_new makes system calls",
     "expect: next(category=state).name == event_assign",
     "expect: next(category=syscall).name == event_assign"},
    {"four-calls", "event_add only notes the event; the kernel hears of it in the loop",
     "evmap_make_space, epoll_nochangelist_add,", "evmap_make_space, epoll_wait,"},
    {"four-calls", "epoll_wait calls the callback", "expect: active.list == reader\nexpect: stack",
     "expect: active.list == none\nexpect: stack"},
    {"four-calls", "an event stays pending while its callback runs",
     "expect: active.size == 0 and io.size == 0", "expect: active.size == 0 and io.size == 1"},
    {"four-calls", "the loop returns 0 when nothing is left",
     "expect: record.reason == no_events and record.result == 1",
     "expect: record.reason == no_events and record.result == 0"},
    {"four-calls", "the myth is true", "verdict: no", "verdict: yes"},
    {"states", "an active event is no longer pending",
     "expect: event(letter).flags has INSERTED and event(letter).flags has ACTIVE",
     "expect: event(letter).flags == \"INIT|ACTIVE\""},
    {"states", "event_active makes an event pending",
     "expect: count(name=queue_insert event=doorbell queue=inserted) == 0",
     "expect: count(name=queue_insert event=doorbell queue=inserted) == 1"},
    {"one-turn", "the signal's callback is called by the handler",
     "expect: event(interrupt).state == pending\nexpect: active.size == 0",
     "expect: event(interrupt).state == running\nexpect: active.size == 0"},
    {"one-turn", "one readiness of a listener accepts one client, without asking again",
     "order: accept4, listener_accept, accept4",
     "order: listener_accept, accept4, listener_accept"},
    {"one-turn", "timers are looked at before the wait",
     "expect: base.turn == 2\nexpect: heap.size == 1",
     "expect: base.turn == 1\nexpect: heap.size == 1"},
};

std::string slurp(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

class EachMutant : public testing::TestWithParam<Mutant> {};

TEST_P(EachMutant, IsCaught) {
    const CatalogueEntry* entry = all_lessons().find(GetParam().lesson);
    ASSERT_NE(entry, nullptr);
    std::string text = slurp(entry->file);
    const std::string from = GetParam().from;
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << "the lesson changed: give this mutant another place";
    ASSERT_EQ(text.find(from, at + 1), std::string::npos) << "this stands there twice";
    text.replace(at, from.size(), GetParam().to);
    const ParsedLesson mutant = parse_lesson(text, "mutant.md");
    ASSERT_TRUE(mutant.lesson) << mutant.error;
    const LessonRuns runs(*mutant.lesson, entry->program);
    ASSERT_EQ(runs.error(), "");
    std::size_t caught = 0;
    for (const Outcome& outcome : check_lesson(*mutant.lesson, runs.first()))
        caught += outcome.passed ? 0 : 1;
    EXPECT_GE(caught, 1U) << "nobody noticed that " << GetParam().falsehood;
}

INSTANTIATE_TEST_SUITE_P(All, EachMutant, testing::ValuesIn(kMutants), [](const auto& info) {
    return "Number" + std::to_string(info.index + 1);
});

}  // namespace
}  // namespace evglass::lessons
