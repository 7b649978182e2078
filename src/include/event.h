/* The one header of libevent before 2.0, for programs that still include it.
 *
 * It forwards to the headers that have taken its place and declares nothing itself. New code
 * includes <event2/event.h>. Manual: chapter 0, Libevent from ten thousand feet (old headers).
 */
#ifndef EVENT1_EVENT_H_INCLUDED_
#define EVENT1_EVENT_H_INCLUDED_

#include <event2/event-config.h>
#include <event2/event.h>
#include <event2/event_compat.h>
#include <event2/event_struct.h>
#include <evutil.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/time.h>
#include <sys/types.h>

#endif
