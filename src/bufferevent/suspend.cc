// When a bufferevent moves: the program enables and disables each direction; the library suspends
// and unsuspends it, each time for a reason. A direction runs while it is enabled and no reason
// against it is left. Watermarks are one of the reasons.
// Read next: rate_limit.cc (bandwidth), filter.cc, connect.cc.
#include "src/bufferevent/bufferevent_private.h"

#include <algorithm>
#include <cerrno>

#include "src/event/event_core.h"

namespace {

using evglass::trace::field::bevdir;

void tell_watermark(bufferevent* bev, bevdir direction, const event_watermark& wm) {
    TRACE(bev_watermark, .bev = bev, .direction = direction, .low = wm.low, .high = wm.high);
}

/// The input has changed: is it full?
void bufferevent_inbuf_wm_cb(evbuffer* buf, const evbuffer_cb_info*, void* arg) {
    auto* bev = static_cast<bufferevent*>(arg);
    if (evbuffer_length_(buf) >= bev->wm_read.high) {
        bufferevent_wm_suspend_read(bev);
    } else {
        bufferevent_wm_unsuspend_read(bev);
    }
}

/// Watches the input from now on. False without memory.
bool watch_input(bufferevent_private* p) {
    if (p->read_watermarks_cb == nullptr) {
        p->read_watermarks_cb = bufferevent_watch_(p, p->input, bufferevent_inbuf_wm_cb);
        if (p->read_watermarks_cb == nullptr) return false;
    }
    evbuffer_cb_set_flags(p->input, p->read_watermarks_cb, EVBUFFER_CB_ENABLED | kCallbackNoDefer);
    return true;
}

void set_read_watermark(bufferevent* bev, size_t low, size_t high) {
    bufferevent_private* p = BEV_UPCAST(bev);
    // Without memory to watch the input there is no high watermark rather than a wrong one.
    if (high != 0 && !watch_input(p)) high = 0;
    bev->wm_read = {low, high};
    tell_watermark(bev, bevdir::read, bev->wm_read);
    if (high == 0) {
        if (p->read_watermarks_cb != nullptr)
            evbuffer_cb_clear_flags(bev->input, p->read_watermarks_cb, EVBUFFER_CB_ENABLED);
        bufferevent_wm_unsuspend_read(bev);
    } else if (evbuffer_length_(bev->input) >= high) {
        bufferevent_wm_suspend_read(bev);
    } else {
        bufferevent_wm_unsuspend_read(bev);
    }
}

/// A direction goes on again. If it can't, the user must hear of it, but not in the middle of a
/// call.
void go_on(bufferevent* bev, short direction) {
    if ((bev->enabled & direction) == 0 || bev->be_ops->enable(bev, direction) == 0) return;
    const int error = errno;
    bufferevent_disable(bev, direction);
    errno = error;
    const short side = direction == EV_READ ? BEV_EVENT_READING : BEV_EVENT_WRITING;
    bufferevent_run_eventcb_(bev, static_cast<short>(side | BEV_EVENT_ERROR),
                             BEV_OPT_DEFER_CALLBACKS);
}

}  // namespace

int bufferevent_enable(bufferevent* bev, short event) {
    TRACE_CALL(bev);
    const BevHold hold(bev);
    bufferevent_private* p = BEV_UPCAST(bev);
    short start = event;
    if (p->read_suspended != 0) start = static_cast<short>(start & ~EV_READ);
    if (p->write_suspended != 0) start = static_cast<short>(start & ~EV_WRITE);
    bev->enabled = static_cast<short>(bev->enabled | event);
    TRACE(bev_enable, .bev = bev, .what = event, .enabled = bev->enabled);
    return start != 0 && bev->be_ops->enable(bev, start) < 0 ? -1 : 0;
}

int bufferevent_disable(bufferevent* bev, short event) {
    TRACE_CALL(bev);
    const BevHold hold(bev);
    bev->enabled = static_cast<short>(bev->enabled & ~event);
    TRACE(bev_disable, .bev = bev, .what = event, .enabled = bev->enabled);
    return bev->be_ops->disable(bev, event) < 0 ? -1 : 0;
}

void bufferevent_suspend_read_(bufferevent* bev, ev_uint16_t why) {
    const BevLook look(bev);
    bufferevent_private* p = BEV_UPCAST(bev);
    if ((p->read_suspended & why) == why) return;
    if (p->read_suspended == 0) bev->be_ops->disable(bev, EV_READ);
    p->read_suspended = static_cast<ev_uint16_t>(p->read_suspended | why);
    TRACE(bev_suspend, .bev = bev, .direction = bevdir::read, .reason = why,
          .reasons = p->read_suspended);
}

void bufferevent_unsuspend_read_(bufferevent* bev, ev_uint16_t why) {
    const BevLook look(bev);
    bufferevent_private* p = BEV_UPCAST(bev);
    if ((p->read_suspended & why) == 0) return;
    p->read_suspended = static_cast<ev_uint16_t>(p->read_suspended & ~why);
    TRACE(bev_unsuspend, .bev = bev, .direction = bevdir::read, .reason = why,
          .reasons = p->read_suspended);
    if (p->read_suspended == 0) go_on(bev, EV_READ);
}

void bufferevent_suspend_write_(bufferevent* bev, ev_uint16_t why) {
    const BevLook look(bev);
    bufferevent_private* p = BEV_UPCAST(bev);
    if ((p->write_suspended & why) == why) return;
    if (p->write_suspended == 0) bev->be_ops->disable(bev, EV_WRITE);
    p->write_suspended = static_cast<ev_uint16_t>(p->write_suspended | why);
    TRACE(bev_suspend, .bev = bev, .direction = bevdir::write, .reason = why,
          .reasons = p->write_suspended);
}

void bufferevent_unsuspend_write_(bufferevent* bev, ev_uint16_t why) {
    const BevLook look(bev);
    bufferevent_private* p = BEV_UPCAST(bev);
    if ((p->write_suspended & why) == 0) return;
    p->write_suspended = static_cast<ev_uint16_t>(p->write_suspended & ~why);
    TRACE(bev_unsuspend, .bev = bev, .direction = bevdir::write, .reason = why,
          .reasons = p->write_suspended);
    if (p->write_suspended == 0) go_on(bev, EV_WRITE);
}

void bufferevent_setwatermark(bufferevent* bev, short events, size_t lowmark, size_t highmark) {
    TRACE_CALL(bev);
    const BevHold hold(bev);
    if ((events & EV_WRITE) != 0) {
        bev->wm_write = {lowmark, highmark};
        tell_watermark(bev, bevdir::write, bev->wm_write);
    }
    if ((events & EV_READ) != 0) set_read_watermark(bev, lowmark, highmark);
}

int bufferevent_getwatermark(bufferevent* bev, short events, size_t* lowmark, size_t* highmark) {
    if (events != EV_READ && events != EV_WRITE) return -1;
    const BevLook look(bev);
    const event_watermark& wm = events == EV_READ ? bev->wm_read : bev->wm_write;
    if (lowmark != nullptr) *lowmark = wm.low;
    if (highmark != nullptr) *highmark = wm.high;
    return 0;
}

ev_ssize_t bufferevent_room_to_read_(const bufferevent* bev) {
    const size_t high = bev->wm_read.high;
    if (high == 0) return -1;
    const size_t length = evbuffer_length_(bev->input);
    return length >= high ? 0
                          : static_cast<ev_ssize_t>(std::min<size_t>(high - length, EV_SSIZE_MAX));
}
