// Each transition: what a legal record changes, and what is said of an illegal one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/scene.h"
#include "tests/unit/trace-model/replay.h"

namespace evglass::trace::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Address kBase = 0xb000;

class Transition : public ::testing::Test {
 protected:
    RecordBuilder out;
    Scene scene{out, 2, kBase};
    Address reader =
        scene.make_event({.fd = 7, .events = Scene::kRead | Scene::kPersist, .name = {}});
    Address timer = scene.make_event({.fd = -1, .events = 0, .name = {}});

    std::string error() const { return Replay(out).error(); }
};

TEST_F(Transition, AddMakesAnEventPendingAndPutsItInTheMap) {
    scene.add(reader);
    const Replay replay(out);
    EXPECT_THAT(replay.errors, IsEmpty());
    const Base& base = *replay.model.base(kBase);
    EXPECT_EQ(replay.model.event(reader)->state(), EventState::pending);
    EXPECT_THAT(base.io.at(7).events, ElementsAre(reader));
    EXPECT_EQ(base.io.at(7).nread, 1);
    EXPECT_EQ(base.interest.at(7), Scene::kRead);
    EXPECT_EQ(base.edges.at({EventState::initialized, EventState::pending}), 1U);
}

TEST_F(Transition, TheNewestEventOfAnFdComesFirst) {
    const Address second = scene.make_event({.fd = 7, .events = Scene::kRead, .name = {}});
    scene.add(reader);
    scene.add(second);
    const Replay replay(out);
    EXPECT_THAT(replay.model.base(kBase)->io.at(7).events, ElementsAre(second, reader));
}

TEST_F(Transition, DeleteTakesItOutOfTheMapAndTheInterest) {
    scene.add(reader);
    scene.del(reader);
    const Replay replay(out);
    EXPECT_THAT(replay.errors, IsEmpty());
    EXPECT_TRUE(replay.model.base(kBase)->io.empty());
    EXPECT_TRUE(replay.model.base(kBase)->interest.empty());
    EXPECT_EQ(replay.model.event(reader)->state(), EventState::initialized);
}

TEST_F(Transition, ChangeTellsTheStateBeforeAndAfter) {
    scene.add(reader);
    Model model;
    Change moved;
    for (const Record& record : out.records()) {
        const Change change = model.apply(record, nullptr);
        if (change.moved() && change.event == reader) moved = change;
    }
    EXPECT_EQ(moved.before, EventState::initialized);
    EXPECT_EQ(moved.after, EventState::pending);
    EXPECT_EQ(moved.base, kBase);
}

TEST_F(Transition, TheHeapIsReplayedAsTheArrayThatItIs) {
    std::vector<Address> timers;
    for (const std::int64_t seconds : {9, 8, 7, 6, 5, 4, 3, 2, 1}) {
        timers.push_back(scene.make_event({.fd = -1, .events = 0, .name = {}}));
        scene.add(timers.back(), seconds * 1'000'000);
    }
    const Replay replay(out);
    EXPECT_THAT(replay.errors, IsEmpty());
    const auto& heap = replay.model.base(kBase)->heap;
    ASSERT_EQ(heap.size(), 9U);
    EXPECT_EQ(heap[0].event, timers.back());
    for (std::size_t i = 1; i < heap.size(); ++i)
        EXPECT_LE(heap[(i - 1) / 4].deadline, heap[i].deadline) << i;
}

TEST_F(Transition, CausesAreTheInnermostApiAndTheCallback) {
    scene.add(reader);
    scene.begin_loop();
    scene.begin_turn();
    scene.choose_wait();
    scene.wake(1, 1000);
    scene.fd_ready(7, Scene::kRead);
    scene.phase(field::phase::process_active);
    scene.begin_callback();
    scene.add(timer, 1'000'000);
    const Replay replay(out);
    const Cause& cause = replay.model.event(timer)->cause;
    EXPECT_EQ(cause.kind, Cause::Kind::callback);
    EXPECT_EQ(cause.event, reader);
    EXPECT_EQ(cause.function, "event_add");
    EXPECT_EQ(replay.model.event(reader)->cause.kind, Cause::Kind::backend);
    EXPECT_EQ(replay.model.event(reader)->state(), EventState::running);
}

TEST_F(Transition, ApiCallsOfOneThreadDoNotExplainAnother) {
    out.thread(1);
    out.add(rec::api_begin{.base = kBase, .event = timer}, "event_del");
    out.thread(0);
    scene.add(reader);
    const Replay replay(out);
    EXPECT_EQ(replay.model.event(reader)->cause.function, "event_add");
    EXPECT_THAT(replay.model.base(kBase)->api, ElementsAre("event_del"));
}

TEST_F(Transition, AnActiveEventThatIsActivatedAgainOnlyLearnsMore) {
    scene.activate(reader, Scene::kRead);
    scene.activate(reader, Scene::kTimeout);
    const Replay replay(out);
    EXPECT_THAT(replay.errors, IsEmpty());
    EXPECT_EQ(replay.model.event(reader)->res, Scene::kRead | Scene::kTimeout);
    EXPECT_THAT(replay.model.base(kBase)->active[0], ElementsAre(reader));
}

TEST_F(Transition, AnEventMayBeFreedByItsOwnCallback) {
    scene.activate(reader, Scene::kRead);
    scene.begin_loop();
    scene.begin_turn();
    scene.phase(field::phase::process_active);
    scene.begin_callback();
    scene.free_event(reader);
    scene.end_callback();
    scene.keyframe();
    const Replay replay(out);
    EXPECT_THAT(replay.errors, IsEmpty());
    EXPECT_FALSE(replay.model.event(reader)->alive);
    EXPECT_TRUE(replay.model.base(kBase)->callbacks.empty());
}

TEST_F(Transition, MemoryUsedAgainIsAnotherEvent) {
    const std::uint32_t ordinal = Replay(out).model.event(timer)->ordinal;
    out.add(rec::event_gone{.base = kBase, .event = timer});
    out.add(rec::event_assign{.base = kBase,
                              .event = timer,
                              .fd = 3,
                              .events = std::int16_t{2},
                              .priority = 0,
                              .flags = std::uint16_t{0x80},
                              .serial = 2,
                              .callback = Address{1},
                              .arg = Address{2},
                              .creator = Address{3}});
    const Replay replay(out);
    EXPECT_THAT(replay.errors, IsEmpty());
    EXPECT_GT(replay.model.event(timer)->ordinal, ordinal);
    EXPECT_TRUE(replay.model.event(timer)->alive);
}

TEST_F(Transition, DeadEventsAreForgottenAtLast) {
    for (int i = 0; i < 5000; ++i)
        scene.free_event(scene.make_event({.fd = -1, .events = 0, .name = {}}));
    const Replay replay(out);
    EXPECT_THAT(replay.errors, IsEmpty());
    EXPECT_LT(replay.model.events().size(), 1100U);
}

// ---- what is illegal
// -------------------------------------------------------------------------------

TEST_F(Transition, AnEventThatNobodyAssignedCantBecomePending) {
    out.add(rec::queue_insert{.base = kBase,
                              .event = Address{0xdead},
                              .queue = field::queue::inserted,
                              .priority = 0,
                              .before = std::uint16_t{0x80},
                              .after = std::uint16_t{0x82},
                              .length = 0});
    EXPECT_THAT(error(), HasSubstr("was never assigned"));
}

TEST_F(Transition, FlagsMustBeWhatTheyWere) {
    out.add(rec::queue_remove{.base = kBase,
                              .event = reader,
                              .queue = field::queue::inserted,
                              .priority = 0,
                              .before = std::uint16_t{0x82},
                              .after = std::uint16_t{0x80},
                              .length = 0});
    EXPECT_EQ(error(), "queue_remove: E2 has flags INIT, not INSERTED|INIT");
}

TEST_F(Transition, AQueueTellsItsLength) {
    out.add(rec::queue_insert{.base = kBase,
                              .event = reader,
                              .queue = field::queue::active,
                              .priority = 1,
                              .before = std::uint16_t{0x80},
                              .after = std::uint16_t{0x88},
                              .length = 2});
    EXPECT_EQ(error(), "queue_insert: the queue has 1 events, not 2");
}

TEST_F(Transition, MovesFollowTheListThatTheReactorFollows) {
    out.add(rec::queue_insert{.base = kBase,
                              .event = reader,
                              .queue = field::queue::active,
                              .priority = 0,
                              .before = std::uint16_t{0x80},
                              .after = std::uint16_t{0x82},
                              .length = 1});
    EXPECT_THAT(error(), HasSubstr("E2 can't enter this queue with flags INIT"));
}

TEST_F(Transition, ThereMustBeSuchAPriority) {
    out.add(rec::queue_insert{.base = kBase,
                              .event = reader,
                              .queue = field::queue::active,
                              .priority = 9,
                              .before = std::uint16_t{0x80},
                              .after = std::uint16_t{0x88},
                              .length = 1});
    EXPECT_EQ(error(), "queue_insert: there is no priority 9");
}

TEST_F(Transition, CountsOfAnFdAreChecked) {
    out.add(
        rec::io_add{.base = kBase, .event = reader, .fd = 7, .nread = 2, .nwrite = 0, .nclose = 0});
    EXPECT_EQ(error(), "io_add: fd 7 has 1/0/0 readers/writers/closers, not 2/0/0");
}

// As unbound does: the fields are public, and an event that is in no map may get other ones.
TEST_F(Transition, AnFdThatTheProgramWroteIntoTheEventIsTakenOver) {
    out.add(rec::io_add{
        .base = kBase, .event = reader, .fd = 19, .nread = 0, .nwrite = 1, .nclose = 0});
    EXPECT_EQ(error(), "");
}

TEST_F(Transition, AnHeapMoveMustBeFromParentOrChild) {
    scene.add(timer, 5'000'000);
    out.add(rec::heap_insert{.base = kBase, .event = reader, .deadline = 1, .size = 2});
    out.add(rec::heap_move{.base = kBase, .event = reader, .from = 0, .to = 1});
    EXPECT_EQ(error(), "heap_move: E2 is not at heap[0]");
}

TEST_F(Transition, AnEventInTheHeapMustBePlacedInTheHole) {
    out.add(rec::heap_insert{.base = kBase, .event = reader, .deadline = 1, .size = 1});
    out.add(rec::heap_place{.base = kBase, .event = timer, .index = 0});
    EXPECT_EQ(error(), "heap_place: E3 is not looking for a place");
}

TEST_F(Transition, AHeapMustBeInOrderWhenTheEventIsPlaced) {
    scene.add(timer, 5'000'000);
    out.add(rec::heap_insert{.base = kBase, .event = reader, .deadline = 1, .size = 2});
    out.add(rec::heap_place{.base = kBase, .event = reader, .index = 1});
    EXPECT_EQ(error(), "heap_place: at heap[1] a parent is due after its child");
}

TEST_F(Transition, OneErrorIsSaidOnceAndTheBaseIsNoLongerExact) {
    for (int i = 0; i < 3; ++i) out.add(rec::heap_place{.base = kBase, .event = timer, .index = 0});
    const Replay replay(out);
    EXPECT_EQ(replay.errors.size(), 1U);
    EXPECT_FALSE(replay.model.base(kBase)->exact);
    EXPECT_EQ(replay.model.errors(), 1U);
}

TEST_F(Transition, ACallbackMustEndAsItBegan) {
    scene.activate(reader, Scene::kRead);
    scene.begin_loop();
    scene.begin_callback();
    out.add(rec::callback_end{.base = kBase, .event = timer});
    EXPECT_EQ(error(), "callback_end: the callback of E3 is not the one being run");
}

TEST_F(Transition, MemoryOfAPendingEventMustNotGo) {
    scene.add(reader);
    out.add(rec::event_gone{.base = kBase, .event = reader});
    const Replay replay(out);
    EXPECT_EQ(replay.error(), "event_gone: E2 is pending or active and its memory goes");
    EXPECT_TRUE(replay.model.base(kBase)->io.empty());
}

}  // namespace
}  // namespace evglass::trace::testing
