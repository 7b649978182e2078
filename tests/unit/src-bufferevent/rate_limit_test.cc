// Token buckets: the arithmetic at its limits, and that what goes through them is what they allow.
#include <event2/watch.h>

#include <climits>

#include "src/bufferevent/rate_limit.h"
#include "tests/unit/src-bufferevent/ends.h"

namespace {

using bevtest::Ends;
using bevtest::kBoth;
using bevtest::Kind;
using bevtest::run_ms;

ev_token_bucket_cfg cfg_of(ev_ssize_t rate, ev_ssize_t burst) {
    return {.read_rate = rate,
            .read_maximum = burst,
            .write_rate = rate,
            .write_maximum = burst,
            .tick_timeout = {1, 0},
            .msec_per_tick = 1000};
}

TEST(TokenBucket, ticks_add_up_to_the_maximum) {
    const ev_token_bucket_cfg cfg = cfg_of(10, 35);
    ev_token_bucket bucket;
    ev_token_bucket_init_(&bucket, &cfg, 100, false);
    EXPECT_EQ(bucket.read_limit, 10);
    EXPECT_FALSE(ev_token_bucket_update_(&bucket, &cfg, 100));
    EXPECT_FALSE(ev_token_bucket_update_(&bucket, &cfg, 99));
    EXPECT_TRUE(ev_token_bucket_update_(&bucket, &cfg, 102));
    EXPECT_EQ(bucket.read_limit, 30);
    EXPECT_TRUE(ev_token_bucket_update_(&bucket, &cfg, 103));
    EXPECT_EQ(bucket.write_limit, 35);
}

TEST(TokenBucket, nothing_overflows) {
    const ev_token_bucket_cfg cfg = cfg_of(EV_SSIZE_MAX, EV_SSIZE_MAX);
    ev_token_bucket bucket;
    ev_token_bucket_init_(&bucket, &cfg, 0, false);
    EXPECT_TRUE(ev_token_bucket_update_(&bucket, &cfg, UINT64_MAX));
    EXPECT_EQ(bucket.read_limit, EV_SSIZE_MAX);
    bucket.read_limit = EV_SSIZE_MIN;
    bucket.last_updated = 0;
    EXPECT_TRUE(ev_token_bucket_update_(&bucket, &cfg, 1));
    EXPECT_EQ(bucket.read_limit, -1);
    EXPECT_TRUE(ev_token_bucket_update_(&bucket, &cfg, 3));
    EXPECT_EQ(bucket.read_limit, EV_SSIZE_MAX);
    EXPECT_EQ(ev_token_bucket_take_(EV_SSIZE_MIN, 1), EV_SSIZE_MIN);
    EXPECT_EQ(ev_token_bucket_take_(EV_SSIZE_MAX, -1), EV_SSIZE_MAX);
}

// Shows T291: shorter ones are refused.
TEST(TokenBucket, a_tick_is_at_least_a_millisecond) {
    const timeval short_tick{0, 999};
    const timeval negative{-1, 0};
    EXPECT_EQ(ev_token_bucket_cfg_new(1, 1, 1, 1, &short_tick), nullptr);
    EXPECT_EQ(ev_token_bucket_cfg_new(1, 1, 1, 1, &negative), nullptr);
}

/// A stream of 10 bytes every 10 ms, for 100 ms: 100 bytes, and the one tick that buckets begin
/// with.
void stream_through(Kind kind, bool grouped) {
    event_base* base = event_base_new();
    Ends ends(base, kind);
    const timeval tick{0, 10000};
    ev_token_bucket_cfg* cfg = ev_token_bucket_cfg_new(1 << 20, 1 << 20, 10, 10, &tick);
    bufferevent_rate_limit_group* group = bufferevent_rate_limit_group_new(base, cfg);
    if (grouped) {
        bufferevent_add_to_rate_limit_group(ends.bev[0], group);
    } else {
        bufferevent_set_rate_limit(ends.bev[0], cfg);
    }
    bufferevent_enable(ends.bev[1], EV_READ);
    const std::string much(5000, 'r');
    bufferevent_write(ends.bev[0], much.data(), much.size());
    run_ms(base, 100);
    const size_t came = evbuffer_get_length(bufferevent_get_input(ends.bev[1]));
    EXPECT_GE(came, 30U);  // a loaded machine may be late, never early
    EXPECT_LE(came, 140U);
    ev_uint64_t written = 0;
    bufferevent_rate_limit_group_get_totals(group, nullptr, &written);
    // The last tick's bytes may still be on their way.
    EXPECT_GE(written, grouped ? came : 0U);
    EXPECT_LE(written, grouped ? came + 10 : 0U);
    bufferevent_rate_limit_group_free(group);
    bufferevent_set_rate_limit(ends.bev[0], nullptr);
    run_ms(base, 30);
    EXPECT_EQ(evbuffer_get_length(bufferevent_get_input(ends.bev[1])), much.size());
    ends.free();
    event_base_loop(base, EVLOOP_NONBLOCK);
    ev_token_bucket_cfg_free(cfg);
    event_base_free(base);
}

TEST(RateLimit, of_one_bufferevent) {
    stream_through(Kind::socket, false);
}

TEST(RateLimit, of_a_group) {
    stream_through(Kind::socket, true);
}

/// Two members share one byte a tick, and nobody asked for a least share.
TEST(RateLimit, a_share_of_less_than_a_byte_does_not_spin) {
    event_base* base = event_base_new();
    Ends ends(base, Kind::socket);
    const timeval tick{0, 10000};
    ev_token_bucket_cfg* cfg = ev_token_bucket_cfg_new(1, 1, 1 << 20, 1 << 20, &tick);
    bufferevent_rate_limit_group* group = bufferevent_rate_limit_group_new(base, cfg);
    EXPECT_EQ(bufferevent_rate_limit_group_set_min_share(group, 0), 0);
    for (bufferevent* bev : ends.bev) {
        bufferevent_add_to_rate_limit_group(bev, group);
        bufferevent_enable(bev, EV_READ | EV_WRITE);
        bufferevent_write(bev, "letters", 7);
    }
    int turns = 0;
    const auto count = [](evwatch*, const evwatch_prepare_cb_info*, void* arg) {
        ++*static_cast<int*>(arg);
    };
    evwatch* watcher = evwatch_prepare_new(base, count, &turns);
    run_ms(base, 100);
    EXPECT_LE(turns, 200) << "some for each of ten ticks";
    EXPECT_GE(evbuffer_get_length(bufferevent_get_input(ends.bev[0])) +
                  evbuffer_get_length(bufferevent_get_input(ends.bev[1])),
              2U);
    evwatch_free(watcher);
    ends.free();
    bufferevent_rate_limit_group_free(group);
    event_base_loop(base, EVLOOP_NONBLOCK);
    ev_token_bucket_cfg_free(cfg);
    event_base_free(base);
}

// Shows T283: a group and its members come apart.
TEST(RateLimit, members_that_are_freed_leave_the_group) {
    event_base* base = event_base_new();
    Ends ends(base, Kind::socket);
    ev_token_bucket_cfg* cfg = ev_token_bucket_cfg_new(10, 10, 10, 10, nullptr);
    bufferevent_rate_limit_group* group = bufferevent_rate_limit_group_new(base, cfg);
    ev_token_bucket_cfg_free(cfg);  // a group keeps a copy
    bufferevent_add_to_rate_limit_group(ends.bev[0], group);
    bufferevent_add_to_rate_limit_group(ends.bev[1], group);
    bufferevent_rate_limit_group_decrement_read(group, 1000);
    ends.free();
    bufferevent_rate_limit_group_decrement_read(group, -2000);
    bufferevent_rate_limit_group_free(group);
    event_base_loop(base, EVLOOP_NONBLOCK);
    event_base_free(base);
}

}  // namespace
