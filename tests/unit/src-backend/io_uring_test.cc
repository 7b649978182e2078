// The io_uring backend: who gets it and who doesn't, who owns the ring, levels and edges, a close
// that closes, and a kernel that refuses.
#include <event2/event.h>
#include <event2/evglass.h>
#include <event2/thread.h>
#include <gtest/gtest.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <atomic>
#include <cstdlib>
#include <optional>
#include <thread>
#include <vector>

#include "tests/support/recorded.h"
#include "tests/unit/src-backend/support.h"

namespace evglass::test {
namespace {

Base prefer_io_uring() {
    event_config* cfg = event_config_new();
    evglass_config_prefer_io_uring(cfg);
    Base base(event_base_new_with_config(cfg));
    event_config_free(cfg);
    return base;
}

class IoUring : public SystemCalls {
 protected:
    Base base_ = base_on("io_uring");
    Counter counter_;
};

/// Reads what came, so that the fd is not ready any more.
Event reader(Counter& counter, event_base* base, int fd, short events) {
    return Event(event_new(
        base, fd, events,
        [](int ready, short what, void* arg) {
            auto* self = static_cast<Counter*>(arg);
            char sink[64];
            if (read(ready, sink, sizeof sink) > 0) ++self->fired;
            self->what = what;
        },
        &counter));
}

TEST_F(IoUring, is_chosen_only_where_it_is_asked_for) {
    EXPECT_STREQ(event_base_get_method(base_.get()), "io_uring");
    EXPECT_EQ(event_base_get_features(base_.get()),
              EV_FEATURE_ET | EV_FEATURE_O1 | EV_FEATURE_EARLY_CLOSE);
    EXPECT_STREQ(event_base_get_method(Base(event_base_new()).get()), "epoll");
    for (const char** name = event_get_supported_methods(); *name != nullptr; ++name) {
        EXPECT_STRNE(*name, "io_uring");
    }
    EXPECT_EQ(evglass_config_prefer_io_uring(nullptr), -1);
}

TEST_F(IoUring, the_environment_asks_for_it_unless_it_is_ignored) {
    setenv("EVENT_USE_IO_URING", "1", 1);
    EXPECT_STREQ(event_base_get_method(Base(event_base_new()).get()), "io_uring");
    EXPECT_STREQ(event_base_get_method(base_on("epoll").get()), "epoll");
    setenv("EVENT_USE_IO_URING", "0", 1);
    EXPECT_STREQ(event_base_get_method(Base(event_base_new()).get()), "epoll");
    unsetenv("EVENT_USE_IO_URING");
}

TEST_F(IoUring, a_kernel_that_refuses_gives_epoll_and_the_trace_says_why) {
    static int warnings;
    warnings = 0;
    event_set_log_callback([](int, const char*) { ++warnings; });
    table_.io_uring_setup = [](unsigned, io_uring_params*) {
        errno = EPERM;
        return -1;
    };
    sys::set_table(&table_);
    std::optional<Recorded> recorded;
    if (trace::kCompiledIn) recorded.emplace("full");
    EXPECT_STREQ(event_base_get_method(prefer_io_uring().get()), "epoll");
    EXPECT_EQ(warnings, 0);
    if (!recorded) return;
    recorded->stop();
    const auto tries = recorded->all<trace::rec::backend_try>();
    ASSERT_EQ(tries.size(), 2u);
    EXPECT_EQ(tries[0].name.view(), "io_uring");
    EXPECT_EQ(tries[0].verdict, trace::field::verdict::init_failed);
    EXPECT_EQ(tries[1].verdict, trace::field::verdict::chosen);
    const auto setups = recorded->all<trace::rec::sys_io_uring_setup>();
    ASSERT_EQ(setups.size(), 1u);
    EXPECT_EQ(setups[0].error.value, EPERM);
}

TEST_F(IoUring, no_shared_memory_gives_epoll_and_leaks_nothing) {
    table_.mmap = [](void*, std::size_t, int, int, int, off_t) -> void* {
        errno = ENOMEM;
        return MAP_FAILED;
    };
    const int before = dup(0);
    close(before);
    sys::set_table(&table_);
    EXPECT_STREQ(event_base_get_method(prefer_io_uring().get()), "epoll");
    const int after = dup(0);
    close(after);
    EXPECT_EQ(after, before);
}

TEST_F(IoUring, a_level_is_reported_until_it_is_drained) {
    Pair pair;
    const Event ev = counter_.on(base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
    event_add(ev.get(), nullptr);
    one_turn(base_);
    EXPECT_EQ(counter_.fired, 0);
    pair.write_to(0);
    for (int i = 1; i <= 5; ++i) {
        one_turn(base_);
        EXPECT_EQ(counter_.fired, i);
    }
    char sink[8];
    EXPECT_EQ(read(pair.fd[0], sink, sizeof sink), 1);
    one_turn(base_);
    EXPECT_EQ(counter_.fired, 5);
    pair.write_to(0);
    one_turn(base_);
    EXPECT_EQ(counter_.fired, 6);
}

TEST_F(IoUring, an_edge_is_reported_once_for_each_arrival) {
    Pair pair;
    const Event ev = counter_.on(base_.get(), pair.fd[0], EV_READ | EV_ET | EV_PERSIST);
    event_add(ev.get(), nullptr);
    pair.write_to(0);
    for (int i = 0; i < 3; ++i) one_turn(base_);
    EXPECT_EQ(counter_.fired, 1);
    EXPECT_EQ(counter_.what, EV_READ | EV_ET);
    pair.write_to(0);
    for (int i = 0; i < 3; ++i) one_turn(base_);
    EXPECT_EQ(counter_.fired, 2);
}

TEST_F(IoUring, many_ready_fds_are_all_reported_in_one_turn) {
    constexpr int kPairs = 300;  // more requests than the submission queue has places
    std::vector<std::unique_ptr<Pair>> pairs;
    std::vector<Event> events;
    for (int i = 0; i < kPairs; ++i) {
        pairs.push_back(std::make_unique<Pair>());
        events.push_back(reader(counter_, base_.get(), pairs.back()->fd[0], EV_READ | EV_PERSIST));
        event_add(events.back().get(), nullptr);
    }
    one_turn(base_);
    for (int round = 1; round <= 3; ++round) {
        for (auto& pair : pairs) pair->write_to(0);
        one_turn(base_);
        EXPECT_EQ(counter_.fired, round * kPairs);
    }
    events.clear();
}

TEST_F(IoUring, a_close_after_event_del_closes) {
    Pair pair;
    Event ev = counter_.on(base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
    event_add(ev.get(), nullptr);
    one_turn(base_);
    event_del(ev.get());
    pair.close_end(0);
    pollfd other{pair.fd[1], POLLIN, 0};
    EXPECT_EQ(poll(&other, 1, 0), 1) << "the ring keeps the file open";
    EXPECT_NE(other.revents & POLLHUP, 0);
}

TEST_F(IoUring, what_is_added_and_deleted_costs_no_call) {
    static int calls;
    Pair pair;
    one_turn(base_);
    calls = 0;
    table_.io_uring_enter = [](int ring, unsigned n, unsigned min, unsigned flags,
                               const timespec* t) {
        ++calls;
        return sys::kernel.io_uring_enter(ring, n, min, flags, t);
    };
    sys::set_table(&table_);
    const Event ev = counter_.on(base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
    for (int i = 0; i < 100; ++i) {
        event_add(ev.get(), nullptr);
        event_del(ev.get());
    }
    EXPECT_EQ(calls, 0);
}

TEST_F(IoUring, failures_that_pass_do_not_end_the_loop) {
    static int failures;
    static int error;
    Pair pair;
    const Event ev = reader(counter_, base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
    event_add(ev.get(), nullptr);
    table_.io_uring_enter = [](int ring, unsigned n, unsigned min, unsigned flags,
                               const timespec* t) {
        if (failures > 0) {
            --failures;
            errno = error;
            return -1;
        }
        return sys::kernel.io_uring_enter(ring, n, min, flags, t);
    };
    sys::set_table(&table_);
    int expected = 0;
    for (const int e : {EINTR, EAGAIN, EBUSY, ENOMEM}) {
        error = e;
        failures = 3;
        pair.write_to(0);
        for (int i = 0; i < 5; ++i) EXPECT_EQ(one_turn(base_), 0) << strerror(e);
        EXPECT_EQ(counter_.fired, ++expected) << strerror(e);
    }
    error = EBADF;
    failures = 1;
    EXPECT_EQ(event_base_loop(base_.get(), EVLOOP_ONCE), -1);
}

TEST_F(IoUring, an_fd_that_is_not_open_is_told_once) {
    Pair pair;
    const Event ev = counter_.on(base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
    EXPECT_EQ(event_add(ev.get(), nullptr), 0);
    pair.close_end(0);
    for (int i = 0; i < 4; ++i) one_turn(base_);
    EXPECT_EQ(counter_.fired, 1);
    event_base_assert_ok_nolock_(base_.get());
}

TEST_F(IoUring, a_sleep_ends_at_its_timer) {
    const timeval soon{0, 30000};
    event_base_loopexit(base_.get(), &soon);
    const unsigned long long turns = base_->turn;
    EXPECT_EQ(event_base_loop(base_.get(), EVLOOP_NO_EXIT_ON_EMPTY), 0);
    EXPECT_LE(base_->turn - turns, 40u) << "it spins";
}

TEST_F(IoUring, a_loop_may_move_to_another_thread) {
    Pair pair;
    const Event ev = reader(counter_, base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
    event_add(ev.get(), nullptr);
    int expected = 0;
    for (int i = 0; i < 4; ++i) {
        pair.write_to(0);
        if (i % 2 == 0) {
            one_turn(base_);
        } else {
            std::thread([&] { one_turn(base_); }).join();
        }
        EXPECT_EQ(counter_.fired, ++expected);
    }
}

TEST_F(IoUring, a_child_after_fork_and_reinit_has_its_own_ring) {
    Pair pair;
    const Event ev = reader(counter_, base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
    event_add(ev.get(), nullptr);
    one_turn(base_);
    const pid_t child = fork();
    if (child == 0) {
        bool ok = event_reinit(base_.get()) == 0;
        pair.write_to(0);
        one_turn(base_);
        ok = ok && counter_.fired == 1;
        _exit(ok ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    one_turn(base_);
    EXPECT_EQ(counter_.fired, 0);
    pair.write_to(0);
    one_turn(base_);
    EXPECT_EQ(counter_.fired, 1) << "the child has disturbed the parent's ring";
}

TEST_F(IoUring, records_tell_requests_and_completions) {
    if (!trace::kCompiledIn) return;
    Recorded recorded("full");
    Pair pair;
    const int fd = pair.fd[0];
    {
        const Event ev = reader(counter_, base_.get(), fd, EV_READ | EV_PERSIST);
        event_add(ev.get(), nullptr);
        pair.write_to(0);
        one_turn(base_);
        one_turn(base_);
    }
    recorded.stop();
    const auto adds = recorded.all<trace::rec::uring_poll_add>();
    ASSERT_FALSE(adds.empty());
    EXPECT_EQ(adds.back().fd.value, fd);
    EXPECT_EQ(adds.back().what.value, EV_READ);
    const auto done = recorded.all<trace::rec::uring_completion>();
    ASSERT_FALSE(done.empty());
    EXPECT_EQ(done[0].user_data, adds.back().user_data);
    EXPECT_NE(done[0].result & POLLIN, 0);
    EXPECT_EQ(done[0].current, 1u);
    const auto removes = recorded.all<trace::rec::uring_poll_remove>();
    ASSERT_EQ(removes.size(), 1u);
    EXPECT_EQ(removes[0].user_data, adds.back().user_data);
    EXPECT_GE(recorded.all<trace::rec::sys_io_uring_enter>().size(), 2u);
}

}  // namespace
}  // namespace evglass::test
