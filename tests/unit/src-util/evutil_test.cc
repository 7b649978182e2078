// src/util/evutil_*: sockets, strings, time and random numbers. Addresses: evutil_address_test.cc.
// Time runs on a clock that the test sets, through the system-call table.
// Descriptors are looked at with the kernel's own calls, not with the ones under test.
#include "src/util/evutil.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include "src/util/sys.h"
#include "tests/support/failing_memory.h"

namespace {

int option(int fd, int level, int name) {
    int value = -1;
    socklen_t length = sizeof value;
    EXPECT_EQ(getsockopt(fd, level, name, &value, &length), 0);
    return value;
}

TEST(EvutilSockets, OptionsAreSet) {
    const evutil_socket_t fd = evutil_socket_(AF_INET6, SOCK_STREAM, 0);
    ASSERT_GE(fd, 0);
    EXPECT_EQ(evutil_make_socket_nonblocking(fd), 0);
    EXPECT_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
    EXPECT_EQ(evutil_make_socket_closeonexec(fd), 0);
    EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    EXPECT_EQ(evutil_make_listen_socket_reuseable(fd), 0);
    EXPECT_EQ(option(fd, SOL_SOCKET, SO_REUSEADDR), 1);
    EXPECT_EQ(evutil_make_listen_socket_reuseable_port(fd), 0);
    EXPECT_EQ(option(fd, SOL_SOCKET, SO_REUSEPORT), 1);
    EXPECT_EQ(evutil_make_listen_socket_ipv6only(fd), 0);
    EXPECT_EQ(option(fd, IPPROTO_IPV6, IPV6_V6ONLY), 1);
    EXPECT_EQ(evutil_make_tcp_listen_socket_deferred(fd), 0);
    EXPECT_GT(option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT), 0);
    EXPECT_EQ(EVUTIL_CLOSESOCKET(fd), 0);
}

TEST(EvutilSockets, ABadDescriptorIsMinusOneWithErrno) {
    event_set_log_callback([](int, const char*) {});
    EXPECT_EQ(evutil_make_socket_nonblocking(-1), -1);
    EXPECT_EQ(EVUTIL_SOCKET_ERROR(), EBADF);
    EXPECT_EQ(evutil_make_socket_closeonexec(-1), -1);
    EXPECT_EQ(evutil_make_listen_socket_reuseable(-1), -1);
    EXPECT_EQ(evutil_closesocket(-1), -1);
    event_set_log_callback(nullptr);
}

TEST(EvutilSockets, PairPipeAndEventfd) {
    evutil_socket_t pair[2];
    ASSERT_EQ(evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    EXPECT_EQ(write(pair[0], "a", 1), 1);
    evutil_closesocket(pair[0]);
    evutil_closesocket(pair[1]);
    evutil_socket_t pipe[2];
    ASSERT_EQ(evutil_make_internal_pipe_(pipe), 0);
    for (const int fd : pipe) {
        EXPECT_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
        EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    }
    EXPECT_EQ(write(pipe[1], "a", 1), 1);
    evutil_closesocket(pipe[0]);
    evutil_closesocket(pipe[1]);
    const int event = evutil_eventfd_(3);
    std::uint64_t count = 0;
    EXPECT_EQ(read(event, &count, sizeof count), 8);
    EXPECT_EQ(count, 3u);
    EXPECT_EQ(read(event, &count, sizeof count), -1);
    evutil_closesocket(event);
}

TEST(EvutilSockets, APipeThatCannotBeMadeHasNoDescriptors) {
    sys::Table table = sys::kernel;
    table.pipe2 = [](int*, int) {
        errno = EMFILE;
        return -1;
    };
    sys::set_table(&table);
    event_set_log_callback([](int, const char*) {});
    evutil_socket_t pipe[2] = {7, 8};
    EXPECT_EQ(evutil_make_internal_pipe_(pipe), -1);
    EXPECT_EQ(errno, EMFILE);
    EXPECT_EQ(pipe[0], EVUTIL_INVALID_SOCKET);
    EXPECT_EQ(pipe[1], EVUTIL_INVALID_SOCKET);
    event_set_log_callback(nullptr);
    sys::set_table(nullptr);
}

TEST(EvutilSockets, RetriableErrors) {
    EXPECT_TRUE(EVUTIL_ERR_ACCEPT_RETRIABLE(EAGAIN));
    EXPECT_TRUE(EVUTIL_ERR_ACCEPT_RETRIABLE(ECONNABORTED));
    EXPECT_FALSE(EVUTIL_ERR_ACCEPT_RETRIABLE(EMFILE));
    EXPECT_TRUE(EVUTIL_ERR_RW_RETRIABLE(EINTR));
    EXPECT_FALSE(EVUTIL_ERR_RW_RETRIABLE(ECONNRESET));
}

TEST(EvutilStrings, Snprintf) {
    char buf[4];
    EXPECT_EQ(evutil_snprintf(buf, sizeof buf, "%d", 12345), 5);
    EXPECT_STREQ(buf, "123");
    EXPECT_EQ(evutil_snprintf(nullptr, 0, "%s", "abcdef"), 6);
}

TEST(EvutilStrings, CaseOfAsciiAlone) {
    EXPECT_EQ(evutil_ascii_strcasecmp("Content-Length", "content-LENGTH"), 0);
    EXPECT_EQ(evutil_ascii_strcasecmp("a", "B"), -1);
    EXPECT_EQ(evutil_ascii_strcasecmp("b", "A"), 1);
    EXPECT_EQ(evutil_ascii_strcasecmp("ab", "a"), 1);
    EXPECT_EQ(evutil_ascii_strcasecmp("", "a"), -1);
    EXPECT_NE(evutil_ascii_strcasecmp("[", "{"), 0) << "not letters";
    EXPECT_NE(evutil_ascii_strcasecmp("\xc9", "\xe9"), 0) << "letters only in Latin-1";
    EXPECT_EQ(evutil_ascii_strncasecmp("abX", "ABy", 2), 0);
    EXPECT_EQ(evutil_ascii_strncasecmp("abX", "ABy", 3), -1);
    EXPECT_EQ(evutil_ascii_strncasecmp("a", "b", 0), 0);
    EXPECT_EQ(evutil_ascii_strncasecmp("a", "a", 100), 0);
}

TEST(EvutilStrings, Strtoll) {
    char* end = nullptr;
    EXPECT_EQ(evutil_strtoll("-0x10z", &end, 16), -16);
    EXPECT_STREQ(end, "z");
    EXPECT_EQ(evutil_strtoll("9223372036854775808", nullptr, 10), EV_INT64_MAX);
    EXPECT_EQ(evutil_strtoll("-9223372036854775809", nullptr, 10), EV_INT64_MIN);
}

TEST(EvutilStrings, Getenv) {
    setenv("EVGLASS_TEST_VARIABLE", "here", 1);
    EXPECT_STREQ(evutil_getenv_("EVGLASS_TEST_VARIABLE"), "here");
    unsetenv("EVGLASS_TEST_VARIABLE");
    EXPECT_EQ(evutil_getenv_("EVGLASS_TEST_VARIABLE"), nullptr);
}

TEST(EvutilTime, Rfc1123) {
    struct tm tm {};
    tm.tm_year = 94, tm.tm_mon = 10, tm.tm_mday = 6, tm.tm_wday = 0;
    tm.tm_hour = 8, tm.tm_min = 49, tm.tm_sec = 37;
    char date[64];
    EXPECT_EQ(evutil_date_rfc1123(date, sizeof date, &tm), 29);
    EXPECT_STREQ(date, "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(evutil_date_rfc1123(date, 10, &tm), 29);
    EXPECT_STREQ(date, "Sun, 06 N");
    EXPECT_EQ(evutil_date_rfc1123(date, sizeof date, nullptr), 29);
    tm.tm_mon = 12;
    EXPECT_EQ(evutil_date_rfc1123(date, sizeof date, &tm), -1) << "no such month";
    tm.tm_mon = 0, tm.tm_wday = -1;
    EXPECT_EQ(evutil_date_rfc1123(date, sizeof date, &tm), -1) << "no such day";
    tm.tm_wday = 1, tm.tm_year = std::numeric_limits<int>::max();
    EXPECT_GT(evutil_date_rfc1123(date, sizeof date, &tm), 29) << "a year that only fits 64 bits";
}

TEST(EvutilTime, Macros) {
    timeval a{1, 600000}, b{2, 500000}, c{};
    evutil_timeradd(&a, &b, &c);
    EXPECT_TRUE(c.tv_sec == 4 && c.tv_usec == 100000);
    evutil_timersub(&b, &a, &c);
    EXPECT_TRUE(c.tv_sec == 0 && c.tv_usec == 900000);
    EXPECT_TRUE(evutil_timercmp(&a, &b, <));
    EXPECT_TRUE(evutil_timercmp(&a, &a, <=));
    EXPECT_FALSE(evutil_timercmp(&a, &a, !=));
    evutil_timerclear(&c);
    EXPECT_FALSE(evutil_timerisset(&c));
    EXPECT_TRUE(evutil_timerisset(&a));
}

// ---- the monotonic clock, on a clock that the test sets
// -----------------------------------------------

timespec fake_now;
clockid_t asked_clock;

class EvutilClock : public testing::Test {
 protected:
    EvutilClock() {
        table.clock_gettime = [](clockid_t clock, timespec* now) {
            asked_clock = clock;
            *now = fake_now;
            return 0;
        };
        sys::set_table(&table);
    }
    ~EvutilClock() override {
        evutil_monotonic_timer_free(timer);
        sys::set_table(nullptr);
    }
    double read() {
        timeval tv{};
        EXPECT_EQ(evutil_gettime_monotonic(timer, &tv), 0);
        return static_cast<double>(tv.tv_sec) + static_cast<double>(tv.tv_usec) / 1e6;
    }
    sys::Table table = sys::kernel;
    evutil_monotonic_timer* timer = evutil_monotonic_timer_new();
};

TEST_F(EvutilClock, FlagsChooseTheClock) {
    fake_now = {5, 250'000'000};
    EXPECT_EQ(evutil_configure_monotonic_time(timer, 0), 0);
    EXPECT_DOUBLE_EQ(read(), 5.25);
    EXPECT_EQ(asked_clock, CLOCK_MONOTONIC_COARSE);
    EXPECT_EQ(evutil_configure_monotonic_time(timer, EV_MONOT_PRECISE), 0);
    read();
    EXPECT_EQ(asked_clock, CLOCK_MONOTONIC);
    EXPECT_EQ(evutil_configure_monotonic_time(timer, EV_MONOT_FALLBACK), 0);
    read();
    EXPECT_EQ(asked_clock, CLOCK_REALTIME);
}

TEST_F(EvutilClock, TheFallbackNeverRunsBack) {
    fake_now = {100, 0};
    evutil_configure_monotonic_time(timer, EV_MONOT_FALLBACK);
    EXPECT_DOUBLE_EQ(read(), 100);
    fake_now = {40, 0};  // somebody sets the clock back by a minute
    EXPECT_DOUBLE_EQ(read(), 100);
    fake_now = {41, 500'000'000};
    EXPECT_DOUBLE_EQ(read(), 101.5);
    fake_now = {10, 0};
    EXPECT_DOUBLE_EQ(read(), 101.5);
    fake_now = {11, 0};
    EXPECT_DOUBLE_EQ(read(), 102.5);
}

TEST_F(EvutilClock, WithoutACoarseClockTheFineOneIsTaken) {
    table.clock_gettime = [](clockid_t clock, timespec* now) {
        asked_clock = clock;
        *now = fake_now;
        if (clock != CLOCK_MONOTONIC_COARSE) return 0;
        errno = EINVAL;
        return -1;
    };
    EXPECT_EQ(evutil_configure_monotonic_time(timer, 0), 0);
    read();
    EXPECT_EQ(asked_clock, CLOCK_MONOTONIC);
}

TEST(EvutilTime, NoMemoryNoTimer) {
    evglass::test::FailingMemory memory;
    memory.fail_at(1);
    EXPECT_EQ(evutil_monotonic_timer_new(), nullptr);
    evutil_monotonic_timer_free(nullptr);
}

TEST(EvutilRandom, FillsEveryByte) {
    EXPECT_EQ(evutil_secure_rng_init(), 0);
    // A byte that is never filled stays 0 in all rounds: with 32 rounds that is no chance.
    std::array<unsigned char, 33> seen{};
    for (int round = 0; round < 32; ++round) {
        std::array<unsigned char, 33> bytes{};
        evutil_secure_rng_get_bytes(bytes.data(), 32);
        for (std::size_t i = 0; i < bytes.size(); ++i) seen[i] |= bytes[i];
    }
    for (std::size_t i = 0; i < 32; ++i) EXPECT_NE(seen[i], 0) << i;
    EXPECT_EQ(seen[32], 0) << "beyond the end";
    char name[] = "/dev/urandom";
    EXPECT_EQ(evutil_secure_rng_set_urandom_device_file(name), -1);
    evutil_secure_rng_add_bytes("seed", 4);
}

}  // namespace
