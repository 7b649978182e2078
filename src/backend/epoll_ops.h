// Which epoll_ctl follows from what an fd was watched for and what changes: derived, not typed in.
//
// The rule is short. Take what was watched, add what is added, take away what is taken away:
// nothing before and something after is ADD, something and nothing is DEL, else MOD. The table only
// saves working that out again for each change; this file is where it comes from.
#pragma once

#include <event2/event.h>
#include <sys/epoll.h>

#include <array>
#include <cstdint>

#include "src/backend/changelist.h"

/// events 0: there is nothing to do.
struct epoll_operation {
    std::uint32_t events;
    int op;
};

namespace epoll_ops {

/// Two bits for each change and three for what was watched: a place in the table.
constexpr unsigned index(unsigned close, unsigned read, unsigned write, unsigned old) {
    return close | read << 2 | write << 4 | old << 6;
}

constexpr unsigned old_bits(int old_events) {
    return ((old_events & EV_READ) != 0 ? 1U : 0U) | ((old_events & EV_WRITE) != 0 ? 2U : 0U) |
           ((old_events & EV_CLOSED) != 0 ? 4U : 0U);
}

/// Is the condition watched after the change? Added and deleted at once makes no sense: unchanged.
constexpr bool after(unsigned change, bool before) {
    if (change == EV_CHANGE_ADD) return true;
    if (change == EV_CHANGE_DEL) return false;
    return before;
}

constexpr std::uint32_t mask(bool read, bool write, bool close) {
    return (read ? std::uint32_t{EPOLLIN} : 0U) | (write ? std::uint32_t{EPOLLOUT} : 0U) |
           (close ? std::uint32_t{EPOLLRDHUP} : 0U);
}

constexpr epoll_operation derive(unsigned close, unsigned read, unsigned write, unsigned old) {
    if ((close | read | write) == 0) return {0, 0};
    const std::uint32_t was = mask((old & 1) != 0, (old & 2) != 0, (old & 4) != 0);
    const std::uint32_t is = mask(after(read, (old & 1) != 0), after(write, (old & 2) != 0),
                                  after(close, (old & 4) != 0));
    // Deleting wants no mask, but old kernels want one that is not null; what was watched will do.
    if (is == 0)
        return was == 0 ? epoll_operation{mask(read != 0, write != 0, close != 0), EPOLL_CTL_DEL}
                        : epoll_operation{was, EPOLL_CTL_DEL};
    // Adding what is watched already is done again, as MOD: it re-arms, and heals a reused fd.
    return {is, was == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD};
}

constexpr auto make_table() {
    std::array<epoll_operation, 512> table{};
    for (unsigned old = 0; old < 8; ++old) {
        for (unsigned write = 0; write < 4; ++write) {
            for (unsigned read = 0; read < 4; ++read) {
                for (unsigned close = 0; close < 4; ++close) {
                    table[index(close, read, write, old)] = derive(close, read, write, old);
                }
            }
        }
    }
    return table;
}

}  // namespace epoll_ops

inline constexpr auto epoll_op_table = epoll_ops::make_table();

/// Where in the table a change is.
constexpr unsigned EPOLL_OP_TABLE_INDEX(const event_change& ch) {
    return epoll_ops::index(ch.close_change & 3U, ch.read_change & 3U, ch.write_change & 3U,
                            epoll_ops::old_bits(ch.old_events));
}
