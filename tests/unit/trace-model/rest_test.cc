// What stands beside the queues: common timeouts, once events, finalizers, watchers, locks, and
// what backends keep for themselves. Each legal change, and what is said of an illegal one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/scene.h"
#include "tests/unit/trace-model/replay.h"
#include "trace/text.h"

namespace evglass::trace::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Address kBase = 0xb000;

class Rest : public ::testing::Test {
 protected:
    RecordBuilder out;
    Scene scene{out, 2, kBase};
    Address timer = scene.make_event({.fd = -1, .events = 0, .name = "common timeout"});
    Address first = scene.make_event({.fd = -1, .events = 0, .name = "first"});
    Address second = scene.make_event({.fd = -1, .events = 0, .name = "second"});

    std::string error() const { return Replay(out).error(); }
    std::string sentence() const {
        const Replay replay(out);
        return record_sentence(out.records().back(), *out.shared_context(), replay.model);
    }
    void queue() {
        out.add(rec::common_queue{.base = kBase, .timer = timer, .duration = 5000, .queue = 0});
    }
    /// An event gets a timeout; only then may it enter a common queue.
    void timeout(Address event) {
        out.add(rec::queue_insert{.base = kBase,
                                  .event = event,
                                  .queue = field::queue::timeout,
                                  .priority = 0,
                                  .before = 0x80,
                                  .after = 0x81,
                                  .length = 0});
    }
    void insert(Address event, std::int64_t deadline, std::uint32_t behind, std::uint32_t length) {
        out.add(rec::common_insert{.base = kBase,
                                   .event = event,
                                   .deadline = deadline,
                                   .queue = 0,
                                   .behind = behind,
                                   .length = length});
    }
};

TEST_F(Rest, CommonQueueKeepsTheOrderOfDeadlines) {
    queue();
    timeout(first);
    insert(first, 9000, 0, 1);
    timeout(second);
    insert(second, 8000, 1, 2);
    const Replay replay(out);
    EXPECT_THAT(replay.errors, IsEmpty());
    const CommonQueue& common = replay.model.base(kBase)->common.at(0);
    ASSERT_EQ(common.events.size(), 2U);
    EXPECT_EQ(common.events[0].event, second);
    EXPECT_EQ(common.events[1].event, first);
    EXPECT_EQ(common.timer, timer);
    EXPECT_EQ(replay.model.event(second)->deadline, 8000);
    EXPECT_THAT(sentence(), HasSubstr("enters common queue 0 (5ms), place 1 of 2"));
}

TEST_F(Rest, AWrongPlaceInACommonQueueIsAnError) {
    queue();
    timeout(first);
    insert(first, 9000, 0, 1);
    timeout(second);
    insert(second, 8000, 0, 2);
    EXPECT_THAT(error(), HasSubstr("not at its place in the order of deadlines"));
}

TEST_F(Rest, AnEventWithoutATimeoutCantEnterACommonQueue) {
    queue();
    insert(first, 9000, 0, 1);
    EXPECT_THAT(error(), HasSubstr("has no timeout"));
}

TEST_F(Rest, LeavingACommonQueueThatItIsNotInIsAnError) {
    queue();
    out.add(rec::common_remove{.base = kBase, .event = first, .queue = 0, .length = 0});
    EXPECT_THAT(error(), HasSubstr("is not in this common queue"));
}

TEST_F(Rest, TheTimerIsScheduledForTheFirstOfItsQueue) {
    queue();
    timeout(first);
    insert(first, 9000, 0, 1);
    out.add(rec::common_schedule{.base = kBase, .event = first, .deadline = 9000, .queue = 0});
    EXPECT_THAT(error(), HasSubstr("is not due with"));  // the timer was never put on the heap
    out.add(rec::common_schedule{.base = kBase, .event = second, .deadline = 9000, .queue = 0});
}

TEST_F(Rest, OnceEventsAreListedNewestFirstWithTheUsersCallback) {
    scene.add(first, 1000);
    out.add(rec::once_add{.base = kBase, .event = first, .callback = 0x4711, .length = 1});
    scene.add(second, 1000);
    out.add(rec::once_add{.base = kBase, .event = second, .callback = 0x4712, .length = 2});
    const Replay replay(out);
    EXPECT_THAT(replay.errors, IsEmpty());
    EXPECT_EQ(replay.model.base(kBase)->once.front(), second);
    EXPECT_EQ(replay.model.event(first)->once_callback, 0x4711U);
    out.add(rec::once_remove{.base = kBase, .event = first, .length = 2});
    EXPECT_THAT(error(), HasSubstr("the list has 1 entries, not 2"));
}

TEST_F(Rest, AWatcherIsCalledInItsPhaseOnly) {
    out.add(rec::watcher_new{.base = kBase,
                             .watcher = Address{0x77},
                             .callback = 1,
                             .arg = nullptr,
                             .kind = field::watcherkind::prepare,
                             .length = 1});
    EXPECT_THAT(error(), IsEmpty());
    scene.begin_loop();
    scene.begin_turn();
    scene.phase(field::phase::prepare_watchers);
    out.add(rec::watcher_begin{
        .base = kBase, .watcher = Address{0x77}, .kind = field::watcherkind::prepare});
    const Replay inside(out);
    EXPECT_THAT(inside.errors, IsEmpty());
    EXPECT_EQ(inside.model.base(kBase)->watcher_running, 0x77U);
    EXPECT_THAT(sentence(), HasSubstr("prepare watcher W1 is called"));
    out.add(rec::watcher_end{
        .base = kBase, .watcher = Address{0x77}, .kind = field::watcherkind::prepare});
    scene.phase(field::phase::check_watchers);
    out.add(rec::watcher_begin{
        .base = kBase, .watcher = Address{0x77}, .kind = field::watcherkind::prepare});
    EXPECT_THAT(error(), HasSubstr("outside of its phase"));
}

TEST_F(Rest, ALockKnowsItsHolderAndWhoWaits) {
    constexpr Address kLock = 0x10c;
    out.add(rec::base_lock{.base = kBase, .lock = kLock, .cond = nullptr});
    EXPECT_FALSE(Replay(out).model.lock(kLock)->told) << "nothing is known of its holder yet";
    out.thread(1);
    out.add(rec::lock_take{.lock = kLock, .waited = 0});
    out.add(rec::lock_take{.lock = kLock, .waited = 0});
    out.thread(2);
    out.add(rec::lock_wait{.lock = kLock});
    const Replay held(out);
    const Lock& lock = *held.model.lock(kLock);
    EXPECT_EQ(lock.holder, 1U);
    EXPECT_EQ(lock.depth, 2);
    ASSERT_EQ(lock.waiters.size(), 1U);
    EXPECT_EQ(lock.waiters[0].thread, 2U);
    EXPECT_THAT(sentence(), HasSubstr("the lock of B1 is held by another thread"));
    out.thread(1);
    out.add(rec::lock_give{.lock = kLock});
    out.add(rec::lock_give{.lock = kLock});
    out.thread(2);
    out.add(rec::lock_take{.lock = kLock, .waited = 1500});
    const Replay after(out);
    EXPECT_EQ(after.model.lock(kLock)->holder, 2U);
    EXPECT_EQ(after.model.lock(kLock)->contended, 1U);
    EXPECT_EQ(after.model.lock(kLock)->waited_ns, 1500);
    EXPECT_THAT(after.model.lock(kLock)->waiters, IsEmpty());
    EXPECT_THAT(sentence(), HasSubstr("after a wait of 1.5 us"));
}

TEST_F(Rest, AChangeWaitsInTheChangelistUntilItIsApplied) {
    out.add(rec::change_queued{.base = kBase, .fd = 7, .before = 0, .after = 2});
    out.add(rec::change_merged{.base = kBase, .fd = 7, .before = 0, .after = 6});
    const Replay waiting(out);
    EXPECT_THAT(waiting.errors, IsEmpty());
    EXPECT_EQ(waiting.model.base(kBase)->changes.at(7), (PendingChange{0, 6}));
    out.add(rec::change_applied{.base = kBase, .fd = 7, .before = 0, .after = 6, .error = 0});
    EXPECT_TRUE(Replay(out).model.base(kBase)->changes.empty());
    out.add(rec::change_applied{.base = kBase, .fd = 7, .before = 0, .after = 6, .error = 0});
    EXPECT_THAT(error(), HasSubstr("has no change in the changelist"));
}

}  // namespace
}  // namespace evglass::trace::testing
