// What a backend is: eleven facts and functions behind which select, poll, epoll and the others
// hide.
//
// A backend only collects readiness: dispatch() calls evmap_io_active_ for each fd that is ready
// and returns. It never calls a user's callback, and knows nothing of timers or signals. A new
// backend is one file that defines an eventop, plus one row in eventops.cc. Read next: epoll.cc,
// the one that is used.
#pragma once

#include <event2/event.h>

struct event_base;

struct eventop {
    /// As in EVENT_NO<NAME>, event_config_avoid_method and event_base_get_method.
    const char* name;
    /// Makes the backend's own data (base->evbase). Null on failure; errno says why.
    void* (*init)(event_base* base);
    /// The fd was watched for `old` and is to be watched for `events` too (EV_READ|EV_WRITE|
    /// EV_CLOSED, with EV_ET where edge-triggered). `fdinfo`: this fd's own bytes, zeroed at first.
    int (*add)(event_base* base, evutil_socket_t fd, short old, short events, void* fdinfo);
    /// The fd was watched for `old`, and no longer is for `events`.
    int (*del)(event_base* base, evutil_socket_t fd, short old, short events, void* fdinfo);
    /// Sleeps until something is ready, for `tv` at most (null: for ever). Gives up the base's lock
    /// while asleep. 0, or -1 if the backend can no longer work. EINTR is not an error.
    int (*dispatch)(event_base* base, const timeval* tv);
    void (*dealloc)(event_base* base);
    /// Must event_reinit make it anew in a child process?
    bool need_reinit;
    /// EV_FEATURE_*
    int features;
    /// Taken only where the program or its user asks for it by name.
    bool on_request;
    /// How many of the evmap_io's private bytes it uses.
    unsigned fdinfo_len;
    /// Part of a keyframe: what the backend keeps beside the map, as records of its own. They are
    /// not counted among the walk's. Null: nothing.
    void (*write_keyframe)(const event_base* base);
};

/// Best first; ends with a null. The one list of backends.
extern const eventop* const eventops[];
