// src/net/listener when accept fails: it rests, it tells, it doesn't spin, and it comes back.
// accept4 is replaced by one that fails as the test wants; one test really runs out of descriptors.
// Time is the real one, so the bounds are wide where a busy machine could be late.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>
#include <vector>

#include "src/net/listener.h"
#include "tests/support/failing_memory.h"
#include "tests/unit/src-net/loopback.h"

namespace {

using evglass::test::Client;
using evglass::test::FailingMemory;
using evglass::test::Loopback;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// What the fake accept does, and what was seen of it.
int accept_error;
std::vector<Clock::time_point> attempts;
std::vector<int> errors_told;
int connections;
enum class Then { nothing, disable_and_enable, free_it } then;
std::vector<std::string> warnings;

void on_connection(evconnlistener*, evutil_socket_t fd, sockaddr*, int, void*) {
    ++connections;
    close(fd);
}

void on_error(evconnlistener* lev, void*) {
    errors_told.push_back(EVUTIL_SOCKET_ERROR());
    if (then == Then::disable_and_enable) {
        evconnlistener_disable(lev);
        evconnlistener_enable(lev);
    }
    if (then == Then::free_it) evconnlistener_free(lev);
}

class ListenerRest : public Loopback {
 protected:
    ListenerRest() {
        attempts.clear();
        errors_told.clear();
        warnings.clear();
        connections = 0;
        accept_error = EMFILE;
        then = Then::nothing;
        table.accept4 = [](int fd, sockaddr* addr, socklen_t* length, int flags) {
            attempts.push_back(Clock::now());
            if (accept_error == 0) return ::accept4(fd, addr, length, flags);
            errno = accept_error;
            return -1;
        };
        sys::set_table(&table);
        event_set_log_callback([](int, const char* text) { warnings.emplace_back(text); });
        lev = bind_listener(on_connection, nullptr, LEV_OPT_CLOSE_ON_FREE);
    }
    ~ListenerRest() override {
        if (lev != nullptr) evconnlistener_free(lev);
        event_set_log_callback(nullptr);
    }
    static void run_for(milliseconds time, event_base* base) {
        const timeval tv{0, static_cast<suseconds_t>(time.count() * 1000)};
        event_base_loopexit(base, &tv);
        event_base_dispatch(base);
    }
    void run_for(milliseconds time) { run_for(time, base); }
    evconnlistener* lev = nullptr;
};

TEST_F(ListenerRest, EachRestIsTwiceAsLongAndThereIsNoSpin) {
    evconnlistener_set_error_cb(lev, on_error);
    const Client client(lev);
    run_for(milliseconds(600));
    // At 0, 50, 150 and 350 ms; the next would be at 750.
    // A busy machine may be late for the last.
    ASSERT_GE(attempts.size(), 3u);
    ASSERT_LE(attempts.size(), 4u);
    EXPECT_EQ(errors_told, std::vector<int>(attempts.size(), EMFILE));
    for (std::size_t i = 1; i < attempts.size(); ++i) {
        const auto pause = attempts[i] - attempts[i - 1];
        EXPECT_GE(pause, milliseconds(45) * (1 << (i - 1))) << i;
        EXPECT_LE(pause, milliseconds(45) * (1 << i) + milliseconds(300)) << i;
    }
    EXPECT_TRUE(warnings.empty()) << "the error callback was told instead";
}

TEST_F(ListenerRest, EveryLackOfResourcesIsAReasonToRest) {
    evconnlistener_set_error_cb(lev, on_error);
    for (const int lack : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
        attempts.clear();
        errors_told.clear();
        connections = 0;
        accept_error = lack;
        const Client client(lev);
        run_for(milliseconds(120));
        EXPECT_FALSE(errors_told.empty()) << lack;
        EXPECT_EQ(errors_told, std::vector<int>(errors_told.size(), lack));
        EXPECT_LE(attempts.size(), 3U) << lack;
        accept_error = 0;
        run_for(milliseconds(300));
        EXPECT_EQ(connections, 1) << lack;
    }
}

TEST_F(ListenerRest, TheLongestRestIsASecond) {
    const Client client(lev);
    lev->delay_ms = 800;
    turn();
    EXPECT_EQ(lev->delay_ms, 1000);
    EXPECT_TRUE(lev->resting);
    timeval deadline{}, now{};
    ASSERT_TRUE(event_pending(&lev->resume, EV_TIMEOUT, &deadline));
    gettimeofday(&now, nullptr);
    evutil_timersub(&deadline, &now, &now);
    EXPECT_LE(now.tv_sec, 1);
}

TEST_F(ListenerRest, ReliefBringsItBackAndForgetsTheDelay) {
    const Client client(lev);
    run_for(milliseconds(100));
    accept_error = 0;
    run_for(milliseconds(250));
    EXPECT_EQ(connections, 1);
    EXPECT_EQ(lev->delay_ms, 0);
    EXPECT_FALSE(lev->resting);
    accept_error = ENOBUFS;
    const Client another(lev);
    turn();
    EXPECT_EQ(lev->delay_ms, 50) << "it begins anew";
}

TEST_F(ListenerRest, WarningsAreRare) {
    const Client client(lev);
    accept_error = ENFILE;
    run_for(milliseconds(400));
    EXPECT_GE(attempts.size(), 3u);
    ASSERT_EQ(warnings.size(), 1u);
    EXPECT_NE(warnings[0].find("accept failed"), std::string::npos);
    EXPECT_NE(warnings[0].find(strerror(ENFILE)), std::string::npos);
}

TEST_F(ListenerRest, EnablingDoesNotEndARest) {
    evconnlistener_set_error_cb(lev, on_error);
    then = Then::disable_and_enable;
    const Client client(lev);
    for (int i = 0; i < 20; ++i) turn();
    EXPECT_EQ(attempts.size(), 1u);
    EXPECT_EQ(added_events(), 1) << "the timer";
    then = Then::nothing;
    accept_error = 0;
    run_for(milliseconds(150));
    EXPECT_EQ(connections, 1);
}

TEST_F(ListenerRest, DisabledWhileRestingItStaysSo) {
    const Client client(lev);
    turn();
    evconnlistener_disable(lev);
    EXPECT_EQ(added_events(), 0);
    accept_error = 0;
    run_for(milliseconds(120));
    EXPECT_EQ(connections, 0);
    evconnlistener_enable(lev);
    run_for(milliseconds(150));
    EXPECT_EQ(connections, 1);
}

// Shows T345: called when accepting fails.
TEST_F(ListenerRest, TheErrorCallbackMayFree) {
    evconnlistener_set_error_cb(lev, on_error);
    then = Then::free_it;
    const Client client(lev);
    turn();
    lev = nullptr;
    EXPECT_EQ(errors_told.size(), 1u);
    EXPECT_EQ(added_events(), 0);
}

TEST_F(ListenerRest, WithoutMemoryForTheTimerItGoesOn) {
    const Client client(lev);
    {
        FailingMemory memory;
        memory.fail_at(1, true);
        turn();
    }
    accept_error = 0;
    run_for(milliseconds(150));
    EXPECT_EQ(connections, 1);
}

TEST_F(ListenerRest, WhenTheProcessReallyHasNoDescriptorLeft) {
    accept_error = 0;
    const Client a(lev), b(lev);
    evconnlistener_set_error_cb(lev, on_error);
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit none = before;
    none.rlim_cur = static_cast<rlim_t>(lowest_free_fd());
    // Nothing of the fixture is touched while it is so: the sanitizer needs descriptors to look.
    event_base* const loop = base;
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    run_for(milliseconds(120), loop);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_EQ(errors_told, std::vector<int>(2, EMFILE));
    EXPECT_EQ(connections, 0);
    run_for(milliseconds(300));
    EXPECT_EQ(connections, 2);
}

}  // namespace
