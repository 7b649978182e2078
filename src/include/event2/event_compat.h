/* The functions of libevent before 2.0, which work on one base that the process shares.
 *
 * They keep old programs running. New code makes its own base and passes it: the functions here
 * use the base that event_init made last, so two libraries in one process step on each other.
 * None of them may be called from two threads at a time.
 * Manual: chapters 2 to 4, the sections on obsolete functions.
 */
#ifndef EVENT2_EVENT_COMPAT_H_INCLUDED_
#define EVENT2_EVENT_COMPAT_H_INCLUDED_

#include <event2/event-config.h>
#include <event2/util.h>
#include <event2/visibility.h>
#include <sys/time.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct event;
struct event_base;

/** Makes a base and remembers it as the current one. Never returns null: a failure is fatal. */
EVENT2_EXPORT_SYMBOL struct event_base* event_init(void);

/** event_base_dispatch on the current base. */
EVENT2_EXPORT_SYMBOL int event_dispatch(void);

/** event_base_loop on the current base. @param flags EVLOOP_ bits */
EVENT2_EXPORT_SYMBOL int event_loop(int flags);

/** event_base_loopexit on the current base. */
EVENT2_EXPORT_SYMBOL int event_loopexit(const struct timeval* after);

/** event_base_loopbreak on the current base. */
EVENT2_EXPORT_SYMBOL int event_loopbreak(void);

/** event_base_once on the current base. */
EVENT2_EXPORT_SYMBOL int event_once(evutil_socket_t fd, short events,
                                    void (*callback)(evutil_socket_t, short, void*), void* arg,
                                    const struct timeval* timeout);

/** event_base_get_method of the current base. */
EVENT2_EXPORT_SYMBOL const char* event_get_method(void);

/** event_base_priority_init on the current base. */
EVENT2_EXPORT_SYMBOL int event_priority_init(int npriorities);

/**
 * event_assign on the current base. It can't tell of an error, and event_base_set may move the
 * event to another base before it is added.
 */
EVENT2_EXPORT_SYMBOL void event_set(struct event* ev, evutil_socket_t fd, short events,
                                    void (*callback)(evutil_socket_t, short, void*), void* arg);

#define evtimer_set(ev, cb, arg) event_set((ev), -1, 0, (cb), (arg))
#define evsignal_set(ev, x, cb, arg) event_set((ev), (x), EV_SIGNAL | EV_PERSIST, (cb), (arg))

/* The same under still older names. */
#define timeout_add(ev, tv) event_add((ev), (tv))
#define timeout_set(ev, cb, arg) event_set((ev), -1, 0, (cb), (arg))
#define timeout_del(ev) event_del(ev)
#define timeout_pending(ev, tv) event_pending((ev), EV_TIMEOUT, (tv))
#define timeout_initialized(ev) event_initialized(ev)
#define signal_add(ev, tv) event_add((ev), (tv))
#define signal_set(ev, x, cb, arg) event_set((ev), (x), EV_SIGNAL | EV_PERSIST, (cb), (arg))
#define signal_del(ev) event_del(ev)
#define signal_pending(ev, tv) event_pending((ev), EV_SIGNAL, (tv))
#define signal_initialized(ev) event_initialized(ev)

#ifndef EVENT_FD
/** What the fields ev_fd of old were read for. */
#define EVENT_FD(ev) ((int)event_get_fd(ev))
#define EVENT_SIGNAL(ev) event_get_signal(ev)
#endif

#ifdef __cplusplus
}
#endif

#endif
