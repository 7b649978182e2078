// Scenarios: rate limits of bufferevents and of groups. Ticks are long, or short against the time
// that a scenario waits, so that what it says doesn't depend on where in a tick it begins.
// Read next: ssl.cc.
#include "tests/conformance/scenarios/bevs.h"

using namespace evglass::conformance;

namespace {

struct FreeCfg {
    void operator()(ev_token_bucket_cfg* c) const { ev_token_bucket_cfg_free(c); }
};
using Cfg = std::unique_ptr<ev_token_bucket_cfg, FreeCfg>;

Cfg make_cfg(size_t read, size_t write, int tick_ms = 1000000) {
    const timeval tick = after(tick_ms);
    return Cfg(ev_token_bucket_cfg_new(read, read, write, write, &tick));
}

void tell_limits(const char* name, bufferevent* bev) {
    say("%s: limits %ld %ld, at once %ld %ld", name,
        static_cast<long>(bufferevent_get_read_limit(bev)),
        static_cast<long>(bufferevent_get_write_limit(bev)),
        static_cast<long>(bufferevent_get_max_to_read(bev)),
        static_cast<long>(bufferevent_get_max_to_write(bev)));
}

void tell_group(bufferevent_rate_limit_group* g) {
    ev_uint64_t read = 0;
    ev_uint64_t written = 0;
    bufferevent_rate_limit_group_get_totals(g, &read, &written);
    say("group: limits %ld %ld, totals %lu %lu",
        static_cast<long>(bufferevent_rate_limit_group_get_read_limit(g)),
        static_cast<long>(bufferevent_rate_limit_group_get_write_limit(g)),
        static_cast<unsigned long>(read), static_cast<unsigned long>(written));
}

/// Lets a bufferevent's loop run so long that everything that may move has moved.
void settle(event_base* base) {
    run_ms(base, 30);
}

}  // namespace

SCENARIO(rate_configurations_that_make_no_sense) {
    const auto made = [](size_t rr, size_t rb, size_t wr, size_t wb, const timeval* tick) {
        return yes_no(Cfg(ev_token_bucket_cfg_new(rr, rb, wr, wb, tick)) != nullptr);
    };
    const timeval second{1, 0};
    say("plain %s", made(10, 20, 30, 40, &second));
    say("no tick %s", made(10, 20, 30, 40, nullptr));
    say("read rate above burst %s", made(21, 20, 30, 40, nullptr));
    say("write rate above burst %s", made(10, 20, 41, 40, nullptr));
    say("no read rate %s", made(0, 20, 30, 40, nullptr));
    say("no write rate %s", made(10, 20, 0, 40, nullptr));
    say("most %s", made(EV_RATE_LIMIT_MAX, EV_RATE_LIMIT_MAX, 1, 1, nullptr));
    say("too much %s", made(10, static_cast<size_t>(EV_RATE_LIMIT_MAX) + 1, 1, 1, nullptr));
}

// Shows T281: no configuration is no limit.
SCENARIO(rate_without_a_limit) {
    Base base = new_base();
    TalkerPair p(base.get());
    tell_limits("a", p.a.bev());
    say("cfg %s", yes_no(bufferevent_get_token_bucket_cfg(p.a.bev()) != nullptr));
    say("set none = %d", bufferevent_set_rate_limit(p.a.bev(), nullptr));
}

// Shows T290: with a tick's worth.
SCENARIO(rate_a_bucket_begins_with_one_tick) {
    Base base = new_base();
    TalkerPair p(base.get());
    const timeval tick = after(1000000);
    const Cfg cfg(ev_token_bucket_cfg_new(100, 1000, 200, 2000, &tick));
    say("set = %d", bufferevent_set_rate_limit(p.a.bev(), cfg.get()));
    tell_limits("a", p.a.bev());
    say("cfg %s", yes_no(bufferevent_get_token_bucket_cfg(p.a.bev()) == cfg.get()));
    say("set again = %d", bufferevent_set_rate_limit(p.a.bev(), cfg.get()));
    say("take away = %d", bufferevent_set_rate_limit(p.a.bev(), nullptr));
    tell_limits("a", p.a.bev());
}

SCENARIO(rate_reading_stops_at_the_limit) {
    Base base = new_base();
    TalkerPair p(base.get());
    const Cfg cfg = make_cfg(10, 1000);
    p.b.quiet_writes = true;
    bufferevent_set_rate_limit(p.b.bev(), cfg.get());
    p.b.drains = false;
    p.b.enable(EV_READ);
    p.a.write("0123456789abcdefghij");
    settle(base.get());
    p.b.tell_all();
    tell_limits("b", p.b.bev());
    bufferevent_set_rate_limit(p.b.bev(), nullptr);
    settle(base.get());
    p.b.tell_all();
}

SCENARIO(rate_writing_stops_at_the_limit) {
    Base base = new_base();
    TalkerPair p(base.get());
    const Cfg cfg = make_cfg(1000, 8);
    bufferevent_set_rate_limit(p.a.bev(), cfg.get());
    p.b.enable(EV_READ);
    p.a.write("0123456789abcdefghij");
    settle(base.get());
    p.a.tell_all();
    tell_limits("a", p.a.bev());
    bufferevent_set_rate_limit(p.a.bev(), nullptr);
    settle(base.get());
    p.a.tell_all();
}

SCENARIO(rate_a_write_after_the_limit_waits) {
    Base base = new_base();
    TalkerPair p(base.get());
    const Cfg cfg = make_cfg(1000, 4);
    bufferevent_set_rate_limit(p.a.bev(), cfg.get());
    p.b.enable(EV_READ);
    p.a.write("0123");
    settle(base.get());
    p.a.write("4567");
    settle(base.get());
    p.a.tell_all();
    say("decrement by -4 = %d", bufferevent_decrement_write_limit(p.a.bev(), -4));
    settle(base.get());
    p.a.tell_all();
}

SCENARIO(rate_decrement_by_hand) {
    Base base = new_base();
    TalkerPair p(base.get());
    const Cfg cfg = make_cfg(100, 100);
    p.b.quiet_writes = true;
    bufferevent_set_rate_limit(p.b.bev(), cfg.get());
    say("= %d", bufferevent_decrement_read_limit(p.b.bev(), 150));
    tell_limits("b", p.b.bev());
    p.b.enable(EV_READ);
    p.a.write("stuck");
    settle(base.get());
    p.b.tell_all();
    say("= %d", bufferevent_decrement_read_limit(p.b.bev(), -60));
    settle(base.get());
    p.b.tell_all();
    say("= %d", bufferevent_decrement_write_limit(p.b.bev(), 30));
    tell_limits("b", p.b.bev());
}

// Shows T277, T279: a rate for each tick.
SCENARIO(rate_ticks_refill) {
    Base base = new_base();
    TalkerPair p(base.get());
    const Cfg cfg = make_cfg(5, 1000, 20);
    p.b.quiet_writes = true;
    bufferevent_set_rate_limit(p.b.bev(), cfg.get());
    p.b.listen(false, true, true);
    p.b.enable(EV_READ);
    p.a.write(std::string(20, 'x'));
    const long began = now_ms();
    p.b.drains = false;
    while (evbuffer_get_length(p.b.input()) < 20 && now_ms() - began < 2000) run_ms(base.get(), 10);
    p.b.tell_all();
    say("took several ticks: %s", yes_no(now_ms() - began >= 35));
}

SCENARIO(rate_a_larger_bucket_keeps_what_is_in_it) {
    Base base = new_base();
    TalkerPair p(base.get());
    const Cfg small = make_cfg(10, 10);
    const Cfg large = make_cfg(1000, 1000);
    bufferevent_set_rate_limit(p.a.bev(), small.get());
    bufferevent_set_rate_limit(p.a.bev(), large.get());
    tell_limits("a", p.a.bev());
    bufferevent_set_rate_limit(p.a.bev(), nullptr);
    bufferevent_set_rate_limit(p.a.bev(), large.get());
    tell_limits("a", p.a.bev());
    bufferevent_set_rate_limit(p.a.bev(), small.get());
    tell_limits("a", p.a.bev());
}

// Shows T285: bounded by the maxima too.
SCENARIO(rate_max_single) {
    Base base = new_base();
    TalkerPair p(base.get());
    say("= %d", bufferevent_set_max_single_read(p.b.bev(), 3));
    say("= %d", bufferevent_set_max_single_write(p.b.bev(), 4));
    tell_limits("b", p.b.bev());
    p.b.enable(EV_READ);
    p.a.write("abcdefgh");
    settle(base.get());
    bufferevent_set_max_single_read(p.b.bev(), 0);
    bufferevent_set_max_single_write(p.b.bev(), static_cast<size_t>(EV_SSIZE_MAX) + 1);
    say("%ld %ld", static_cast<long>(bufferevent_get_max_single_read(p.b.bev())),
        static_cast<long>(bufferevent_get_max_single_write(p.b.bev())));
}

// Shows T286: a group counts what its members move.
SCENARIO(rate_group_limits_all_members) {
    Base base = new_base();
    TalkerPair p(base.get());
    TalkerPair q(base.get());
    const Cfg cfg = make_cfg(1000, 10);
    bufferevent_rate_limit_group* g = bufferevent_rate_limit_group_new(base.get(), cfg.get());
    say("made %s", yes_no(g != nullptr));
    bufferevent_rate_limit_group_set_min_share(g, 1);
    say("add = %d", bufferevent_add_to_rate_limit_group(p.a.bev(), g));
    say("add = %d", bufferevent_add_to_rate_limit_group(q.a.bev(), g));
    say("add again = %d", bufferevent_add_to_rate_limit_group(q.a.bev(), g));
    tell_limits("a", p.a.bev());
    p.a.quiet_writes = q.a.quiet_writes = true;
    p.a.write("0123456789");
    q.a.write("0123456789");
    settle(base.get());
    const size_t left = evbuffer_get_length(p.a.output()) + evbuffer_get_length(q.a.output());
    say("left %zu", left);
    tell_group(g);
    say("remove = %d", bufferevent_remove_from_rate_limit_group(p.a.bev()));
    say("remove = %d", bufferevent_remove_from_rate_limit_group(q.a.bev()));
    settle(base.get());
    p.a.tell_all();
    q.a.tell_all();
    tell_group(g);
    bufferevent_rate_limit_group_reset_totals(g);
    tell_group(g);
    bufferevent_rate_limit_group_free(g);
}

// Shows T284, T287: below nothing, and given back.
SCENARIO(rate_group_decrement_and_put_back) {
    Base base = new_base();
    TalkerPair p(base.get());
    const Cfg cfg = make_cfg(100, 100);
    bufferevent_rate_limit_group* g = bufferevent_rate_limit_group_new(base.get(), cfg.get());
    bufferevent_add_to_rate_limit_group(p.b.bev(), g);
    say("= %d", bufferevent_rate_limit_group_decrement_read(g, 120));
    say("= %d", bufferevent_rate_limit_group_decrement_write(g, 20));
    tell_group(g);
    tell_limits("b", p.b.bev());
    p.b.enable(EV_READ);
    p.a.write("stuck");
    settle(base.get());
    p.b.tell_all();
    say("= %d", bufferevent_rate_limit_group_decrement_read(g, -100));
    settle(base.get());
    p.b.tell_all();
    tell_group(g);
    bufferevent_remove_from_rate_limit_group(p.b.bev());
    bufferevent_rate_limit_group_free(g);
}

// Shows T288: 64 unless told otherwise.
SCENARIO(rate_group_min_share) {
    Base base = new_base();
    TalkerPair p(base.get());
    TalkerPair q(base.get());
    const Cfg cfg = make_cfg(100, 100);
    bufferevent_rate_limit_group* g = bufferevent_rate_limit_group_new(base.get(), cfg.get());
    bufferevent_add_to_rate_limit_group(p.a.bev(), g);
    bufferevent_add_to_rate_limit_group(q.a.bev(), g);
    tell_limits("shared", p.a.bev());
    say("= %d", bufferevent_rate_limit_group_set_min_share(g, 10));
    tell_limits("10", p.a.bev());
    say("= %d", bufferevent_rate_limit_group_set_min_share(g, 1000));
    tell_limits("1000", p.a.bev());
    say("too large = %d",
        bufferevent_rate_limit_group_set_min_share(g, static_cast<size_t>(EV_SSIZE_MAX) + 1));
    bufferevent_rate_limit_group_decrement_write(g, 95);
    tell_limits("little left", p.a.bev());
    bufferevent_remove_from_rate_limit_group(p.a.bev());
    bufferevent_remove_from_rate_limit_group(q.a.bev());
    bufferevent_rate_limit_group_free(g);
}

SCENARIO(rate_group_new_configuration) {
    Base base = new_base();
    const Cfg cfg = make_cfg(100, 100);
    const Cfg less = make_cfg(30, 40);
    const Cfg more = make_cfg(500, 600);
    bufferevent_rate_limit_group* g = bufferevent_rate_limit_group_new(base.get(), cfg.get());
    tell_group(g);
    say("= %d", bufferevent_rate_limit_group_set_cfg(g, less.get()));
    tell_group(g);
    say("= %d", bufferevent_rate_limit_group_set_cfg(g, more.get()));
    tell_group(g);
    bufferevent_rate_limit_group_free(g);
}

// Shows T282: the lower one.
SCENARIO(rate_both_limits_the_lower_counts) {
    Base base = new_base();
    TalkerPair p(base.get());
    const Cfg own = make_cfg(1000, 7);
    const Cfg groups = make_cfg(5, 1000);
    bufferevent_rate_limit_group* g = bufferevent_rate_limit_group_new(base.get(), groups.get());
    bufferevent_rate_limit_group_set_min_share(g, 1);
    bufferevent_set_rate_limit(p.a.bev(), own.get());
    bufferevent_add_to_rate_limit_group(p.a.bev(), g);
    tell_limits("a", p.a.bev());
    bufferevent_remove_from_rate_limit_group(p.a.bev());
    tell_limits("a", p.a.bev());
    bufferevent_rate_limit_group_free(g);
}

SCENARIO(rate_a_member_is_freed) {
    Base base = new_base();
    TalkerPair p(base.get());
    const Cfg cfg = make_cfg(100, 100);
    bufferevent_rate_limit_group* g = bufferevent_rate_limit_group_new(base.get(), cfg.get());
    bufferevent_add_to_rate_limit_group(p.a.bev(), g);
    bufferevent_add_to_rate_limit_group(p.b.bev(), g);
    p.a.free();
    event_base_loop(base.get(), EVLOOP_NONBLOCK);
    tell_limits("b", p.b.bev());
    bufferevent_remove_from_rate_limit_group(p.b.bev());
    bufferevent_rate_limit_group_free(g);
}

SCENARIO(rate_watermark_and_bandwidth_together) {
    Base base = new_base();
    TalkerPair p(base.get());
    const Cfg cfg = make_cfg(6, 100);
    p.b.listen(false, false, true);
    bufferevent_set_rate_limit(p.b.bev(), cfg.get());
    bufferevent_setwatermark(p.b.bev(), EV_READ, 0, 4);
    p.b.enable(EV_READ);
    p.a.write("0123456789");
    settle(base.get());
    p.b.tell_all();
    evbuffer_drain(p.b.input(), 4);
    settle(base.get());
    p.b.tell_all();
    evbuffer_drain(p.b.input(), 2);
    settle(base.get());
    p.b.tell_all();
    bufferevent_set_rate_limit(p.b.bev(), nullptr);
    settle(base.get());
    p.b.tell_all();
}

SCENARIO(rate_group_of_none) {
    Base base = new_base();
    TalkerPair p(base.get());
    const Cfg cfg = make_cfg(100, 100);
    bufferevent_rate_limit_group* g = bufferevent_rate_limit_group_new(base.get(), cfg.get());
    bufferevent_add_to_rate_limit_group(p.a.bev(), g);
    say("add to none = %d", bufferevent_add_to_rate_limit_group(p.a.bev(), nullptr));
    tell_limits("a", p.a.bev());
    bufferevent_rate_limit_group_free(g);
}
