/* The core of the library: bases, loops and events.
 *
 * An event_base watches fds, times and signals. An event says what to wait for and which function
 * to call. event_base_dispatch waits and calls until nothing is left.
 *
 * Threads: after evthread_use_pthreads any thread may call any function here on any base, unless
 * the base was made with EVENT_BASE_FLAG_NOLOCK or a text below says otherwise. Without locks, a
 * base and its events belong to one thread. Callbacks run on the thread that runs the loop.
 * Errors: functions that return int return -1 on failure (and change nothing), else 0 if no other
 * value is named. Functions that make something return null on failure.
 * Manual: chapter 1 (setting up), 2 (creating a base), 3 (the loop), 4 (events).
 * Read next: event2/event_struct.h, src/event/event_base.h.
 */
#ifndef EVENT2_EVENT_H_INCLUDED_
#define EVENT2_EVENT_H_INCLUDED_

#include <event2/event-config.h>
#include <event2/util.h>
#include <event2/visibility.h>
#include <stdio.h>
#include <sys/time.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Everything that one loop knows. Opaque. */
struct event_base;
/** One thing to wait for. Its layout is in event2/event_struct.h. */
struct event;
/** Wishes for a new base. Opaque. */
struct event_config;

/* ---- Setting up. Call these before anything else of the library. Manual: chapter 1 --------------
 */

#define EVENT_LOG_DEBUG 0
#define EVENT_LOG_MSG 1
#define EVENT_LOG_WARN 2
#define EVENT_LOG_ERR 3
/* The same under their old names. */
#define _EVENT_LOG_DEBUG EVENT_LOG_DEBUG
#define _EVENT_LOG_MSG EVENT_LOG_MSG
#define _EVENT_LOG_WARN EVENT_LOG_WARN
#define _EVENT_LOG_ERR EVENT_LOG_ERR

/** Gets one message, without a newline. It must not call the library. */
typedef void (*event_log_cb)(int severity, const char* msg);

/** Sends messages to a function instead of stderr; null: to stderr again. */
EVENT2_EXPORT_SYMBOL void event_set_log_callback(event_log_cb cb);

/** Gets the exit status that the library would end with. It must not return. */
typedef void (*event_fatal_cb)(int err);

/** Sets what happens after an error that can't be mended; null: the process exits. */
EVENT2_EXPORT_SYMBOL void event_set_fatal_callback(event_fatal_cb cb);

#define EVENT_DBG_ALL 0xffffffffu
#define EVENT_DBG_NONE 0

/** Turns messages of level EVENT_LOG_DEBUG on (EVENT_DBG_ALL) or off (EVENT_DBG_NONE). */
EVENT2_EXPORT_SYMBOL void event_enable_debug_logging(ev_uint32_t which);

/**
 * Sets the functions that the library gets its memory from; a null one means the C library's.
 * malloc_fn(0) and realloc_fn(null, n) follow the C library. Call it once, before all else: what
 * one set allocated another can't free.
 */
EVENT2_EXPORT_SYMBOL void event_set_mem_functions(void* (*malloc_fn)(size_t sz),
                                                  void* (*realloc_fn)(void* ptr, size_t sz),
                                                  void (*free_fn)(void* ptr));
#define EVENT_SET_MEM_FUNCTIONS_IMPLEMENTED

/**
 * Makes the library remember every event that is assigned, and stop the program when one is
 * assigned while it is pending, or used without being assigned.
 */
EVENT2_EXPORT_SYMBOL void event_enable_debug_mode(void);

/** In debug mode: forgets an event whose memory is going to be freed. The event is not pending. */
EVENT2_EXPORT_SYMBOL void event_debug_unassign(struct event* ev);

/** The version that runs, as text. LIBEVENT_VERSION is the one that was compiled against. */
EVENT2_EXPORT_SYMBOL const char* event_get_version(void);

/** The version that runs, as a number. LIBEVENT_VERSION_NUMBER was compiled against. */
EVENT2_EXPORT_SYMBOL ev_uint32_t event_get_version_number(void);

#define LIBEVENT_VERSION EVENT__VERSION
#define LIBEVENT_VERSION_NUMBER EVENT__NUMERIC_VERSION

/** Frees what the library holds for the process, so that leak checkers are content. Last call. */
EVENT2_EXPORT_SYMBOL void libevent_global_shutdown(void);

/* ---- Making a base. Manual: chapter 2
 * ------------------------------------------------------------ */

/** What a backend can do. */
enum event_method_feature {
    EV_FEATURE_ET = 0x01,         /**< edge-triggered events (EV_ET) */
    EV_FEATURE_O1 = 0x02,         /**< changes and wake-ups cost the same with many fds */
    EV_FEATURE_FDS = 0x04,        /**< any kind of fd, not sockets alone */
    EV_FEATURE_EARLY_CLOSE = 0x08 /**< tells of a close without reading up to it (EV_CLOSED) */
};

/** Wishes that event_config_set_flag takes. */
enum event_base_config_flag {
    EVENT_BASE_FLAG_NOLOCK = 0x01,               /**< no lock: one thread uses the base */
    EVENT_BASE_FLAG_IGNORE_ENV = 0x02,           /**< EVENT_NOEPOLL and the like don't count */
    EVENT_BASE_FLAG_STARTUP_IOCP = 0x04,         /**< Windows only; no effect here */
    EVENT_BASE_FLAG_NO_CACHE_TIME = 0x08,        /**< ask for the time whenever it is needed */
    EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST = 0x10, /**< epoll gets changes once a turn */
    EVENT_BASE_FLAG_PRECISE_TIMER = 0x20         /**< a finer and slower clock */
};

/** Makes a configuration without wishes. Free it with event_config_free. */
EVENT2_EXPORT_SYMBOL struct event_config* event_config_new(void);

/** Frees a configuration; bases that were made with it don't need it. */
EVENT2_EXPORT_SYMBOL void event_config_free(struct event_config* cfg);

/** Rules out a backend by its name ("select"). A name that isn't known rules out nothing. */
EVENT2_EXPORT_SYMBOL int event_config_avoid_method(struct event_config* cfg, const char* method);

/** Asks for a backend with all these features. @param feature EV_FEATURE_ bits */
EVENT2_EXPORT_SYMBOL int event_config_require_features(struct event_config* cfg, int feature);

/** Adds a wish. @param flag EVENT_BASE_FLAG_ bits */
EVENT2_EXPORT_SYMBOL int event_config_set_flag(struct event_config* cfg, int flag);

/** How many processors the base may count on. Only Windows uses it. */
EVENT2_EXPORT_SYMBOL int event_config_set_num_cpus_hint(struct event_config* cfg, int cpus);

/**
 * Bounds how long the loop runs callbacks before it asks for new events.
 *
 * @param max_interval   the longest time, looked at after each callback; null: no bound
 * @param max_callbacks  the most callbacks; < 0: no bound
 * @param min_priority   the bounds hold for events of this priority number and greater ones
 */
EVENT2_EXPORT_SYMBOL int event_config_set_max_dispatch_interval(struct event_config* cfg,
                                                                const struct timeval* max_interval,
                                                                int max_callbacks,
                                                                int min_priority);

/** Makes a base with the best backend there is. Free it with event_base_free. */
EVENT2_EXPORT_SYMBOL struct event_base* event_base_new(void);

/** Makes a base as a configuration wants it (null: no wishes); null if none can. */
EVENT2_EXPORT_SYMBOL struct event_base* event_base_new_with_config(const struct event_config* cfg);

/**
 * Frees a base; null is ignored. Events that are left are deleted but not freed, and their fds stay
 * open. Finalizers that wait are run. The loop must not be running, and no other thread use it.
 */
EVENT2_EXPORT_SYMBOL void event_base_free(struct event_base* base);

/** event_base_free that runs no finalizer. */
EVENT2_EXPORT_SYMBOL void event_base_free_nofinalize(struct event_base* base);

/** The name of the base's backend: "epoll". Never freed. */
EVENT2_EXPORT_SYMBOL const char* event_base_get_method(const struct event_base* base);

/** The names of all backends, best first, up to a null. The environment doesn't count. */
EVENT2_EXPORT_SYMBOL const char** event_get_supported_methods(void);

/** What the base's backend can do: EV_FEATURE_ bits. */
EVENT2_EXPORT_SYMBOL int event_base_get_features(const struct event_base* base);

#define EVENT_MAX_PRIORITIES 256

/**
 * Gives the base n priorities, 0 (most urgent) to n-1; a new base has one. Events get n/2 unless
 * they are told otherwise. No event may be active.
 *
 * @param n  1 to EVENT_MAX_PRIORITIES - 1
 */
EVENT2_EXPORT_SYMBOL int event_base_priority_init(struct event_base* base, int n);

/** How many priorities the base has. */
EVENT2_EXPORT_SYMBOL int event_base_get_npriorities(struct event_base* base);

/** Rebuilds what a child process can't share with its parent. Call it after fork in the child. */
EVENT2_EXPORT_SYMBOL int event_reinit(struct event_base* base);

/* ---- Running the loop. Manual: chapter 3
 * ----------------------------------------------------------- */

/** Wait until at least one event is active, run the active ones, and return. */
#define EVLOOP_ONCE 0x01
/** Don't wait: run what is active now, and return. */
#define EVLOOP_NONBLOCK 0x02
/** Go on without events, until somebody asks the loop to stop. */
#define EVLOOP_NO_EXIT_ON_EMPTY 0x04

/** event_base_loop without flags: runs until nothing is pending or active. */
EVENT2_EXPORT_SYMBOL int event_base_dispatch(struct event_base* base);

/**
 * Waits for events and runs their callbacks on this thread. One thread at a time may run it.
 *
 * @param flags  EVLOOP_ bits
 * @return 0 if it was stopped, or done as the flags say; 1 if nothing was pending or active;
 *         -1 if the backend failed or the loop runs already
 */
EVENT2_EXPORT_SYMBOL int event_base_loop(struct event_base* base, int flags);

/**
 * Stops the loop after a time (null: at once), when the callbacks that are active then have run.
 * If the loop isn't running, its next run is meant.
 */
EVENT2_EXPORT_SYMBOL int event_base_loopexit(struct event_base* base, const struct timeval* after);

/** Stops the loop as soon as the running callback returns. */
EVENT2_EXPORT_SYMBOL int event_base_loopbreak(struct event_base* base);

/** Makes the loop look for new events as soon as the running callback returns. */
EVENT2_EXPORT_SYMBOL int event_base_loopcontinue(struct event_base* base);

/** Whether event_base_loopexit stopped the last loop. */
EVENT2_EXPORT_SYMBOL int event_base_got_exit(struct event_base* base);

/** Whether event_base_loopbreak stopped the last loop. */
EVENT2_EXPORT_SYMBOL int event_base_got_break(struct event_base* base);

/** The time at which this turn's events were found: one clock read serves all its callbacks. */
EVENT2_EXPORT_SYMBOL int event_base_gettimeofday_cached(struct event_base* base,
                                                        struct timeval* tv);

/** Reads the clock again for event_base_gettimeofday_cached, after a callback that took long. */
EVENT2_EXPORT_SYMBOL int event_base_update_cache_time(struct event_base* base);

/** The same on the monotonic clock that timers use. */
EVENT2_EXPORT_SYMBOL int event_gettime_monotonic(struct event_base* base, struct timeval* tp);

/* ---- Events. Manual: chapter 4
 * --------------------------------------------------------------------- */

#define EV_TIMEOUT 0x01  /**< a time has passed. Tells why; any event may have a timeout */
#define EV_READ 0x02     /**< the fd can be read from */
#define EV_WRITE 0x04    /**< the fd can be written to */
#define EV_SIGNAL 0x08   /**< a signal was caught; the fd is its number */
#define EV_PERSIST 0x10  /**< stay pending when active; a timeout starts again */
#define EV_ET 0x20       /**< edge-triggered: tell of changes, if the backend can */
#define EV_FINALIZE 0x40 /**< event_del doesn't wait for the callback: see event_finalize */
#define EV_CLOSED 0x80   /**< the peer closed the connection, if the backend can tell */

/** What an event calls: its fd (or signal), the EV_ bits of what happened, its argument. */
typedef void (*event_callback_fn)(evutil_socket_t fd, short what, void* arg);

/** As an argument it stands for the event itself. */
EVENT2_EXPORT_SYMBOL void* event_self_cbarg(void);

/**
 * Makes an event: neither pending nor active. Free it with event_free.
 *
 * @param fd      a descriptor; a signal number with EV_SIGNAL; -1 for a timer
 * @param events  EV_READ, EV_WRITE, EV_SIGNAL, EV_PERSIST, EV_ET, EV_CLOSED, EV_FINALIZE
 */
EVENT2_EXPORT_SYMBOL struct event* event_new(struct event_base* base, evutil_socket_t fd,
                                             short events, event_callback_fn callback, void* arg);

/**
 * event_new in memory of the caller's own. The event must not be pending; debug mode checks it.
 * The memory must stay until the event is deleted.
 */
EVENT2_EXPORT_SYMBOL int event_assign(struct event* ev, struct event_base* base, evutil_socket_t fd,
                                      short events, event_callback_fn callback, void* arg);

/** Deletes an event that event_new made, and frees it. Its fd stays open. */
EVENT2_EXPORT_SYMBOL void event_free(struct event* ev);

/**
 * Makes an event pending. If it is pending already, a timeout replaces the old one.
 *
 * @param timeout  a duration, after which it becomes active; null: none (and an old one stays)
 */
EVENT2_EXPORT_SYMBOL int event_add(struct event* ev, const struct timeval* timeout);

/** Takes the timeout from a pending event; what else it waits for stays. */
EVENT2_EXPORT_SYMBOL int event_remove_timer(struct event* ev);

/**
 * Makes an event neither pending nor active. From another thread than the loop's it waits until a
 * running callback has returned, unless the event has EV_FINALIZE.
 */
EVENT2_EXPORT_SYMBOL int event_del(struct event* ev);

/** event_del that never waits for a running callback. */
EVENT2_EXPORT_SYMBOL int event_del_noblock(struct event* ev);

/** event_del that always waits for a running callback, though the event has EV_FINALIZE. */
EVENT2_EXPORT_SYMBOL int event_del_block(struct event* ev);

/**
 * Makes an event active, as if the bits in res had happened. It needn't be pending.
 *
 * @param ncalls  how often a signal event's callback is called; ignored for others
 */
EVENT2_EXPORT_SYMBOL void event_active(struct event* ev, int res, short ncalls);

/** Makes every event on an fd active that waits for one of these EV_ bits. */
EVENT2_EXPORT_SYMBOL void event_base_active_by_fd(struct event_base* base, evutil_socket_t fd,
                                                  short events);

/** Makes every event on a signal active. */
EVENT2_EXPORT_SYMBOL void event_base_active_by_signal(struct event_base* base, int sig);

/**
 * Waits for one thing once, without an event to keep: the library makes and frees it.
 *
 * @param events  EV_TIMEOUT, EV_READ, EV_WRITE, EV_CLOSED; no signals, not persistent
 */
EVENT2_EXPORT_SYMBOL int event_base_once(struct event_base* base, evutil_socket_t fd, short events,
                                         event_callback_fn callback, void* arg,
                                         const struct timeval* timeout);

/** Called when no callback of the event can be running any more. */
typedef void (*event_finalize_callback_fn)(struct event* ev, void* arg);

/**
 * Deletes an event without waiting, and calls a function from the loop when it is safe to free what
 * the event uses. Until then the event must not be touched. @param flags 0
 */
EVENT2_EXPORT_SYMBOL int event_finalize(unsigned flags, struct event* ev,
                                        event_finalize_callback_fn callback);

/** event_finalize that frees the event (of event_new) after the function returned. */
EVENT2_EXPORT_SYMBOL int event_free_finalize(unsigned flags, struct event* ev,
                                             event_finalize_callback_fn callback);

/** Moves an event that was just assigned, and never added, to another base. */
EVENT2_EXPORT_SYMBOL int event_base_set(struct event_base* base, struct event* ev);

/** Sets an event's priority. It must not be active. @param priority 0 to the base's number - 1 */
EVENT2_EXPORT_SYMBOL int event_priority_set(struct event* ev, int priority);

/**
 * Makes timeouts of one duration cheap: O(1) each instead of O(log n). Give what it returns to
 * event_add. It belongs to the base, and is only good for it.
 */
EVENT2_EXPORT_SYMBOL const struct timeval* event_base_init_common_timeout(
    struct event_base* base, const struct timeval* duration);

#define evtimer_assign(ev, b, cb, arg) event_assign((ev), (b), -1, 0, (cb), (arg))
#define evtimer_new(b, cb, arg) event_new((b), -1, 0, (cb), (arg))
#define evtimer_add(ev, tv) event_add((ev), (tv))
#define evtimer_del(ev) event_del(ev)
#define evtimer_pending(ev, tv) event_pending((ev), EV_TIMEOUT, (tv))
#define evtimer_initialized(ev) event_initialized(ev)

#define evsignal_assign(ev, b, x, cb, arg) \
    event_assign((ev), (b), (x), EV_SIGNAL | EV_PERSIST, cb, (arg))
#define evsignal_new(b, x, cb, arg) event_new((b), (x), EV_SIGNAL | EV_PERSIST, (cb), (arg))
#define evsignal_add(ev, tv) event_add((ev), (tv))
#define evsignal_del(ev) event_del(ev)
#define evsignal_pending(ev, tv) event_pending((ev), EV_SIGNAL, (tv))
#define evsignal_initialized(ev) event_initialized(ev)

/* A user event waits for nothing: evuser_trigger makes it active. */
#define evuser_new(b, cb, arg) event_new((b), -1, 0, (cb), (arg))
#define evuser_del(ev) event_del(ev)
#define evuser_pending(ev, tv) event_pending((ev), 0, (tv))
#define evuser_initialized(ev) event_initialized(ev)
#define evuser_trigger(ev) event_active((ev), 0, 0)

/* ---- Asking. Manual: chapters 3 and 4
 * ----------------------------------------------------------------- */

/**
 * Which of these EV_ bits the event waits for or is active with.
 *
 * @param tv  gets the deadline on the wall clock, if EV_TIMEOUT is asked for and pending; or null
 */
EVENT2_EXPORT_SYMBOL int event_pending(const struct event* ev, short events, struct timeval* tv);

/** The event whose callback runs now; null outside. Only for the loop's thread. */
EVENT2_EXPORT_SYMBOL struct event* event_base_get_running_event(struct event_base* base);

/** Whether the memory was assigned as an event. It must at least have been zeroed. */
EVENT2_EXPORT_SYMBOL int event_initialized(const struct event* ev);

#define event_get_signal(ev) ((int)event_get_fd(ev))

EVENT2_EXPORT_SYMBOL evutil_socket_t event_get_fd(const struct event* ev);
EVENT2_EXPORT_SYMBOL struct event_base* event_get_base(const struct event* ev);
EVENT2_EXPORT_SYMBOL short event_get_events(const struct event* ev);
EVENT2_EXPORT_SYMBOL event_callback_fn event_get_callback(const struct event* ev);
EVENT2_EXPORT_SYMBOL void* event_get_callback_arg(const struct event* ev);
EVENT2_EXPORT_SYMBOL int event_get_priority(const struct event* ev);

/** All that event_assign was given. A null pointer asks for nothing. */
EVENT2_EXPORT_SYMBOL void event_get_assignment(const struct event* event,
                                               struct event_base** base_out,
                                               evutil_socket_t* fd_out, short* events_out,
                                               event_callback_fn* callback_out, void** arg_out);

/** sizeof(struct event) in the library that runs, to compare with the compiled one. */
EVENT2_EXPORT_SYMBOL size_t event_get_struct_event_size(void);

#define EVENT_BASE_COUNT_ACTIVE 1U  /**< in the active queues or the later queue */
#define EVENT_BASE_COUNT_VIRTUAL 2U /**< counted to keep the loop alive, without an event */
#define EVENT_BASE_COUNT_ADDED 4U   /**< pending */

/** How many events there are now. @param flags EVENT_BASE_COUNT_ bits, whose counts are added */
EVENT2_EXPORT_SYMBOL int event_base_get_num_events(struct event_base* base, unsigned int flags);

/** The most there were. @param clear not 0: start counting anew */
EVENT2_EXPORT_SYMBOL int event_base_get_max_events(struct event_base* base, unsigned int flags,
                                                   int clear);

/** Writes every pending and active event to a file, as text for people. */
EVENT2_EXPORT_SYMBOL void event_base_dump_events(struct event_base* base, FILE* out);

/** Gets one event. Not 0 ends the walk. It must not change or unlock anything. */
typedef int (*event_base_foreach_event_cb)(const struct event_base* base, const struct event* ev,
                                           void* arg);

/** Calls a function for each event of the base, with its lock held. @return what ended the walk, or
 * 0 */
EVENT2_EXPORT_SYMBOL int event_base_foreach_event(struct event_base* base,
                                                  event_base_foreach_event_cb fn, void* arg);

#ifdef __cplusplus
}
#endif

#endif
