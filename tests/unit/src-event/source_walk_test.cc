// The walk through the core that the source analyses give, function by function and system call by
// system call, on the records of a real run: each claim that only shows inside.
// Read next: tests/claims/claims.txt, chapter "source".
#include <event2/event.h>
#include <event2/event_struct.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "src/event/event_core.h"
#include "src/util/sys.h"
#include "tests/support/recorded.h"

namespace {

namespace rec = evglass::trace::rec;
using evglass::test::Recorded;
using evglass::trace::field::phase;

void nothing(evutil_socket_t, short, void*) {}

/// A base on epoll, a socketpair, and a recording of everything.
class Walk : public ::testing::Test {
 protected:
    void SetUp() override {
        if (!evglass::trace::kCompiledIn) GTEST_SKIP() << "built without the trace";
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    }
    void TearDown() override {
        if (base != nullptr) event_base_free(base);
        for (const int fd : fds) close(fd);
    }
    void begin(const char* what = "full=8M,only=all") { recorded.emplace(what); }
    std::ptrdiff_t times_entered(const char* function) const {
        const auto names = recorded->entered();
        return std::count(names.begin(), names.end(), function);
    }
    /// The named functions in the order in which they were entered.
    std::vector<std::string> order_of(const std::vector<std::string>& wanted) const {
        std::vector<std::string> order;
        for (const std::string& name : recorded->entered())
            if (std::find(wanted.begin(), wanted.end(), name) != wanted.end())
                order.push_back(name);
        return order;
    }
    int one_turn() { return event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK); }

    event_base* base = nullptr;
    int fds[2] = {-1, -1};
    std::optional<Recorded> recorded;
};

// Shows T055 T056 T428: one call makes the epoll set, and the signal pipe comes with the backend.
TEST_F(Walk, T055_the_epoll_set_is_made_with_close_on_exec) {
    begin();
    base = event_base_new();
    recorded->stop();
    const auto made = recorded->all<rec::sys_epoll_create1>();
    ASSERT_EQ(made.size(), 1U);
    EXPECT_EQ(made[0].flags, EPOLL_CLOEXEC);
    EXPECT_EQ(order_of({"epoll_init", "evsig_init_"}),
              (std::vector<std::string>{"epoll_init", "evsig_init_"}));
    EXPECT_EQ(recorded->all<rec::sys_pipe2>().size(), 1U);
    EXPECT_TRUE(recorded->all<rec::sys_epoll_ctl>().empty()) << "the pipe is not watched yet";
}

TEST_F(Walk, T061_event_new_is_memory_and_event_assign) {
    base = event_base_new();
    begin();
    event* ev = event_new(base, fds[0], EV_READ, nothing, nullptr);
    recorded->stop();
    EXPECT_EQ(times_entered("event_new"), 1);
    EXPECT_EQ(recorded->all<rec::event_assign>().size(), 1U);
    EXPECT_EQ(recorded->site<rec::event_assign>().function, "event_assign");
    event_free(ev);
}

// Shows T053 T063 T065 T072 T089: additions, and what the backend is told of them.
TEST_F(Walk, T063_what_is_in_the_map_is_not_put_there_again) {
    base = event_base_new();
    event* reader = event_new(base, fds[0], EV_READ | EV_PERSIST, nothing, nullptr);
    event* second = event_new(base, fds[0], EV_READ | EV_PERSIST, nothing, nullptr);
    event* writer = event_new(base, fds[0], EV_WRITE | EV_PERSIST, nothing, nullptr);
    begin();
    event_add(reader, nullptr);
    event_add(reader, nullptr);
    event_add(second, nullptr);
    event_add(writer, nullptr);
    one_turn();
    event_del(writer);
    event_del(second);
    event_del(reader);
    recorded->stop();
    EXPECT_EQ(recorded->all<rec::io_add>().size(), 3U) << "once for each event";
    const auto told = recorded->all<rec::sys_epoll_ctl>();
    ASSERT_EQ(told.size(), 4U) << "at once, and only what is new";
    const int ops[] = {EPOLL_CTL_ADD, EPOLL_CTL_MOD, EPOLL_CTL_MOD, EPOLL_CTL_DEL};
    for (std::size_t i = 0; i < told.size(); ++i)
        EXPECT_EQ(static_cast<int>(told[i].op), ops[i]) << i;
    EXPECT_EQ(recorded->all<rec::event_activate>().size(), 1U) << "the writer alone is ready";
    for (event* ev : {reader, second, writer}) event_free(ev);
}

TEST_F(Walk, T067_the_map_grows_with_the_highest_fd) {
    base = event_base_new();
    const int high = fcntl(fds[0], F_DUPFD, 200);
    ASSERT_GE(high, 200);
    event* ev = event_new(base, high, EV_READ, nothing, nullptr);
    begin();
    event_add(ev, nullptr);
    recorded->stop();
    const auto grown = recorded->all<rec::map_grow>();
    ASSERT_EQ(grown.size(), 1U);
    EXPECT_GT(grown[0].entries, static_cast<unsigned>(high));
    EXPECT_EQ(grown[0].entries % 32, 0U) << "32, doubled until it is enough";
    event_free(ev);
    close(high);
}

TEST_F(Walk, T073_an_edge_is_registered_with_EPOLLET) {
    base = event_base_new();
    event* ev = event_new(base, fds[0], EV_READ | EV_ET, nothing, nullptr);
    begin();
    event_add(ev, nullptr);
    recorded->stop();
    const auto told = recorded->all<rec::sys_epoll_ctl>();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].events, static_cast<unsigned>(EPOLLIN) | EPOLLET);
    event_free(ev);
}

TEST_F(Walk, T057_the_first_wait_has_room_for_32) {
    base = event_base_new();
    begin();
    event_base_loopexit(base, nullptr);
    event_base_loop(base, EVLOOP_ONCE);
    recorded->stop();
    const auto waits = recorded->all<rec::sys_epoll_wait>();
    ASSERT_EQ(waits.size(), 1U);
    EXPECT_EQ(waits[0].maxevents, 32);
}

// Shows T079 T081 T430 T431 T432 T433 T434: the phases of a turn in their order.
TEST_F(Walk, T430_the_phases_of_a_turn) {
    base = event_base_new();
    event* timer = event_new(base, -1, 0, nothing, nullptr);
    const timeval soon{0, 1000};
    event_add(timer, &soon);
    begin();
    EXPECT_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
    recorded->stop();
    const std::vector<phase> order{
        phase::stop_check,       phase::timeout_next,  phase::make_later_events_active,
        phase::prepare_watchers, phase::dispatch,      phase::check_watchers,
        phase::timeout_process,  phase::process_active};
    std::vector<phase> seen;
    for (const auto& p : recorded->all<rec::loop_phase>()) seen.push_back(p.phase);
    ASSERT_GE(seen.size(), order.size());
    EXPECT_TRUE(std::equal(order.begin(), order.end(), seen.end() - 8));
    const std::vector<std::string> functions{"timeout_next", "event_queue_make_later_events_active",
                                             "epoll_dispatch", "timeout_process",
                                             "event_process_active"};
    const std::vector<std::string> entered = order_of(functions);
    ASSERT_GE(entered.size(), functions.size());
    EXPECT_TRUE(std::equal(functions.begin(), functions.end(), entered.end() - 5));
    EXPECT_EQ(recorded->all<rec::callback_begin>().size(), 1U);
    event_free(timer);
}

// Shows T402 T406 T407: loopexit with a time is a once event, in the heap until its time.
TEST_F(Walk, T402_loopexit_is_a_once_event) {
    base = event_base_new();
    begin();
    const timeval soon{0, 1000};
    event_base_loopexit(base, &soon);
    EXPECT_NE(base->once_events, nullptr);
    EXPECT_EQ(event_base_dispatch(base), 0);
    EXPECT_EQ(base->once_events, nullptr);
    recorded->stop();
    EXPECT_EQ(
        order_of({"event_base_loopexit", "event_base_once", "event_add_nolock_", "event_once_cb",
                  "event_loopexit_cb"}),
        (std::vector<std::string>{"event_base_loopexit", "event_base_once", "event_add_nolock_",
                                  "event_once_cb", "event_loopexit_cb"}));
    EXPECT_EQ(recorded->all<rec::heap_insert>().size(), 1U);
}

TEST_F(Walk, T405_without_a_time_a_once_event_skips_the_heap) {
    base = event_base_new();
    begin();
    event_base_once(base, -1, EV_TIMEOUT, nothing, nullptr, nullptr);
    event_base_dispatch(base);
    recorded->stop();
    EXPECT_TRUE(recorded->all<rec::heap_insert>().empty());
    EXPECT_EQ(times_entered("event_active_nolock_"), 1);
    EXPECT_EQ(times_entered("event_once_cb"), 1);
}

TEST_F(Walk, T080_a_wait_that_fails_ends_the_loop) {
    base = event_base_new();
    sys::Table table = sys::kernel;
    table.epoll_wait = [](int, epoll_event*, int, int) {
        errno = EBADF;
        return -1;
    };
    event_set_log_callback([](int, const char*) {});
    sys::set_table(&table);
    EXPECT_EQ(event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY), -1);
    sys::set_table(nullptr);
    event_set_log_callback(nullptr);
}

}  // namespace
