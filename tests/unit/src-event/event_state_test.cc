// The funnel: what it lets through, what it refuses, and that it keeps the base's invariants.
#include <gtest/gtest.h>

#include "src/event/event_core.h"

namespace {

class EventState : public ::testing::Test {
 protected:
    EventState() : base_(event_base_new()), ev_(event_new(base_, -1, 0, nothing, nullptr)) {}
    ~EventState() override {
        event_free(ev_);
        event_base_free(base_);
    }
    static void nothing(evutil_socket_t, short, void*) {}
    int flags() const { return static_cast<unsigned short>(ev_->ev_flags); }

    event_base* base_;
    event* ev_;
};

TEST_F(EventState, each_move_flips_exactly_its_flag) {
    EXPECT_EQ(flags(), EVLIST_INIT);
    event_queue_insert_inserted(base_, ev_);
    EXPECT_EQ(flags(), EVLIST_INIT | EVLIST_INSERTED);
    event_queue_insert_active(base_, event_to_event_callback(ev_));
    EXPECT_EQ(flags(), EVLIST_INIT | EVLIST_INSERTED | EVLIST_ACTIVE);
    EXPECT_EQ(base_->activequeues[0].length, 1);
    event_queue_remove_inserted(base_, ev_);
    event_queue_remove_active(base_, event_to_event_callback(ev_));
    EXPECT_EQ(flags(), EVLIST_INIT);
    EXPECT_EQ(base_->event_count, 0);
    EXPECT_EQ(base_->event_count_active, 0);
}

TEST_F(EventState, later_events_become_active_in_order) {
    event* second = event_new(base_, -1, 0, nothing, nullptr);
    event_queue_insert_active_later(base_, event_to_event_callback(ev_));
    event_queue_insert_active_later(base_, event_to_event_callback(second));
    EXPECT_EQ(N_ACTIVE_CALLBACKS(base_), 2);
    event_queue_make_later_events_active(base_);
    EXPECT_EQ(base_->activequeues[0].first, event_to_event_callback(ev_));
    EXPECT_EQ(base_->activequeues[0].length, 2);
    EXPECT_TRUE(base_->active_later_queue.empty());
    event_free(second);
}

TEST_F(EventState, an_illegal_move_ends_the_program_with_its_name) {
    EXPECT_DEATH(event_queue_remove_inserted(base_, ev_), "remove_inserted: illegal");
    EXPECT_DEATH(
        {
            event_queue_insert_inserted(base_, ev_);
            event_queue_insert_inserted(base_, ev_);
        },
        "insert_inserted: illegal");
}

TEST_F(EventState, verify_finds_a_broken_invariant) {
    event_base_assert_ok_nolock_(base_);
    ++base_->event_count;
    EXPECT_DEATH(event_base_assert_ok_nolock_(base_), "event_count");
    --base_->event_count;
}

TEST_F(EventState, internal_events_do_not_keep_the_loop_alive) {
    event_make_internal(ev_, "a test's own");
    const timeval hour{3600, 0};
    ASSERT_EQ(event_add(ev_, &hour), 0);
    EXPECT_EQ(event_base_dispatch(base_), 1);
}

}  // namespace
