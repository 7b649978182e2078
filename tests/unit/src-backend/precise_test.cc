// EVENT_BASE_FLAG_PRECISE_TIMER on epoll: a sleep to the microsecond by epoll_pwait2, and by
// milliseconds where the kernel has no such call.
#include <gtest/gtest.h>

#include <optional>

#include "tests/unit/src-backend/support.h"

namespace evglass::test {
namespace {

int pwaits, waits;
std::optional<timespec> longest;

/// Counts both calls, and notes the longest sleep that was asked for by the precise one.
class Precise : public SystemCalls {
 protected:
    Precise() {
        pwaits = waits = 0;
        longest.reset();
        table_.epoll_wait = [](int epfd, epoll_event* events, int n, int msec) {
            ++waits;
            return sys::kernel.epoll_wait(epfd, events, n, msec);
        };
        table_.epoll_pwait2 = [](int epfd, epoll_event* events, int n, const timespec* ts) {
            ++pwaits;
            if (!longest || ts->tv_nsec > longest->tv_nsec) longest = *ts;
            return sys::kernel.epoll_pwait2(epfd, events, n, ts);
        };
        sys::set_table(&table_);
    }
    /// A turn that sleeps until a timer of this length.
    static void sleep_for(const Base& base, long usec) {
        const timeval length{0, usec};
        EXPECT_EQ(event_base_loopexit(base.get(), &length), 0);
        EXPECT_EQ(event_base_loop(base.get(), EVLOOP_NO_EXIT_ON_EMPTY), 0);
    }
};

TEST_F(Precise, a_fraction_of_a_millisecond_is_not_rounded_up) {
    const Base base = base_on("epoll", EVENT_BASE_FLAG_PRECISE_TIMER);
    sleep_for(base, 2500);
    EXPECT_GE(pwaits, 1);
    ASSERT_TRUE(longest.has_value());
    EXPECT_EQ(longest->tv_sec, 0);
    EXPECT_GT(longest->tv_nsec, 0);
    EXPECT_LE(longest->tv_nsec, 2500000);
}

TEST_F(Precise, without_the_flag_it_is_not_called) {
    sleep_for(base_on("epoll"), 2500);
    EXPECT_EQ(pwaits, 0);
    EXPECT_GE(waits, 1);
}

TEST_F(Precise, a_kernel_without_the_call_is_asked_once) {
    for (const int error : {ENOSYS, EPERM}) {
        static int refusal;
        refusal = error;
        pwaits = waits = 0;
        table_.epoll_pwait2 = [](int, epoll_event*, int, const timespec*) {
            ++pwaits;
            errno = refusal;
            return -1;
        };
        sys::set_table(&table_);
        const Base base = base_on("epoll", EVENT_BASE_FLAG_PRECISE_TIMER);
        sleep_for(base, 2500);
        sleep_for(base, 1500);
        EXPECT_EQ(pwaits, 1);
        EXPECT_GE(waits, 2);
    }
}

TEST_F(Precise, an_interrupted_sleep_is_not_an_error) {
    table_.epoll_pwait2 = [](int epfd, epoll_event* events, int n, const timespec* ts) {
        if (++pwaits > 2) return sys::kernel.epoll_pwait2(epfd, events, n, ts);
        errno = EINTR;
        return -1;
    };
    sys::set_table(&table_);
    sleep_for(base_on("epoll", EVENT_BASE_FLAG_PRECISE_TIMER), 2500);
    EXPECT_GE(pwaits, 3);
}

}  // namespace
}  // namespace evglass::test
