/* How a function of the public interface is marked as exported.
 *
 * The library is built with hidden visibility: only what carries EVENT2_EXPORT_SYMBOL leaves it.
 * In a program that uses the library the marks mean nothing and do no harm.
 * Read next: event2/event.h.
 */
#ifndef EVENT2_VISIBILITY_H_INCLUDED_
#define EVENT2_VISIBILITY_H_INCLUDED_

#include <event2/event-config.h>

#ifdef __GNUC__
#define EVENT2_EXPORT_SYMBOL __attribute__((visibility("default")))
#else
#define EVENT2_EXPORT_SYMBOL
#endif

/* Functions of the core library. A name of its own, because on Windows they are imported. */
#define EVENT2_CORE_EXPORT_SYMBOL EVENT2_EXPORT_SYMBOL

#endif
