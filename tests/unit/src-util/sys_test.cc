// src/util/sys: calls go through the table, errno is the call's, and sites are the callers'.
// Calls are made to fail by a table with one entry changed.
// What is told of a call is tested in sys_trace_test.cc.
#include "src/util/sys.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

class SysTable : public testing::Test {
 protected:
    ~SysTable() override { sys::set_table(nullptr); }
    sys::Table table = sys::kernel;
};

TEST_F(SysTable, ATestCanMakeACallFail) {
    table.socket = [](int, int, int) {
        errno = EMFILE;
        return -1;
    };
    sys::set_table(&table);
    errno = 0;
    EXPECT_EQ(sys::socket(AF_INET, SOCK_STREAM, 0), -1);
    EXPECT_EQ(errno, EMFILE);
    sys::set_table(nullptr);
    const int fd = sys::socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_GE(fd, 0);
    EXPECT_EQ(sys::close(fd), 0);
}

TEST_F(SysTable, ArgumentsArriveAsTheyWereGiven) {
    static int seen[4];
    table.epoll_ctl = [](int epfd, int op, int fd, epoll_event* event) {
        seen[0] = epfd, seen[1] = op, seen[2] = fd, seen[3] = static_cast<int>(event->events);
        return 0;
    };
    table.setsockopt = [](int, int, int, const void* value, socklen_t length) {
        return length == sizeof(int) ? *static_cast<const int*>(value) : -1;
    };
    sys::set_table(&table);
    epoll_event event{.events = EPOLLIN, .data = {}};
    EXPECT_EQ(sys::epoll_ctl(3, EPOLL_CTL_MOD, 5, &event, 2, [] { return short{6}; }), 0);
    EXPECT_EQ(std::vector<int>(seen, seen + 4), (std::vector<int>{3, EPOLL_CTL_MOD, 5, EPOLLIN}));
    EXPECT_EQ(sys::setsockopt(1, SOL_SOCKET, SO_REUSEADDR, 77), 77);
}

TEST(Sys, RealCallsWork) {
    int fds[2];
    ASSERT_EQ(sys::pipe2(fds, O_NONBLOCK | O_CLOEXEC), 0);
    char byte = 'x';
    EXPECT_EQ(sys::read(fds[0], &byte, 1), -1);
    EXPECT_EQ(errno, EAGAIN);
    EXPECT_EQ(sys::write(fds[1], "a", 1), 1);
    pollfd one{fds[0], POLLIN, 0};
    EXPECT_EQ(sys::poll(&one, 1, 1000), 1);
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(fds[0], &readable);
    timeval tv{1, 0};
    EXPECT_EQ(sys::select(fds[0] + 1, &readable, nullptr, nullptr, &tv), 1);
    EXPECT_EQ(sys::read(fds[0], &byte, 1), 1);
    EXPECT_EQ(byte, 'a');
    EXPECT_EQ(sys::fcntl(fds[0], F_GETFD, 0), FD_CLOEXEC);
    EXPECT_EQ(sys::close(fds[0]), 0);
    EXPECT_EQ(sys::close(fds[1]), 0);
    EXPECT_EQ(sys::close(fds[1]), -1);
    EXPECT_EQ(errno, EBADF);
    timespec now{};
    EXPECT_EQ(sys::clock(CLOCK_MONOTONIC, &now), 0);
    EXPECT_GT(now.tv_sec + now.tv_nsec, 0);
}

sys::Where caller(sys::Where w = sys::Where::here()) {
    return w;
}

TEST(SysSite, IsTheCallersPlace) {
    const sys::Where where = caller();
    const auto line = __LINE__ - 1;
    EXPECT_EQ(where.line, static_cast<std::uint32_t>(line));
    EXPECT_STREQ(where.function, "TestBody");
    EXPECT_NE(std::string(where.file).find("sys_test.cc"), std::string::npos);
    const evglass::trace::Site& site = sys::site_of(where);
    EXPECT_EQ(site.line, where.line);
    EXPECT_EQ(site.file, where.file);
    EXPECT_EQ(&site, &sys::site_of(where)) << "one probe for one place";
}

TEST(SysSite, NeighbouringLinesDiffer) {
    std::set<const evglass::trace::Site*> sites;
    for (std::uint32_t line = 1; line <= 40; ++line)
        sites.insert(&sys::site_of({"some file", "f", line}));
    EXPECT_EQ(sites.size(), 40u);
}

TEST(SysSite, ThreadsFindTheSameProbe) {
    static const char file[] = "another file";
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([] {
            for (int n = 0; n < 1000; ++n) {
                const auto& site = sys::site_of({file, "g", 7});
                // While another thread fills the probe in, the common one stands in for it.
                EXPECT_TRUE(site.line == 7 || std::string(site.function) == "sys");
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(sys::site_of({file, "g", 7}).line, 7u);
}

TEST(SysPort, OfInternetAddressesOnly) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(8080);
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(65535);
    const auto* a = reinterpret_cast<const sockaddr*>(&in);
    EXPECT_EQ(sys::port_of(a, sizeof in), 8080u);
    EXPECT_EQ(sys::port_of(reinterpret_cast<const sockaddr*>(&in6), sizeof in6), 65535u);
    EXPECT_EQ(sys::port_of(a, sizeof in - 1), 0u) << "too short";
    EXPECT_EQ(sys::port_of(nullptr, 0), 0u);
    in.sin_family = AF_UNIX;
    EXPECT_EQ(sys::port_of(a, sizeof in), 0u);
}

}  // namespace
