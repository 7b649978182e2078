// fork and event_reinit, a thousand times on each backend: no descriptor is left, the child's
// wake-ups, signals and changes are its own, and the parent's set stays as it was.
// Read next: src/event/reinit.cc.
#include <dirent.h>
#include <event2/event.h>
#include <event2/thread.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "src/event/event_core.h"

namespace {

constexpr int kForks = 1000;

int count_fds() {
    int n = 0;
    DIR* directory = opendir("/proc/self/fd");
    while (readdir(directory) != nullptr) ++n;
    closedir(directory);
    return n;
}

void add_one(evutil_socket_t, short, void* count) {
    ++*static_cast<int*>(count);
}

class Fork : public ::testing::TestWithParam<const char*> {
 protected:
    void SetUp() override {
        evthread_use_pthreads();
        const std::string backend = GetParam();
        if (backend == "changelist") setenv("EVENT_EPOLL_USE_CHANGELIST", "1", 1);
        if (backend == "poll" || backend == "select") setenv("EVENT_NOEPOLL", "1", 1);
        if (backend == "select") setenv("EVENT_NOPOLL", "1", 1);
        base_ = event_base_new();
        ASSERT_NE(base_, nullptr);
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, wire_), 0);
        reader_ = event_new(base_, wire_[0], EV_READ | EV_PERSIST, add_one, &reads_);
        signal_ = evsignal_new(base_, SIGUSR1, add_one, &signals_);
        user_ = event_new(base_, -1, 0, add_one, &wakes_);
        ASSERT_EQ(event_add(reader_, nullptr), 0);
        ASSERT_EQ(event_add(signal_, nullptr), 0);
    }
    void TearDown() override {
        for (event* ev : {reader_, signal_, user_}) event_free(ev);
        event_base_free(base_);
        close(wire_[0]);
        close(wire_[1]);
        for (const char* name : {"EVENT_EPOLL_USE_CHANGELIST", "EVENT_NOEPOLL", "EVENT_NOPOLL"})
            unsetenv(name);
    }
    void turn() { event_base_loop(base_, EVLOOP_ONCE | EVLOOP_NONBLOCK); }
    void drain() {
        char bytes[16];
        while (read(wire_[0], bytes, sizeof bytes) > 0) {
        }
    }
    /// In the child: 0, or the number of what is wrong.
    int child(int fds_of_parent) {
        if (event_reinit(base_) != 0) return 1;
        if (count_fds() != fds_of_parent) return 2;
        raise(SIGUSR1);
        turn();
        turn();
        if (signals_ != 1) return 3;
        evthread_notify_base(base_);  // wakes this loop alone
        turn();
        if (reads_ != 0 || wakes_ != 0) return 4;
        event_active(user_, EV_READ, 1);
        turn();
        if (wakes_ != 1) return 5;
        event_del(reader_);  // must not take the parent's reader out
        event_del(signal_);
        event_base_assert_ok_nolock_(base_);
        event_free(user_);
        event_base_free(base_);
        return 0;
    }
    event_base* base_ = nullptr;
    event *reader_ = nullptr, *signal_ = nullptr, *user_ = nullptr;
    int wire_[2] = {-1, -1};
    int reads_ = 0, signals_ = 0, wakes_ = 0;
};

TEST_P(Fork, AThousandChildrenWithBasesOfTheirOwn) {
    const int fds = count_fds();
    for (int i = 0; i < kForks; ++i) {
        const pid_t pid = fork();
        if (pid == 0) _exit(child(fds));
        int status = 0;
        ASSERT_EQ(waitpid(pid, &status, 0), pid);
        ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0)
            << "child " << i << ": status " << status;
        turn();
        ASSERT_EQ(reads_ + signals_ + wakes_, 0) << "the child's doing reached the parent";
        ASSERT_EQ(write(wire_[1], "x", 1), 1);
        turn();
        ASSERT_EQ(reads_, 1) << "the parent's reader is still watched";
        drain();
        reads_ = 0;
    }
    raise(SIGUSR1);
    turn();
    turn();
    EXPECT_EQ(signals_, 1);
    EXPECT_EQ(count_fds(), fds);
}

TEST_P(Fork, AThousandReinitsInOneProcess) {
    const int fds = count_fds();
    for (int i = 0; i < kForks; ++i) {
        ASSERT_EQ(event_reinit(base_), 0);
        ASSERT_EQ(write(wire_[1], "x", 1), 1);
        raise(SIGUSR1);
        turn();
        turn();
        ASSERT_GE(reads_, 1);
        ASSERT_EQ(signals_, i + 1);
        drain();
        reads_ = 0;
    }
    event_base_assert_ok_nolock_(base_);
    EXPECT_EQ(count_fds(), fds);
}

TEST_P(Fork, ChildrenOfChildren) {
    const pid_t pid = fork();
    if (pid == 0) {
        for (int depth = 0; depth < 20; ++depth) {
            if (event_reinit(base_) != 0) _exit(1);
            const pid_t next = fork();
            if (next == 0) continue;
            int status = 1;
            waitpid(next, &status, 0);
            _exit(status == 0 ? 0 : 1);
        }
        raise(SIGUSR1);
        if (event_reinit(base_) != 0) _exit(1);
        raise(SIGUSR1);
        turn();
        turn();
        _exit(signals_ == 1 ? 0 : 1);  // the one before event_reinit went to the parent's pipe
    }
    int status = 1;
    waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
}

INSTANTIATE_TEST_SUITE_P(Backend, Fork, testing::Values("epoll", "changelist", "poll", "select"),
                         [](const auto& param) { return std::string(param.param); });

}  // namespace
