// Rate limits: token buckets of one bufferevent, and of a group.
//
// A bucket holds bytes. What is moved is taken out, even below zero; each tick puts a rate's worth
// in, up to a maximum. While it is empty, its direction is suspended (BEV_SUSPEND_BW, or
// BEV_SUSPEND_BW_GROUP). A bucket begins with one tick's worth.
// Read next: token_bucket.cc (the arithmetic), rate_limit.cc (one bufferevent), rate_group.cc.
#pragma once

#include <event2/bufferevent.h>
#include <event2/event_struct.h>
#include <event2/util.h>
#include <event2/visibility.h>

/// What one call moves at most, unless the program says otherwise.
inline constexpr ev_ssize_t kMaxSingleDefault = 16384;

/// Rates and maxima: bytes, at most EV_SSIZE_MAX. msec_per_tick is at least 1.
struct ev_token_bucket_cfg {
    ev_ssize_t read_rate;
    ev_ssize_t read_maximum;
    ev_ssize_t write_rate;
    ev_ssize_t write_maximum;
    timeval tick_timeout;
    ev_uint64_t msec_per_tick;
};

struct ev_token_bucket {
    ev_ssize_t read_limit = 0;
    ev_ssize_t write_limit = 0;
    ev_uint64_t last_updated = 0;  ///< the tick
};

/// Which tick it is now, by the base's monotonic clock.
ev_uint64_t ev_token_bucket_get_tick_(event_base* base, const ev_token_bucket_cfg* cfg);
/// A full tick's worth; with `reinitialize` what is in it stays, up to the new maximum.
void ev_token_bucket_init_(ev_token_bucket* bucket, const ev_token_bucket_cfg* cfg,
                           ev_uint64_t tick, bool reinitialize);
/// Adds what the ticks since the last update bring. True if there were any.
bool ev_token_bucket_update_(ev_token_bucket* bucket, const ev_token_bucket_cfg* cfg,
                             ev_uint64_t tick);
/// limit - bytes, without overflow.
ev_ssize_t ev_token_bucket_take_(ev_ssize_t limit, ev_ssize_t bytes);

/// What a bufferevent has when it had a limit or a group once. Guarded by its lock; the links by
/// the group's.
struct bufferevent_rate_limit {
    bufferevent* owner = nullptr;
    struct {
        bufferevent_rate_limit* le_next = nullptr;
        bufferevent_rate_limit** le_prev = nullptr;
    } next_in_group;
    bufferevent_rate_limit_group* group = nullptr;
    ev_token_bucket limit;
    ev_token_bucket_cfg* cfg = nullptr;  ///< the program's; null: no limit of its own
    event refill_bucket_event{};         ///< pending while a direction waits for bytes
};
struct RateLimitLink {
    static auto& of(bufferevent_rate_limit* r) { return r->next_in_group; }
};

// --- rate_limit.cc: all with the bufferevent's lock held ---
/// How much may be read or written now; 0: nothing.
EVENT2_EXPORT_SYMBOL ev_ssize_t bufferevent_get_read_max_(bufferevent* bev);
EVENT2_EXPORT_SYMBOL ev_ssize_t bufferevent_get_write_max_(bufferevent* bev);
/// So much was moved: the buckets hear of it, and suspend if they are empty.
EVENT2_EXPORT_SYMBOL void bufferevent_decrement_read_buckets_(bufferevent* bev, ev_ssize_t bytes);
EVENT2_EXPORT_SYMBOL void bufferevent_decrement_write_buckets_(bufferevent* bev, ev_ssize_t bytes);
/// Makes bev->rate_limiting if there is none; null without memory.
bufferevent_rate_limit* bufferevent_ratelim_get_(bufferevent* bev);
/// The refill timer; null if there is none.
event* bufferevent_ratelim_event_(bufferevent* bev);
/// Ends it; the timer is in no queue.
void bufferevent_ratelim_free_(bufferevent* bev);

// --- rate_group.cc: the same, and takes the group's lock ---
void bufferevent_ratelim_leave_(bufferevent* bev);
/// The member's share of what the group's bucket holds; suspends the member if that is nothing.
ev_ssize_t bufferevent_group_share_(bufferevent* bev, bool is_write);
void bufferevent_group_took_(bufferevent* bev, bool is_write, ev_ssize_t bytes);
