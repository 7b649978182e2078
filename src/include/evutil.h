/* The header of utilities of libevent before 2.0, for programs that still include it.
 *
 * It forwards to event2/util.h and declares nothing itself.
 */
#ifndef EVENT1_EVUTIL_H_INCLUDED_
#define EVENT1_EVUTIL_H_INCLUDED_

#include <event2/util.h>

#endif
