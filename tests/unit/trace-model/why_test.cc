// The answers, on a story whose truth is known, with the records that prove them.
#include "trace/why.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sample_model.h"
#include "tests/support/scene.h"

namespace evglass::trace::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Why : public ::testing::Test {
 protected:
    Sample s = make_sample();
    Sample finished = make_finished_sample();
    Timeline now = s.timeline();
    Timeline end = finished.timeline();

    /// Every "record N" of the sentence is in the evidence, and every evidence is a record.
    std::string proven(Timeline& timeline, const char* question, std::uint64_t at = 0) {
        const Answer answer = why(timeline, question, at);
        EXPECT_EQ(answer.error, "");
        for (const std::uint64_t record : answer.evidence) {
            EXPECT_EQ(timeline.at(record)->number, record);
            EXPECT_THAT(answer.sentence, HasSubstr("record " + std::to_string(record)));
        }
        EXPECT_TRUE(std::is_sorted(answer.evidence.begin(), answer.evidence.end()));
        return answer.sentence;
    }
    std::uint64_t find(Timeline& timeline, const char* text) {
        std::string error;
        const Filter filter = Filter::parse(text, error);
        EXPECT_EQ(error, "");
        return timeline.find(filter, 0, true).value_or(0);
    }
    static std::string record(std::uint64_t n) { return "(record " + std::to_string(n); }
};

TEST_F(Why, AliveNamesWhatIsPendingOrActive) {
    const std::string answer = proven(now, "alive");
    EXPECT_THAT(answer,
                StartsWith("5 events keep the loop of B1 alive: E2 listener waits for READ on "
                           "fd 6 (record "));
    EXPECT_THAT(answer, HasSubstr("E4 waits for SIGINT"));
    EXPECT_THAT(answer, HasSubstr("E6 client B is active"));
    EXPECT_THAT(answer, ::testing::Not(HasSubstr("signal pipe"))) << "internal events don't count";
}

TEST_F(Why, AliveSaysWhenNothingIs) {
    RecordBuilder out;
    Scene scene(out, 1);
    scene.begin_loop();
    Timeline timeline = Timeline::of(out.records(), out.shared_context());
    EXPECT_THAT(proven(timeline, "alive"), HasSubstr("it will return 1 (no events)"));
}

TEST_F(Why, AliveSaysThatNoExitOnEmptyWasAskedFor) {
    RecordBuilder out;
    Scene scene(out, 1);
    scene.begin_loop(4);
    Timeline timeline = Timeline::of(out.records(), out.shared_context());
    EXPECT_THAT(proven(timeline, "alive"), HasSubstr("NO_EXIT_ON_EMPTY"));
}

TEST_F(Why, AliveSaysThatTheLoopIsAboutToExit) {
    const std::uint64_t request = find(end, "name=loop_request");
    const std::string answer = proven(end, "alive", request);
    EXPECT_THAT(answer,
                HasSubstr("B1 is about to return all the same: gotterm is set " + record(request)));
}

TEST_F(Why, ExitFollowsTheChainToTheSignal) {
    const std::string answer = proven(end, "exit");
    EXPECT_THAT(answer,
                StartsWith("The loop of B1 returned 0 " + record(find(end, "name=loop_end"))));
    EXPECT_THAT(answer,
                HasSubstr("event_base_loopexit was asked for in the callback of E4 SIGINT " +
                          record(find(end, "name=event_assign event=E8"))));
    EXPECT_THAT(answer, HasSubstr("which ran because the signal came " +
                                  record(find(end, "name=event_activate cause=signal"))));
    EXPECT_THAT(answer, HasSubstr("its timer E8 expired 2 s later, in turn 7 " +
                                  record(find(end, "name=event_activate event=E8"))));
    EXPECT_THAT(answer, HasSubstr("set gotterm " + record(find(end, "name=loop_request"))));
}

TEST_F(Why, ExitByBreakNamesTheCallback) {
    RecordBuilder out;
    Scene scene(out, 1);
    const Address event = scene.make_event({.fd = -1, .events = 0, .name = "worker"});
    scene.activate(event, Scene::kTimeout);
    scene.begin_loop();
    scene.begin_turn();
    scene.begin_callback();
    scene.request(field::request::break_);
    scene.end_callback();
    scene.end_loop(field::loopend::break_, 0);
    Timeline timeline = Timeline::of(out.records(), out.shared_context());
    EXPECT_THAT(proven(timeline, "exit"),
                HasSubstr("event_base_loopbreak was called in the callback of E2 worker"));
}

TEST_F(Why, ExitForWantOfEventsNamesTheLastOne) {
    RecordBuilder out;
    Scene scene(out, 1);
    const Address event = scene.make_event({.fd = 5, .events = Scene::kRead, .name = "last"});
    scene.add(event);
    scene.begin_loop();
    scene.begin_turn();
    scene.del(event);
    scene.end_loop(field::loopend::no_events, 1);
    Timeline timeline = Timeline::of(out.records(), out.shared_context());
    EXPECT_THAT(proven(timeline, "exit"), HasSubstr("the last one was E2 last fd 5"));
}

TEST_F(Why, ExitOfARunningLoopIsAnError) {
    EXPECT_EQ(why(now, "exit").error, "the loop of B1 has not returned: it is running");
}

TEST_F(Why, WokeNamesFdsTimersAndSignals) {
    EXPECT_THAT(proven(now, "woke"), HasSubstr("because fd 7 was ready for READ " +
                                               record(find(now, "name=backend_ready fd=7"))));
    EXPECT_THAT(proven(now, "woke"), HasSubstr("which made E5 client A fd 7 active"));
    const std::uint64_t timer = find(now, "name=event_activate cause=timeout");
    EXPECT_THAT(proven(now, "woke", timer), HasSubstr("ended after 1.75 s"));
    EXPECT_THAT(proven(now, "woke", timer), HasSubstr("the time of E3 status timer came"));
    const std::uint64_t eintr = find(end, "name=epoll_wait error=EINTR");
    EXPECT_THAT(proven(end, "woke", eintr), HasSubstr("a signal interrupted it; SIGINT came " +
                                                      record(find(end, "name=signal_caught"))));
}

TEST_F(Why, SleepTellsUntilWhen) {
    const std::uint64_t asleep = find(now, "name=loop_phase phase=dispatch turn=2");
    EXPECT_THAT(
        proven(now, "sleep", asleep),
        StartsWith("B1 sleeps until an fd is ready, a signal comes, or E3 status timer is due "
                   "in 1.75 s (record "));
    EXPECT_THAT(proven(now, "sleep"), StartsWith("B1 is not asleep but in phase process_active"));
}

TEST_F(Why, EventTellsItsStateItsCauseAndWhatItWaitsFor) {
    EXPECT_THAT(proven(now, "event E5"), HasSubstr("is running"));
    EXPECT_THAT(proven(now, "event E5"), HasSubstr("(the backend reported it)"));
    EXPECT_THAT(proven(now, "event E7"), HasSubstr("is initialized"));
    EXPECT_THAT(proven(now, "event E7"), HasSubstr("it was never added"));
    EXPECT_THAT(proven(now, "event E2"), HasSubstr("it waits for READ on fd 6"));
}

TEST_F(Why, ErrorsSayWhatCanBeAsked) {
    EXPECT_EQ(why(now, "wat").error,
              "no question 'wat'; ask alive, exit, woke, sleep, or event E3");
    EXPECT_THAT(why(now, "event E99").error, StartsWith("no event is called 'E99'"));
    RecordBuilder out;
    Timeline empty = Timeline::of({}, out.shared_context());
    EXPECT_EQ(why(empty, "alive").error, "the trace has no records yet");
}

}  // namespace
}  // namespace evglass::trace::testing
