// src/util/program_calls: the waits of a program that has no loop tell their entries. select and
// poll tell all that they were given, epoll_wait what came back. Results and errno stay the calls'
// own.
#include <event2/evglass_sys.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>

#include "src/util/sys.h"
#include "tests/support/recorded.h"

namespace {

namespace rec = sys::rec;
using evglass::test::Recorded;

constexpr evglass_place kHere{"tests/unit/src-util/program_calls_test.cc", "here", 1};

/// Two sockets that talk to each other; the first has a byte to read.
struct Pair {
    int fds[2] = {-1, -1};
    Pair() {
        EXPECT_EQ(evglass_sys_socketpair(&kHere, AF_UNIX, SOCK_STREAM, 0, fds), 0);
        EXPECT_EQ(evglass_sys_write(&kHere, fds[1], "!", 1), 1);
    }
    ~Pair() {
        for (const int fd : fds) close(fd);
    }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;
};

void wait_in_all_ways(const Pair& pair) {
    fd_set readable;
    FD_ZERO(&readable);
    for (const int fd : pair.fds) FD_SET(fd, &readable);
    timeval now{0, 0};
    EXPECT_EQ(evglass_sys_select(&kHere, pair.fds[1] + 1, &readable, nullptr, nullptr, &now), 1);
    EXPECT_TRUE(FD_ISSET(pair.fds[0], &readable));
    EXPECT_FALSE(FD_ISSET(pair.fds[1], &readable));
    pollfd polled[2] = {{pair.fds[0], POLLIN, 0}, {pair.fds[1], POLLIN, 0}};
    EXPECT_EQ(evglass_sys_poll(&kHere, polled, 2, 0), 1);
    const int epfd = evglass_sys_epoll_create1(&kHere, EPOLL_CLOEXEC);
    for (const int fd : pair.fds) {
        epoll_event wanted{};
        wanted.events = EPOLLIN;
        wanted.data.fd = fd;
        EXPECT_EQ(evglass_sys_epoll_ctl(&kHere, epfd, EPOLL_CTL_ADD, fd, &wanted), 0);
    }
    epoll_event ready[4];
    EXPECT_EQ(evglass_sys_epoll_wait(&kHere, epfd, ready, 4, 0), 1);
    EXPECT_EQ(ready[0].data.fd, pair.fds[0]);
    close(epfd);
}

TEST(ProgramCalls, WithoutARecordingTheyAreTheCalls) {
    wait_in_all_ways(Pair());
    EXPECT_EQ(evglass_sys_read(&kHere, -1, nullptr, 0), -1);
    EXPECT_EQ(errno, EBADF);
}

TEST(ProgramCalls, SelectAndPollTellAllTheirEntriesEpollTheReadyOnes) {
    if (!evglass::trace::kCompiledIn) GTEST_SKIP() << "built without the trace";
    Recorded recorded("full=4M,only=state+syscall");
    const Pair pair;
    wait_in_all_ways(pair);
    recorded.stop();

    const auto entries = recorded.all<rec::wait_entry>();
    ASSERT_EQ(entries.size(), 5u) << "2 of select, 2 of poll, 1 of epoll_wait";
    for (const std::size_t i : {0u, 2u, 4u}) {
        EXPECT_EQ(entries[i].fd, pair.fds[0]);
        EXPECT_EQ(entries[i].asked, i == 4 ? 0u : static_cast<unsigned>(EPOLLIN));
        EXPECT_EQ(entries[i].got, static_cast<unsigned>(EPOLLIN));
    }
    for (const std::size_t i : {1u, 3u}) {
        EXPECT_EQ(entries[i].fd, pair.fds[1]);
        EXPECT_EQ(entries[i].got, 0u);
    }
}

TEST(ProgramCalls, AFailedWaitAnswersNothingAndKeepsErrno) {
    if (!evglass::trace::kCompiledIn) GTEST_SKIP() << "built without the trace";
    Recorded recorded("full=4M,only=state+syscall");
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(900, &readable);  // surely not open
    timeval now{0, 0};
    EXPECT_EQ(evglass_sys_select(&kHere, 901, &readable, nullptr, nullptr, &now), -1);
    EXPECT_EQ(errno, EBADF) << "telling must not touch errno";
    recorded.stop();
    const auto entries = recorded.all<rec::wait_entry>();
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(entries[0].asked, static_cast<unsigned>(EPOLLIN));
    EXPECT_EQ(entries[0].got, 0u);
}

TEST(ProgramCalls, WhatAProgramTellsOfItselfStandsAtItsOwnPlace) {
    if (!evglass::trace::kCompiledIn) GTEST_SKIP() << "built without the trace";
    Recorded recorded("full=4M,only=state");
    evglass_mark_at(&kHere, "halfway");
    evglass_note_at(&kHere, "queue", 7);
    evglass_name_fd_at(&kHere, 3, "listener");
    evglass_mark_at(&kHere, nullptr);
    recorded.stop();
    ASSERT_EQ(recorded.all<rec::mark>().size(), 1u);
    ASSERT_EQ(recorded.all<rec::note>().size(), 1u);
    EXPECT_EQ(recorded.all<rec::note>()[0].value, 7);
    EXPECT_EQ(recorded.all<rec::fd_name>()[0].fd, 3);
    EXPECT_EQ(recorded.site<rec::mark>().file, kHere.file);
    EXPECT_EQ(recorded.site<rec::note>().function, kHere.function);
}

}  // namespace
