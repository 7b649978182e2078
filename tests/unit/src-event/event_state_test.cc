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

/// A callback of the last of eight priorities, which leaves its base with one.
void leave_one_priority(evutil_socket_t, short, void* arg) {
    auto* base = static_cast<event_base*>(arg);
    EXPECT_EQ(event_base_priority_init(base, 1), 0);
}

TEST_F(EventState, a_callback_may_take_its_own_queue_away) {
    ASSERT_EQ(event_base_priority_init(base_, 8), 0);
    event* last = event_new(base_, -1, 0, leave_one_priority, base_);
    ASSERT_EQ(event_priority_set(last, 7), 0);
    event_active(last, EV_TIMEOUT, 1);
    EXPECT_EQ(event_base_loop(base_, EVLOOP_ONCE), 0);
    EXPECT_EQ(event_base_get_npriorities(base_), 1);
    event_free(last);
}

TEST_F(EventState, maxima_are_those_of_the_busiest_moment) {
    event* second = event_new(base_, -1, 0, nothing, nullptr);
    const timeval at_once{0, 0};
    ASSERT_EQ(event_add(ev_, &at_once), 0);
    ASSERT_EQ(event_add(second, &at_once), 0);
    EXPECT_EQ(event_base_loop(base_, EVLOOP_ONCE), 0);
    event_active(ev_, EV_TIMEOUT, 1);
    event_active(second, EV_TIMEOUT, 1);
    event_active(ev_, EV_TIMEOUT, 1);
    EXPECT_EQ(event_base_loop(base_, EVLOOP_ONCE), 0);
    EXPECT_EQ(event_base_get_num_events(base_, EVENT_BASE_COUNT_ACTIVE), 0);
    EXPECT_EQ(event_base_get_max_events(base_, EVENT_BASE_COUNT_ACTIVE, 0), 2);
    EXPECT_EQ(event_base_get_max_events(base_, EVENT_BASE_COUNT_ADDED, 0), 2);
    event_free(second);
}

}  // namespace
