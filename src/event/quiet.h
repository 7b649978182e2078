// The doors to the hot path without probes (quiet.cc). Each takes the base's lock where its public
// namesake would; the others want it held.
// Read next: flavour.h, which says why there are two.
#pragma once

#include "src/event/event_core.h"

namespace quiet {

int add(event* ev, const timeval* tv);
int del(event* ev, DelMode mode);
int remove_timer(event* ev);
void active(event* ev, int res, short ncalls);
Outcome turn(event_base* base, int flags);
int epoll_add(event_base* base, evutil_socket_t fd, short old, short events);
int epoll_del(event_base* base, evutil_socket_t fd, short old, short events);
int dispatch_epoll(event_base* base, const timeval* tv);
/// For the list of events of an fd that is ready.
void io_active(event_base* base, event* first, short events);
void active_nolock(event* ev, int res, short ncalls);
int del_nolock(event* ev);
int add_nolock(event* ev, const timeval* tv);
bool activate_callback(event_base* base, event_callback* evcb);
bool activate_callback_later(event_base* base, event_callback* evcb);

}  // namespace quiet
