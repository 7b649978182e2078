/* The layout of struct bufferevent, for old programs that look into it.
 *
 * New programs use the functions of event2/bufferevent.h. What a program may find here: input and
 * output, the watermarks, the callbacks. Whoever writes to a field does so before the bufferevent
 * is used, or with its lock held. Manual: chapter 6 (obsolete functionality). Read next:
 * event2/bufferevent.h, src/bufferevent/bufferevent_private.h.
 */
#ifndef EVENT2_BUFFEREVENT_STRUCT_H_INCLUDED_
#define EVENT2_BUFFEREVENT_STRUCT_H_INCLUDED_

#include <event2/bufferevent.h>
#include <event2/event-config.h>
#include <event2/event_struct.h>
#include <event2/util.h>
#include <sys/time.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bufferevent_ops;

/** Two levels of a buffer, in bytes. */
struct event_watermark {
    size_t low;  /**< from so many bytes on */
    size_t high; /**< 0: without bound */
};

/** A bufferevent: 392 bytes; the names and offsets are part of the ABI. */
struct bufferevent {
    struct event_base* ev_base; /**< whose loop serves it */
    /** What its kind does. */
    const struct bufferevent_ops* be_ops;

    /** Waits until there is something to read, or for the read timeout. */
    struct event ev_read;
    /** Waits until there is room to write, or for the write timeout. */
    struct event ev_write;

    struct evbuffer* input;  /**< what was read */
    struct evbuffer* output; /**< what is to be written */

    struct event_watermark wm_read;  /**< of the input */
    struct event_watermark wm_write; /**< of the output */

    bufferevent_data_cb readcb;  /**< null: none */
    bufferevent_data_cb writecb; /**< null: none */
    /** The event callback, under its old name. */
    bufferevent_event_cb errorcb;
    void* cbarg; /**< for all three callbacks */

    struct timeval timeout_read;  /**< zero: none */
    struct timeval timeout_write; /**< zero: none */

    /** EV_READ and EV_WRITE, as the program enabled them. */
    short enabled;
};

#ifdef __cplusplus
}
#endif

#endif
