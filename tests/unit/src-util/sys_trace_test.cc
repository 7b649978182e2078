// src/util/sys with the trace on: each call is told with its arguments, result, errno and place.
// The records pass through the real writer into a file, and come back through the real reader.
// Without the trace in the build there is nothing to test here.
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstdlib>

#include "src/util/sys.h"
#include "tests/support/recorded.h"

namespace {

namespace rec = sys::rec;
using evglass::test::Recorded;

class SysTrace : public testing::Test {
 protected:
    void SetUp() override {
        if (!evglass::trace::kCompiledIn) GTEST_SKIP() << "built without the trace";
    }
};

TEST_F(SysTrace, ArgumentsResultAndErrno) {
    Recorded recorded("full=4M,only=syscall");
    const int epfd = sys::epoll_create1(EPOLL_CLOEXEC);
    int fds[2] = {-1, -1};
    ASSERT_EQ(sys::pipe2(fds, O_NONBLOCK), 0);
    epoll_event event{.events = EPOLLIN | EPOLLET, .data = {}};
    EXPECT_EQ(sys::epoll_ctl(epfd, EPOLL_CTL_ADD, fds[0], &event, 0, [] { return short{2}; }), 0);
    EXPECT_EQ(sys::epoll_ctl(epfd, EPOLL_CTL_ADD, fds[0], &event, 2, [] { return short{2}; }), -1);
    EXPECT_EQ(errno, EEXIST) << "telling must not touch errno";
    EXPECT_EQ(sys::epoll_ctl(epfd, EPOLL_CTL_DEL, fds[0], nullptr, 2, [] { return short{0}; }), 0);
    char byte;
    EXPECT_EQ(sys::read(fds[0], &byte, 1), -1);
    EXPECT_EQ(errno, EAGAIN);
    EXPECT_EQ(sys::write(fds[1], "ab", 2), 2);
    for (const int fd : {fds[0], fds[1], epfd}) EXPECT_EQ(sys::close(fd), 0);
    recorded.stop();

    const auto ctl = recorded.all<rec::sys_epoll_ctl>();
    ASSERT_EQ(ctl.size(), 3u);
    EXPECT_EQ(ctl[0].epfd, epfd);
    EXPECT_EQ(ctl[0].op, evglass::trace::field::epollop::ADD);
    EXPECT_EQ(ctl[0].fd, fds[0]);
    EXPECT_EQ(ctl[0].events, EPOLLIN | EPOLLET);
    EXPECT_EQ(ctl[0].before, 0);
    EXPECT_EQ(ctl[0].after, 2);
    EXPECT_EQ(ctl[0].error, 0);
    EXPECT_EQ(ctl[1].result, -1);
    EXPECT_EQ(ctl[1].error, EEXIST);
    EXPECT_EQ(ctl[2].op, evglass::trace::field::epollop::DEL);
    EXPECT_EQ(ctl[2].events, 0u);
    const auto pipes = recorded.all<rec::sys_pipe2>();
    ASSERT_EQ(pipes.size(), 1u);
    EXPECT_EQ(pipes[0].readfd, fds[0]);
    EXPECT_EQ(pipes[0].writefd, fds[1]);
    const auto reads = recorded.all<rec::sys_read>();
    ASSERT_EQ(reads.size(), 1u);
    EXPECT_EQ(reads[0].error, EAGAIN);
    const auto writes = recorded.all<rec::sys_write>();
    ASSERT_EQ(writes.size(), 1u);
    EXPECT_EQ(writes[0].size, 2u);
    EXPECT_EQ(writes[0].result, 2);
    EXPECT_EQ(recorded.all<rec::sys_close>().size(), 3u);
    EXPECT_EQ(recorded.all<rec::sys_epoll_create1>().size(), 1u);
}

int a_function_of_the_reactor() {
    return sys::eventfd(0, 0);
}

TEST_F(SysTrace, TheSiteIsTheCallersLine) {
    Recorded recorded("full=4M,only=syscall");
    const int fd = a_function_of_the_reactor();
    recorded.stop();
    const auto site = recorded.site<rec::sys_eventfd>();
    EXPECT_EQ(site.function, "a_function_of_the_reactor");
    EXPECT_TRUE(site.file.ends_with("sys_trace_test.cc")) << site.file;
    EXPECT_GT(site.line, 60u);
    close(fd);
}

TEST_F(SysTrace, ADurationIsMeasured) {
    Recorded recorded("full=4M,only=syscall,clock=monotonic");
    EXPECT_EQ(sys::poll(nullptr, 0, 20), 0);
    timeval tv{0, 5000};
    EXPECT_EQ(sys::select(0, nullptr, nullptr, nullptr, &tv), 0);
    EXPECT_EQ(sys::select(-1, nullptr, nullptr, nullptr, nullptr), -1);
    recorded.stop();
    const auto polls = recorded.all<rec::sys_poll>();
    ASSERT_EQ(polls.size(), 1u);
    EXPECT_GE(polls[0].duration, 19'000'000u) << "nanoseconds, on this clock";
    EXPECT_LT(polls[0].duration, 2'000'000'000u);
    const auto selects = recorded.all<rec::sys_select>();
    ASSERT_EQ(selects.size(), 2u);
    EXPECT_EQ(selects[0].timeout, 5000) << "what was asked, though Linux has changed it";
    EXPECT_EQ(selects[1].timeout, -1);
    EXPECT_EQ(selects[1].error, EINVAL);
}

TEST_F(SysTrace, NothingIsToldOfOtherCategories) {
    Recorded recorded("full=4M,only=state");
    sys::close(sys::eventfd(0, 0));
    recorded.stop();
    EXPECT_TRUE(recorded.all<rec::sys_close>().empty());
}

}  // namespace
