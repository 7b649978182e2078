// The helpers of event2/util.h that only the library uses: descriptors made right the first time,
// the environment read with care, the monotonic clock's inside, and which errors mean "try again".
// They know nothing of events. Functions return -1 and set errno on failure.
// Read next: evutil_sockets.cc, evutil_time.cc, evutil_strings.cc, evutil_address.cc,
// evutil_random.cc.
#pragma once

#include <time.h>

#include <cerrno>

#include <event2/util.h>

// Flags that the socket calls below add to the kernel's.
inline constexpr int EVUTIL_SOCK_NONBLOCK = SOCK_NONBLOCK;
inline constexpr int EVUTIL_SOCK_CLOEXEC = SOCK_CLOEXEC;

/// socket(2); `type` may carry EVUTIL_SOCK_ flags.
evutil_socket_t evutil_socket_(int domain, int type, int protocol);

/// accept4(2); `flags`: EVUTIL_SOCK_ flags.
evutil_socket_t evutil_accept4_(evutil_socket_t fd, sockaddr* addr, ev_socklen_t* length,
                                int flags);

/// A pipe, both ends non-blocking and close-on-exec: fds[0] is read, fds[1] is written.
int evutil_make_internal_pipe_(evutil_socket_t fds[2]);

/// An eventfd, non-blocking and close-on-exec.
evutil_socket_t evutil_eventfd_(unsigned count);

/// getenv(3); null in a process that runs with more rights than who started it.
const char* evutil_getenv_(const char* name);

/// Nothing is wrong with the listener: the connection went away, or there is none.
constexpr bool EVUTIL_ERR_ACCEPT_RETRIABLE(int error) {
    return error == EINTR || error == EAGAIN || error == ECONNABORTED;
}
/// Nothing is wrong: the call was interrupted, or would block.
constexpr bool EVUTIL_ERR_RW_RETRIABLE(int error) {
    return error == EINTR || error == EAGAIN;
}

/// In ai_flags: the entry is the library's own (src/net/dns/addrinfo.cc), not the C library's.
inline constexpr int kAddrinfoIsOurs = static_cast<int>(0x80000000);

/// The clock of event2/util.h. One thread at a time.
/// Invariant: with `fallback`, no reading is less than `last`.
struct evutil_monotonic_timer {
    clockid_t clock = CLOCK_MONOTONIC_COARSE;
    bool fallback = false;     ///< read the wall clock and correct it
    timeval correction{0, 0};  ///< what has been added to it since it jumped back
    timeval last{0, 0};        ///< the last reading, corrected
};
