// Groups of bufferevents that share a pair of buckets. A timer of the group's base refills them
// each tick. Every member that moves something gets a share of what is there, but at least
// min_share, so that little bandwidth becomes a few useful packets rather than many tiny ones.
//
// Members are suspended and let go from a random one on, so that none is always first. Their locks
// come before the group's, so here they are only tried: a member that is busy finds the group's
// state when it asks for its share, and one that could not be let go is tried again each tick.
// Read next: rate_limit.cc, suspend.cc.
#include <algorithm>

#include "src/bufferevent/bufferevent_private.h"
#include "src/event/event_core.h"
#include "src/util/memory.h"

/// Guarded by its lock, which comes after its members' locks.
/// Invariant: n_members is the length of the list; every member's `group` is this one.
struct bufferevent_rate_limit_group {
    bufferevent_rate_limit* members = nullptr;
    int n_members = 0;
    ev_token_bucket limit;
    ev_token_bucket_cfg cfg{};
    bool suspended[2]{};  ///< read, write: the bucket is empty
    bool owing[2]{};      ///< some members could not be let go
    ev_ssize_t min_share = 0;
    size_t configured_min_share = 64;
    ev_uint64_t total[2]{};
    ev_uint64_t random = 0;
    event master_refill_event{};
    void* lock = nullptr;
};

namespace {

using evglass::trace::field::bevdir;
using Group = bufferevent_rate_limit_group;

bevdir dir_of(bool is_write) {
    return is_write ? bevdir::write : bevdir::read;
}

ev_ssize_t& limit_of(Group* g, bool is_write) {
    return is_write ? g->limit.write_limit : g->limit.read_limit;
}

/// Tries every member once, from a random one on. `act` runs with the member's lock. False if one
/// was busy.
template <class Act>
bool for_each_free_member(Group* g, Act act) {
    if (g->n_members == 0) return true;
    g->random = g->random * 6364136223846793005U + 1442695040888963407U;
    const auto n = static_cast<ev_uint64_t>(g->n_members);
    bufferevent_rate_limit* first = g->members;
    for (ev_uint64_t skip = (g->random >> 33) % n; skip > 0; --skip)
        first = first->next_in_group.le_next;
    bool all = true;
    bufferevent_rate_limit* member = first;
    for (ev_uint64_t i = 0; i < n; ++i) {
        bufferevent_rate_limit* next = member->next_in_group.le_next;
        if (evlock_try(BEV_UPCAST(member->owner)->lock)) {
            act(member->owner);
            evlock_unlock(BEV_UPCAST(member->owner)->lock);
        } else {
            all = false;
        }
        member = next != nullptr ? next : g->members;
    }
    return all;
}

void bev_group_suspend(Group* g, bool is_write) {
    TRACE_CALL(g);
    g->suspended[is_write] = true;
    g->owing[is_write] = false;
    TRACE(group_suspend, .group = g, .direction = dir_of(is_write), .suspended = 1);
    for_each_free_member(g, [is_write](bufferevent* bev) {
        (is_write ? bufferevent_suspend_write_ : bufferevent_suspend_read_)(bev,
                                                                            BEV_SUSPEND_BW_GROUP);
    });
}

void bev_group_unsuspend(Group* g, bool is_write) {
    TRACE_CALL(g);
    g->suspended[is_write] = false;
    TRACE(group_suspend, .group = g, .direction = dir_of(is_write), .suspended = 0);
    g->owing[is_write] = !for_each_free_member(g, [is_write](bufferevent* bev) {
        (is_write ? bufferevent_unsuspend_write_ : bufferevent_unsuspend_read_)(
            bev, BEV_SUSPEND_BW_GROUP);
    });
}

void take(Group* g, bool is_write, ev_ssize_t bytes) {
    ev_ssize_t& limit = limit_of(g, is_write);
    limit = ev_token_bucket_take_(limit, bytes);
    TRACE(bucket_take, .owner = g, .direction = dir_of(is_write), .bytes = bytes, .left = limit);
    if (limit <= 0) {
        bev_group_suspend(g, is_write);
    } else if (g->suspended[is_write]) {
        bev_group_unsuspend(g, is_write);
    }
}

void bev_group_refill_callback_(evutil_socket_t, short, void* arg) {
    TRACE_CALL(arg);
    auto* g = static_cast<Group*>(arg);
    const ev_uint64_t tick =
        ev_token_bucket_get_tick_(event_get_base(&g->master_refill_event), &g->cfg);
    const ScopedLock lock(g->lock);
    if (ev_token_bucket_update_(&g->limit, &g->cfg, tick)) {
        TRACE(bucket_fill, .owner = g, .read_limit = g->limit.read_limit,
              .write_limit = g->limit.write_limit, .tick = tick);
    }
    for (const bool is_write : {false, true}) {
        if (g->owing[is_write] || (g->suspended[is_write] && limit_of(g, is_write) >= g->min_share))
            bev_group_unsuspend(g, is_write);
    }
}

void tell_limit(Group* g) {
    TRACE(bucket_limit, .owner = g, .read_rate = g->cfg.read_rate,
          .read_maximum = g->cfg.read_maximum, .write_rate = g->cfg.write_rate,
          .write_maximum = g->cfg.write_maximum, .read_limit = g->limit.read_limit,
          .write_limit = g->limit.write_limit, .tick = timeval_to_usec(g->cfg.tick_timeout));
}

/// The least share that makes sense is what a tick brings.
void use_min_share(Group* g) {
    const ev_ssize_t tick = std::min(g->cfg.read_rate, g->cfg.write_rate);
    g->min_share =
        static_cast<ev_ssize_t>(std::min(g->configured_min_share, static_cast<size_t>(tick)));
}

int group_decrement(Group* g, bool is_write, ev_ssize_t decr) {
    const ScopedLock lock(g->lock);
    take(g, is_write, decr);
    return 0;
}

}  // namespace

ev_ssize_t bufferevent_group_share_(bufferevent* bev, bool is_write) {
    Group* g = BEV_UPCAST(bev)->rate_limiting->group;
    const ScopedLock lock(g->lock);
    if (g->suspended[is_write]) {
        (is_write ? bufferevent_suspend_write_ : bufferevent_suspend_read_)(bev,
                                                                            BEV_SUSPEND_BW_GROUP);
        return 0;
    }
    // Never nothing: a member that may move no byte would find its descriptor ready for ever.
    return std::max({limit_of(g, is_write) / g->n_members, g->min_share, ev_ssize_t{1}});
}

void bufferevent_group_took_(bufferevent* bev, bool is_write, ev_ssize_t bytes) {
    Group* g = BEV_UPCAST(bev)->rate_limiting->group;
    const ScopedLock lock(g->lock);
    g->total[is_write] += static_cast<ev_uint64_t>(bytes);
    take(g, is_write, bytes);
}

void bufferevent_ratelim_leave_(bufferevent* bev) {
    bufferevent_rate_limit* rlim = BEV_UPCAST(bev)->rate_limiting;
    if (rlim == nullptr || rlim->group == nullptr) return;
    Group* g = rlim->group;
    const ScopedLock lock(g->lock);
    list_remove<RateLimitLink>(rlim);
    --g->n_members;
    rlim->group = nullptr;
    TRACE(group_leave, .group = g, .bev = bev, .members = static_cast<std::uint32_t>(g->n_members));
}

Group* bufferevent_rate_limit_group_new(event_base* base, const ev_token_bucket_cfg* cfg) {
    mm_ptr<Group> g(mm_new<Group>());
    if (!g) return nullptr;
    if (evthread_enabled()) {
        g->lock = evthread_alloc_lock(EVTHREAD_LOCKTYPE_RECURSIVE);
        if (g->lock == nullptr) return nullptr;
    }
    g->cfg = *cfg;
    ev_token_bucket_init_(&g->limit, cfg, ev_token_bucket_get_tick_(base, cfg), false);
    use_min_share(g.get());
    evutil_secure_rng_get_bytes(&g->random, sizeof g->random);
    event_assign(&g->master_refill_event, base, -1, EV_PERSIST | EV_FINALIZE,
                 bev_group_refill_callback_, g.get());
    TRACE(event_name, .event = &g->master_refill_event, .name = "group refill");
    if (event_add(&g->master_refill_event, &cfg->tick_timeout) < 0) {
        event_debug_unassign(&g->master_refill_event);
        evthread_free_lock(g->lock, EVTHREAD_LOCKTYPE_RECURSIVE);
        return nullptr;
    }
    TRACE(group_new, .base = base, .group = g.get(), .event = &g->master_refill_event);
    tell_limit(g.get());
    return g.release();
}

int bufferevent_rate_limit_group_set_cfg(Group* g, const ev_token_bucket_cfg* cfg) {
    if (g == nullptr || cfg == nullptr) return -1;
    const ScopedLock lock(g->lock);
    const bool same_tick = evutil_timercmp(&g->cfg.tick_timeout, &cfg->tick_timeout, ==);
    if (!same_tick && event_add(&g->master_refill_event, &cfg->tick_timeout) < 0) return -1;
    g->cfg = *cfg;
    event_base* base = event_get_base(&g->master_refill_event);
    ev_token_bucket_init_(&g->limit, cfg, ev_token_bucket_get_tick_(base, cfg), true);
    use_min_share(g);
    tell_limit(g);
    return 0;
}

int bufferevent_rate_limit_group_set_min_share(Group* g, size_t min_share) {
    if (min_share > EV_SSIZE_MAX) return -1;
    const ScopedLock lock(g->lock);
    g->configured_min_share = min_share;
    use_min_share(g);
    return 0;
}

void bufferevent_rate_limit_group_free(Group* g) {
    TRACE_CALL(g);
    for (;;) {
        bufferevent* bev = nullptr;
        {
            const ScopedLock lock(g->lock);
            if (g->members != nullptr) bev = g->members->owner;
        }
        if (bev == nullptr) break;
        bufferevent_remove_from_rate_limit_group(bev);
    }
    // Without the lock: it waits for a refill that is running in another thread.
    event_del_block(&g->master_refill_event);
    event_debug_unassign(&g->master_refill_event);
    TRACE(group_free, .group = g);
    evthread_free_lock(g->lock, EVTHREAD_LOCKTYPE_RECURSIVE);
    mm_delete(g);
}

int bufferevent_add_to_rate_limit_group(bufferevent* bev, Group* g) {
    TRACE_CALL(bev);
    if (g == nullptr) return bufferevent_remove_from_rate_limit_group(bev);
    const BevHold hold(bev);
    bufferevent_rate_limit* rlim = bufferevent_ratelim_get_(bev);
    if (rlim == nullptr) return -1;
    if (rlim->group == g) return 0;
    if (rlim->group != nullptr) bufferevent_remove_from_rate_limit_group(bev);
    const ScopedLock lock(g->lock);
    rlim->group = g;
    list_insert_head<RateLimitLink>(g->members, rlim);
    ++g->n_members;
    TRACE(group_join, .group = g, .bev = bev, .members = static_cast<std::uint32_t>(g->n_members));
    if (g->suspended[false]) bufferevent_suspend_read_(bev, BEV_SUSPEND_BW_GROUP);
    if (g->suspended[true]) bufferevent_suspend_write_(bev, BEV_SUSPEND_BW_GROUP);
    return 0;
}

int bufferevent_remove_from_rate_limit_group(bufferevent* bev) {
    TRACE_CALL(bev);
    const BevHold hold(bev);
    bufferevent_ratelim_leave_(bev);
    bufferevent_unsuspend_read_(bev, BEV_SUSPEND_BW_GROUP);
    bufferevent_unsuspend_write_(bev, BEV_SUSPEND_BW_GROUP);
    return 0;
}

ev_ssize_t bufferevent_rate_limit_group_get_read_limit(Group* g) {
    const ScopedLock lock(g->lock);
    return g->limit.read_limit;
}

ev_ssize_t bufferevent_rate_limit_group_get_write_limit(Group* g) {
    const ScopedLock lock(g->lock);
    return g->limit.write_limit;
}

int bufferevent_rate_limit_group_decrement_read(Group* g, ev_ssize_t decr) {
    return group_decrement(g, false, decr);
}

int bufferevent_rate_limit_group_decrement_write(Group* g, ev_ssize_t decr) {
    return group_decrement(g, true, decr);
}

void bufferevent_rate_limit_group_get_totals(Group* g, ev_uint64_t* total_read_out,
                                             ev_uint64_t* total_written_out) {
    const ScopedLock lock(g->lock);
    if (total_read_out != nullptr) *total_read_out = g->total[false];
    if (total_written_out != nullptr) *total_written_out = g->total[true];
}

void bufferevent_rate_limit_group_reset_totals(Group* g) {
    const ScopedLock lock(g->lock);
    g->total[false] = g->total[true] = 0;
}
