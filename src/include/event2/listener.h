/* evconnlistener: accepts connections and hands each one to a callback.
 *
 * A listener is a persistent read event on a listening socket. When a process runs out of file
 * descriptors or memory it rests for a while and tries again: it doesn't spin.
 * Threads: with LEV_OPT_THREADSAFE any thread may call these functions; callbacks run on the base's
 * thread, without the listener's lock. Without the flag, only the base's thread may.
 * Manual: chapter 8, Connection listeners.
 * Read next: src/net/listener.cc.
 */
#ifndef EVENT2_LISTENER_H_INCLUDED_
#define EVENT2_LISTENER_H_INCLUDED_

#include <event2/event.h>
#include <event2/visibility.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sockaddr;
struct evconnlistener;

/**
 * Called for each connection. The callback owns fd from now on. It may disable or free the
 * listener.
 *
 * @param addr     the peer's address; gone when the callback returns
 * @param socklen  the length of addr in bytes
 * @param arg      what was given to evconnlistener_new or evconnlistener_set_cb
 */
typedef void (*evconnlistener_cb)(struct evconnlistener* listener, evutil_socket_t fd,
                                  struct sockaddr* addr, int socklen, void* arg);

/** Called when accepting failed; errno (EVUTIL_SOCKET_ERROR) says why. It may free the listener. */
typedef void (*evconnlistener_errorcb)(struct evconnlistener* listener, void* arg);

/** Accepted sockets are left in blocking mode. */
#define LEV_OPT_LEAVE_SOCKETS_BLOCKING (1u << 0)
/** evconnlistener_free closes the listening socket. */
#define LEV_OPT_CLOSE_ON_FREE (1u << 1)
/** The listening and the accepted sockets are closed on exec. */
#define LEV_OPT_CLOSE_ON_EXEC (1u << 2)
/** The address can be bound again at once (SO_REUSEADDR). */
#define LEV_OPT_REUSEABLE (1u << 3)
/** The listener has a lock. */
#define LEV_OPT_THREADSAFE (1u << 4)
/** The listener starts disabled. */
#define LEV_OPT_DISABLED (1u << 5)
/** A TCP connection is told of when its first data arrive (TCP_DEFER_ACCEPT). */
#define LEV_OPT_DEFERRED_ACCEPT (1u << 6)
/** Several sockets may listen at the same address (SO_REUSEPORT). */
#define LEV_OPT_REUSEABLE_PORT (1u << 7)
/** An IPv6 socket takes no IPv4 connections (IPV6_V6ONLY). */
#define LEV_OPT_BIND_IPV6ONLY (1u << 8)

/**
 * Makes a listener on a socket that is bound already. Without LEV_OPT_DISABLED it is enabled.
 *
 * @param cb       called for each connection; null: it accepts nothing until one is set
 * @param flags    LEV_OPT_ bits
 * @param backlog  what listen(2) gets: < 0 means 128; 0: the socket listens already
 * @param fd       the socket, in non-blocking mode
 * @return the listener; null on failure, and fd stays the caller's
 */
EVENT2_EXPORT_SYMBOL struct evconnlistener* evconnlistener_new(struct event_base* base,
                                                               evconnlistener_cb cb, void* arg,
                                                               unsigned flags, int backlog,
                                                               evutil_socket_t fd);

/**
 * Makes a socket, binds it to an address, and listens on it. The other arguments are those of
 * evconnlistener_new; a backlog of 0 is an error, because nobody else can have called listen.
 *
 * @param sa       the address
 * @param socklen  its length in bytes
 * @return the listener; null on failure, and errno says why
 */
EVENT2_EXPORT_SYMBOL struct evconnlistener* evconnlistener_new_bind(struct event_base* base,
                                                                    evconnlistener_cb cb, void* arg,
                                                                    unsigned flags, int backlog,
                                                                    const struct sockaddr* sa,
                                                                    int socklen);

/** Frees a listener. Its callback may be running: the memory goes when the callback returns. */
EVENT2_EXPORT_SYMBOL void evconnlistener_free(struct evconnlistener* lev);

/** Starts to accept, if a callback is set. @return 0; -1 on failure */
EVENT2_EXPORT_SYMBOL int evconnlistener_enable(struct evconnlistener* lev);

/** Stops to accept; connections wait in the kernel's queue. @return 0; -1 on failure */
EVENT2_EXPORT_SYMBOL int evconnlistener_disable(struct evconnlistener* lev);

/** The base that the listener belongs to. */
EVENT2_EXPORT_SYMBOL struct event_base* evconnlistener_get_base(struct evconnlistener* lev);

/** The socket that it listens on. */
EVENT2_EXPORT_SYMBOL evutil_socket_t evconnlistener_get_fd(struct evconnlistener* lev);

/** Sets the callback and its argument; null stops it from accepting. */
EVENT2_EXPORT_SYMBOL void evconnlistener_set_cb(struct evconnlistener* lev, evconnlistener_cb cb,
                                                void* arg);

/** Sets the function that is told of errors; null: a warning is logged instead. */
EVENT2_EXPORT_SYMBOL void evconnlistener_set_error_cb(struct evconnlistener* lev,
                                                      evconnlistener_errorcb errorcb);

#ifdef __cplusplus
}
#endif

#endif
