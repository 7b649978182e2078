/* The layout of struct event, for programs that embed one in a struct of their own.
 *
 * The fields may change only with the library's soname. A program must not touch them: it uses the
 * functions of event2/event.h. The memory must stay where it is while the event is known to a base.
 * Manual: chapter 4, Events (events whose memory you manage).
 * Read next: event2/event.h (event_assign), src/event/ (who changes which field).
 */
#ifndef EVENT2_EVENT_STRUCT_H_INCLUDED_
#define EVENT2_EVENT_STRUCT_H_INCLUDED_

#include <event2/event-config.h>
#include <event2/keyvalq_struct.h>
#include <event2/util.h>
#include <sys/time.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where an event is: bits of evcb_flags. */
#define EVLIST_TIMEOUT 0x01      /**< in the timer heap, or in a queue of a common timeout */
#define EVLIST_INSERTED 0x02     /**< pending: in the map of fds or of signals */
#define EVLIST_SIGNAL 0x04       /**< reserved; no event has it */
#define EVLIST_ACTIVE 0x08       /**< in an active queue: its callback is about to run */
#define EVLIST_INTERNAL 0x10     /**< made by the library; doesn't keep the loop alive */
#define EVLIST_ACTIVE_LATER 0x20 /**< active from the next turn on */
#define EVLIST_FINALIZING 0x40   /**< its finalizer is to run; nothing else may happen to it */
#define EVLIST_INIT 0x80         /**< was initialised by event_assign or event_new */
#define EVLIST_ALL 0xff

struct event;
struct event_base;

/**
 * What the active queues hold: a function to call, and how. Every event starts with one; the
 * library also makes bare ones.
 */
struct event_callback {
    /** Links in the active queue of evcb_pri, or in the later queue. */
    struct {
        struct event_callback* tqe_next;
        struct event_callback** tqe_prev;
    } evcb_active_next;
    short evcb_flags;        /**< EVLIST_ bits */
    ev_uint8_t evcb_pri;     /**< smaller is more urgent */
    ev_uint8_t evcb_closure; /**< which member of the union is called, and how */
    /** Which life of this memory it is: counts the times it was assigned. Fills padding. */
    ev_uint32_t evcb_serial_;
    union {
        void (*evcb_callback)(evutil_socket_t, short, void*);
        void (*evcb_selfcb)(struct event_callback*, void*);
        void (*evcb_evfinalize)(struct event*, void*);
        void (*evcb_cbfinalize)(struct event_callback*, void*);
    } evcb_cb_union; /**< evcb_closure says which */
    void* evcb_arg;  /**< the last argument of the call */
};

/** An event. 128 bytes, two cache lines; the names and offsets are part of the ABI. */
struct event {
    struct event_callback ev_evcallback; /**< its place in the active queues, and its call */

    /** Where it stands among the timers: in a queue of equal timeouts, or in the heap (-1: not). */
    union {
        struct {
            struct event* tqe_next;
            struct event** tqe_prev;
        } ev_next_with_common_timeout;
        int min_heap_idx;
    } ev_timeout_pos;
    evutil_socket_t ev_fd; /**< the fd, the signal number, or -1 */
    /** Low half of the address from which the event was assigned. Fills padding. */
    ev_uint32_t ev_creator_lo_;
    struct event_base* ev_base; /**< whose loop serves it */

    /** Depends on the kind of event: fds and timers use ev_io, signals ev_signal. */
    union {
        struct {
            struct {
                struct event* le_next;
                struct event** le_prev;
            } ev_io_next;
            /** The interval of a persistent event. */
            struct timeval ev_timeout;
        } ev_io;
        struct {
            struct {
                struct event* le_next;
                struct event** le_prev;
            } ev_signal_next;
            /** How often the callback is still to be called. */
            short ev_ncalls;
            /** Points to the running call's counter, so that event_del can stop it; else null. */
            short* ev_pncalls;
        } ev_signal;
    } ev_;

    short ev_events; /**< EV_ bits it was made with */
    short ev_res;    /**< EV_ bits that made it active */
    /** High half of the address from which the event was assigned. Fills padding. */
    ev_uint32_t ev_creator_hi_;
    /** The absolute deadline, on the base's monotonic clock. */
    struct timeval ev_timeout;
};

/** A queue of events, linked as <sys/queue.h>'s TAILQ. */
struct event_list {
    struct event* tqh_first; /**< null: no event */
    struct event** tqh_last; /**< the link behind the last event */
};

/** A list of events, linked as <sys/queue.h>'s LIST. */
struct event_dlist {
    struct event* lh_first; /**< null: no event */
};

#ifdef __cplusplus
}
#endif

#endif
