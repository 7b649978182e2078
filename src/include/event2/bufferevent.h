/* Bufferevents: an input buffer, an output buffer, and a transport between which they move bytes.
 *
 * A program adds to the output and takes from the input; the bufferevent reads and writes when it
 * can, and calls back when enough came in (readcb), when enough went out (writecb), and when
 * something else happened (eventcb). The transport is a socket, the other one of a pair, another
 * bufferevent below a filter, or TLS (event2/bufferevent_ssl.h).
 * Threads: with BEV_OPT_THREADSAFE any thread may call these functions; callbacks run on the loop's
 * thread, with the bufferevent's lock held unless BEV_OPT_UNLOCK_CALLBACKS was given.
 * Memory: functions that return int give -1 on failure and have then changed nothing.
 * Manual: chapters 6 (Bufferevents: concepts and basics) and 6a (advanced topics).
 * Read next: event2/buffer.h, src/bufferevent/bufferevent.cc.
 */
#ifndef EVENT2_BUFFEREVENT_H_INCLUDED_
#define EVENT2_BUFFEREVENT_H_INCLUDED_

#include <event2/event-config.h>
#include <event2/util.h>
#include <event2/visibility.h>
#include <sys/time.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What happened: bits that the event callback gets. */
#define BEV_EVENT_READING 0x01   /**< while reading */
#define BEV_EVENT_WRITING 0x02   /**< while writing */
#define BEV_EVENT_EOF 0x10       /**< the other side sends no more */
#define BEV_EVENT_ERROR 0x20     /**< errno says what; the connection is of no more use */
#define BEV_EVENT_TIMEOUT 0x40   /**< nothing moved for as long as bufferevent_set_timeouts said */
#define BEV_EVENT_CONNECTED 0x80 /**< the connection that was asked for is there */

struct bufferevent;
struct event_base;
struct evbuffer;
struct sockaddr;
struct evdns_base;

/** Called when there is enough to read, or little enough left to write. May free the bufferevent.
 */
typedef void (*bufferevent_data_cb)(struct bufferevent* bev, void* ctx);

/**
 * Called for everything that is not data. With deferred callbacks, `what` collects all that
 * happened since the last call. May free the bufferevent.
 *
 * @param what  BEV_EVENT_ bits
 */
typedef void (*bufferevent_event_cb)(struct bufferevent* bev, short what, void* ctx);

/** How a bufferevent is made. */
enum bufferevent_options {
    /** bufferevent_free also closes the socket, or frees the bufferevent below. */
    BEV_OPT_CLOSE_ON_FREE = (1 << 0),
    /** It has a lock, if the program has set locking functions (event2/thread.h). */
    BEV_OPT_THREADSAFE = (1 << 1),
    /** Callbacks run from the loop, after the events that are active; never from a call. */
    BEV_OPT_DEFER_CALLBACKS = (1 << 2),
    /** Callbacks run without the lock. Only together with BEV_OPT_DEFER_CALLBACKS. */
    BEV_OPT_UNLOCK_CALLBACKS = (1 << 3)
};

/* ---- sockets ----------------------------------------------------------------------------------
 */

/**
 * A bufferevent on a socket. Writing is enabled, reading is not.
 *
 * @param fd       a stream socket in non-blocking mode, or -1 to set or connect one later
 * @param options  BEV_OPT_ bits
 * @return null on failure
 */
EVENT2_EXPORT_SYMBOL struct bufferevent* bufferevent_socket_new(struct event_base* base,
                                                                evutil_socket_t fd, int options);

/**
 * Connects. The event callback gets BEV_EVENT_CONNECTED, or BEV_EVENT_ERROR with errno. Without a
 * socket a new one is made. Until then nothing is read or written; the output may be filled.
 *
 * @param addr     where to; null: the socket is connecting already, wait for the end of that
 * @param socklen  the length of addr in bytes
 */
EVENT2_EXPORT_SYMBOL int bufferevent_socket_connect(struct bufferevent* bufev,
                                                    const struct sockaddr* addr, int socklen);

/**
 * Looks a host up and connects to its first address. A name that can't be resolved is reported as
 * BEV_EVENT_ERROR; bufferevent_socket_get_dns_error then says why.
 *
 * @param dns_base  null: the call blocks while it looks the name up
 * @param family    AF_INET, AF_INET6 or AF_UNSPEC
 * @param port      1 to 65535
 */
EVENT2_EXPORT_SYMBOL int bufferevent_socket_connect_hostname(struct bufferevent* bufev,
                                                             struct evdns_base* dns_base,
                                                             int family, const char* hostname,
                                                             int port);

/** The error of the last lookup, for evutil_gai_strerror; 0: none. */
EVENT2_EXPORT_SYMBOL int bufferevent_socket_get_dns_error(struct bufferevent* bev);

/** Moves a socket bufferevent, that was not used yet, to a base. */
EVENT2_EXPORT_SYMBOL int bufferevent_base_set(struct event_base* base, struct bufferevent* bufev);
EVENT2_EXPORT_SYMBOL struct event_base* bufferevent_get_base(struct bufferevent* bev);

/** The priority of a socket bufferevent's events and callbacks; -1 while one of them is active. */
EVENT2_EXPORT_SYMBOL int bufferevent_priority_set(struct bufferevent* bufev, int pri);
EVENT2_EXPORT_SYMBOL int bufferevent_get_priority(const struct bufferevent* bufev);

/**
 * Ends a bufferevent. No callback comes any more. What stands in the output is not written. Its
 * memory, and with BEV_OPT_CLOSE_ON_FREE its transport, goes in the loop, when no other thread can
 * be using it and all references are dropped.
 */
EVENT2_EXPORT_SYMBOL void bufferevent_free(struct bufferevent* bufev);

/* ---- callbacks --------------------------------------------------------------------------------
 */

/** Sets all callbacks, each of which may be null, and their one argument. */
EVENT2_EXPORT_SYMBOL void bufferevent_setcb(struct bufferevent* bufev, bufferevent_data_cb readcb,
                                            bufferevent_data_cb writecb,
                                            bufferevent_event_cb eventcb, void* cbarg);
/** Gets them; each pointer may be null. */
EVENT2_EXPORT_SYMBOL void bufferevent_getcb(struct bufferevent* bufev,
                                            bufferevent_data_cb* readcb_ptr,
                                            bufferevent_data_cb* writecb_ptr,
                                            bufferevent_event_cb* eventcb_ptr, void** cbarg_ptr);

/** Replaces the descriptor. -1 for kinds that have none. The old one is the caller's to close. */
EVENT2_EXPORT_SYMBOL int bufferevent_setfd(struct bufferevent* bufev, evutil_socket_t fd);
/** The descriptor; -1 if there is none. */
EVENT2_EXPORT_SYMBOL evutil_socket_t bufferevent_getfd(struct bufferevent* bufev);
/** The bufferevent below; null if there is none. */
EVENT2_EXPORT_SYMBOL struct bufferevent* bufferevent_get_underlying(struct bufferevent* bufev);

/* ---- data ---------------------------------------------------------------------------------------
 */

/** Copies to the end of the output. */
EVENT2_EXPORT_SYMBOL int bufferevent_write(struct bufferevent* bufev, const void* data,
                                           size_t size);
/** Moves all of buf to the end of the output. */
EVENT2_EXPORT_SYMBOL int bufferevent_write_buffer(struct bufferevent* bufev, struct evbuffer* buf);
/** Takes up to size bytes from the input; returns how many. */
EVENT2_EXPORT_SYMBOL size_t bufferevent_read(struct bufferevent* bufev, void* data, size_t size);
/** Moves all of the input to the end of buf. */
EVENT2_EXPORT_SYMBOL int bufferevent_read_buffer(struct bufferevent* bufev, struct evbuffer* buf);
/** What came in. The program may only take from it. */
EVENT2_EXPORT_SYMBOL struct evbuffer* bufferevent_get_input(struct bufferevent* bufev);
/** What goes out. The program may only add to it. */
EVENT2_EXPORT_SYMBOL struct evbuffer* bufferevent_get_output(struct bufferevent* bufev);

/* ---- when it moves
 * -------------------------------------------------------------------------------- */

/** From now on it may read or write (EV_READ, EV_WRITE). Restarts the timeouts. */
EVENT2_EXPORT_SYMBOL int bufferevent_enable(struct bufferevent* bufev, short event);
/** From now on it may not. An empty output or a full input need no disabling: it sees to that. */
EVENT2_EXPORT_SYMBOL int bufferevent_disable(struct bufferevent* bufev, short event);
/** EV_READ and EV_WRITE bits, as the program has set them. */
EVENT2_EXPORT_SYMBOL short bufferevent_get_enabled(struct bufferevent* bufev);

/**
 * How long reading and writing may wait without a byte. Counted only while it really tries: with
 * reading disabled or suspended, or nothing to write, there is no timeout. When time is up the
 * direction is disabled and the event callback gets BEV_EVENT_TIMEOUT.
 *
 * @param timeout_read, timeout_write  null: none
 */
EVENT2_EXPORT_SYMBOL int bufferevent_set_timeouts(struct bufferevent* bufev,
                                                  const struct timeval* timeout_read,
                                                  const struct timeval* timeout_write);

/**
 * Watermarks, in bytes. Reading: the callback is called from lowmark on, and at highmark reading
 * stops (0: never). Writing: the callback is called at or below lowmark; a filter above adds no
 * more than to highmark (0: without bound).
 *
 * @param events  EV_READ, EV_WRITE or both
 */
EVENT2_EXPORT_SYMBOL void bufferevent_setwatermark(struct bufferevent* bufev, short events,
                                                   size_t lowmark, size_t highmark);
/** Gets them; each pointer may be null. -1 unless events is one of EV_READ, EV_WRITE. */
EVENT2_EXPORT_SYMBOL int bufferevent_getwatermark(struct bufferevent* bufev, short events,
                                                  size_t* lowmark, size_t* highmark);

/** Takes the lock, which its buffers share. Each thread may take it several times. */
EVENT2_EXPORT_SYMBOL void bufferevent_lock(struct bufferevent* bufev);
EVENT2_EXPORT_SYMBOL void bufferevent_unlock(struct bufferevent* bufev);

/** Another owner: the memory stays until each has dropped its reference. */
EVENT2_EXPORT_SYMBOL void bufferevent_incref(struct bufferevent* bufev);
/** Drops a reference. 1 if it was the last one, else 0. */
EVENT2_EXPORT_SYMBOL int bufferevent_decref(struct bufferevent* bufev);

/** How eagerly bytes are moved. */
enum bufferevent_flush_mode {
    BEV_NORMAL = 0,  /**< as is convenient */
    BEV_FLUSH = 1,   /**< all there is */
    BEV_FINISHED = 2 /**< all there is, and that was the end */
};

/**
 * Moves bytes at once, past watermarks. Sockets have nothing to flush.
 *
 * @param iotype  EV_READ, EV_WRITE or both
 * @return 1 if anything moved, else 0; -1 on failure
 */
EVENT2_EXPORT_SYMBOL int bufferevent_flush(struct bufferevent* bufev, short iotype,
                                           enum bufferevent_flush_mode mode);

/** Options of bufferevent_trigger; their bits and those of bufferevent_options are apart. */
enum bufferevent_trigger_options {
    /** Call whatever stands in the buffers. */
    BEV_TRIG_IGNORE_WATERMARKS = (1 << 16),
    /** Call from the loop, even if callbacks are not deferred. */
    BEV_TRIG_DEFER_CALLBACKS = BEV_OPT_DEFER_CALLBACKS
};

/** Calls the data callbacks, if the buffers are at their low watermarks. */
EVENT2_EXPORT_SYMBOL void bufferevent_trigger(struct bufferevent* bufev, short iotype, int options);
/** Calls the event callback. */
EVENT2_EXPORT_SYMBOL void bufferevent_trigger_event(struct bufferevent* bufev, short what,
                                                    int options);

/* ---- filters
 * ---------------------------------------------------------------------------------------- */

/** What a filter says. */
enum bufferevent_filter_result {
    BEV_OK = 0,        /**< bytes were produced */
    BEV_NEED_MORE = 1, /**< nothing can be produced without more input or another mode */
    BEV_ERROR = 2      /**< the stream can't be filtered any more */
};

/**
 * A filter: takes from src, adds to dst.
 *
 * @param dst_limit  how much to add at most; -1: any amount
 * @param mode       BEV_FLUSH: all you can; BEV_FINISHED: also the stream's end
 */
typedef enum bufferevent_filter_result (*bufferevent_filter_cb)(struct evbuffer* src,
                                                                struct evbuffer* dst,
                                                                ev_ssize_t dst_limit,
                                                                enum bufferevent_flush_mode mode,
                                                                void* ctx);

/**
 * A bufferevent above another one. It takes the callbacks of the one below; that one is enabled,
 * and reads only while the filter wants to.
 *
 * @param input_filter, output_filter  null: bytes pass unchanged
 * @param options                      BEV_OPT_CLOSE_ON_FREE: the one below is freed with it
 * @param free_context                 called with ctx when the filter goes; may be null
 */
EVENT2_EXPORT_SYMBOL struct bufferevent* bufferevent_filter_new(
    struct bufferevent* underlying, bufferevent_filter_cb input_filter,
    bufferevent_filter_cb output_filter, int options, void (*free_context)(void*), void* ctx);

/* ---- pairs
 * ------------------------------------------------------------------------------------------ */

/** Two bufferevents: what is written to one is read from the other. Callbacks are deferred. */
EVENT2_EXPORT_SYMBOL int bufferevent_pair_new(struct event_base* base, int options,
                                              struct bufferevent* pair[2]);
/** The other one; null if it is gone, or bev is not of a pair. */
EVENT2_EXPORT_SYMBOL struct bufferevent* bufferevent_pair_get_partner(struct bufferevent* bev);

/* ---- rate limits
 * -------------------------------------------------------------------------------------- */

/** What a pair of buckets gets each tick, and holds at most. */
struct ev_token_bucket_cfg;
/** Bufferevents that share a pair of buckets. */
struct bufferevent_rate_limit_group;

/** The greatest rate or burst. */
#define EV_RATE_LIMIT_MAX EV_SSIZE_MAX

/**
 * A configuration, in bytes. Buckets start with one tick's worth.
 *
 * @param read_rate, write_rate    what each tick adds; at least 1
 * @param read_burst, write_burst  what a bucket holds; at least the rate
 * @param tick_len                 at least 1 ms, whole milliseconds count; null: one second
 * @return null on failure, or if the values make no sense
 */
EVENT2_EXPORT_SYMBOL struct ev_token_bucket_cfg* ev_token_bucket_cfg_new(
    size_t read_rate, size_t read_burst, size_t write_rate, size_t write_burst,
    const struct timeval* tick_len);
/** Frees a configuration that no bufferevent uses. (A group keeps a copy.) */
EVENT2_EXPORT_SYMBOL void ev_token_bucket_cfg_free(struct ev_token_bucket_cfg* cfg);

/** Gives a socket or TLS bufferevent buckets of its own; null: takes them away. */
EVENT2_EXPORT_SYMBOL int bufferevent_set_rate_limit(struct bufferevent* bev,
                                                    struct ev_token_bucket_cfg* cfg);

/** A group without members. Its buckets are filled by a timer of `base`. */
EVENT2_EXPORT_SYMBOL struct bufferevent_rate_limit_group* bufferevent_rate_limit_group_new(
    struct event_base* base, const struct ev_token_bucket_cfg* cfg);
EVENT2_EXPORT_SYMBOL int bufferevent_rate_limit_group_set_cfg(
    struct bufferevent_rate_limit_group* group, const struct ev_token_bucket_cfg* cfg);
/**
 * What a member gets at least when it gets anything, in bytes (64 at first): rather a few members
 * each tick than a byte for each. At most a tick's worth is used.
 */
EVENT2_EXPORT_SYMBOL int bufferevent_rate_limit_group_set_min_share(
    struct bufferevent_rate_limit_group* group, size_t min_share);
/** Frees a group; its members go on without it. */
EVENT2_EXPORT_SYMBOL void bufferevent_rate_limit_group_free(
    struct bufferevent_rate_limit_group* group);
/** Moves bev from the group that it is in, if any, to g; null: to none. */
EVENT2_EXPORT_SYMBOL int bufferevent_add_to_rate_limit_group(
    struct bufferevent* bev, struct bufferevent_rate_limit_group* g);
EVENT2_EXPORT_SYMBOL int bufferevent_remove_from_rate_limit_group(struct bufferevent* bev);

/** How much one call of read or write may move; 0: the usual 16384 bytes. */
EVENT2_EXPORT_SYMBOL int bufferevent_set_max_single_read(struct bufferevent* bev, size_t size);
EVENT2_EXPORT_SYMBOL int bufferevent_set_max_single_write(struct bufferevent* bev, size_t size);
EVENT2_EXPORT_SYMBOL ev_ssize_t bufferevent_get_max_single_read(struct bufferevent* bev);
EVENT2_EXPORT_SYMBOL ev_ssize_t bufferevent_get_max_single_write(struct bufferevent* bev);

/** What its own bucket holds, in bytes; negative if overdrawn; EV_SSIZE_MAX without a limit. */
EVENT2_EXPORT_SYMBOL ev_ssize_t bufferevent_get_read_limit(struct bufferevent* bev);
EVENT2_EXPORT_SYMBOL ev_ssize_t bufferevent_get_write_limit(struct bufferevent* bev);
/** What it could move now: all limits and the group's considered. */
EVENT2_EXPORT_SYMBOL ev_ssize_t bufferevent_get_max_to_read(struct bufferevent* bev);
EVENT2_EXPORT_SYMBOL ev_ssize_t bufferevent_get_max_to_write(struct bufferevent* bev);
/** What bufferevent_set_rate_limit gave; null: no limit of its own. */
EVENT2_EXPORT_SYMBOL const struct ev_token_bucket_cfg* bufferevent_get_token_bucket_cfg(
    const struct bufferevent* bev);

/** What a group's bucket holds; negative if overdrawn. */
EVENT2_EXPORT_SYMBOL ev_ssize_t
bufferevent_rate_limit_group_get_read_limit(struct bufferevent_rate_limit_group* group);
EVENT2_EXPORT_SYMBOL ev_ssize_t
bufferevent_rate_limit_group_get_write_limit(struct bufferevent_rate_limit_group* group);

/** Takes from a bucket for traffic that went another way; a negative number puts back. */
EVENT2_EXPORT_SYMBOL int bufferevent_decrement_read_limit(struct bufferevent* bev, ev_ssize_t decr);
EVENT2_EXPORT_SYMBOL int bufferevent_decrement_write_limit(struct bufferevent* bev,
                                                           ev_ssize_t decr);
EVENT2_EXPORT_SYMBOL int bufferevent_rate_limit_group_decrement_read(
    struct bufferevent_rate_limit_group* group, ev_ssize_t decr);
EVENT2_EXPORT_SYMBOL int bufferevent_rate_limit_group_decrement_write(
    struct bufferevent_rate_limit_group* group, ev_ssize_t decr);

/** What all members have moved since the group was made or reset; each pointer may be null. */
EVENT2_EXPORT_SYMBOL void bufferevent_rate_limit_group_get_totals(
    struct bufferevent_rate_limit_group* group, ev_uint64_t* total_read_out,
    ev_uint64_t* total_written_out);
EVENT2_EXPORT_SYMBOL void bufferevent_rate_limit_group_reset_totals(
    struct bufferevent_rate_limit_group* group);

#ifdef __cplusplus
}
#endif

#endif
