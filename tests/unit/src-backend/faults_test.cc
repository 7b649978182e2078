// System calls that fail, and fds that are closed and reused behind the loop's back: the backend
// ends up watching what the program wants, or says that it can't.
#include <event2/event.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/event/event_core.h"
#include "src/util/sys.h"

namespace {

void count(evutil_socket_t fd, short, void* arg) {
    char sink[64];
    static_cast<void>(!read(fd, sink, sizeof sink));
    ++*static_cast<int*>(arg);
}
void silent(int, const char*) {}

/// Swaps system calls for the time of a test.
class Faults : public ::testing::Test {
 protected:
    Faults() : table_(sys::kernel) { event_set_log_callback(silent); }
    ~Faults() override {
        sys::set_table(nullptr);
        event_set_log_callback(nullptr);
    }
    sys::Table table_;
};

TEST_F(Faults, without_epoll_the_next_backend_is_taken) {
    table_.epoll_create1 = [](int) {
        errno = ENOSYS;
        return -1;
    };
    sys::set_table(&table_);
    event_base* base = event_base_new();
    ASSERT_NE(base, nullptr);
    EXPECT_STREQ(event_base_get_method(base), "poll");
    event_base_free(base);
}

TEST_F(Faults, an_interrupted_wait_is_not_an_error) {
    static int calls;
    calls = 0;
    table_.epoll_wait = [](int epfd, epoll_event* events, int n, int timeout) {
        if (++calls <= 3) {
            errno = EINTR;
            return -1;
        }
        return sys::kernel.epoll_wait(epfd, events, n, timeout);
    };
    sys::set_table(&table_);
    event_base* base = event_base_new();
    const timeval soon{0, 1000};
    int fired = 0;
    event_base_once(
        base, -1, EV_TIMEOUT, [](int, short, void* arg) { ++*static_cast<int*>(arg); }, &fired,
        &soon);
    EXPECT_EQ(event_base_dispatch(base), 1);
    EXPECT_EQ(fired, 1);
    EXPECT_GE(calls, 4);
    event_base_free(base);
}

TEST_F(Faults, a_backend_that_broke_ends_the_loop_with_an_error) {
    table_.epoll_wait = [](int, epoll_event*, int, int) {
        errno = EBADF;
        return -1;
    };
    event_base* base = event_base_new();
    sys::set_table(&table_);
    EXPECT_EQ(event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY), -1);
    sys::set_table(nullptr);
    event_base_free(base);
}

TEST_F(Faults, a_failed_add_leaves_the_event_as_it_was) {
    event_base* base = event_base_new();
    int fds[2];
    ASSERT_EQ(pipe(fds), 0);
    event* ev = event_new(base, fds[0], EV_READ, count, nullptr);
    table_.epoll_ctl = [](int, int, int, epoll_event*) {
        errno = ENOSPC;
        return -1;
    };
    sys::set_table(&table_);
    EXPECT_EQ(event_add(ev, nullptr), -1);
    EXPECT_EQ(event_pending(ev, 0xff, nullptr), 0);
    event_base_assert_ok_nolock_(base);
    sys::set_table(nullptr);
    EXPECT_EQ(event_add(ev, nullptr), 0);
    event_free(ev);
    event_base_free(base);
    close(fds[0]);
    close(fds[1]);
}

TEST_F(Faults, an_fd_that_was_closed_and_reused_is_watched_again) {
    event_base* base = event_base_new();
    int fired = 0;
    int fds[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    const int number = fds[0];
    event* reader = event_new(base, number, EV_READ | EV_PERSIST, count, &fired);
    ASSERT_EQ(event_add(reader, nullptr), 0);
    // Behind the loop's back the number becomes another socket.
    int other[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, other), 0);
    ASSERT_EQ(dup2(other[0], number), number);
    event* writer = event_new(base, number, EV_WRITE, count, &fired);
    EXPECT_EQ(event_add(writer, nullptr), 0);  // MOD says ENOENT: retried as ADD
    event_del(writer);
    ASSERT_EQ(write(other[1], "x", 1), 1);
    event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    EXPECT_GE(fired, 1);
    event_free(reader);
    event_free(writer);
    event_base_free(base);
    for (const int fd : {fds[0], fds[1], other[0], other[1]}) close(fd);
}

TEST_F(Faults, deleting_an_event_of_a_closed_fd_is_no_error) {
    event_base* base = event_base_new();
    int fds[2];
    ASSERT_EQ(pipe(fds), 0);
    event* ev = event_new(base, fds[0], EV_READ, count, nullptr);
    event_add(ev, nullptr);
    close(fds[0]);
    EXPECT_EQ(event_del(ev), 0);
    event_free(ev);
    event_base_free(base);
    close(fds[1]);
}

TEST_F(Faults, select_reaches_beyond_FD_SETSIZE) {
    const rlimit wanted{4096, 4096};
    rlimit have{};
    getrlimit(RLIMIT_NOFILE, &have);
    if (have.rlim_cur < wanted.rlim_cur) {
        ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &wanted), 0);
    }
    event_config* cfg = event_config_new();
    event_config_avoid_method(cfg, "epoll");
    event_config_avoid_method(cfg, "poll");
    event_base* base = event_base_new_with_config(cfg);
    event_config_free(cfg);
    int fds[2];
    ASSERT_EQ(pipe(fds), 0);
    const int high = fcntl(fds[0], F_DUPFD, 3000);
    ASSERT_GE(high, 3000);
    int fired = 0;
    event* ev = event_new(base, high, EV_READ, count, &fired);
    ASSERT_EQ(event_add(ev, nullptr), 0);
    ASSERT_EQ(write(fds[1], "x", 1), 1);
    event_base_loop(base, EVLOOP_ONCE);
    EXPECT_EQ(fired, 1);
    event_free(ev);
    event_base_free(base);
    close(high);
    close(fds[0]);
    close(fds[1]);
}

}  // namespace
