// The bufferevent functions of libevent before 2.0: a socket on the current base, seconds.
// Read next: socket.cc.
#include <event2/bufferevent_compat.h>

#include "src/bufferevent/bufferevent_private.h"

bufferevent* bufferevent_new(evutil_socket_t fd, bufferevent_data_cb readcb,
                             bufferevent_data_cb writecb, bufferevent_event_cb errorcb,
                             void* cbarg) {
    bufferevent* bev = bufferevent_socket_new(nullptr, fd, 0);
    if (bev != nullptr) bufferevent_setcb(bev, readcb, writecb, errorcb, cbarg);
    return bev;
}

void bufferevent_settimeout(bufferevent* bev, int timeout_read, int timeout_write) {
    const timeval read{timeout_read, 0};
    const timeval write{timeout_write, 0};
    bufferevent_set_timeouts(bev, timeout_read != 0 ? &read : nullptr,
                             timeout_write != 0 ? &write : nullptr);
}
