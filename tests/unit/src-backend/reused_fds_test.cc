// Descriptors that are closed, dup'ed and reused behind the loop's back: on every backend the loop
// ends up watching what the program wants, or tells it once that it can't, and never spins.
#include <event2/event.h>
#include <fcntl.h>
#include <gtest/gtest.h>

#include "tests/unit/src-backend/support.h"

namespace evglass::test {
namespace {

class Reused : public ::testing::TestWithParam<const char*> {
 protected:
    Reused() {
        event_set_log_callback([](int, const char*) {});
    }
    ~Reused() override { event_set_log_callback(nullptr); }
    /// Does the kernel keep the file, and not the number?
    bool keeps_files() const {
        const std::string name = GetParam();
        return name == "epoll" || name == "changelist" || name == "io_uring";
    }
    Base base_ = base_on(GetParam());
    Counter counter_;
};

TEST_P(Reused, a_closed_fd_does_not_spin) {
    Pair pair;
    const Event ev = counter_.on(base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
    ASSERT_EQ(event_add(ev.get(), nullptr), 0);
    one_turn(base_);
    pair.close_end(0);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(one_turn(base_), 0);
    // epoll drops a closed file without a word, io_uring keeps it; poll and select say so.
    EXPECT_EQ(counter_.fired, keeps_files() ? 0 : 1);
    event_base_assert_ok_nolock_(base_.get());
    EXPECT_EQ(event_del(ev.get()), 0);
    event_base_assert_ok_nolock_(base_.get());
}

TEST_P(Reused, a_closed_fd_does_not_disturb_the_others) {
    Pair gone, stays;
    Counter others;
    const Event closed = counter_.on(base_.get(), gone.fd[0], EV_READ | EV_PERSIST);
    const Event other = others.on(base_.get(), stays.fd[0], EV_READ | EV_PERSIST);
    event_add(closed.get(), nullptr);
    event_add(other.get(), nullptr);
    one_turn(base_);
    gone.close_end(0);
    one_turn(base_);
    stays.write_to(0);
    one_turn(base_);
    EXPECT_EQ(others.fired, 1);
}

TEST_P(Reused, a_number_that_is_added_again_is_watched_again) {
    Pair pair;
    const int number = pair.fd[0];
    Event old_event = counter_.on(base_.get(), number, EV_READ | EV_PERSIST);
    event_add(old_event.get(), nullptr);
    one_turn(base_);
    pair.close_end(0);
    one_turn(base_);
    old_event.reset();
    Pair next;
    ASSERT_EQ(dup2(next.fd[0], number), number);
    Counter fresh;
    {
        const Event ev = fresh.on(base_.get(), number, EV_READ | EV_PERSIST);
        EXPECT_EQ(event_add(ev.get(), nullptr), 0);
        next.write_to(0);
        one_turn(base_);
        EXPECT_EQ(fresh.fired, 1);
    }
    close(number);
}

TEST_P(Reused, a_file_that_lives_on_dup_ed_does_not_spin) {
    Pair pair;
    const int copy = dup(pair.fd[0]);
    Event ev = counter_.on(base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
    event_add(ev.get(), nullptr);
    one_turn(base_);
    pair.close_end(0);
    ev.reset();  // too late: the kernel can't find the file by this number any more
    pair.write_to(0);
    Counter others;
    Pair other;
    const Event next = others.on(base_.get(), other.fd[0], EV_READ | EV_PERSIST);
    event_add(next.get(), nullptr);
    for (int i = 0; i < 8; ++i) one_turn(base_);
    // Nothing is ready now: the loop must sleep until its timer.
    const timeval soon{0, 20000};
    event_base_loopexit(base_.get(), &soon);
    const unsigned long long before = base_->turn;
    event_base_loop(base_.get(), 0);
    EXPECT_LE(base_->turn - before, 40u) << "it spins";
    other.write_to(0);
    one_turn(base_);
    EXPECT_EQ(others.fired, 1);
    EXPECT_EQ(counter_.fired, 0);
    close(copy);
}

TEST_P(Reused, reports_of_a_dup_ed_file_do_not_fire_the_events_of_its_old_number) {
    Pair pair;
    const int number = pair.fd[0];
    const int copy = dup(number);
    Event ev = counter_.on(base_.get(), number, EV_READ | EV_PERSIST);
    event_add(ev.get(), nullptr);
    one_turn(base_);
    pair.close_end(0);
    ev.reset();
    pair.write_to(0);
    Pair next;
    ASSERT_EQ(dup2(next.fd[0], number), number);
    Counter fresh;
    {
        const Event again = fresh.on(base_.get(), number, EV_READ | EV_PERSIST);
        event_add(again.get(), nullptr);
        for (int i = 0; i < 8; ++i) one_turn(base_);
        EXPECT_EQ(fresh.fired, 0);
        next.write_to(0);
        one_turn(base_);
        EXPECT_EQ(fresh.fired, 1);
    }
    close(number);
    close(copy);
}

TEST_P(Reused, a_hang_up_reaches_an_event_that_waits_for_the_close_alone) {
    if (std::string(GetParam()) == "select") GTEST_SKIP() << "select knows no close";
    int fds[2];
    ASSERT_EQ(pipe(fds), 0);
    {
        const Event ev = counter_.on(base_.get(), fds[0], EV_CLOSED);
        ASSERT_EQ(event_add(ev.get(), nullptr), 0);
        one_turn(base_);
        close(fds[1]);
        one_turn(base_);
        EXPECT_EQ(counter_.fired, 1);
        EXPECT_EQ(counter_.what, EV_CLOSED);
        EXPECT_EQ(one_turn(base_), 1) << "nothing is left to wait for";
    }
    close(fds[0]);
}

INSTANTIATE_TEST_SUITE_P(Backends, Reused,
                         ::testing::Values("epoll", "changelist", "io_uring", "poll", "select"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace evglass::test
