// The requests of the io_uring backend: taken back in time, out of date, from several threads; and
// what one turn costs.
#include <event2/event.h>
#include <event2/thread.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/unit/src-backend/support.h"

namespace evglass::test {
namespace {

int enters, polls;

class UringRequests : public SystemCalls {
 protected:
    UringRequests() {
        table_.io_uring_enter = [](int ring, unsigned n, unsigned min, unsigned flags,
                                   const timespec* t) {
            ++enters;
            return sys::kernel.io_uring_enter(ring, n, min, flags, t);
        };
        table_.poll = [](pollfd* fds, nfds_t n, int msec) {
            ++polls;
            return sys::kernel.poll(fds, n, msec);
        };
        sys::set_table(&table_);
    }
    Base base_ = base_on("io_uring");
    Counter counter_;
};

/// Does the other end of a pair see that this one was closed?
bool hangs_up(const Pair& pair, int other) {
    pollfd ask{pair.fd[other], POLLIN, 0};
    return poll(&ask, 1, 0) == 1 && (ask.revents & POLLHUP) != 0;
}

TEST_F(UringRequests, a_request_that_was_just_woken_is_taken_back_too) {
    Pair pair;
    const Event ev = counter_.on(base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
    event_add(ev.get(), nullptr);
    one_turn(base_);
    pair.write_to(0);  // the kernel has put the completion off
    event_del(ev.get());
    pair.close_end(0);
    EXPECT_TRUE(hangs_up(pair, 1)) << "the ring keeps the file open";
    one_turn(base_);
    EXPECT_EQ(counter_.fired, 0);
}

TEST_F(UringRequests, a_request_that_changes_while_it_is_woken_leaves_nothing_behind) {
    Pair pair;
    Counter other;
    const Event reader = counter_.on(base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
    const Event writer = other.on(base_.get(), pair.fd[0], EV_WRITE | EV_PERSIST);
    event_add(reader.get(), nullptr);
    event_add(writer.get(), nullptr);
    one_turn(base_);
    event_del(writer.get());
    pair.write_to(0);
    one_turn(base_);
    EXPECT_EQ(counter_.fired, 1);
    event_del(reader.get());
    pair.close_end(0);
    EXPECT_TRUE(hangs_up(pair, 1)) << "the first request was never taken back";
}

TEST_F(UringRequests, a_request_behind_many_others_is_taken_back_too) {
    std::vector<std::unique_ptr<Pair>> pairs;
    std::vector<Event> events;
    for (int i = 0; i < 100; ++i) {
        pairs.push_back(std::make_unique<Pair>());
        events.push_back(counter_.on(base_.get(), pairs.back()->fd[0], EV_READ | EV_PERSIST));
        event_add(events.back().get(), nullptr);
    }
    one_turn(base_);
    for (auto& pair : pairs) pair->write_to(0);
    event_del(events.back().get());
    pairs.back()->close_end(0);
    EXPECT_TRUE(hangs_up(*pairs.back(), 1));
    one_turn(base_);
    EXPECT_EQ(counter_.fired, 99);
    events.clear();
}

TEST_F(UringRequests, what_came_and_went_while_the_loop_was_awake_is_not_reported) {
    Pair pair;
    const Event ev = counter_.on(base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
    event_add(ev.get(), nullptr);
    one_turn(base_);
    pair.write_to(0);
    char byte = 0;
    EXPECT_EQ(read(pair.fd[0], &byte, 1), 1);
    for (int i = 0; i < 3; ++i) one_turn(base_);
    EXPECT_EQ(counter_.fired, 0);
    pair.write_to(0);
    one_turn(base_);
    EXPECT_EQ(counter_.fired, 1);
}

/// Reads what came, and ends the loop.
Event ends_loop(Base& base, int fd) {
    return Event(event_new(
        base.get(), fd, EV_READ | EV_PERSIST,
        [](int ready, short, void* arg) {
            char byte = 0;
            EXPECT_EQ(read(ready, &byte, 1), 1);
            event_base_loopbreak(static_cast<event_base*>(arg));
        },
        base.get()));
}

TEST_F(UringRequests, what_comes_in_the_sleep_costs_one_call) {
    Pair pair;
    const Event ev = ends_loop(base_, pair.fd[0]);
    event_add(ev.get(), nullptr);
    one_turn(base_);
    enters = polls = 0;
    std::thread writer([&] {
        usleep(50000);
        pair.write_to(0);
    });
    EXPECT_EQ(event_base_dispatch(base_.get()), 0);
    writer.join();
    EXPECT_EQ(enters, 1);
    EXPECT_EQ(polls, 0);
}

TEST_F(UringRequests, with_nothing_to_do_a_turn_that_does_not_sleep_costs_no_call) {
    Pair pair;
    const Event ev = counter_.on(base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
    event_add(ev.get(), nullptr);
    one_turn(base_);
    enters = polls = 0;
    for (int i = 0; i < 10; ++i) one_turn(base_);
    EXPECT_EQ(enters + polls, 0);
}

TEST_F(UringRequests, a_poll_that_fails_for_want_of_memory_loses_nothing) {
    static int failures;
    Pair pair;
    const Event ev = counter_.on(base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
    event_add(ev.get(), nullptr);
    one_turn(base_);
    table_.poll = [](pollfd* fds, nfds_t n, int msec) {
        if (n != 0 && failures-- > 0) {
            errno = ENOMEM;
            return -1;
        }
        return sys::kernel.poll(fds, n, msec);
    };
    sys::set_table(&table_);
    failures = 3;
    pair.write_to(0);
    // It must not sleep, although nothing is active.
    for (int i = 0; i < 4; ++i) EXPECT_EQ(event_base_loop(base_.get(), EVLOOP_ONCE), 0);
    EXPECT_GE(counter_.fired, 1);
}

TEST_F(UringRequests, several_threads_add_and_delete_while_the_loop_runs) {
    constexpr int kThreads = 4, kRounds = 300;
    ASSERT_EQ(evthread_use_pthreads(), 0);
    base_ = base_on("io_uring");  // one with locks
    ASSERT_EQ(evthread_make_base_notifiable(base_.get()), 0);
    std::thread loop([&] { event_base_loop(base_.get(), EVLOOP_NO_EXIT_ON_EMPTY); });
    std::atomic<int> missed{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < kRounds; ++i) {
                Pair pair;
                std::atomic<int> fired{0};
                const Event ev(event_new(
                    base_.get(), pair.fd[0], EV_READ | EV_PERSIST,
                    [](int, short, void* arg) { ++*static_cast<std::atomic<int>*>(arg); }, &fired));
                event_add(ev.get(), nullptr);
                if (i % 3 != 0) pair.write_to(0);
                for (int ms = 0; i % 3 == 1 && fired == 0 && ms < 5000; ++ms) usleep(1000);
                if (i % 3 == 1 && fired == 0) ++missed;
                event_del(ev.get());
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    event_base_loopbreak(base_.get());
    loop.join();
    EXPECT_EQ(missed, 0);
    event_base_assert_ok_nolock_(base_.get());
}

}  // namespace
}  // namespace evglass::test
