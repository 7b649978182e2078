// The buckets of one bufferevent. What may be moved now is the least of: the most that one call may
// move, its own bucket, its share of the group's.
// A timer refills the bucket while a direction waits for bytes; else the bucket is brought up to
// date whenever it is looked at.
// Read next: rate_group.cc, socket.cc (who asks).
#include "src/bufferevent/rate_limit.h"

#include <algorithm>

#include "src/bufferevent/bufferevent_private.h"
#include "src/event/event_core.h"
#include "src/util/memory.h"

namespace {

using evglass::trace::field::bevdir;

bufferevent_rate_limit* own_limit(bufferevent* bev) {
    bufferevent_rate_limit* rlim = BEV_UPCAST(bev)->rate_limiting;
    return rlim != nullptr && rlim->cfg != nullptr ? rlim : nullptr;
}

void update_bucket(bufferevent* bev, bufferevent_rate_limit* rlim) {
    const ev_uint64_t tick = ev_token_bucket_get_tick_(bev->ev_base, rlim->cfg);
    if (!ev_token_bucket_update_(&rlim->limit, rlim->cfg, tick)) return;
    TRACE(bucket_fill, .owner = bev, .read_limit = rlim->limit.read_limit,
          .write_limit = rlim->limit.write_limit, .tick = tick);
}

ev_ssize_t& limit_of(bufferevent_rate_limit* rlim, bool is_write) {
    return is_write ? rlim->limit.write_limit : rlim->limit.read_limit;
}

bool is_waiting(const bufferevent* bev, bool is_write) {
    const bufferevent_private* p = BEV_UPCAST(bev);
    return ((is_write ? p->write_suspended : p->read_suspended) & BEV_SUSPEND_BW) != 0;
}

void wait_for_bytes(bufferevent* bev, bufferevent_rate_limit* rlim, bool is_write) {
    (is_write ? bufferevent_suspend_write_ : bufferevent_suspend_read_)(bev, BEV_SUSPEND_BW);
    event_add(&rlim->refill_bucket_event, &rlim->cfg->tick_timeout);
}

void go_on(bufferevent* bev, bufferevent_rate_limit* rlim, bool is_write) {
    if (!is_waiting(bev, !is_write)) event_del_noblock(&rlim->refill_bucket_event);
    (is_write ? bufferevent_unsuspend_write_ : bufferevent_unsuspend_read_)(bev, BEV_SUSPEND_BW);
}

/// Takes from the bucket; a negative number puts back.
void take(bufferevent* bev, bufferevent_rate_limit* rlim, bool is_write, ev_ssize_t bytes) {
    ev_ssize_t& limit = limit_of(rlim, is_write);
    limit = ev_token_bucket_take_(limit, bytes);
    TRACE(bucket_take, .owner = bev, .direction = is_write ? bevdir::write : bevdir::read,
          .bytes = bytes, .left = limit);
    if (limit <= 0) {
        wait_for_bytes(bev, rlim, is_write);
    } else if (is_waiting(bev, is_write)) {
        go_on(bev, rlim, is_write);
    }
}

void bev_refill_callback_(evutil_socket_t, short, void* arg) {
    TRACE_CALL(arg);
    auto* bev = static_cast<bufferevent*>(arg);
    const BevHold hold(bev);
    bufferevent_rate_limit* rlim = own_limit(bev);
    if (rlim == nullptr) return;
    update_bucket(bev, rlim);
    bool again = false;
    for (const bool is_write : {false, true}) {
        if (!is_waiting(bev, is_write)) continue;
        if (limit_of(rlim, is_write) > 0) {
            go_on(bev, rlim, is_write);
        } else {
            again = true;
        }
    }
    // A bucket that was overdrawn needs more than one tick.
    if (again) event_add(&rlim->refill_bucket_event, &rlim->cfg->tick_timeout);
}

ev_ssize_t get_rlim_max(bufferevent* bev, bool is_write) {
    const bufferevent_private* p = BEV_UPCAST(bev);
    ev_ssize_t most = is_write ? p->max_single_write : p->max_single_read;
    if (p->rate_limiting == nullptr) return most;
    if (bufferevent_rate_limit* rlim = own_limit(bev)) {
        update_bucket(bev, rlim);
        most = std::min(most, limit_of(rlim, is_write));
    }
    if (p->rate_limiting->group != nullptr)
        most = std::min(most, bufferevent_group_share_(bev, is_write));
    return std::max<ev_ssize_t>(most, 0);
}

void decrement(bufferevent* bev, bool is_write, ev_ssize_t bytes) {
    bufferevent_rate_limit* rlim = BEV_UPCAST(bev)->rate_limiting;
    if (rlim == nullptr) return;
    if (rlim->cfg != nullptr) take(bev, rlim, is_write, bytes);
    if (rlim->group != nullptr) bufferevent_group_took_(bev, is_write, bytes);
}

int decrement_limit(bufferevent* bev, bool is_write, ev_ssize_t decr) {
    const BevHold hold(bev);
    bufferevent_rate_limit* rlim = own_limit(bev);
    if (rlim == nullptr) return -1;
    take(bev, rlim, is_write, decr);
    return 0;
}

ev_ssize_t get_limit(bufferevent* bev, bool is_write) {
    const BevLook look(bev);
    bufferevent_rate_limit* rlim = own_limit(bev);
    if (rlim == nullptr) return EV_SSIZE_MAX;
    update_bucket(bev, rlim);
    return limit_of(rlim, is_write);
}

void drop_limit(bufferevent* bev) {
    bufferevent_rate_limit* rlim = own_limit(bev);
    if (rlim == nullptr) return;
    event_del_noblock(&rlim->refill_bucket_event);
    rlim->cfg = nullptr;
    TRACE(bucket_gone, .owner = bev);
    bufferevent_unsuspend_read_(bev, BEV_SUSPEND_BW);
    bufferevent_unsuspend_write_(bev, BEV_SUSPEND_BW);
}

int set_max_single(bufferevent* bev, ev_ssize_t bufferevent_private::*which, size_t size) {
    const BevLook look(bev);
    const bool usual = size == 0 || size > EV_SSIZE_MAX;
    BEV_UPCAST(bev)->*which = usual ? kMaxSingleDefault : static_cast<ev_ssize_t>(size);
    return 0;
}

}  // namespace

bufferevent_rate_limit* bufferevent_ratelim_get_(bufferevent* bev) {
    bufferevent_private* p = BEV_UPCAST(bev);
    if (p->rate_limiting == nullptr) {
        p->rate_limiting = mm_new<bufferevent_rate_limit>();
        if (p->rate_limiting != nullptr) p->rate_limiting->owner = bev;
    }
    return p->rate_limiting;
}

event* bufferevent_ratelim_event_(bufferevent* bev) {
    bufferevent_rate_limit* rlim = BEV_UPCAST(bev)->rate_limiting;
    return rlim != nullptr ? &rlim->refill_bucket_event : nullptr;
}

void bufferevent_ratelim_free_(bufferevent* bev) {
    bufferevent_private* p = BEV_UPCAST(bev);
    if (p->rate_limiting == nullptr) return;
    if (event_initialized(&p->rate_limiting->refill_bucket_event))
        event_debug_unassign(&p->rate_limiting->refill_bucket_event);
    mm_delete(p->rate_limiting);
    p->rate_limiting = nullptr;
}

ev_ssize_t bufferevent_get_read_max_(bufferevent* bev) {
    return get_rlim_max(bev, false);
}

ev_ssize_t bufferevent_get_write_max_(bufferevent* bev) {
    return get_rlim_max(bev, true);
}

void bufferevent_decrement_read_buckets_(bufferevent* bev, ev_ssize_t bytes) {
    decrement(bev, false, bytes);
}

void bufferevent_decrement_write_buckets_(bufferevent* bev, ev_ssize_t bytes) {
    decrement(bev, true, bytes);
}

int bufferevent_set_rate_limit(bufferevent* bev, ev_token_bucket_cfg* cfg) {
    TRACE_CALL(bev);
    const BevHold hold(bev);
    if (cfg == nullptr) {
        drop_limit(bev);
        return 0;
    }
    bufferevent_rate_limit* rlim = bufferevent_ratelim_get_(bev);
    if (rlim == nullptr) return -1;
    if (rlim->cfg == cfg) return 0;
    const bool had_one = rlim->cfg != nullptr;
    rlim->cfg = cfg;
    ev_token_bucket_init_(&rlim->limit, cfg, ev_token_bucket_get_tick_(bev->ev_base, cfg), had_one);
    if (!event_initialized(&rlim->refill_bucket_event)) {
        event_assign(&rlim->refill_bucket_event, bev->ev_base, -1, EV_FINALIZE,
                     bev_refill_callback_, bev);
        TRACE(event_name, .event = &rlim->refill_bucket_event, .name = "bev refill");
    }
    event_del_noblock(&rlim->refill_bucket_event);
    TRACE(bucket_limit, .owner = bev, .read_rate = cfg->read_rate,
          .read_maximum = cfg->read_maximum, .write_rate = cfg->write_rate,
          .write_maximum = cfg->write_maximum, .read_limit = rlim->limit.read_limit,
          .write_limit = rlim->limit.write_limit, .tick = timeval_to_usec(cfg->tick_timeout));
    for (const bool is_write : {false, true}) {
        if (limit_of(rlim, is_write) <= 0) {
            wait_for_bytes(bev, rlim, is_write);
        } else if (is_waiting(bev, is_write)) {
            go_on(bev, rlim, is_write);
        }
    }
    return 0;
}

const ev_token_bucket_cfg* bufferevent_get_token_bucket_cfg(const bufferevent* bev) {
    const BevLook look(bev);
    const bufferevent_rate_limit* rlim = BEV_UPCAST(bev)->rate_limiting;
    return rlim != nullptr ? rlim->cfg : nullptr;
}

int bufferevent_set_max_single_read(bufferevent* bev, size_t size) {
    return set_max_single(bev, &bufferevent_private::max_single_read, size);
}

int bufferevent_set_max_single_write(bufferevent* bev, size_t size) {
    return set_max_single(bev, &bufferevent_private::max_single_write, size);
}

ev_ssize_t bufferevent_get_max_single_read(bufferevent* bev) {
    const BevLook look(bev);
    return BEV_UPCAST(bev)->max_single_read;
}

ev_ssize_t bufferevent_get_max_single_write(bufferevent* bev) {
    const BevLook look(bev);
    return BEV_UPCAST(bev)->max_single_write;
}

ev_ssize_t bufferevent_get_read_limit(bufferevent* bev) {
    return get_limit(bev, false);
}

ev_ssize_t bufferevent_get_write_limit(bufferevent* bev) {
    return get_limit(bev, true);
}

ev_ssize_t bufferevent_get_max_to_read(bufferevent* bev) {
    const BevLook look(bev);
    return bufferevent_get_read_max_(bev);
}

ev_ssize_t bufferevent_get_max_to_write(bufferevent* bev) {
    const BevLook look(bev);
    return bufferevent_get_write_max_(bev);
}

int bufferevent_decrement_read_limit(bufferevent* bev, ev_ssize_t decr) {
    return decrement_limit(bev, false, decr);
}

int bufferevent_decrement_write_limit(bufferevent* bev, ev_ssize_t decr) {
    return decrement_limit(bev, true, decr);
}
