/* The functions of evbuffers before libevent 2.0, when the bytes lay in one block.
 *
 * They still work, and may be slow where they must put all bytes into one piece.
 * Manual: chapter 7, obsolete evbuffer functions. Read next: event2/buffer.h.
 */
#ifndef EVENT2_BUFFER_COMPAT_H_INCLUDED_
#define EVENT2_BUFFER_COMPAT_H_INCLUDED_

#include <event2/buffer.h>
#include <event2/visibility.h>

#ifdef __cplusplus
extern "C" {
#endif

/** evbuffer_readln(buffer, NULL, EVBUFFER_EOL_ANY): take that, with the right style. */
EVENT2_EXPORT_SYMBOL char* evbuffer_readline(struct evbuffer* buffer);

/** Called when a buffer's length changed. */
typedef void (*evbuffer_cb)(struct evbuffer* buffer, size_t old_len, size_t new_len, void* arg);

/** Removes all callbacks of a buffer and sets one of the old kind (null: none). @return 0 or -1 */
EVENT2_EXPORT_SYMBOL int evbuffer_setcb(struct evbuffer* buffer, evbuffer_cb cb, void* cbarg);

/** Finds bytes and puts all up to their end into one piece. @return where they are, or null */
EVENT2_EXPORT_SYMBOL unsigned char* evbuffer_find(struct evbuffer* buffer,
                                                  const unsigned char* what, size_t len);

/** The old name of evbuffer_get_length. */
#define EVBUFFER_LENGTH(x) evbuffer_get_length(x)
/** The old way to the bytes: all of them in one piece. */
#define EVBUFFER_DATA(x) evbuffer_pullup((x), -1)

#ifdef __cplusplus
}
#endif

#endif
