// Scenarios: the loop: its flags and results, exit, break and continue, priorities within a turn,
// and what it does when nothing is left.
// Read next: active.cc.
#include "tests/conformance/scenarios/scenario.h"

using namespace evglass::conformance;

namespace {

constexpr short kUser = EV_TIMEOUT;

void activate(Teller& t) {
    event_active(t.ev(), kUser, 1);
}

}  // namespace

SCENARIO(T077_the_loop_ends_when_nothing_is_pending) {
    loop(new_base().get());
}

SCENARIO(T078_break_and_exit_are_forgotten_when_the_loop_starts) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0);
    timer.add(1);
    say("break = %d", event_base_loopbreak(base.get()));
    say("got_break %d", event_base_got_break(base.get()));
    loop(base.get());
    say("got_break %d, got_exit %d", event_base_got_break(base.get()),
        event_base_got_exit(base.get()));
}

SCENARIO(T082_once_runs_one_batch_by_priority) {
    const Base base = new_base(3);
    Teller low(base.get(), "low", -1, 0), middle(base.get(), "middle", -1, 0),
        high(base.get(), "high", -1, 0);
    event_priority_set(low.ev(), 2);
    event_priority_set(middle.ev(), 1);
    event_priority_set(high.ev(), 0);
    activate(low);
    activate(middle);
    activate(high);
    loop(base.get(), EVLOOP_ONCE);
    say("active left: %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ACTIVE));
}

SCENARIO(T083_nonblock_runs_until_nothing_is_active) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0);
    timer.add(5000);
    const long began = now_ms();
    loop(base.get(), EVLOOP_NONBLOCK);
    say("at once: %s", yes_no(now_ms() - began < 1000));
}

SCENARIO(T122_the_loop_is_not_entered_twice) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0, [](Teller& t) { loop(t.base(), EVLOOP_NONBLOCK); });
    timer.add(1);
    loop(base.get());
}

SCENARIO(T143_results_of_the_loop) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0);
    loop(base.get());
    loop(base.get(), EVLOOP_ONCE);
    loop(base.get(), EVLOOP_NONBLOCK);
    timer.add(5000);
    loop(base.get(), EVLOOP_NONBLOCK);
    timer.add(1);
    loop(base.get(), EVLOOP_ONCE);
    timer.add(1);
    loop(base.get());
}

SCENARIO(T144_once_waits_for_the_first_batch) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0), later(base.get(), "later", -1, 0);
    timer.add(2);
    later.add(5000);
    loop(base.get(), EVLOOP_ONCE);
    say("later still pending: %s", later.pending().c_str());
}

SCENARIO(T145_nonblock_and_once_together) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_PERSIST);
    reader.add();
    loop(base.get(), EVLOOP_ONCE | EVLOOP_NONBLOCK);
    ends.write_b("x");
    loop(base.get(), EVLOOP_ONCE | EVLOOP_NONBLOCK);
    loop(base.get(), EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

SCENARIO(T147_a_higher_priority_that_became_active_comes_first) {
    const Base base = new_base(2);
    Ends ends;
    static Ends* wire;
    wire = &ends;
    Teller low_two(base.get(), "low two", -1, 0);
    Teller reader(base.get(), "high reader", ends.a(), EV_READ);
    Teller low_one(base.get(), "low one", -1, 0, [](Teller& t) {
        wire->write_b("x");
        activate(*t.other);
    });
    low_one.other = &low_two;
    event_priority_set(reader.ev(), 0);
    event_priority_set(low_one.ev(), 1);
    event_priority_set(low_two.ev(), 1);
    reader.add();
    activate(low_one);
    loop(base.get());
}

SCENARIO(T186_low_priorities_starve_while_a_high_one_is_active) {
    const Base base = new_base(2);
    Teller low(base.get(), "low", -1, 0);
    Teller high(base.get(), "high", -1, 0, [](Teller& t) {
        if (t.fires() < 4) activate(t);
    });
    event_priority_set(low.ev(), 1);
    event_priority_set(high.ev(), 0);
    activate(low);
    activate(high);
    loop(base.get(), EVLOOP_NONBLOCK);
}

SCENARIO(T186_break_leaves_low_priorities_active) {
    const Base base = new_base(2);
    Teller low(base.get(), "low", -1, 0);
    Teller high(base.get(), "high", -1, 0, [](Teller& t) { event_base_loopbreak(t.base()); });
    event_priority_set(low.ev(), 1);
    event_priority_set(high.ev(), 0);
    activate(low);
    activate(high);
    loop(base.get());
    say("low %s", low.pending().c_str());
    loop(base.get());
}

SCENARIO(T149_loopexit_after_a_time) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ);
    reader.add();
    const timeval tv = after(5);
    say("loopexit = %d", event_base_loopexit(base.get(), &tv));
    loop(base.get());
    say("got_exit %d, got_break %d", event_base_got_exit(base.get()),
        event_base_got_break(base.get()));
    say("reader %s", reader.pending().c_str());
}

SCENARIO(T150_loopexit_finishes_the_active_queue) {
    const Base base = new_base();
    Teller one(base.get(), "one", -1, 0,
               [](Teller& t) { say("loopexit = %d", event_base_loopexit(t.base(), nullptr)); });
    Teller two(base.get(), "two", -1, 0), three(base.get(), "three", -1, 0);
    Teller pending(base.get(), "pending", -1, 0);
    pending.add(5000);
    activate(one);
    activate(two);
    activate(three);
    loop(base.get());
    say("got_exit %d", event_base_got_exit(base.get()));
}

SCENARIO(T150_loopexit_leaves_lower_priorities) {
    const Base base = new_base(2);
    Teller low(base.get(), "low", -1, 0);
    Teller one(base.get(), "high one", -1, 0,
               [](Teller& t) { event_base_loopexit(t.base(), nullptr); });
    Teller two(base.get(), "high two", -1, 0);
    event_priority_set(low.ev(), 1);
    event_priority_set(one.ev(), 0);
    event_priority_set(two.ev(), 0);
    activate(low);
    activate(one);
    activate(two);
    loop(base.get());
    say("low %s", low.pending().c_str());
}

SCENARIO(T151_loopbreak_stops_after_the_current_callback) {
    const Base base = new_base();
    Teller one(base.get(), "one", -1, 0,
               [](Teller& t) { say("break = %d", event_base_loopbreak(t.base())); });
    Teller two(base.get(), "two", -1, 0);
    activate(one);
    activate(two);
    loop(base.get());
    say("got_break %d, two %s", event_base_got_break(base.get()), two.pending().c_str());
    loop(base.get());
}

SCENARIO(T152_loopexit_before_the_loop_gives_one_round) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_PERSIST);
    reader.add();
    ends.write_b("x");
    say("loopexit = %d", event_base_loopexit(base.get(), nullptr));
    loop(base.get());
    say("fired %d", reader.fires());
}

SCENARIO(T153_loopbreak_before_the_loop_has_no_effect) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0);
    timer.add(1);
    event_base_loopbreak(base.get());
    loop(base.get());
}

SCENARIO(T154_loopexit_and_dispatch_in_a_loop_give_ticks) {
    const Base base = new_base();
    for (int tick = 0; tick < 4; ++tick) {
        const timeval tv = after(2);
        event_base_loopexit(base.get(), &tv);
        const int result = event_base_dispatch(base.get());
        say("tick %d: %d, got_exit %d", tick, result, event_base_got_exit(base.get()));
    }
}

SCENARIO(T155_got_exit_is_reset_at_the_next_start) {
    const Base base = new_base();
    event_base_loopexit(base.get(), nullptr);
    loop(base.get());
    say("got_exit %d", event_base_got_exit(base.get()));
    loop(base.get());
    say("got_exit %d", event_base_got_exit(base.get()));
}

SCENARIO(loopcontinue_looks_for_new_events_before_the_rest) {
    const Base base = new_base(2);
    Teller high(base.get(), "high", -1, 0);
    Teller two(base.get(), "low two", -1, 0);
    Teller one(base.get(), "low one", -1, 0, [](Teller& t) {
        activate(*t.other);
        say("continue = %d", event_base_loopcontinue(t.base()));
    });
    one.other = &high;
    event_priority_set(high.ev(), 0);
    event_priority_set(one.ev(), 1);
    event_priority_set(two.ev(), 1);
    activate(one);
    activate(two);
    loop(base.get());
}

SCENARIO(T388_no_exit_on_empty_goes_on) {
    const Base base = new_base();
    const timeval tv = after(5);
    const long began = now_ms();
    event_base_loopexit(base.get(), &tv);
    loop(base.get(), EVLOOP_NO_EXIT_ON_EMPTY);
    say("got_exit %d, waited %s", event_base_got_exit(base.get()), yes_no(now_ms() >= began));
}

SCENARIO(T388_no_exit_on_empty_with_nonblock) {
    const Base base = new_base();
    loop(base.get(), EVLOOP_NO_EXIT_ON_EMPTY | EVLOOP_NONBLOCK);
}

// Shows T042: it blocks until no event is left.
SCENARIO(T389_dispatch_is_loop_without_flags) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0);
    timer.add(1);
    say("dispatch = %d", event_base_dispatch(base.get()));
    say("dispatch = %d", event_base_dispatch(base.get()));
}

SCENARIO(T390_break_from_a_timer_leaves_the_rest_pending) {
    const Base base = new_base();
    Teller breaker(base.get(), "breaker", -1, 0, [](Teller& t) { event_base_loopbreak(t.base()); });
    Teller later(base.get(), "later", -1, 0);
    breaker.add(1);
    later.add(5000);
    loop(base.get());
    say("later %s", later.pending().c_str());
}

SCENARIO(max_callbacks_per_turn) {
    const Config config(event_config_new());
    say("interval = %d", event_config_set_max_dispatch_interval(config.get(), nullptr, 2, 0));
    const Base base(event_base_new_with_config(config.get()));
    Teller a(base.get(), "a", -1, 0), b(base.get(), "b", -1, 0), c(base.get(), "c", -1, 0);
    activate(a);
    activate(b);
    activate(c);
    loop(base.get(), EVLOOP_ONCE);
    say("active left: %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ACTIVE));
    loop(base.get(), EVLOOP_ONCE);
    say("active left: %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ACTIVE));
}
