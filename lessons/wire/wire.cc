// The wrapped system calls of a lesson's program, and its marks, notes and names. Its source calls
// read, poll or evglass_mark as ever; the linker (wrap.flags) leads those calls here, and from here
// they go on through the library, which makes the call and tells the trace of it, at the place in
// the program's source where it stands. It changes nothing of what a call does. The library's own
// calls don't come here.
// Read next: places.h (which line a call comes from), <event2/evglass_sys.h>.
#include <event2/evglass_sys.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdint>

#include "lessons/wire/places.h"

// Where the call that is being wrapped returns to.
#define HERE evglass::wire::place_of(__builtin_return_address(0))

extern "C" {

int __real_fcntl(int fd, int command, ...);

int __wrap_socket(int domain, int type, int protocol) {
    return evglass_sys_socket(HERE, domain, type, protocol);
}
int __wrap_bind(int fd, const sockaddr* address, socklen_t length) {
    return evglass_sys_bind(HERE, fd, address, length);
}
int __wrap_listen(int fd, int backlog) {
    return evglass_sys_listen(HERE, fd, backlog);
}
int __wrap_accept(int fd, sockaddr* address, socklen_t* length) {
    return evglass_sys_accept4(HERE, fd, address, length, 0);
}
int __wrap_accept4(int fd, sockaddr* address, socklen_t* length, int flags) {
    return evglass_sys_accept4(HERE, fd, address, length, flags);
}
int __wrap_connect(int fd, const sockaddr* address, socklen_t length) {
    return evglass_sys_connect(HERE, fd, address, length);
}
int __wrap_pipe(int fds[2]) {
    return evglass_sys_pipe2(HERE, fds, 0);
}
int __wrap_pipe2(int fds[2], int flags) {
    return evglass_sys_pipe2(HERE, fds, flags);
}
int __wrap_socketpair(int domain, int type, int protocol, int fds[2]) {
    return evglass_sys_socketpair(HERE, domain, type, protocol, fds);
}
int __wrap_eventfd(unsigned count, int flags) {
    return evglass_sys_eventfd(HERE, count, flags);
}

ssize_t __wrap_read(int fd, void* to, size_t size) {
    return evglass_sys_read(HERE, fd, to, size);
}
ssize_t __wrap_write(int fd, const void* from, size_t size) {
    return evglass_sys_write(HERE, fd, from, size);
}
ssize_t __wrap_recv(int fd, void* to, size_t size, int flags) {
    return evglass_sys_recv(HERE, fd, to, size, flags);
}
ssize_t __wrap_send(int fd, const void* from, size_t size, int flags) {
    return evglass_sys_send(HERE, fd, from, size, flags);
}
ssize_t __wrap_readv(int fd, const iovec* to, int pieces) {
    return evglass_sys_readv(HERE, fd, to, pieces);
}
ssize_t __wrap_writev(int fd, const iovec* from, int pieces) {
    return evglass_sys_writev(HERE, fd, from, pieces);
}
int __wrap_close(int fd) {
    return evglass_sys_close(HERE, fd);
}

int __wrap_fcntl(int fd, int command, ...) {
    va_list list;
    va_start(list, command);
    void* argument = va_arg(list, void*);
    va_end(list);
    const bool flags = command == F_GETFL || command == F_SETFL || command == F_GETFD ||
                       command == F_SETFD || command == F_DUPFD || command == F_DUPFD_CLOEXEC;
    if (!flags) return __real_fcntl(fd, command, argument);  // the argument may be a pointer
    const auto number = static_cast<int>(reinterpret_cast<intptr_t>(argument));
    return evglass_sys_fcntl(HERE, fd, command, number);
}
int __wrap_setsockopt(int fd, int level, int option, const void* value, socklen_t length) {
    return evglass_sys_setsockopt(HERE, fd, level, option, value, length);
}
int __wrap_sigaction(int number, const struct sigaction* act, struct sigaction* old) {
    return evglass_sys_sigaction(HERE, number, act, old);
}

int __wrap_select(int nfds, fd_set* readable, fd_set* writable, fd_set* except, timeval* timeout) {
    return evglass_sys_select(HERE, nfds, readable, writable, except, timeout);
}
int __wrap_poll(pollfd* fds, nfds_t count, int timeout) {
    return evglass_sys_poll(HERE, fds, count, timeout);
}
int __wrap_epoll_create(int size) {
    if (size <= 0) {
        errno = EINVAL;  // all that is left of the argument
        return -1;
    }
    return evglass_sys_epoll_create1(HERE, 0);
}
int __wrap_epoll_create1(int flags) {
    return evglass_sys_epoll_create1(HERE, flags);
}
int __wrap_epoll_ctl(int epfd, int op, int fd, epoll_event* event) {
    return evglass_sys_epoll_ctl(HERE, epfd, op, fd, event);
}
int __wrap_epoll_wait(int epfd, epoll_event* events, int most, int timeout) {
    return evglass_sys_epoll_wait(HERE, epfd, events, most, timeout);
}

void __wrap_evglass_mark(const char* text) {
    evglass_mark_at(HERE, text);
}
void __wrap_evglass_note(const char* name, long long value) {
    evglass_note_at(HERE, name, value);
}
void __wrap_evglass_name_fd(int fd, const char* name) {
    evglass_name_fd_at(HERE, fd, name);
}
void __wrap_evglass_name_event(event* ev, const char* name) {
    evglass_name_event_at(HERE, ev, name);
}

}  // extern "C"
