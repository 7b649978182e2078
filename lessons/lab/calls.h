// The system calls that the lab measures. Those of a mechanism and of the server's side go through
// `told`: a recording tells of them as it tells of the library's own, at the line where they stand.
// What plays the clients makes its calls directly: they are no part of what is counted.
#pragma once

#include <event2/evglass_uring.h>
#include <linux/io_uring.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace lab {

/// A failure that a measurement can't go on after: one line, and the program ends.
[[noreturn]] inline void give_up(const char* what) {
    std::fprintf(stderr, "lab: %s: %s\n", what, std::strerror(errno));
    std::exit(1);
}

namespace told {

/// As a default argument it is the place of the caller.
constexpr evglass_place here(const char* file = __builtin_FILE(),
                             const char* function = __builtin_FUNCTION(),
                             unsigned line = __builtin_LINE()) {
    return {file, function, line};
}

inline int select(int nfds, fd_set* readable, fd_set* writable, timeval* timeout,
                  evglass_place at = here()) {
    return evglass_sys_select(&at, nfds, readable, writable, nullptr, timeout);
}
inline int poll(pollfd* fds, nfds_t count, int timeout, evglass_place at = here()) {
    return evglass_sys_poll(&at, fds, count, timeout);
}
inline int epoll_create1(int flags, evglass_place at = here()) {
    return evglass_sys_epoll_create1(&at, flags);
}
inline int epoll_ctl(int epfd, int op, int fd, epoll_event* event, evglass_place at = here()) {
    return evglass_sys_epoll_ctl(&at, epfd, op, fd, event);
}
inline int epoll_wait(int epfd, epoll_event* events, int most, int timeout,
                      evglass_place at = here()) {
    return evglass_sys_epoll_wait(&at, epfd, events, most, timeout);
}
inline int io_uring_setup(unsigned entries, io_uring_params* params, evglass_place at = here()) {
    return evglass_sys_io_uring_setup(&at, entries, params);
}
inline int io_uring_enter(int ring, unsigned to_submit, unsigned completions, unsigned flags,
                          const timespec* timeout, evglass_place at = here()) {
    return evglass_sys_io_uring_enter(&at, ring, to_submit, completions, flags, timeout);
}
inline int accept4(int fd, int flags, evglass_place at = here()) {
    return evglass_sys_accept4(&at, fd, nullptr, nullptr, flags);
}
inline ssize_t read(int fd, void* to, std::size_t size, evglass_place at = here()) {
    return evglass_sys_read(&at, fd, to, size);
}
inline ssize_t write(int fd, const void* from, std::size_t size, evglass_place at = here()) {
    return evglass_sys_write(&at, fd, from, size);
}
inline int close(int fd, evglass_place at = here()) {
    return evglass_sys_close(&at, fd);
}

}  // namespace told

}  // namespace lab
