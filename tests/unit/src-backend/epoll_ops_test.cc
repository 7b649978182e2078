// The derived table against the rule in words, over every combination, and against the kernel.
#include "src/backend/epoll_ops.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace {

std::uint32_t mask_of(int events) {
    return ((events & EV_READ) != 0 ? std::uint32_t{EPOLLIN} : 0U) |
           ((events & EV_WRITE) != 0 ? std::uint32_t{EPOLLOUT} : 0U) |
           ((events & EV_CLOSED) != 0 ? std::uint32_t{EPOLLRDHUP} : 0U);
}

constexpr short kBits[] = {EV_READ, EV_WRITE, EV_CLOSED};

int events_of(int bits) {
    int events = 0;
    for (int i = 0; i < 3; ++i) {
        if ((bits >> i & 1) != 0) events |= kBits[i];
    }
    return events;
}

event_change change_of(int old, int add, int del) {
    const auto one = [=](int what) -> std::uint8_t {
        return (add & what) != 0 ? EV_CHANGE_ADD : (del & what) != 0 ? EV_CHANGE_DEL : 0;
    };
    return {0, static_cast<short>(old), one(EV_READ), one(EV_WRITE), one(EV_CLOSED)};
}

TEST(EpollOpTable, every_change_leads_from_what_was_to_what_is_wanted) {
    const int epfd = epoll_create1(EPOLL_CLOEXEC);
    const int fd = eventfd(0, EFD_CLOEXEC);
    for (int o = 0; o < 8; ++o) {
        for (int a = 0; a < 8; ++a) {
            for (int d = 0; d < 8; ++d) {
                const int old = events_of(o);
                const int add = events_of(a & ~o);
                const int del = events_of(d & o);
                const int is = (old | add) & ~del;
                const epoll_operation op =
                    epoll_op_table[EPOLL_OP_TABLE_INDEX(change_of(old, add, del))];
                if (add == 0 && del == 0) {
                    EXPECT_EQ(op.events, 0u);
                    continue;
                }
                // The kernel, put into the old state, must accept the operation.
                epoll_event ev{};
                ev.events = mask_of(old);
                if (old != 0) {
                    ASSERT_EQ(epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev), 0);
                }
                ev.events = op.events;
                EXPECT_EQ(epoll_ctl(epfd, op.op, fd, &ev), 0) << old << "+" << add << "-" << del;
                if (is != 0) {
                    EXPECT_EQ(op.events, mask_of(is));
                }
                EXPECT_EQ(op.op, old == 0  ? EPOLL_CTL_ADD
                                 : is == 0 ? EPOLL_CTL_DEL
                                           : EPOLL_CTL_MOD);
                if (is != 0) epoll_ctl(epfd, EPOLL_CTL_DEL, fd, &ev);
            }
        }
    }
    close(fd);
    close(epfd);
}

}  // namespace
