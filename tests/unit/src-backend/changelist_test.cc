// The changelist: what cancels out is never told, what is left is told once, before the loop
// sleeps.
#include <event2/event.h>
#include <event2/thread.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <string>
#include <vector>

#include "src/backend/changelist.h"
#include "tests/support/failing_memory.h"
#include "tests/unit/src-backend/support.h"

namespace evglass::test {
namespace {

std::vector<std::string> calls;

/// Notes each epoll_ctl as "ADD 5", and lets it through.
class Changelist : public SystemCalls {
 protected:
    Changelist() {
        calls.clear();
        table_.epoll_ctl = [](int epfd, int op, int fd, epoll_event* event) {
            const char* name = op == EPOLL_CTL_ADD ? "ADD" : op == EPOLL_CTL_DEL ? "DEL" : "MOD";
            calls.push_back(std::string(name) + " " + std::to_string(event->events));
            return sys::kernel.epoll_ctl(epfd, op, fd, event);
        };
        sys::set_table(&table_);
    }
    Base base_ = base_on("changelist");
};

TEST_F(Changelist, is_named_in_the_method) {
    EXPECT_STREQ(event_base_get_method(base_.get()), "epoll (with changelist)");
}

TEST_F(Changelist, a_hundred_changes_and_their_undoing_cost_nothing) {
    Pair pair;
    Counter counter;
    const Event ev = counter.on(base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
    for (int i = 0; i < 100; ++i) {
        event_add(ev.get(), nullptr);
        event_del(ev.get());
        event_base_assert_ok_nolock_(base_.get());
    }
    event_add(ev.get(), nullptr);
    EXPECT_TRUE(calls.empty()) << "told before the loop slept";
    one_turn(base_);
    EXPECT_EQ(calls, std::vector<std::string>{"ADD 1"});
    event_base_assert_ok_nolock_(base_.get());
}

TEST_F(Changelist, a_toggled_write_is_not_told) {
    Pair pair;
    Counter reads, writes;
    const Event reader = reads.on(base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
    const Event writer = writes.on(base_.get(), pair.fd[0], EV_WRITE);
    event_add(reader.get(), nullptr);
    one_turn(base_);
    calls.clear();
    event_add(writer.get(), nullptr);
    event_del(writer.get());
    one_turn(base_);
    EXPECT_TRUE(calls.empty());
    event_add(writer.get(), nullptr);
    one_turn(base_);
    EXPECT_EQ(writes.fired, 1);
    EXPECT_EQ(calls, std::vector<std::string>{"MOD 5"});
    one_turn(base_);
    EXPECT_EQ(calls, (std::vector<std::string>{"MOD 5", "MOD 1"}));
}

TEST_F(Changelist, a_number_that_became_another_file_in_between_is_watched) {
    Pair old_pair;
    Counter counter;
    const int number = old_pair.fd[0];
    const Event ev = counter.on(base_.get(), number, EV_READ | EV_PERSIST);
    event_add(ev.get(), nullptr);
    one_turn(base_);
    event_del(ev.get());
    Pair new_pair;
    ASSERT_EQ(dup2(new_pair.fd[0], number), number);
    event_add(ev.get(), nullptr);
    new_pair.write_to(0);
    one_turn(base_);
    EXPECT_EQ(counter.fired, 1);
    event_del(ev.get());
}

TEST_F(Changelist, an_fd_that_the_kernel_refuses_wakes_its_event_once) {
    Pair pair;
    Counter counter;
    const Event ev = counter.on(base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
    EXPECT_EQ(event_add(ev.get(), nullptr), 0);
    pair.close_end(0);
    for (int i = 0; i < 3; ++i) one_turn(base_);
    EXPECT_EQ(counter.fired, 1);
    EXPECT_EQ(counter.what, EV_READ);
    event_base_assert_ok_nolock_(base_.get());
}

TEST_F(Changelist, what_wakes_the_loop_is_watched_at_once) {
    EXPECT_EQ(evthread_make_base_notifiable(base_.get()), 0);
    EXPECT_EQ(calls, std::vector<std::string>{"ADD 1"});
    const Event sig(event_new(
        base_.get(), SIGUSR1, EV_SIGNAL, [](int, short, void*) {}, nullptr));
    EXPECT_EQ(event_add(sig.get(), nullptr), 0);
    EXPECT_EQ(calls, (std::vector<std::string>{"ADD 1", "ADD 1"}));
    one_turn(base_);
    EXPECT_EQ(calls.size(), 2u);
    event_base_assert_ok_nolock_(base_.get());
}

TEST_F(Changelist, a_loop_that_could_not_be_woken_is_refused) {
    static int error;
    for (const int e : {ENOSPC, ENOMEM}) {
        error = e;
        base_ = base_on("changelist");
        table_.epoll_ctl = [](int, int, int, epoll_event*) {
            errno = error;
            return -1;
        };
        sys::set_table(&table_);
        EXPECT_EQ(evthread_make_base_notifiable(base_.get()), -1);
        const Event sig(event_new(
            base_.get(), SIGUSR1, EV_SIGNAL, [](int, short, void*) {}, nullptr));
        EXPECT_EQ(event_add(sig.get(), nullptr), -1);
        EXPECT_EQ(event_pending(sig.get(), EV_SIGNAL, nullptr), 0);
        event_base_assert_ok_nolock_(base_.get());
        table_.epoll_ctl = sys::kernel.epoll_ctl;
        sys::set_table(&table_);
        EXPECT_EQ(event_add(sig.get(), nullptr), 0);
    }
}

TEST_F(Changelist, a_kernel_without_room_wakes_the_event_once_and_is_asked_again) {
    static int error;
    for (const int e : {ENOSPC, ENOMEM}) {
        error = e;
        Pair pair;
        Counter counter;
        const Event ev = counter.on(base_.get(), pair.fd[0], EV_READ | EV_PERSIST);
        table_.epoll_ctl = [](int, int, int, epoll_event*) {
            errno = error;
            return -1;
        };
        sys::set_table(&table_);
        EXPECT_EQ(event_add(ev.get(), nullptr), 0);
        for (int i = 0; i < 3; ++i) EXPECT_EQ(one_turn(base_), 0);
        EXPECT_EQ(counter.fired, 1);
        event_base_assert_ok_nolock_(base_.get());
        table_.epoll_ctl = sys::kernel.epoll_ctl;
        sys::set_table(&table_);
        event_del(ev.get());
        EXPECT_EQ(event_add(ev.get(), nullptr), 0);
        pair.write_to(0);
        one_turn(base_);
        EXPECT_EQ(counter.fired, 2);
    }
}

TEST_F(Changelist, deleting_works_without_memory) {
    // Many fds, so that the deletions need more places than the list has.
    constexpr int kPairs = 70;
    std::vector<std::unique_ptr<Pair>> pairs;
    std::vector<Event> events;
    Counter counter;
    for (int i = 0; i < kPairs; ++i) pairs.push_back(std::make_unique<Pair>());
    {
        FailingMemory memory;
        const Base base = base_on("changelist");
        for (auto& pair : pairs) {
            events.push_back(counter.on(base.get(), pair->fd[0], EV_READ | EV_PERSIST));
            event_add(events.back().get(), nullptr);
            one_turn(base);  // the list is never longer than one, so that it never grows to 70
        }
        memory.fail_at(1, true);
        for (auto& ev : events) EXPECT_EQ(event_del(ev.get()), 0);
        memory.heal();
        for (auto& pair : pairs) pair->write_to(0);
        one_turn(base);
        EXPECT_EQ(counter.fired, 0);
        event_base_assert_ok_nolock_(base.get());
        events.clear();
    }
}

}  // namespace
}  // namespace evglass::test
