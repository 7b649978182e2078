// Deferred callbacks: functions that the loop calls after the events that are active now. They are
// bare event_callbacks in the active queues: an evbuffer or a bufferevent has one inside, so that
// scheduling never allocates and never fails.
// Whoever owns the callback keeps its memory until it has run or was cancelled, usually by a
// reference that the schedule takes and the callback drops.
// Threads: any may schedule and cancel; callbacks run on the loop's. Read next: deferred.cc.
#pragma once

#include <event2/visibility.h>

#include "src/event/event_base.h"

/// Called by the loop with the callback itself; with null when its base goes first: then it calls
/// no user, but drops what the schedule took.
using deferred_cb_fn = void (*)(event_callback* cb, void* arg);

/// Fills a callback's memory in; it is in no queue. `name`: for people who look at the trace.
EVENT2_EXPORT_SYMBOL void event_deferred_cb_init_(event_callback* cb, ev_uint8_t priority,
                                                  deferred_cb_fn fn, void* arg,
                                                  const char* name = "deferred");
/// Takes effect when the callback is next scheduled. REQUIRES: it is in no queue.
void event_deferred_cb_set_priority_(event_callback* cb, ev_uint8_t priority);
/// Puts it at the end of its priority's active queue; when many were queued in this turn, on the
/// later queue. True if it was in neither.
EVENT2_EXPORT_SYMBOL bool event_deferred_cb_schedule_(event_base* base, event_callback* cb);
/// Tells the trace that the callback's memory goes. REQUIRES: it is in no queue.
EVENT2_EXPORT_SYMBOL void event_deferred_cb_gone_(event_base* base, event_callback* cb);

/// Takes n callbacks (events or bare ones) out of everything they are in, without waiting; then the
/// loop, when none of them can be running any more, calls `finalize` once with the argument of one
/// of them. They must all have the same argument.
void event_callback_finalize_many_(event_base* base, int n, event_callback* const* callbacks,
                                   deferred_cb_fn finalize);
