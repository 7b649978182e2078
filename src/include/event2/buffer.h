/* evbuffer: a queue of bytes, made for adding at the end and taking from the front.
 *
 * The bytes lie in a list of chains, blocks of memory, and move between buffers without being
 * copied. Bytes may also be someone else's memory, or a part of a file.
 * Threads: a buffer is one thread's, unless evbuffer_enable_locking gave it a lock; then any
 * function may be called from any thread, and is atomic. Callbacks run with the lock held.
 * Errors: a function that fails leaves the buffer as it was.
 * Manual: chapter 7, evbuffers. Read next: src/buffer/evbuffer.h.
 */
#ifndef EVENT2_BUFFER_H_INCLUDED_
#define EVENT2_BUFFER_H_INCLUDED_

#include <event2/event-config.h>
#include <event2/util.h>
#include <event2/visibility.h>
#include <stdarg.h>
#include <sys/types.h>
#include <sys/uio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct evbuffer;
struct event_base;

/**
 * A place in a buffer, from its front (0) to behind its last byte (its length). Only
 * evbuffer_ptr_set and the searching functions make one. What changes the buffer makes its places
 * invalid.
 */
struct evbuffer_ptr {
    ev_ssize_t pos; /**< bytes from the front; -1: nowhere, what was searched is not there */
    /** For the library. */
    struct {
        void* chain;
        size_t pos_in_chain;
    } internal_;
};

/** A piece of memory: iov_base, and iov_len bytes. The system's own struct iovec. */
#define evbuffer_iovec iovec
#define EVBUFFER_IOVEC_IS_NATIVE_

/* ---- life, lock, flags ---------------------------------------------------------------------- */

/** An empty buffer; null without memory. The caller frees it. */
EVENT2_EXPORT_SYMBOL struct evbuffer* evbuffer_new(void);

/** Frees a buffer and its bytes; no callback runs, but for deferred ones that wait already. */
EVENT2_EXPORT_SYMBOL void evbuffer_free(struct evbuffer* buf);

/**
 * Lets several threads use the buffer.
 *
 * @param lock  a recursive lock that the caller keeps; null: the buffer makes its own
 * @return 0; -1 if it has a lock already, or none can be made (see event2/thread.h)
 */
EVENT2_EXPORT_SYMBOL int evbuffer_enable_locking(struct evbuffer* buf, void* lock);

/** Takes the lock, to make several calls one step. Nothing happens if the buffer has none. */
EVENT2_EXPORT_SYMBOL void evbuffer_lock(struct evbuffer* buf);

/** Gives the lock back. */
EVENT2_EXPORT_SYMBOL void evbuffer_unlock(struct evbuffer* buf);

/** The bytes leave only through evbuffer_write: parts of files need never be in memory. */
#define EVBUFFER_FLAG_DRAINS_TO_FD 1

/** Sets flags, beside those that are set. @return 0 */
EVENT2_EXPORT_SYMBOL int evbuffer_set_flags(struct evbuffer* buf, ev_uint64_t flags);

/** Takes flags away. @return 0 */
EVENT2_EXPORT_SYMBOL int evbuffer_clear_flags(struct evbuffer* buf, ev_uint64_t flags);

/**
 * Forbids changes at one end: at the front (not 0) draining and prepending, at the back (0) adding.
 * Functions that would do so fail.
 *
 * @return 0
 */
EVENT2_EXPORT_SYMBOL int evbuffer_freeze(struct evbuffer* buf, int at_front);

/** Allows changes at one end again. @return 0 */
EVENT2_EXPORT_SYMBOL int evbuffer_unfreeze(struct evbuffer* buf, int at_front);

/* ---- how much there is ---------------------------------------------------------------------- */

/** The number of bytes in the buffer. */
EVENT2_EXPORT_SYMBOL size_t evbuffer_get_length(const struct evbuffer* buf);

/** The number of bytes at the front that lie in one piece. */
EVENT2_EXPORT_SYMBOL size_t evbuffer_get_contiguous_space(const struct evbuffer* buf);

/* ---- adding --------------------------------------------------------------------------------- */

/** Adds a copy of datlen bytes at the end. @return 0; -1 without memory or at a frozen end */
EVENT2_EXPORT_SYMBOL int evbuffer_add(struct evbuffer* buf, const void* data, size_t datlen);

/** Adds a copy of bytes in front of all others. @return 0; -1 as evbuffer_add */
EVENT2_EXPORT_SYMBOL int evbuffer_prepend(struct evbuffer* buf, const void* data, size_t size);

/**
 * Adds the bytes of several pieces; callbacks are told of each.
 *
 * @return how many bytes were added: all of them, or 0 on failure
 */
EVENT2_EXPORT_SYMBOL size_t evbuffer_add_iovec(struct evbuffer* buffer, struct evbuffer_iovec* vec,
                                               int n_vec);

/** Adds text made as printf makes it. @return its length; -1 on failure */
EVENT2_EXPORT_SYMBOL int evbuffer_add_printf(struct evbuffer* buf, const char* fmt, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/** The same with a list of arguments, which can be used again afterwards. */
EVENT2_EXPORT_SYMBOL int evbuffer_add_vprintf(struct evbuffer* buf, const char* fmt, va_list ap)
#ifdef __GNUC__
    __attribute__((format(printf, 2, 0)))
#endif
    ;

/** Makes room, so that the next datlen bytes need no more memory. @return 0; -1 without memory */
EVENT2_EXPORT_SYMBOL int evbuffer_expand(struct evbuffer* buf, size_t datlen);

/**
 * Lends out room behind the bytes. What is written there becomes bytes of the buffer with
 * evbuffer_commit_space. Any other change of the buffer ends the loan.
 *
 * @param size   how many bytes are needed at least; the pieces may hold more
 * @param vec    filled in with the pieces
 * @param n_vec  how many vec has; with 1 the room is one piece, which may cost more memory
 * @return how many pieces there are; -1 on failure
 */
EVENT2_EXPORT_SYMBOL int evbuffer_reserve_space(struct evbuffer* buf, ev_ssize_t size,
                                                struct evbuffer_iovec* vec, int n_vec);

/**
 * Makes bytes of room that was lent out. The caller has set each iov_len to what was written.
 *
 * @return 0; -1 if a piece is not what was lent out, or is no longer
 */
EVENT2_EXPORT_SYMBOL int evbuffer_commit_space(struct evbuffer* buf, struct evbuffer_iovec* vec,
                                               int n_vecs);

/* ---- taking --------------------------------------------------------------------------------- */

/** Drops bytes from the front: len, or all if there are fewer. @return 0; -1 at a frozen front */
EVENT2_EXPORT_SYMBOL int evbuffer_drain(struct evbuffer* buf, size_t len);

/**
 * Copies bytes from the front and drops them: datlen, or all if there are fewer.
 *
 * @return how many; -1 at a frozen front, or if they are a file's that is only sent
 */
EVENT2_EXPORT_SYMBOL int evbuffer_remove(struct evbuffer* buf, void* data, size_t datlen);

/** Copies bytes from the front; they stay. Otherwise as evbuffer_remove. */
EVENT2_EXPORT_SYMBOL ev_ssize_t evbuffer_copyout(struct evbuffer* buf, void* data_out,
                                                 size_t datlen);

/** Copies bytes from a place on; they stay. @return how many; -1 also for a place outside */
EVENT2_EXPORT_SYMBOL ev_ssize_t evbuffer_copyout_from(struct evbuffer* buf,
                                                      const struct evbuffer_ptr* pos,
                                                      void* data_out, size_t datlen);

/**
 * Puts the first bytes into one piece, which may copy them.
 *
 * @param size  how many; negative: all
 * @return where they are; null if there are not so many, none were asked for, there is no memory,
 * or they are a file's that is only sent
 */
EVENT2_EXPORT_SYMBOL unsigned char* evbuffer_pullup(struct evbuffer* buf, ev_ssize_t size);

/**
 * Shows bytes where they lie.
 *
 * @param len       how many to show; negative: as many as vec has room for, or without vec, all
 * @param start_at  where to begin; null: at the front
 * @param vec_out   filled in with the pieces; the last may go beyond len
 * @param n_vec     how many vec_out has; with 0 they are only counted
 * @return how many pieces it takes: more than n_vec if vec_out was too short
 */
EVENT2_EXPORT_SYMBOL int evbuffer_peek(struct evbuffer* buffer, ev_ssize_t len,
                                       struct evbuffer_ptr* start_at,
                                       struct evbuffer_iovec* vec_out, int n_vec);

/* ---- between buffers ------------------------------------------------------------------------ */

/** Moves all bytes of inbuf to the end of outbuf; nothing is copied. @return 0; -1 if frozen */
EVENT2_EXPORT_SYMBOL int evbuffer_add_buffer(struct evbuffer* outbuf, struct evbuffer* inbuf);

/** Moves all bytes of src to the front of dst; nothing is copied. @return 0; -1 if frozen */
EVENT2_EXPORT_SYMBOL int evbuffer_prepend_buffer(struct evbuffer* dst, struct evbuffer* src);

/**
 * Moves datlen bytes, or all if there are fewer, from the front of src to the end of dst. At most
 * one piece is cut, and only then bytes are copied.
 *
 * @return how many bytes; -1 if frozen, or without memory
 */
EVENT2_EXPORT_SYMBOL int evbuffer_remove_buffer(struct evbuffer* src, struct evbuffer* dst,
                                                size_t datlen);

/**
 * Adds the bytes of inbuf to outbuf, where they stay too: both refer to the same memory.
 *
 * @return 0; -1 if frozen, without memory, or if inbuf has parts of files or shared bytes itself
 */
EVENT2_EXPORT_SYMBOL int evbuffer_add_buffer_reference(struct evbuffer* outbuf,
                                                       struct evbuffer* inbuf);

/* ---- memory and files of others ------------------------------------------------------------- */

/** Called when a buffer no longer uses memory that was added by reference. */
typedef void (*evbuffer_ref_cleanup_cb)(const void* data, size_t datalen, void* extra);

/**
 * Adds the caller's memory itself, without a copy. It must stay as it is until cleanupfn is called.
 *
 * @param cleanupfn  called when the last byte was taken, or with evbuffer_free; may be null
 * @return 0; -1 on failure, and cleanupfn is not called
 */
EVENT2_EXPORT_SYMBOL int evbuffer_add_reference(struct evbuffer* outbuf, const void* data,
                                                size_t datlen, evbuffer_ref_cleanup_cb cleanupfn,
                                                void* cleanupfn_arg);

/**
 * Adds a part of a file. The buffer closes fd when it needs it no more. With
 * EVBUFFER_FLAG_DRAINS_TO_FD the kernel sends the bytes, and no function can look at them;
 * otherwise they are mapped or read.
 *
 * @param offset  where the part begins
 * @param length  how long it is; -1: to the file's end
 * @return 0; -1 on failure, also if the file is shorter; then fd stays the caller's
 */
EVENT2_EXPORT_SYMBOL int evbuffer_add_file(struct evbuffer* outbuf, int fd, ev_off_t offset,
                                           ev_off_t length);

/** A part of a file, for one or more buffers. It lives while its maker or a buffer needs it. */
struct evbuffer_file_segment;

/** The segment closes the descriptor at its end. */
#define EVBUF_FS_CLOSE_ON_FREE 0x01
/** The bytes are not mapped. */
#define EVBUF_FS_DISABLE_MMAP 0x02
/** The kernel does not send them: they can be looked at like any bytes. */
#define EVBUF_FS_DISABLE_SENDFILE 0x04
/** The segment has no lock: it and its buffers belong to one thread. */
#define EVBUF_FS_DISABLE_LOCKING 0x08

/** Called when a segment ends, after the descriptor was closed. flags: EVBUF_FS_ bits */
typedef void (*evbuffer_file_segment_cleanup_cb)(struct evbuffer_file_segment const* seg, int flags,
                                                 void* arg);

/**
 * Makes a segment. Until its end fd must stay open, and the file as long as it is.
 *
 * @param fd      a file that is open for reading
 * @param offset  where in the file it begins
 * @param length  how long it is; -1: to the file's end
 * @param flags   EVBUF_FS_ bits
 * @return the segment, for evbuffer_file_segment_free; null on failure, also if the file is shorter
 */
EVENT2_EXPORT_SYMBOL struct evbuffer_file_segment* evbuffer_file_segment_new(int fd,
                                                                             ev_off_t offset,
                                                                             ev_off_t length,
                                                                             unsigned flags);

/** Its maker needs it no more; it ends when no buffer does either. */
EVENT2_EXPORT_SYMBOL void evbuffer_file_segment_free(struct evbuffer_file_segment* seg);

/** Sets the function that is called at the segment's end. */
EVENT2_EXPORT_SYMBOL void evbuffer_file_segment_add_cleanup_cb(struct evbuffer_file_segment* seg,
                                                               evbuffer_file_segment_cleanup_cb cb,
                                                               void* arg);

/**
 * Adds a part of a segment.
 *
 * @param offset  where in the segment (not the file) the part begins
 * @param length  how long it is; -1: to the segment's end
 * @return 0; -1 if the segment has no such part, or on failure
 */
EVENT2_EXPORT_SYMBOL int evbuffer_add_file_segment(struct evbuffer* buf,
                                                   struct evbuffer_file_segment* seg,
                                                   ev_off_t offset, ev_off_t length);

/* ---- descriptors ---------------------------------------------------------------------------- */

/** Writes as many bytes as the descriptor takes in one call, and drains them. See write_atmost. */
EVENT2_EXPORT_SYMBOL int evbuffer_write(struct evbuffer* buffer, evutil_socket_t fd);

/**
 * Writes bytes from the front in one call, and drains what was written.
 *
 * @param howmuch  how many at most; negative: no limit
 * @return how many bytes; -1 on failure (errno, EAGAIN among others; EIO if a file became shorter),
 *         at a frozen front, or if there is nothing to write
 */
EVENT2_EXPORT_SYMBOL int evbuffer_write_atmost(struct evbuffer* buffer, evutil_socket_t fd,
                                               ev_ssize_t howmuch);

/**
 * Reads bytes to the end in one call.
 *
 * @param howmuch  how many at most; no more than 4096 are read, and negative means those
 * @return how many bytes; 0 at the end of the stream; -1 on failure (errno) or at a frozen end
 */
EVENT2_EXPORT_SYMBOL int evbuffer_read(struct evbuffer* buffer, evutil_socket_t fd, int howmuch);

/* ---- searching ------------------------------------------------------------------------------ */

/** What counts as the end of a line. */
enum evbuffer_eol_style {
    EVBUFFER_EOL_ANY,         /**< any row of CR and LF */
    EVBUFFER_EOL_CRLF,        /**< LF, or CR LF */
    EVBUFFER_EOL_CRLF_STRICT, /**< CR LF */
    EVBUFFER_EOL_LF,          /**< LF */
    EVBUFFER_EOL_NUL          /**< a byte 0 */
};

/** Finds the first `what` of len bytes from start (null: the front) on. @return its place, or -1 */
EVENT2_EXPORT_SYMBOL struct evbuffer_ptr evbuffer_search(struct evbuffer* buffer, const char* what,
                                                         size_t len,
                                                         const struct evbuffer_ptr* start);

/** The same, if it lies wholly in front of end (null: the buffer's end). */
EVENT2_EXPORT_SYMBOL struct evbuffer_ptr evbuffer_search_range(struct evbuffer* buffer,
                                                               const char* what, size_t len,
                                                               const struct evbuffer_ptr* start,
                                                               const struct evbuffer_ptr* end);

/** Finds the first end of a line. @param eol_len_out gets its length, 0 if there is none */
EVENT2_EXPORT_SYMBOL struct evbuffer_ptr evbuffer_search_eol(struct evbuffer* buffer,
                                                             struct evbuffer_ptr* start,
                                                             size_t* eol_len_out,
                                                             enum evbuffer_eol_style eol_style);

/**
 * Takes the first line out, without its end.
 *
 * @param n_read_out  gets the line's length, because it may have bytes 0 in it; may be null
 * @return the line with a 0 behind it, which the caller frees; null if there is no whole line
 */
EVENT2_EXPORT_SYMBOL char* evbuffer_readln(struct evbuffer* buffer, size_t* n_read_out,
                                           enum evbuffer_eol_style eol_style);

/** What evbuffer_ptr_set does with its position. */
enum evbuffer_ptr_how {
    EVBUFFER_PTR_SET, /**< counts from the front; the place may be anything before */
    EVBUFFER_PTR_ADD  /**< counts from where the place is */
};

/** Sets a place, or moves it forward. @return 0; -1 if it would lie outside the buffer */
EVENT2_EXPORT_SYMBOL int evbuffer_ptr_set(struct evbuffer* buffer, struct evbuffer_ptr* ptr,
                                          size_t position, enum evbuffer_ptr_how how);

/* ---- callbacks ------------------------------------------------------------------------------ */

/** How a buffer changed since its callbacks were told last. */
struct evbuffer_cb_info {
    size_t orig_size; /**< its length then */
    size_t n_added;   /**< bytes added since */
    size_t n_deleted; /**< bytes taken since */
};

/**
 * Called when bytes were added or taken. It may change the buffer (which calls it again), free it,
 * and add and remove callbacks.
 */
typedef void (*evbuffer_cb_func)(struct evbuffer* buffer, const struct evbuffer_cb_info* info,
                                 void* arg);

/** A callback of a buffer. */
struct evbuffer_cb_entry;

/** Adds a callback; the newest is called first. @return its entry; null without memory */
EVENT2_EXPORT_SYMBOL struct evbuffer_cb_entry* evbuffer_add_cb(struct evbuffer* buffer,
                                                               evbuffer_cb_func cb, void* cbarg);

/** Removes a callback by its entry. @return 0; -1 if the buffer has none such */
EVENT2_EXPORT_SYMBOL int evbuffer_remove_cb_entry(struct evbuffer* buffer,
                                                  struct evbuffer_cb_entry* ent);

/** Removes the newest callback with this function and argument. @return 0; -1 if there is none */
EVENT2_EXPORT_SYMBOL int evbuffer_remove_cb(struct evbuffer* buffer, evbuffer_cb_func cb,
                                            void* cbarg);

/** The callback is called; set when it is added. */
#define EVBUFFER_CB_ENABLED 1

/** Sets flags of a callback. @return 0 */
EVENT2_EXPORT_SYMBOL int evbuffer_cb_set_flags(struct evbuffer* buffer,
                                               struct evbuffer_cb_entry* cb, ev_uint32_t flags);

/** Takes flags of a callback away. @return 0 */
EVENT2_EXPORT_SYMBOL int evbuffer_cb_clear_flags(struct evbuffer* buffer,
                                                 struct evbuffer_cb_entry* cb, ev_uint32_t flags);

/**
 * From now on callbacks run in the loop of a base, once for all changes until then. The buffer
 * lives until they have run, even if it is freed.
 *
 * @return 0; -1 for another base than before
 */
EVENT2_EXPORT_SYMBOL int evbuffer_defer_callbacks(struct evbuffer* buffer, struct event_base* base);

#ifdef __cplusplus
}
#endif

#endif
