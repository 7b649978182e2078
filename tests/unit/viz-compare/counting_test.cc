// What the arguments of system calls make the kernel copy and look at.
#include <gtest/gtest.h>

#include "tests/support/record_builder.h"
#include "viz/compare/counting.h"

namespace evglass::viz::compare {
namespace {

namespace rec = trace::rec;
using trace::testing::RecordBuilder;

/// A record with some of its fields filled in.
template <class R, class Fill>
R made(Fill fill) {
    R record{};
    fill(record);
    return record;
}

template <class R>
Counts counted(const R& fields) {
    RecordBuilder builder;
    Counts counts;
    count_record(builder.add(fields), counts);
    return counts;
}

TEST(Counting, SelectCopiesBitsUpToTheHighestDescriptor) {
    const Counts c = counted(made<rec::sys_select>([&](auto& r) {
        r.nfds = 65;
        r.timeout = -1;
        r.result = 1;
    }));
    EXPECT_EQ(c.waits, 1);
    EXPECT_EQ(c.bytes_in, 2 * 2 * 8);  // two sets of two words
    EXPECT_EQ(c.bytes_out, c.bytes_in);
    EXPECT_EQ(c.scanned, 65);
    EXPECT_EQ(counted(made<rec::sys_select>([&](auto& r) { r.nfds = 64; })).bytes_in, 2 * 8);
}

TEST(Counting, PollCopiesEveryEntry) {
    const Counts c = counted(made<rec::sys_poll>([&](auto& r) {
        r.nfds = 100;
        r.timeout = 0;
        r.result = 1;
    }));
    EXPECT_EQ(c.bytes_in, 800);
    EXPECT_EQ(c.bytes_out, 200);
    EXPECT_EQ(c.scanned, 100);
}

TEST(Counting, EpollCopiesWhatIsReadyAndWhatChanges) {
    const Counts wait = counted(made<rec::sys_epoll_wait>([&](auto& r) {
        r.epfd = 3;
        r.maxevents = 64;
        r.result = 2;
    }));
    EXPECT_EQ(wait.bytes_in, 0);
    EXPECT_EQ(wait.bytes_out, 24);
    EXPECT_EQ(wait.scanned, 2);
    const Counts failed = counted(made<rec::sys_epoll_wait>([&](auto& r) {
        r.epfd = 3;
        r.maxevents = 64;
        r.result = -1;
    }));
    EXPECT_EQ(failed.bytes_out, 0);
    const Counts add = counted(made<rec::sys_epoll_ctl>([&](auto& r) {
        r.op = trace::field::epollop::ADD;
        r.fd = 5;
    }));
    EXPECT_EQ(add.controls, 1);
    EXPECT_EQ(add.bytes_in, 12);
    EXPECT_EQ(counted(made<rec::sys_epoll_ctl>([&](auto& r) {
                  r.op = trace::field::epollop::DEL;
                  r.fd = 5;
              })).bytes_in,
              0);
}

TEST(Counting, ARingCopiesNothing) {
    const Counts enter = counted(made<rec::sys_io_uring_enter>([&](auto& r) {
        r.ring = 3;
        r.to_submit = 4;
        r.result = 4;
    }));
    EXPECT_EQ(enter.submissions, 4);
    EXPECT_EQ(enter.bytes_in + enter.bytes_out, 0);
    EXPECT_EQ(counted(made<rec::uring_completion>([&](auto& r) { r.fd = 5; })).completions, 1);
    EXPECT_EQ(counted(made<rec::uring_completion>([&](auto& r) { r.fd = 5; })).calls(), 0);
}

TEST(Counting, OtherCallsAndOtherRecords) {
    EXPECT_EQ(counted(made<rec::sys_read>([&](auto& r) {
                  r.fd = 5;
                  r.size = 64;
                  r.result = 1;
              })).transfers,
              1);
    EXPECT_EQ(counted(made<rec::sys_accept4>([&](auto& r) { r.fd = 5; })).others, 1);
    EXPECT_EQ(counted(rec::mark{}).calls(), 0);
}

TEST(Counting, WithoutATraceItSaysSo) {
    Counts counts;
    EXPECT_NE(count_calls("/nowhere/case.evg", counts), "");
}

}  // namespace
}  // namespace evglass::viz::compare
