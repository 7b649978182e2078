// Deferred callbacks: when they run, how many in one turn, and the common funeral of several.
#include <gtest/gtest.h>

#include <vector>

#include "src/event/deferred.h"
#include "src/event/event_core.h"
#include "tests/support/recorded.h"
#include "trace/model.h"

namespace {

namespace trace = evglass::trace;

struct Deferred : ::testing::Test {
    Deferred() : base(event_base_new()) { current = this; }
    ~Deferred() override { event_base_free(base); }
    static void note(event_callback* cb, void* arg) {
        EXPECT_EQ(arg, current);
        current->ran.push_back(cb);
        if (current->again != nullptr && --current->left >= 0)
            event_deferred_cb_schedule_(current->base, current->again);
    }
    void init(event_callback& cb) { event_deferred_cb_init_(&cb, 0, note, this); }

    static Deferred* current;
    event_base* base;
    std::vector<event_callback*> ran;
    event_callback* again = nullptr;
    int left = 0;
};
Deferred* Deferred::current = nullptr;

TEST_F(Deferred, runs_once_however_often_it_was_scheduled) {
    event_callback cb;
    init(cb);
    EXPECT_TRUE(event_deferred_cb_schedule_(base, &cb));
    EXPECT_FALSE(event_deferred_cb_schedule_(base, &cb));
    event_base_assert_ok_nolock_(base);
    EXPECT_EQ(event_base_loop(base, 0), 1);
    EXPECT_EQ(ran.size(), 1U);
    event_base_assert_ok_nolock_(base);
}

TEST_F(Deferred, one_that_schedules_itself_lets_the_loop_turn) {
    event_callback cb;
    init(cb);
    again = &cb;
    left = 1000;
    event_deferred_cb_schedule_(base, &cb);
    event_base_loop(base, 0);
    EXPECT_EQ(ran.size(), 1001U);
    EXPECT_GE(base->turn, 30U);
}

TEST_F(Deferred, a_priority_that_does_not_exist_is_the_last_one) {
    event_callback cb;
    event_deferred_cb_init_(&cb, 200, note, this);
    event_deferred_cb_schedule_(base, &cb);
    event_base_loop(base, 0);
    EXPECT_EQ(ran.size(), 1U);
}

TEST_F(Deferred, a_common_funeral_calls_once_and_nothing_else_runs) {
    event_callback a;
    event_callback b;
    init(a);
    init(b);
    event ev;
    event_assign(
        &ev, base, -1, EV_PERSIST, [](evutil_socket_t, short, void*) { FAIL(); }, this);
    const timeval now{0, 0};
    event_add(&ev, &now);
    event_deferred_cb_schedule_(base, &b);
    event_callback* const all[] = {event_to_event_callback(&ev), &a, &b};
    event_callback_finalize_many_(base, 3, all, note);
    EXPECT_EQ(event_base_loop(base, 0), 1);
    EXPECT_EQ(ran.size(), 1U);
}

TEST_F(Deferred, the_one_that_runs_is_the_one_that_finalizes) {
    struct Two {
        event_callback a;
        event_callback b;
        event_base* base;
        int finalized = 0;
    } two{};
    two.base = base;
    const auto bury = [](event_callback* cb, void* arg) {
        auto* t = static_cast<Two*>(arg);
        EXPECT_EQ(cb, &t->b);
        event_callback* const all[] = {&t->a, &t->b};
        event_callback_finalize_many_(t->base, 2, all, [](event_callback* last, void* p) {
            EXPECT_EQ(last, &static_cast<Two*>(p)->b);
            ++static_cast<Two*>(p)->finalized;
        });
    };
    event_deferred_cb_init_(&two.a, 0, bury, &two);
    event_deferred_cb_init_(&two.b, 0, bury, &two);
    event_deferred_cb_schedule_(base, &two.b);
    event_base_loop(base, 0);
    EXPECT_EQ(two.finalized, 1);
}

TEST_F(Deferred, what_is_owed_when_the_base_goes_is_still_paid) {
    event_callback cb;
    init(cb);
    event_callback* const all[] = {&cb};
    event_callback_finalize_many_(base, 1, all, note);
    event_base_free(base);
    EXPECT_EQ(ran.size(), 1U);
    base = event_base_new();
}

TEST_F(Deferred, the_model_replays_them) {
    if (!trace::kCompiledIn) GTEST_SKIP();
    evglass::test::Recorded recorded("full");
    event_callback a;
    event_callback b;
    init(a);
    init(b);
    event_deferred_cb_schedule_(base, &a);
    event_base_write_keyframe(base);
    event_callback* const all[] = {&a, &b};
    event_callback_finalize_many_(base, 2, all, note);
    event_base_write_keyframe(base);
    event_base_loop(base, 0);
    event_deferred_cb_gone_(base, &a);
    event_base_write_keyframe(base);
    const auto& records = recorded.stop();
    trace::Model model;
    for (const trace::Record& record : records) EXPECT_EQ(model.apply(record, nullptr).error, "");
}

}  // namespace
