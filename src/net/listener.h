// The inside of an evconnlistener, and the functions that its walk goes through, under libevent's
// names: listener_read_cb, listener_decref_and_unlock, event_listener_enable and so on.
// Only listener.cc and listener_new.cc may include this header.
// Read next: listener.cc.
#pragma once

#include <event2/event_struct.h>
#include <event2/listener.h>

#include "src/util/threads.h"

/// A listening socket and its events. `lock` guards every field but base and flags, which don't
/// change.
/// Invariants: `listener` is pending if and only if enabled, with a callback, and not resting;
/// `resume` is pending only while resting; the object lives while refcnt > 0.
struct evconnlistener {
    event listener{};  ///< persistent read event on the socket
    event resume{};    ///< ends a rest; assigned at the first one
    void* lock = nullptr;
    int refcnt = 1;  ///< the owner, and each callback that is running
    unsigned flags = 0;
    int accept4_flags = 0;
    bool enabled = false;
    bool resting = false;
    int delay_ms = 0;       ///< the rest that is taken, or was last; 0 after a success
    long last_warning = 0;  ///< second at which a failure was logged; 0: never
    evconnlistener_cb cb = nullptr;
    evconnlistener_errorcb errorcb = nullptr;
    void* user_data = nullptr;
};

inline void LOCK(evconnlistener* lev) {
    evlock_lock(lev->lock);
}
inline void UNLOCK(evconnlistener* lev) {
    evlock_unlock(lev->lock);
}

/// The socket is readable: accepts, and hands each connection over.
void listener_read_cb(evutil_socket_t fd, short what, void* p);
/// Drops one reference and the lock. Not 0 if it was the last one: then the listener is gone.
int listener_decref_and_unlock(evconnlistener* lev);

/// The event's side of enabling and disabling, with the lock held. 0 or -1.
int event_listener_enable(evconnlistener* lev);
int event_listener_disable(evconnlistener* lev);
/// Makes sure that no callback runs any more. Without the lock: it may wait for one.
void event_listener_destroy(evconnlistener* lev);
