// Time that can't overflow, the cache of a turn, and the virtual clock that never sleeps.
#include "src/timers/clock.h"

#include <event2/evglass.h>
#include <gtest/gtest.h>

#include <limits>

#include "src/event/event_core.h"

namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

TEST(Clock, microseconds_and_back) {
    for (const std::int64_t usec : {INT64_C(0), INT64_C(1), INT64_C(999999), INT64_C(1000000),
                                    INT64_C(-1), INT64_C(-1000001), INT64_C(123456789012)}) {
        const timeval tv = usec_to_timeval(usec);
        EXPECT_EQ(timeval_to_usec(tv), usec);
        EXPECT_GE(tv.tv_usec, 0);
        EXPECT_LT(tv.tv_usec, 1000000);
    }
}

TEST(Clock, sums_saturate_instead_of_overflowing) {
    const timeval huge{std::numeric_limits<time_t>::max(), 999999};
    EXPECT_EQ(timeval_to_usec(huge), kMax);
    EXPECT_EQ(timeval_to_usec(timeval_add_saturated(huge, huge)), kMax);
    EXPECT_EQ(timeval_to_usec(timeval_add_saturated({1, 500000}, {2, 600000})), 4100000);
}

TEST(Clock, an_event_may_time_out_in_a_million_years) {
    event_base* base = event_base_new();
    event* ev = event_new(
        base, -1, 0, [](int, short, void*) {}, nullptr);
    const timeval huge{std::numeric_limits<time_t>::max(), 999999};
    ASSERT_EQ(event_add(ev, &huge), 0);
    EXPECT_EQ(event_base_loop(base, EVLOOP_NONBLOCK), 0);
    EXPECT_EQ(event_pending(ev, EV_TIMEOUT, nullptr), EV_TIMEOUT);
    event_free(ev);
    event_base_free(base);
}

TEST(Clock, time_stands_still_within_a_turn) {
    event_base* base = event_base_new();
    timeval seen[2];
    struct Both {
        event_base* base;
        timeval* seen;
    } both{base, seen};
    event_base_once(
        base, -1, EV_TIMEOUT,
        [](int, short, void* arg) {
            auto* b = static_cast<Both*>(arg);
            event_base_gettimeofday_cached(b->base, &b->seen[0]);
            const timespec nap{0, 3000000};
            nanosleep(&nap, nullptr);
            event_base_gettimeofday_cached(b->base, &b->seen[1]);
        },
        &both, nullptr);
    event_base_dispatch(base);
    EXPECT_TRUE(evutil_timercmp(&seen[0], &seen[1], ==));
    event_base_free(base);
}

TEST(VirtualClock, an_hour_takes_no_time_and_the_order_is_kept) {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();
    std::string order;
    struct Mark {
        std::string* order;
        char name;
    } marks[] = {{&order, 'c'}, {&order, 'a'}, {&order, 'b'}};
    const timeval waits[] = {{3600, 0}, {60, 0}, {600, 0}};
    const timeval before = monotonic_now(true);
    for (int i = 0; i < 3; ++i) {
        event_base_once(
            base, -1, EV_TIMEOUT,
            [](int, short, void* arg) {
                auto* m = static_cast<Mark*>(arg);
                m->order->push_back(m->name);
            },
            &marks[i], &waits[i]);
    }
    event_base_dispatch(base);
    EXPECT_EQ(order, "abc");
    timeval passed;
    const timeval after = monotonic_now(true);
    evutil_timersub(&after, &before, &passed);
    EXPECT_EQ(passed.tv_sec, 3600);
    event_base_free(base);
    evglass_use_virtual_clock(0);
}

}  // namespace
