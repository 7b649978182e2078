// Signals through the self-pipe: counted, delivered in the loop, and the old handlers come back.
#include "src/signal/evsig.h"

#include <errno.h>
#include <event2/event.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>

#include "src/event/event_core.h"

namespace {

struct Seen {
    event_base* base;
    int calls = 0;
    int stop_after = 0;
};

void on_signal(evutil_socket_t, short, void* arg) {
    auto* seen = static_cast<Seen*>(arg);
    if (++seen->calls == seen->stop_after) event_base_loopbreak(seen->base);
}

class Signals : public ::testing::Test {
 protected:
    Signals() : base_(event_base_new()), seen_{base_} {}
    ~Signals() override { event_base_free(base_); }
    event_base* base_;
    Seen seen_;
};

TEST_F(Signals, the_pipe_is_watched_only_while_a_signal_is) {
    EXPECT_FALSE(base_->sig.ev_signal_added);
    event* ev = evsignal_new(base_, SIGUSR1, on_signal, &seen_);
    event_add(ev, nullptr);
    EXPECT_TRUE(base_->sig.ev_signal_added);
    event_free(ev);
    event_base_assert_ok_nolock_(base_);
}

TEST_F(Signals, a_signal_sent_three_times_is_three_calls) {
    event* ev = evsignal_new(base_, SIGUSR1, on_signal, &seen_);
    event_add(ev, nullptr);
    seen_.stop_after = 3;
    for (int i = 0; i < 3; ++i) raise(SIGUSR1);
    event_base_dispatch(base_);
    EXPECT_EQ(seen_.calls, 3);
    event_free(ev);
}

TEST_F(Signals, break_ends_a_row_of_calls) {
    event* ev = evsignal_new(base_, SIGUSR1, on_signal, &seen_);
    event_add(ev, nullptr);
    seen_.stop_after = 1;
    for (int i = 0; i < 5; ++i) raise(SIGUSR1);
    event_base_dispatch(base_);
    EXPECT_EQ(seen_.calls, 1);
    event_free(ev);
}

/// Does something with its event in the first call of a row.
struct Actor {
    event* ev = nullptr;
    int calls = 0;
    void (*act)(event*) = nullptr;
};

void on_first_call(evutil_socket_t, short, void* arg) {
    auto* actor = static_cast<Actor*>(arg);
    if (++actor->calls == 1) actor->act(actor->ev);
}

TEST_F(Signals, who_deletes_in_a_row_of_calls_leaves_nothing_on_the_stack) {
    Actor actor;
    actor.ev = evsignal_new(base_, SIGUSR1, on_first_call, &actor);
    actor.act = [](event* ev) { event_del(ev); };
    event_active(actor.ev, EV_SIGNAL, 3);
    event_base_loop(base_, EVLOOP_NONBLOCK);
    EXPECT_EQ(actor.calls, 1);
    EXPECT_EQ(actor.ev->ev_pncalls, nullptr);  // where the calls were counted is gone
    event_del(actor.ev);
    event_free(actor.ev);
}

TEST_F(Signals, who_activates_and_frees_in_a_row_of_calls_is_not_called_again) {
    Actor actor;
    actor.ev = evsignal_new(base_, SIGUSR1, on_first_call, &actor);
    actor.act = [](event* ev) {
        event_active(ev, EV_SIGNAL, 1);
        event_free(ev);
    };
    event_active(actor.ev, EV_SIGNAL, 3);
    event_base_loop(base_, EVLOOP_NONBLOCK);
    EXPECT_EQ(actor.calls, 1);
}

TEST_F(Signals, the_old_handler_comes_back) {
    static std::atomic<int> old_calls{0};
    struct sigaction mine = {};
    mine.sa_handler = [](int) { ++old_calls; };
    struct sigaction before = {};
    sigaction(SIGUSR2, &mine, &before);
    event* ev = evsignal_new(base_, SIGUSR2, on_signal, &seen_);
    event_add(ev, nullptr);
    raise(SIGUSR2);
    event_base_loop(base_, EVLOOP_NONBLOCK);
    event_free(ev);
    EXPECT_EQ(seen_.calls, 1);
    EXPECT_EQ(old_calls, 0);
    raise(SIGUSR2);
    EXPECT_EQ(old_calls, 1);
    sigaction(SIGUSR2, &before, nullptr);
}

TEST_F(Signals, the_handler_keeps_errno) {
    event* ev = evsignal_new(base_, SIGUSR1, on_signal, &seen_);
    event_add(ev, nullptr);
    errno = 4711;
    raise(SIGUSR1);
    EXPECT_EQ(errno, 4711);
    event_base_loop(base_, EVLOOP_NONBLOCK);
    event_free(ev);
}

TEST_F(Signals, numbers_that_are_no_signals_are_refused) {
    event_set_log_callback([](int, const char*) {});
    for (const int signal : {-1, 4711}) {
        event* ev = evsignal_new(base_, signal, on_signal, &seen_);
        ASSERT_NE(ev, nullptr);
        EXPECT_EQ(event_add(ev, nullptr), -1);
        event_free(ev);
    }
    event_set_log_callback(nullptr);
}

}  // namespace
