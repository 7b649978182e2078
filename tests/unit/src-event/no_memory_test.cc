// Memory that runs out: whichever allocation fails, a call reports it and leaves everything as it
// was, and nothing leaks. Each test fails the 1st allocation, then the 2nd, until none is reached.
#include <event2/event.h>
#include <event2/thread.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/event/event_core.h"
#include "tests/support/failing_memory.h"

namespace {

using evglass::test::FailingMemory;

void nothing(evutil_socket_t, short, void*) {}
void silent(int, const char*) {}

class NoMemory : public ::testing::Test {
 protected:
    NoMemory() { event_set_log_callback(silent); }
    ~NoMemory() override { event_set_log_callback(nullptr); }
};

TEST_F(NoMemory, a_base_is_made_whole_or_not_at_all) {
    FailingMemory memory;
    int failures = 0;
    for (long n = 1;; ++n) {
        memory.fail_at(n, true);  // else the next backend would be tried, and work
        event_base* base = event_base_new();
        memory.heal();
        if (base != nullptr) {
            event_base_free(base);
            break;
        }
        ++failures;
        EXPECT_EQ(memory.live(), 0) << "failing allocation " << n << " leaks";
    }
    EXPECT_GE(failures, 4);
    EXPECT_EQ(memory.live(), 0);
}

TEST_F(NoMemory, adding_fails_cleanly_and_works_when_memory_is_back) {
    FailingMemory memory;
    int fds[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    event_base* base = event_base_new();
    const timeval later{60, 0};
    struct Case {
        evutil_socket_t fd;
        short events;
    };
    for (const Case& c : {Case{fds[0], EV_READ}, Case{-1, 0}, Case{SIGUSR1, EV_SIGNAL}}) {
        event* ev = event_new(base, c.fd, c.events, nothing, nullptr);
        memory.fail_at(1, true);
        const int res = event_add(ev, &later);
        memory.heal();
        event_base_assert_ok_nolock_(base);
        if (res == -1) {
            EXPECT_EQ(event_pending(ev, 0xff, nullptr), 0);
        }
        EXPECT_EQ(event_add(ev, &later), 0);
        event_free(ev);
    }
    event_base_free(base);
    close(fds[0]);
    close(fds[1]);
    EXPECT_EQ(memory.live(), 0);
}

TEST_F(NoMemory, once_and_configs_leak_nothing) {
    FailingMemory memory;
    event_base* base = event_base_new();
    const timeval later{60, 0};
    const long before = memory.live();
    for (long n = 1; n < 4; ++n) {
        memory.fail_at(n);
        const int res = event_base_once(base, -1, EV_TIMEOUT, nothing, nullptr, &later);
        memory.heal();
        if (res == 0) break;
        EXPECT_EQ(memory.live(), before) << "failing allocation " << n;
    }
    event_base_free(base);
    EXPECT_EQ(memory.live(), 0);
    event_config* cfg = event_config_new();
    memory.fail_at(2);
    EXPECT_EQ(event_config_avoid_method(cfg, "epoll"), -1);
    memory.heal();
    event_config_free(cfg);
    EXPECT_EQ(memory.live(), 0);
}

}  // namespace
