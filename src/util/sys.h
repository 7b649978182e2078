// The system-call seam: every call that the reactor makes of the kernel goes through here.
// Each wrapper calls through a table that a test can swap to inject faults, and tells the trace
// what was asked, what came of it, and how long it took. The record's site is the wrapper's caller.
// With the trace off a wrapper costs one test and one indirect call. errno is the call's own.
// Read next: sys.cc (the kernel's table), trace/records.def (the sys_ records).
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "trace/probe.h"

struct io_uring_params;

namespace sys {

namespace trace = evglass::trace;
namespace rec = evglass::trace::rec;

/// The calls. Each entry has the kernel's contract: -1 and errno on failure.
struct Table {
    int (*epoll_create1)(int flags);
    int (*epoll_ctl)(int epfd, int op, int fd, epoll_event* event);
    int (*epoll_wait)(int epfd, epoll_event* events, int maxevents, int timeout);
    int (*epoll_pwait2)(int epfd, epoll_event* events, int maxevents, const timespec* timeout);
    int (*io_uring_setup)(unsigned entries, io_uring_params* params);
    int (*io_uring_enter)(int ring, unsigned to_submit, unsigned min_complete, unsigned flags,
                          const timespec* timeout);
    int (*io_uring_register)(int ring, unsigned operation, void* argument, unsigned count);
    int (*poll)(pollfd* fds, nfds_t nfds, int timeout);
    int (*select)(int nfds, void* readfds, void* writefds, void* exceptfds, timeval* timeout);
    int (*socket)(int domain, int type, int protocol);
    int (*bind)(int fd, const sockaddr* addr, socklen_t length);
    int (*listen)(int fd, int backlog);
    int (*accept4)(int fd, sockaddr* addr, socklen_t* length, int flags);
    int (*connect)(int fd, const sockaddr* addr, socklen_t length);
    int (*pipe2)(int fds[2], int flags);
    int (*eventfd)(unsigned count, int flags);
    int (*socketpair)(int domain, int type, int protocol, int fds[2]);
    ssize_t (*read)(int fd, void* buffer, size_t size);
    ssize_t (*write)(int fd, const void* buffer, size_t size);
    ssize_t (*readv)(int fd, const iovec* vec, int n);
    ssize_t (*writev)(int fd, const iovec* vec, int n);
    ssize_t (*sendfile)(int to, int from, off_t* offset, size_t size);
    int (*fionread)(int fd, int* available);
    void* (*mmap)(void* wish, size_t size, int protection, int flags, int fd, off_t offset);
    int (*munmap)(void* mapping, size_t size);
    ssize_t (*pread)(int fd, void* buffer, size_t size, off_t offset);
    int (*fstat)(int fd, struct stat* out);
    int (*open)(const char* path, int flags);
    ssize_t (*sendto)(int fd, const void* data, size_t size, const sockaddr* to, socklen_t length);
    ssize_t (*recvfrom)(int fd, void* data, size_t size, sockaddr* from, socklen_t* length);
    int (*close)(int fd);
    int (*sigaction)(int signal, const struct sigaction* act, struct sigaction* old);
    int (*setsockopt)(int fd, int level, int option, const void* value, socklen_t length);
    int (*getsockopt)(int fd, int level, int option, void* value, socklen_t* length);
    int (*fcntl)(int fd, int command, int argument);
    int (*clock_gettime)(clockid_t clock, timespec* now);
};

/// The kernel's own calls: what a test copies to change one entry.
extern const Table kernel;
/// What the wrappers call.
extern constinit const Table* table;
/// Swaps the table; null: the kernel's again. For tests, while no loop runs.
inline void set_table(const Table* t) {
    table = t != nullptr ? t : &kernel;
}

/// The place of a call: as a default argument it is the wrapper's caller.
struct Where {
    const char* file;
    const char* function;
    std::uint32_t line;
    static constexpr Where here(const char* file = __builtin_FILE(),
                                const char* function = __builtin_FUNCTION(),
                                std::uint32_t line = __builtin_LINE()) {
        return {file, function, line};
    }
};

/// The probe that stands for a place. Lock-free; safe in a signal handler.
trace::Site& site_of(const Where& where) noexcept;

/// The port of an internet address in host order, else 0.
std::uint32_t port_of(const sockaddr* addr, socklen_t length) noexcept;

// The wrappers differ where a file is compiled without probes (src/event/flavour.h).
inline namespace EVGLASS_PROBES {

/// Writes one record, as TRACE does, but at the site of the wrapper's caller.
template <class Record>
void tell(const Where& where, const Record& fields) {
    trace::emit(site_of(where), Record::kId, Record::kCategory, Record::kTimed, &fields,
                sizeof fields);
}

/// Calls; if system calls are recorded, `emit(result, error, duration)` tells of it.
template <class Call, class Emit>
[[gnu::always_inline]] inline auto traced(const Call& call, const Emit& emit) {
    if constexpr (trace::kCompiledIn) {
        if (trace::enabled(trace::Category::syscall)) [[unlikely]] {
            const std::uint64_t start = trace::now_ticks();
            const auto result = call();
            const int error = result < 0 ? errno : 0;
            emit(result, error, trace::now_ticks() - start);
            if (error != 0) errno = error;
            return result;
        }
    }
    return call();
}

/// A wait in microseconds as records tell it: -1 for ever.
inline std::int64_t usec_of(const timespec* timeout) {
    if (timeout == nullptr) return -1;
    return std::int64_t{timeout->tv_sec} * 1000000 + timeout->tv_nsec / 1000;
}

// ---- backends
// --------------------------------------------------------------------------------------

inline int epoll_create1(int flags, Where w = Where::here()) {
    return traced(
        [&] { return table->epoll_create1(flags); },
        [&](int r, int e, std::uint64_t t) {
            tell(w, rec::sys_epoll_create1{.flags = flags, .result = r, .error = e, .duration = t});
        });
}

/// `before` and `after()`: the EV_ bits that the fd was watched for, and is if the call succeeds.
/// (Only a trace wants to know the latter, and only then is it worked out.)
template <class After>
int epoll_ctl(int epfd, int op, int fd, epoll_event* event, short before, After after,
              Where w = Where::here()) {
    return traced([&] { return table->epoll_ctl(epfd, op, fd, event); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w, rec::sys_epoll_ctl{.epfd = epfd,
                                                 .op = static_cast<trace::field::epollop>(op),
                                                 .fd = fd,
                                                 .events = event != nullptr ? event->events : 0,
                                                 .before = before,
                                                 .after = after(),
                                                 .result = r,
                                                 .error = e,
                                                 .duration = t});
                  });
}

inline int epoll_wait(int epfd, epoll_event* events, int maxevents, int timeout,
                      Where w = Where::here()) {
    return traced([&] { return table->epoll_wait(epfd, events, maxevents, timeout); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w, rec::sys_epoll_wait{.epfd = epfd,
                                                  .maxevents = maxevents,
                                                  .timeout = timeout,
                                                  .result = r,
                                                  .error = e,
                                                  .duration = t});
                  });
}

inline int epoll_pwait2(int epfd, epoll_event* events, int maxevents, const timespec* timeout,
                        Where w = Where::here()) {
    return traced([&] { return table->epoll_pwait2(epfd, events, maxevents, timeout); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w, rec::sys_epoll_pwait2{.epfd = epfd,
                                                    .maxevents = maxevents,
                                                    .timeout = usec_of(timeout),
                                                    .result = r,
                                                    .error = e,
                                                    .duration = t});
                  });
}

inline int poll(pollfd* fds, nfds_t nfds, int timeout, Where w = Where::here()) {
    return traced([&] { return table->poll(fds, nfds, timeout); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w, rec::sys_poll{.nfds = static_cast<std::uint32_t>(nfds),
                                            .timeout = timeout,
                                            .result = r,
                                            .error = e,
                                            .duration = t});
                  });
}

/// The sets are arrays of long that may be longer than an fd_set. A null timeout is told as -1.
inline int select(int nfds, void* readfds, void* writefds, void* exceptfds, timeval* timeout,
                  Where w = Where::here()) {
    // Taken before the call: Linux leaves the time that remains in *timeout.
    const std::int64_t usec =
        timeout != nullptr ? std::int64_t{timeout->tv_sec} * 1000000 + timeout->tv_usec : -1;
    return traced(
        [&] { return table->select(nfds, readfds, writefds, exceptfds, timeout); },
        [&](int r, int e, std::uint64_t t) {
            tell(w, rec::sys_select{
                        .nfds = nfds, .timeout = usec, .result = r, .error = e, .duration = t});
        });
}

// ---- sockets
// ----------------------------------------------------------------------------------------

inline int socket(int domain, int type, int protocol, Where w = Where::here()) {
    return traced([&] { return table->socket(domain, type, protocol); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w, rec::sys_socket{.domain = domain,
                                              .type = type,
                                              .protocol = protocol,
                                              .result = r,
                                              .error = e,
                                              .duration = t});
                  });
}

inline int bind(int fd, const sockaddr* addr, socklen_t length, Where w = Where::here()) {
    return traced([&] { return table->bind(fd, addr, length); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w, rec::sys_bind{.fd = fd,
                                            .port = port_of(addr, length),
                                            .result = r,
                                            .error = e,
                                            .duration = t});
                  });
}

inline int listen(int fd, int backlog, Where w = Where::here()) {
    return traced(
        [&] { return table->listen(fd, backlog); },
        [&](int r, int e, std::uint64_t t) {
            tell(w, rec::sys_listen{
                        .fd = fd, .backlog = backlog, .result = r, .error = e, .duration = t});
        });
}

inline int accept4(int fd, sockaddr* addr, socklen_t* length, int flags, Where w = Where::here()) {
    return traced([&] { return table->accept4(fd, addr, length, flags); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w,
                           rec::sys_accept4{
                               .fd = fd, .flags = flags, .result = r, .error = e, .duration = t});
                  });
}

inline int connect(int fd, const sockaddr* addr, socklen_t length, Where w = Where::here()) {
    return traced([&] { return table->connect(fd, addr, length); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w, rec::sys_connect{.fd = fd,
                                               .port = port_of(addr, length),
                                               .result = r,
                                               .error = e,
                                               .duration = t});
                  });
}

inline int socketpair(int domain, int type, int protocol, int fds[2], Where w = Where::here()) {
    return traced([&] { return table->socketpair(domain, type, protocol, fds); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w, rec::sys_socketpair{.domain = domain,
                                                  .type = type,
                                                  .first = r == 0 ? fds[0] : -1,
                                                  .second = r == 0 ? fds[1] : -1,
                                                  .result = r,
                                                  .error = e,
                                                  .duration = t});
                  });
}

/// setsockopt of an integer.
inline int setsockopt(int fd, int level, int option, int value, Where w = Where::here()) {
    return traced([&] { return table->setsockopt(fd, level, option, &value, sizeof value); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w, rec::sys_setsockopt{.fd = fd,
                                                  .level = level,
                                                  .option = option,
                                                  .value = value,
                                                  .result = r,
                                                  .error = e,
                                                  .duration = t});
                  });
}

/// getsockopt of an integer.
inline int getsockopt(int fd, int level, int option, int* value, Where w = Where::here()) {
    socklen_t length = sizeof *value;
    return traced([&] { return table->getsockopt(fd, level, option, value, &length); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w, rec::sys_getsockopt{.fd = fd,
                                                  .level = level,
                                                  .option = option,
                                                  .value = *value,
                                                  .result = r,
                                                  .error = e,
                                                  .duration = t});
                  });
}

// ---- descriptors
// --------------------------------------------------------------------------------------

inline int pipe2(int fds[2], int flags, Where w = Where::here()) {
    return traced([&] { return table->pipe2(fds, flags); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w, rec::sys_pipe2{.readfd = r == 0 ? fds[0] : -1,
                                             .writefd = r == 0 ? fds[1] : -1,
                                             .flags = flags,
                                             .result = r,
                                             .error = e,
                                             .duration = t});
                  });
}

inline int eventfd(unsigned count, int flags, Where w = Where::here()) {
    return traced(
        [&] { return table->eventfd(count, flags); },
        [&](int r, int e, std::uint64_t t) {
            tell(w, rec::sys_eventfd{.flags = flags, .result = r, .error = e, .duration = t});
        });
}

inline ssize_t read(int fd, void* buffer, size_t size, Where w = Where::here()) {
    return traced(
        [&] { return table->read(fd, buffer, size); },
        [&](ssize_t r, int e, std::uint64_t t) {
            tell(w, rec::sys_read{.fd = fd, .size = size, .result = r, .error = e, .duration = t});
        });
}

/// Safe in a signal handler.
inline ssize_t write(int fd, const void* buffer, size_t size, Where w = Where::here()) {
    return traced(
        [&] { return table->write(fd, buffer, size); },
        [&](ssize_t r, int e, std::uint64_t t) {
            tell(w, rec::sys_write{.fd = fd, .size = size, .result = r, .error = e, .duration = t});
        });
}

inline int close(int fd, Where w = Where::here()) {
    return traced([&] { return table->close(fd); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w, rec::sys_close{.fd = fd, .result = r, .error = e, .duration = t});
                  });
}

inline int fcntl(int fd, int command, int argument, Where w = Where::here()) {
    return traced([&] { return table->fcntl(fd, command, argument); },
                  [&](int r, int e, std::uint64_t t) {
                      tell(w, rec::sys_fcntl{.fd = fd,
                                             .command = command,
                                             .argument = argument,
                                             .result = r,
                                             .error = e,
                                             .duration = t});
                  });
}

// ---- signals and time
// -----------------------------------------------------------------------------------

/// `is_restore`: the call puts an old handler back, rather than installing the library's.
inline int sigaction(int signal, const struct sigaction* act, struct sigaction* old,
                     bool is_restore, Where w = Where::here()) {
    using trace::field::sigact;
    return traced(
        [&] { return table->sigaction(signal, act, old); },
        [&](int r, int e, std::uint64_t t) {
            tell(w, rec::sys_sigaction{.signal = signal,
                                       .action = is_restore ? sigact::restore : sigact::install,
                                       .result = r,
                                       .error = e,
                                       .duration = t});
        });
}

/// Reads a clock. Not recorded: it is no call of the kernel where the vDSO serves it.
inline int clock(clockid_t id, timespec* now) {
    return table->clock_gettime(id, now);
}

}  // namespace EVGLASS_PROBES
}  // namespace sys
