// select, poll and epoll as they are, without a library: what each copies, what its time depends
// on, what it reports twice. The lessons say these things; here each is asked of the kernel alone.
// Read next: connections_test.cc, then lessons/02-select-server.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/select.h>

#include <cerrno>
#include <fstream>
#include <string>
#include <vector>

#include "tests/kernel/kernel.h"

namespace evglass::kernel {
namespace {

constexpr int kFew = 10;
constexpr int kMany = 900;  ///< below FD_SETSIZE, with room for the test's own

timeval seconds(long count) {
    return {count, 0};
}

/// So many idle pairs; the first has something to read.
std::vector<Pair> crowd(int size) {
    std::vector<Pair> pairs(static_cast<std::size_t>(size / 2));
    pairs.front().send("!");
    return pairs;
}

/// Each member of a crowd, both ends.
template <typename Call>
void each(const std::vector<Pair>& pairs, Call call) {
    for (const Pair& pair : pairs) {
        call(pair.near);
        call(pair.far);
    }
}

auto select_among(int size) {
    const std::vector<Pair> pairs = crowd(size);
    fd_set asked;
    FD_ZERO(&asked);
    int highest = 0;
    each(pairs, [&](int fd) {
        FD_SET(fd, &asked);
        highest = std::max(highest, fd);
    });
    return shortest([&] {
        fd_set answer = asked;
        timeval at_once = seconds(0);
        EXPECT_EQ(select(highest + 1, &answer, nullptr, nullptr, &at_once), 1);
    });
}

auto poll_among(int size) {
    const std::vector<Pair> pairs = crowd(size);
    std::vector<pollfd> asked;
    each(pairs, [&](int fd) { asked.push_back({fd, POLLIN, 0}); });
    return shortest([&] { EXPECT_EQ(poll(asked.data(), asked.size(), 0), 1); });
}

auto epoll_among(int size) {
    const std::vector<Pair> pairs = crowd(size);
    const Fd set(epoll_create1(0));
    each(pairs, [&](int fd) { watch(set, EPOLL_CTL_ADD, fd, EPOLLIN); });
    return shortest([&] {
        epoll_event one{};
        EXPECT_EQ(epoll_wait(set, &one, 1, 0), 1);
    });
}

TEST(Select, T010_its_time_grows_with_what_it_is_asked) {
    EXPECT_GT(select_among(kMany), 5 * select_among(kFew));
}

TEST(Poll, T011_its_time_grows_with_what_it_is_asked) {
    EXPECT_GT(poll_among(kMany), 5 * poll_among(kFew));
}

// Shows T012 T029: ninety times the idle descriptors, the same wait.
TEST(Epoll, T029_idle_fds_do_not_make_it_slower) {
    EXPECT_LT(epoll_among(kMany), 3 * epoll_among(kFew));
}

TEST(Epoll, T012_its_time_grows_with_what_is_ready) {
    const std::vector<Pair> pairs(kMany / 2);
    const Fd set(epoll_create1(0));
    each(pairs, [&](int fd) { watch(set, EPOLL_CTL_ADD, fd, EPOLLIN); });
    std::vector<epoll_event> events(kMany);
    const auto wait = [&] { return epoll_wait(set, events.data(), kMany, 0); };
    pairs.front().send("!");
    const auto one = shortest([&] { EXPECT_EQ(wait(), 1); });
    for (std::size_t i = 1; i < pairs.size(); ++i) pairs[i].send("!");
    EXPECT_GT(shortest([&] { EXPECT_EQ(wait(), kMany / 2); }), 5 * one);
}

TEST(Waits, T013_each_only_tells_and_the_program_reads) {
    const Pair pair;
    pair.send("hello");
    fd_set set;
    FD_ZERO(&set);
    FD_SET(pair.near, &set);
    timeval at_once = seconds(0);
    pollfd asked{pair.near, POLLIN, 0};
    const Fd epoll(epoll_create1(0));
    watch(epoll, EPOLL_CTL_ADD, pair.near, EPOLLIN);
    epoll_event event{};
    ASSERT_EQ(select(pair.near + 1, &set, nullptr, nullptr, &at_once), 1);
    ASSERT_EQ(poll(&asked, 1, 0), 1);
    ASSERT_EQ(epoll_wait(epoll, &event, 1, 0), 1);
    int waiting = 0;
    ASSERT_EQ(ioctl(pair.near, FIONREAD, &waiting), 0);
    EXPECT_EQ(waiting, 5);  // still in the kernel
    char bytes[8];
    EXPECT_EQ(read(pair.near, bytes, sizeof bytes), 5);
}

TEST(Select, T015_its_set_has_1024_bits_wherever_a_word_is_long) {
    EXPECT_EQ(FD_SETSIZE, 1024);
    EXPECT_EQ(sizeof(fd_set) * 8, 1024U);
    EXPECT_EQ(sizeof(fd_set) % sizeof(long), 0U);
}

TEST(Select, T016_it_looks_at_the_words_below_its_first_argument) {
    const Page page;
    auto* one_word = page.last<fd_set>(sizeof(long));  // the rest of the set may not be touched
    timeval at_once = seconds(0);
    EXPECT_EQ(select(64, one_word, nullptr, nullptr, &at_once), 0);
    EXPECT_EQ(select(65, one_word, nullptr, nullptr, &at_once), -1);
    EXPECT_EQ(errno, EFAULT);
}

TEST(Select, T024_it_copies_its_sets_in_at_each_call) {
    Page page;
    auto* set = page.last<fd_set>(sizeof(fd_set));
    timeval at_once = seconds(0);
    EXPECT_EQ(select(1024, set, nullptr, nullptr, &at_once), 0);
    page.forbid();
    EXPECT_EQ(select(1024, set, nullptr, nullptr, &at_once), -1);
    EXPECT_EQ(errno, EFAULT);
}

TEST(Poll, T018_unread_data_is_reported_again) {
    const Pair pair;
    pair.send("!");
    pollfd asked{pair.near, POLLIN, 0};
    for (int i = 0; i < 3; ++i) EXPECT_EQ(poll(&asked, 1, 0), 1);
}

TEST(Poll, T025_it_refuses_more_entries_than_the_limit_of_descriptors) {
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit tight = before;
    tight.rlim_cur = 64;
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &tight), 0);
    std::vector<pollfd> none(65, pollfd{-1, 0, 0});
    EXPECT_EQ(poll(none.data(), 64, 0), 0);
    EXPECT_EQ(poll(none.data(), 65, 0), -1);
    EXPECT_EQ(errno, EINVAL);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(Epoll, T019_level_triggered_reports_unread_data_again) {
    const Pair pair;
    const Fd set(epoll_create1(0));
    watch(set, EPOLL_CTL_ADD, pair.near, EPOLLIN);
    pair.send("!");
    epoll_event event{};
    for (int i = 0; i < 3; ++i) EXPECT_EQ(epoll_wait(set, &event, 1, 0), 1);
}

TEST(Epoll, T020_edge_triggered_reports_once_until_more_comes) {
    const Pair pair;
    const Fd set(epoll_create1(0));
    watch(set, EPOLL_CTL_ADD, pair.near, EPOLLIN | EPOLLET);
    pair.send("!");
    epoll_event event{};
    EXPECT_EQ(epoll_wait(set, &event, 1, 0), 1);
    EXPECT_EQ(epoll_wait(set, &event, 1, 0), 0);
    pair.send("!");
    EXPECT_EQ(epoll_wait(set, &event, 1, 0), 1);
}

TEST(Epoll, T021_who_uses_edges_reads_until_eagain) {
    const Pair pair;
    const Fd set(epoll_create1(0));
    watch(set, EPOLL_CTL_ADD, pair.near, EPOLLIN | EPOLLET);
    pair.send("a message");
    epoll_event event{};
    ASSERT_EQ(epoll_wait(set, &event, 1, 0), 1);
    char byte = 0;
    ASSERT_EQ(read(pair.near, &byte, 1), 1);
    EXPECT_EQ(epoll_wait(set, &event, 1, 0), 0);  // the rest lies there and nobody says so
    while (read(pair.near, &byte, 1) == 1) {
    }
    EXPECT_EQ(errno, EAGAIN);
}

TEST(Epoll, T022_the_size_given_at_its_creation_is_no_limit) {
    const Fd set(epoll_create(1));
    const std::vector<Pair> pairs(50);
    each(pairs, [&](int fd) { EXPECT_EQ(watch(set, EPOLL_CTL_ADD, fd, EPOLLIN), 0); });
}

TEST(Epoll, T023_it_copies_and_maps_no_memory) {
    const Pair pair;
    const Fd set(epoll_create1(0));
    watch(set, EPOLL_CTL_ADD, pair.near, EPOLLIN);
    pair.send("!");
    Page page;
    auto* answer = page.last<epoll_event>(sizeof(epoll_event));
    ASSERT_EQ(epoll_wait(set, answer, 1, 0), 1);
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);)
        EXPECT_EQ(line.find("eventpoll"), std::string::npos) << line;
    page.forbid();
    EXPECT_EQ(epoll_wait(set, answer, 1, 0), -1);  // it has nowhere to copy to
    EXPECT_EQ(errno, EFAULT);
}

TEST(Epoll, T026_it_is_create_and_ctl_and_wait) {
    const Pair pair;
    const Fd set(epoll_create1(EPOLL_CLOEXEC));
    ASSERT_EQ(watch(set, EPOLL_CTL_ADD, pair.near, EPOLLIN), 0);
    pair.send("!");
    epoll_event event{};
    ASSERT_EQ(epoll_wait(set, &event, 1, 0), 1);
    EXPECT_EQ(event.data.fd, pair.near);
}

TEST(Epoll, T027_each_ctl_copies_one_entry) {
    const Pair pair;
    const Fd set(epoll_create1(0));
    const Page page;
    EXPECT_EQ(epoll_ctl(set, EPOLL_CTL_ADD, pair.near, page.last<epoll_event>(sizeof(epoll_event))),
              0);
    EXPECT_EQ(epoll_ctl(set, EPOLL_CTL_ADD, pair.far, page.last<epoll_event>(4)), -1);
    EXPECT_EQ(errno, EFAULT);
}

TEST(Epoll, T028_the_limits_are_descriptors_and_a_users_watches) {
    long long watches = 0;
    ASSERT_TRUE(std::ifstream("/proc/sys/fs/epoll/max_user_watches") >> watches);
    EXPECT_GT(watches, 1024);  // far beyond select's set
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit tight = before;
    tight.rlim_cur = 32;
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &tight), 0);
    std::vector<Fd> sets;
    while (sets.size() < 64) {
        sets.emplace_back(epoll_create1(0));
        if (sets.back() < 0) break;
    }
    EXPECT_EQ(errno, EMFILE);
    EXPECT_LT(sets.size(), 64U);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(Epoll, T040_del_needs_no_event) {
    const Pair pair;
    const Fd set(epoll_create1(0));
    watch(set, EPOLL_CTL_ADD, pair.near, EPOLLIN);
    EXPECT_EQ(epoll_ctl(set, EPOLL_CTL_DEL, pair.near, nullptr), 0);
}

TEST(Select, T031_linux_leaves_the_time_that_remained) {
    const Pair pair;
    pair.send("!");
    fd_set set;
    FD_ZERO(&set);
    FD_SET(pair.near, &set);
    timeval patience = seconds(100);
    ASSERT_EQ(select(pair.near + 1, &set, nullptr, nullptr, &patience), 1);
    EXPECT_GE(patience.tv_sec, 1);
    FD_SET(pair.near, &set);
    FD_CLR(pair.near, &set);
    patience = {0, 1000};
    ASSERT_EQ(select(pair.near + 1, &set, nullptr, nullptr, &patience), 0);
    EXPECT_EQ(patience.tv_sec, 0);
    EXPECT_EQ(patience.tv_usec, 0);  // a second call with it would not wait at all
}

TEST(Waits, T032_a_wait_that_timed_out_returns_0) {
    const Pair pair;
    fd_set set;
    FD_ZERO(&set);
    FD_SET(pair.near, &set);
    timeval soon{0, 1000};
    EXPECT_EQ(select(pair.near + 1, &set, nullptr, nullptr, &soon), 0);
    EXPECT_FALSE(FD_ISSET(pair.near, &set));
    pollfd asked{pair.near, POLLIN, 0};
    EXPECT_EQ(poll(&asked, 1, 1), 0);
    const Fd epoll(epoll_create1(0));
    watch(epoll, EPOLL_CTL_ADD, pair.near, EPOLLIN);
    epoll_event event{};
    EXPECT_EQ(epoll_wait(epoll, &event, 1, 1), 0);
}

// Shows T035 T038: thirty of them are neither microseconds nor seconds.
TEST(Waits, T035_poll_and_epoll_wait_count_milliseconds) {
    using namespace std::chrono_literals;
    const Fd set(epoll_create1(0));
    const auto took = [](auto wait) {
        const auto began = std::chrono::steady_clock::now();
        EXPECT_EQ(wait(), 0);
        return std::chrono::steady_clock::now() - began;
    };
    epoll_event event{};
    for (const auto time : {took([] { return poll(nullptr, 0, 30); }),
                            took([&] { return epoll_wait(set, &event, 1, 30); })}) {
        EXPECT_GE(time, 29ms);
        EXPECT_LT(time, 15s);
    }
}

}  // namespace
}  // namespace evglass::kernel
