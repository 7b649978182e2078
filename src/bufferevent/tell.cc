// What a bufferevent tells of itself as a whole: when it is new, and before its first record that
// a late reader sees.
// It only reads. Read next: trace/records.def (540 to 589), bufferevent_private.h.
#include "src/bufferevent/bufferevent_private.h"

namespace {

namespace trace = evglass::trace;

bufferevent* other_of(bufferevent* bev) {
    bufferevent_ctrl_data data{};
    data.ptr = nullptr;
    if (bev->be_ops->ctrl == nullptr || bev->be_ops->ctrl(bev, BEV_CTRL_GET_UNDERLYING, &data) < 0)
        return bufferevent_pair_get_partner(bev);
    return data.ptr;
}

std::int32_t fd_of(bufferevent* bev) {
    bufferevent_ctrl_data data{};
    data.fd = -1;
    if (bev->be_ops->ctrl == nullptr || bev->be_ops->ctrl(bev, BEV_CTRL_GET_FD, &data) < 0)
        return -1;
    return static_cast<std::int32_t>(data.fd);
}

}  // namespace

void bufferevent_tell_new_(bufferevent_private* bev) {
    TRACE(bev_new, .base = bev->ev_base, .bev = bev, .kind = bev->be_ops->kind, .fd = fd_of(bev),
          .options = bev->options, .input = bev->input, .output = bev->output,
          .read_event = &bev->ev_read, .write_event = &bev->ev_write, .deferred = &bev->deferred,
          .other = other_of(bev));
    trace::keyframe_not_needed(bev->keyframe);
}

void bufferevent_tell_state_(bufferevent_private* bev) {
    if (!trace::keyframe_due(bev->keyframe)) return;
    const bufferevent_rate_limit* rlim = bev->rate_limiting;
    const bool limited = rlim != nullptr && rlim->cfg != nullptr;
    TRACE(bev_state, .base = bev->ev_base, .bev = bev, .kind = bev->be_ops->kind, .fd = fd_of(bev),
          .options = bev->options, .input = bev->input, .output = bev->output,
          .read_event = &bev->ev_read, .write_event = &bev->ev_write, .deferred = &bev->deferred,
          .other = other_of(bev), .enabled = bev->enabled, .read_suspended = bev->read_suspended,
          .write_suspended = bev->write_suspended, .connecting = bev->connecting,
          .refs = static_cast<std::uint32_t>(bev->refcnt), .read_low = bev->wm_read.low,
          .read_high = bev->wm_read.high, .write_low = bev->wm_write.low,
          .write_high = bev->wm_write.high,
          .read_limit = limited ? rlim->limit.read_limit : EV_SSIZE_MAX,
          .write_limit = limited ? rlim->limit.write_limit : EV_SSIZE_MAX,
          .group = rlim != nullptr ? rlim->group : nullptr);
    trace::keyframe_done(bev->keyframe);
}

void bufferevent_tell_fd_(bufferevent* bev, evutil_socket_t fd, const char* read_name,
                          const char* write_name) {
    TRACE(event_name, .event = &bev->ev_read, .name = read_name);
    TRACE(event_name, .event = &bev->ev_write, .name = write_name);
    TRACE(bev_fd, .bev = bev, .fd = fd);
}

void bufferevent_tell_tls_(bufferevent* bev, trace::field::bevtls state, unsigned long error) {
    TRACE(bev_tls, .bev = bev, .state = state, .error = error);
}

void bufferevent_tell_moved_(bufferevent* bev, trace::field::bevdir direction, ev_ssize_t asked,
                             ev_ssize_t result) {
    TRACE(bev_moved, .bev = bev, .direction = direction, .asked = asked, .result = result,
          .error = 0);
}
