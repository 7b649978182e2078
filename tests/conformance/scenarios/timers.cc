// Scenarios: timeouts: order, restarts, changes, common timeouts, the cached clock.
// They say in which order things came, and "not before": never how long something took. The clock
// may be a coarse one (a few milliseconds a tick), so times that are compared lie further apart.
// Read next: loop.cc.
#include <vector>

#include "tests/conformance/scenarios/scenario.h"

using namespace evglass::conformance;

SCENARIO(T060_a_timeout_is_given_to_add) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0);
    const long began = now_ms();
    timer.add(15);
    loop(base.get());
    say("not before its time: %s", yes_no(now_ms() - began >= 5));
}

SCENARIO(T164_timeout_in_event_new_is_ignored) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_TIMEOUT);
    say("events %s", what_text(event_get_events(reader.ev())).c_str());
    reader.add();
    say("pending %s", reader.pending().c_str());
    ends.write_b("x");
    loop(base.get());
}

SCENARIO(T171_a_persistent_timer_comes_again) {
    const Base base = new_base();
    const long began = now_ms();
    Teller timer(base.get(), "timer", -1, EV_PERSIST, [](Teller& t) {
        if (t.fires() == 4) t.del();
    });
    timer.add(5);
    loop(base.get());
    say("four times five, not before: %s", yes_no(now_ms() - began >= 10));
}

SCENARIO(T172_data_restarts_a_persistent_timeout) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_PERSIST, [](Teller& t) {
        Ends::drain(t.fd());
        if (t.fires() == 3) t.del();
    });
    reader.add(15);
    ends.write_b("x");
    loop(base.get(), EVLOOP_ONCE);
    loop(base.get());
    say("in all %d", reader.fires());
}

SCENARIO(T180_add_without_a_timeout_keeps_the_old_one) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ);
    reader.add(10);
    reader.add();
    say("pending %s", reader.pending().c_str());
    loop(base.get());
}

SCENARIO(T180_remove_timer_takes_it_away) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ);
    reader.add(10);
    say("remove = %d", event_remove_timer(reader.ev()));
    say("pending %s", reader.pending().c_str());
    say("again = %d", event_remove_timer(reader.ev()));
    reader.del();
    say("not pending = %d", event_remove_timer(reader.ev()));
    loop(base.get());
}

SCENARIO(T181_add_again_changes_the_time) {
    const Base base = new_base();
    Teller late(base.get(), "first late", -1, 0);
    Teller other(base.get(), "other", -1, 0);
    late.add(5000);
    other.add(15);
    late.add(2);
    loop(base.get());
}

SCENARIO(T181_add_again_to_a_later_time) {
    const Base base = new_base();
    Teller early(base.get(), "first early", -1, 0);
    Teller other(base.get(), "other", -1, 0);
    early.add(2);
    other.add(8);
    early.add(20);
    loop(base.get());
}

SCENARIO(T196_timers_fire_in_the_order_of_their_times) {
    const Base base = new_base();
    std::vector<std::unique_ptr<Teller>> timers;
    static const char* const kNames[] = {"t0", "t1", "t2", "t3", "t4",
                                         "t5", "t6", "t7", "t8", "t9"};
    for (const int i : {7, 2, 9, 4, 0, 5, 8, 1, 6, 3}) {
        timers.push_back(std::make_unique<Teller>(base.get(), kNames[i], -1, 0));
        timers.back()->add(2 + 11 * i);
    }
    loop(base.get());
}

SCENARIO(T196_deleting_from_the_middle_keeps_the_order) {
    const Base base = new_base();
    std::vector<std::unique_ptr<Teller>> timers;
    static const char* const kNames[] = {"t0", "t1", "t2", "t3", "t4",
                                         "t5", "t6", "t7", "t8", "t9"};
    for (int i = 0; i < 10; ++i) {
        timers.push_back(std::make_unique<Teller>(base.get(), kNames[i], -1, 0));
        timers.back()->add(2 + 11 * ((i * 7) % 10));
    }
    for (const std::size_t i : {1U, 5U, 8U}) timers[i]->del();
    loop(base.get());
}

SCENARIO(T197_common_timeouts_are_first_in_first_out) {
    const Base base = new_base();
    const timeval ten = after(10);
    const timeval* common = event_base_init_common_timeout(base.get(), &ten);
    say("there is one: %s", yes_no(common != nullptr));
    std::vector<std::unique_ptr<Teller>> timers;
    for (const char* name : {"one", "two", "three", "four", "five"}) {
        timers.push_back(std::make_unique<Teller>(base.get(), name, -1, 0));
        say("add = %d", event_add(timers.back()->ev(), common));
    }
    timers[2]->del();
    loop(base.get());
}

SCENARIO(T197_the_same_duration_gives_the_same_common_timeout) {
    const Base base = new_base();
    const timeval ten = after(10), twenty = after(20);
    const timeval* one = event_base_init_common_timeout(base.get(), &ten);
    const timeval* two = event_base_init_common_timeout(base.get(), &ten);
    const timeval* three = event_base_init_common_timeout(base.get(), &twenty);
    say("same %s, other differs %s", yes_no(one == two), yes_no(one != three));
    say("of itself: same %s", yes_no(event_base_init_common_timeout(base.get(), one) == one));
}

SCENARIO(T197_common_and_plain_timeouts_side_by_side) {
    const Base base = new_base();
    const timeval ten = after(10);
    const timeval* common = event_base_init_common_timeout(base.get(), &ten);
    Teller late(base.get(), "plain late", -1, 0), early(base.get(), "plain early", -1, 0);
    Teller middle(base.get(), "common", -1, 0);
    late.add(30);
    event_add(middle.ev(), common);
    early.add(2);
    loop(base.get());
}

SCENARIO(T197_a_persistent_event_with_a_common_timeout) {
    const Base base = new_base();
    const timeval five = after(5);
    Teller timer(base.get(), "timer", -1, EV_PERSIST, [](Teller& t) {
        if (t.fires() == 3) t.del();
    });
    event_add(timer.ev(), event_base_init_common_timeout(base.get(), &five));
    loop(base.get());
}

SCENARIO(T156_time_stands_still_in_callbacks) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0, [](Teller& t) {
        timeval one{}, two{};
        event_base_gettimeofday_cached(t.base(), &one);
        for (const long began = now_ms(); now_ms() - began < 12;) {
        }
        event_base_gettimeofday_cached(t.base(), &two);
        say("same %s", yes_no(evutil_timercmp(&one, &two, ==)));
        event_base_update_cache_time(t.base());
        event_base_gettimeofday_cached(t.base(), &two);
        say("after an update: later %s", yes_no(evutil_timercmp(&one, &two, <)));
    });
    timer.add(1);
    loop(base.get());
}

SCENARIO(T157_time_goes_on_outside_the_loop) {
    const Base base = new_base();
    timeval one{}, two{};
    say("= %d", event_base_gettimeofday_cached(base.get(), &one));
    for (const long began = now_ms(); now_ms() - began < 12;) {
    }
    event_base_gettimeofday_cached(base.get(), &two);
    say("later %s", yes_no(evutil_timercmp(&one, &two, <)));
}

SCENARIO(T128_no_cache_time_reads_the_clock_each_time) {
    const Config config(event_config_new());
    event_config_set_flag(config.get(), EVENT_BASE_FLAG_NO_CACHE_TIME);
    const Base base(event_base_new_with_config(config.get()));
    Teller timer(base.get(), "timer", -1, 0, [](Teller& t) {
        timeval one{}, two{};
        event_base_gettimeofday_cached(t.base(), &one);
        for (const long began = now_ms(); now_ms() - began < 12;) {
        }
        event_base_gettimeofday_cached(t.base(), &two);
        say("later %s", yes_no(evutil_timercmp(&one, &two, <)));
    });
    timer.add(1);
    loop(base.get());
}

SCENARIO(timers_with_a_zero_timeout_fire_in_the_next_turn) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0, [](Teller& t) {
        if (t.fires() < 3) t.add(0);
    });
    timer.add(0);
    loop(base.get(), EVLOOP_NONBLOCK);
    loop(base.get());
}

SCENARIO(timers_precise_flag_gives_the_same_order) {
    const Config config(event_config_new());
    event_config_set_flag(config.get(), EVENT_BASE_FLAG_PRECISE_TIMER);
    const Base base(event_base_new_with_config(config.get()));
    say("%s", event_base_get_method(base.get()));
    Teller one(base.get(), "one", -1, 0), two(base.get(), "two", -1, 0);
    two.add(4);
    one.add(2);
    loop(base.get());
}

SCENARIO(timers_a_negative_timeout_fires_at_once) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0);
    const timeval past{-1, 0};
    say("add = %d", event_add(timer.ev(), &past));
    loop(base.get(), EVLOOP_NONBLOCK);
}

SCENARIO(timers_an_expired_timer_that_is_deleted_does_not_fire) {
    const Base base = new_base();
    Teller later(base.get(), "later", -1, 0);
    Teller first(base.get(), "first", -1, 0, [](Teller& t) { t.other->del(); });
    first.other = &later;
    first.add(1);
    later.add(2);
    for (const long began = now_ms(); now_ms() - began < 5;) {
    }
    loop(base.get());
}
