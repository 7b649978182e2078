/*
 * System calls of a program itself, told to its trace as the loop's own are.
 *
 * Each function makes the call of its name, with the kernel's contract (-1 and errno), and writes
 * the record that the loop's own call would have written, at the place that the caller gives.
 * Nothing here is needed to record a loop. It is for programs whose own system calls are worth
 * watching: the lessons' programs are linked so that their ordinary calls come here (lessons/wire).
 * The first of these calls begins the recording that EVGLASS_TRACE asks for, if no event_base was
 * made before; so a program without libevent can be recorded too.
 * Threads: any. Without a recording they cost one test.
 */
#ifndef EVENT2_EVGLASS_SYS_H_INCLUDED_
#define EVENT2_EVGLASS_SYS_H_INCLUDED_

#include <event2/visibility.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sigaction; /* <signal.h> keeps it to itself in strict C99 */
struct event;

/** Where in a source a call stands. The texts must last as long as the process; `file` has one
 *  address for each file. */
struct evglass_place {
    const char* file;     /**< as __FILE__ has it */
    const char* function; /**< as __func__ has it */
    unsigned line;        /**< as __LINE__ has it */
};
typedef const struct evglass_place* evglass_at;

EVENT2_EXPORT_SYMBOL int evglass_sys_socket(evglass_at at, int domain, int type, int protocol);
EVENT2_EXPORT_SYMBOL int evglass_sys_bind(evglass_at at, int fd, const struct sockaddr* address,
                                          socklen_t length);
EVENT2_EXPORT_SYMBOL int evglass_sys_listen(evglass_at at, int fd, int backlog);
EVENT2_EXPORT_SYMBOL int evglass_sys_accept4(evglass_at at, int fd, struct sockaddr* address,
                                             socklen_t* length, int flags);
EVENT2_EXPORT_SYMBOL int evglass_sys_connect(evglass_at at, int fd, const struct sockaddr* address,
                                             socklen_t length);
EVENT2_EXPORT_SYMBOL int evglass_sys_pipe2(evglass_at at, int fds[2], int flags);
EVENT2_EXPORT_SYMBOL int evglass_sys_socketpair(evglass_at at, int domain, int type, int protocol,
                                                int fds[2]);
EVENT2_EXPORT_SYMBOL int evglass_sys_eventfd(evglass_at at, unsigned count, int flags);
/** read, and recv: told as sys_read. */
EVENT2_EXPORT_SYMBOL ssize_t evglass_sys_read(evglass_at at, int fd, void* to, size_t size);
EVENT2_EXPORT_SYMBOL ssize_t evglass_sys_recv(evglass_at at, int fd, void* to, size_t size,
                                              int flags);
/** write, and send: told as sys_write. */
EVENT2_EXPORT_SYMBOL ssize_t evglass_sys_write(evglass_at at, int fd, const void* from,
                                               size_t size);
EVENT2_EXPORT_SYMBOL ssize_t evglass_sys_send(evglass_at at, int fd, const void* from, size_t size,
                                              int flags);
EVENT2_EXPORT_SYMBOL ssize_t evglass_sys_readv(evglass_at at, int fd, const struct iovec* to,
                                               int pieces);
EVENT2_EXPORT_SYMBOL ssize_t evglass_sys_writev(evglass_at at, int fd, const struct iovec* from,
                                                int pieces);
EVENT2_EXPORT_SYMBOL int evglass_sys_close(evglass_at at, int fd);
EVENT2_EXPORT_SYMBOL int evglass_sys_fcntl(evglass_at at, int fd, int command, int argument);
/** Told only where the value is an int. */
EVENT2_EXPORT_SYMBOL int evglass_sys_setsockopt(evglass_at at, int fd, int level, int option,
                                                const void* value, socklen_t length);
EVENT2_EXPORT_SYMBOL int evglass_sys_sigaction(evglass_at at, int number,
                                               const struct sigaction* act, struct sigaction* old);
EVENT2_EXPORT_SYMBOL int evglass_sys_select(evglass_at at, int nfds, fd_set* readable,
                                            fd_set* writable, fd_set* except,
                                            struct timeval* timeout);
EVENT2_EXPORT_SYMBOL int evglass_sys_poll(evglass_at at, struct pollfd* fds, nfds_t count,
                                          int timeout);
EVENT2_EXPORT_SYMBOL int evglass_sys_epoll_create1(evglass_at at, int flags);
EVENT2_EXPORT_SYMBOL int evglass_sys_epoll_ctl(evglass_at at, int epfd, int op, int fd,
                                               struct epoll_event* event);
EVENT2_EXPORT_SYMBOL int evglass_sys_epoll_wait(evglass_at at, int epfd, struct epoll_event* events,
                                                int most, int timeout);

/* The functions of <event2/evglass.h> by which a program tells of itself, each at a place. A
 * recording that is asked for begins with them, too. */
EVENT2_EXPORT_SYMBOL void evglass_mark_at(evglass_at at, const char* text);
EVENT2_EXPORT_SYMBOL void evglass_note_at(evglass_at at, const char* name, long long value);
EVENT2_EXPORT_SYMBOL void evglass_name_fd_at(evglass_at at, int fd, const char* name);
EVENT2_EXPORT_SYMBOL void evglass_name_event_at(evglass_at at, struct event* ev, const char* name);

#ifdef __cplusplus
}
#endif

#endif
