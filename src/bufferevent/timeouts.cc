// Timeouts: how long a direction may try without moving a byte. Where ev_read and ev_write wait for
// an fd, the timeout stands beside it; where there is no fd, they are nothing but timers.
// Read next: socket.cc, pair.cc.
#include "src/bufferevent/bufferevent_private.h"

#include "src/event/event_core.h"

namespace {

void generic_timeout(bufferevent* bev, short direction, short what) {
    const BevHold hold(bev);
    bufferevent_disable(bev, direction);
    bufferevent_run_eventcb_(bev, static_cast<short>(BEV_EVENT_TIMEOUT | what), 0);
}

void bufferevent_generic_read_timeout_cb(evutil_socket_t, short, void* arg) {
    TRACE_CALL(arg);
    generic_timeout(static_cast<bufferevent*>(arg), EV_READ, BEV_EVENT_READING);
}

void bufferevent_generic_write_timeout_cb(evutil_socket_t, short, void* arg) {
    TRACE_CALL(arg);
    generic_timeout(static_cast<bufferevent*>(arg), EV_WRITE, BEV_EVENT_WRITING);
}

/// A pending event gets the timeout that is set now, or none.
int adjust_pending(event* ev, short direction, const timeval& timeout) {
    if (!event_pending(ev, direction, nullptr)) return 0;
    return evutil_timerisset(&timeout) ? event_add(ev, &timeout) : event_remove_timer(ev);
}

timeval timeout_or_none(const timeval* tv) {
    return tv != nullptr ? *tv : timeval{0, 0};
}

}  // namespace

int bufferevent_add_event_(event* ev, const timeval* tv) {
    return event_add(ev, evutil_timerisset(tv) ? tv : nullptr);
}

int bufferevent_generic_adj_existing_timeouts_(bufferevent* bev) {
    const int read = adjust_pending(&bev->ev_read, EV_READ, bev->timeout_read);
    const int write = adjust_pending(&bev->ev_write, EV_WRITE, bev->timeout_write);
    return read < 0 || write < 0 ? -1 : 0;
}

void bufferevent_init_generic_timeout_cbs_(bufferevent* bev) {
    event_assign(&bev->ev_read, bev->ev_base, -1, EV_FINALIZE, bufferevent_generic_read_timeout_cb,
                 bev);
    event_assign(&bev->ev_write, bev->ev_base, -1, EV_FINALIZE,
                 bufferevent_generic_write_timeout_cb, bev);
    TRACE(event_name, .event = &bev->ev_read, .name = "bev read timeout");
    TRACE(event_name, .event = &bev->ev_write, .name = "bev write timeout");
}

int bufferevent_generic_adj_timeouts_(bufferevent* bev) {
    const bufferevent_private* p = BEV_UPCAST(bev);
    const bool reads = (bev->enabled & EV_READ) != 0 && p->read_suspended == 0;
    const bool writes = (bev->enabled & EV_WRITE) != 0 && p->write_suspended == 0 &&
                        evbuffer_get_length(bev->output) != 0;
    const int read = reads && evutil_timerisset(&bev->timeout_read)
                         ? event_add(&bev->ev_read, &bev->timeout_read)
                         : event_del_noblock(&bev->ev_read);
    const int write = writes && evutil_timerisset(&bev->timeout_write)
                          ? event_add(&bev->ev_write, &bev->timeout_write)
                          : event_del_noblock(&bev->ev_write);
    return read < 0 || write < 0 ? -1 : 0;
}

void bufferevent_reset_read_timeout_(bufferevent* bev) {
    if (evutil_timerisset(&bev->timeout_read)) event_add(&bev->ev_read, &bev->timeout_read);
}

void bufferevent_reset_write_timeout_(bufferevent* bev) {
    if (evutil_timerisset(&bev->timeout_write)) event_add(&bev->ev_write, &bev->timeout_write);
}

int bufferevent_set_timeouts(bufferevent* bev, const timeval* timeout_read,
                             const timeval* timeout_write) {
    TRACE_CALL(bev);
    const BevHold hold(bev);
    bev->timeout_read = timeout_or_none(timeout_read);
    bev->timeout_write = timeout_or_none(timeout_write);
    TRACE(bev_timeouts, .bev = bev, .read = timeval_to_usec(bev->timeout_read),
          .write = timeval_to_usec(bev->timeout_write));
    return bev->be_ops->adj_timeouts != nullptr ? bev->be_ops->adj_timeouts(bev) : 0;
}
