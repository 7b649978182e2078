// The arithmetic of token buckets: ticks, rates, maxima, and nothing that overflows.
// Knows no bufferevent. Read next: rate_limit.cc.
#include <algorithm>

#include "src/bufferevent/rate_limit.h"
#include "src/event/event_core.h"
#include "src/util/memory.h"

namespace {

/// What a bucket with `limit` holds after n ticks (n >= 1).
ev_ssize_t filled(ev_ssize_t limit, ev_ssize_t rate, ev_ssize_t maximum, ev_uint64_t ticks) {
    if (limit >= maximum) return limit;
    // How many ticks fill it? Unsigned, because maximum - limit may be more than a signed number.
    const ev_uint64_t missing = static_cast<ev_uint64_t>(maximum) - static_cast<ev_uint64_t>(limit);
    const auto per_tick = static_cast<ev_uint64_t>(rate);
    if (missing / per_tick < ticks) return maximum;
    return static_cast<ev_ssize_t>(static_cast<ev_uint64_t>(limit) + per_tick * ticks);
}

bool is_rate(size_t rate, size_t burst) {
    return rate >= 1 && rate <= burst && burst <= EV_RATE_LIMIT_MAX;
}

/// Whole milliseconds; 0 if it can't be a tick.
ev_uint64_t milliseconds(const timeval& tick) {
    if (tick.tv_sec < 0 || tick.tv_usec < 0) return 0;
    return static_cast<ev_uint64_t>(tick.tv_sec) * 1000 +
           static_cast<ev_uint64_t>(tick.tv_usec & kCommonMicroseconds) / 1000;
}

}  // namespace

ev_token_bucket_cfg* ev_token_bucket_cfg_new(size_t read_rate, size_t read_burst, size_t write_rate,
                                             size_t write_burst, const timeval* tick_len) {
    constexpr timeval kOneSecond{1, 0};
    const timeval tick = tick_len != nullptr ? *tick_len : kOneSecond;
    const ev_uint64_t ms = milliseconds(tick);
    if (!is_rate(read_rate, read_burst) || !is_rate(write_rate, write_burst) || ms == 0)
        return nullptr;
    auto* cfg = static_cast<ev_token_bucket_cfg*>(mm_malloc(sizeof(ev_token_bucket_cfg)));
    if (cfg == nullptr) return nullptr;
    *cfg = {.read_rate = static_cast<ev_ssize_t>(read_rate),
            .read_maximum = static_cast<ev_ssize_t>(read_burst),
            .write_rate = static_cast<ev_ssize_t>(write_rate),
            .write_maximum = static_cast<ev_ssize_t>(write_burst),
            .tick_timeout = tick,
            .msec_per_tick = ms};
    return cfg;
}

void ev_token_bucket_cfg_free(ev_token_bucket_cfg* cfg) {
    mm_free(cfg);
}

ev_uint64_t ev_token_bucket_get_tick_(event_base* base, const ev_token_bucket_cfg* cfg) {
    const BaseLock lock(base);
    timeval now;
    gettime(base, &now);
    return milliseconds(now) / cfg->msec_per_tick;
}

void ev_token_bucket_init_(ev_token_bucket* bucket, const ev_token_bucket_cfg* cfg,
                           ev_uint64_t tick, bool reinitialize) {
    if (reinitialize) {
        bucket->read_limit = std::min(bucket->read_limit, cfg->read_maximum);
        bucket->write_limit = std::min(bucket->write_limit, cfg->write_maximum);
    } else {
        bucket->read_limit = cfg->read_rate;
        bucket->write_limit = cfg->write_rate;
    }
    bucket->last_updated = tick;
}

bool ev_token_bucket_update_(ev_token_bucket* bucket, const ev_token_bucket_cfg* cfg,
                             ev_uint64_t tick) {
    if (tick <= bucket->last_updated) return false;
    const ev_uint64_t ticks = tick - bucket->last_updated;
    bucket->read_limit = filled(bucket->read_limit, cfg->read_rate, cfg->read_maximum, ticks);
    bucket->write_limit = filled(bucket->write_limit, cfg->write_rate, cfg->write_maximum, ticks);
    bucket->last_updated = tick;
    return true;
}

ev_ssize_t ev_token_bucket_take_(ev_ssize_t limit, ev_ssize_t bytes) {
    ev_ssize_t left = 0;
    if (!__builtin_sub_overflow(limit, bytes, &left)) return left;
    return bytes > 0 ? EV_SSIZE_MIN : EV_SSIZE_MAX;
}
