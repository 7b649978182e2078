// For files that are compiled once, but whose work is worth the short way through the hot path:
// with probes or without, as it is asked for now (flavour.h).
// Read next: event_once.cc, finalize.cc and deferred.cc, which come through here.
#pragma once

#include "src/event/quiet.h"

inline void event_active_either_way(event* ev, int res, short ncalls,
                                    evglass::trace::field::cause why) {
    if (is_quiet()) return quiet::active_nolock(ev, res, ncalls);
    event_active_nolock_(ev, res, ncalls, why);
}

/// event_del_nolock_ without waiting for a running callback.
inline int event_del_either_way(event* ev) {
    return is_quiet() ? quiet::del_nolock(ev) : event_del_nolock_(ev, DelMode::NOBLOCK);
}

inline int event_add_either_way(event* ev, const timeval* tv) {
    return is_quiet() ? quiet::add_nolock(ev, tv) : event_add_nolock_(ev, tv, false);
}

inline bool event_callback_activate_either_way(event_base* base, event_callback* evcb) {
    const bool added = is_quiet() ? quiet::activate_callback(base, evcb)
                                  : event_callback_activate_nolock_(base, evcb);
    note_counts(base);
    return added;
}

inline bool event_callback_activate_later_either_way(event_base* base, event_callback* evcb) {
    return is_quiet() ? quiet::activate_callback_later(base, evcb)
                      : event_callback_activate_later_nolock_(base, evcb);
}
