// The walk that a keyframe is: it counts its records, by which a reader knows that it has them all.
// Private to keyframe.cc and keyframe_rest.cc.
#pragma once

#include "src/event/event_base.h"

/// One keyframe being told. Reads only; the base's lock is held.
struct KeyframeWalk {
    event_base* base;
    std::uint32_t records = 0;

    // keyframe.cc: what every account of the loop knows
    void tell_event(const event* ev);
    void tell_bare(const event_callback* evcb);
    void tell_heap();
    void tell_queue(const evcallback_list& list, evglass::trace::field::queue which, int priority);
    void tell_io();
    void tell_signals();
    void tell_running();
    // keyframe_rest.cc: what stands beside it
    void tell_common_timeouts();
    void tell_once_events();
    void tell_finalizers(const evcallback_list& list);
    void tell_watchers(const watcher_list& list);
    void tell_lock();
};
