// Scenarios: the far ends: huge and negative times, events that never stop making themselves
// active, storms of signals, interrupted waits, loops in loops, many events at once.
// Read next: races.cc.
#include <event2/event_struct.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <vector>

#include "tests/conformance/scenarios/scenario.h"

using namespace evglass::conformance;

namespace {

void quiet(evutil_socket_t, short, void*) {}

void again(Teller& t) {
    if (t.fires() < 20) event_active(t.ev(), EV_READ, 1);
}

}  // namespace

SCENARIO(T182_a_time_is_a_duration) {
    const Base base = new_base();
    Teller decades(base.get(), "decades", -1, 0), soon(base.get(), "soon", -1, 0);
    const timeval since_1970{1700000000, 0};
    say("add %d", event_add(decades.ev(), &since_1970));
    soon.add(1);
    loop(base.get(), EVLOOP_ONCE);
    say("decades: %s", decades.pending().c_str());
}

SCENARIO(limits_huge_times) {
    const Base base = new_base();
    for (const long seconds : {1L << 31, 1L << 33, 1L << 40}) {
        Teller far(base.get(), "far", -1, 0), soon(base.get(), "soon", -1, 0);
        const timeval tv{seconds, 999999};
        say("add %d", event_add(far.ev(), &tv));
        soon.add(1);
        loop(base.get(), EVLOOP_ONCE);
        say("far: %s", far.pending().c_str());
    }
}

SCENARIO(limits_negative_times_are_over) {
    const Base base = new_base();
    for (const long seconds : {-1L, -1000000L}) {
        Teller past(base.get(), "past", -1, 0);
        const timeval tv{seconds, 0};
        say("add %d", event_add(past.ev(), &tv));
        loop(base.get());
    }
}

SCENARIO(limits_loopexit_after_a_huge_time) {
    const Base base = new_base();
    const timeval huge{1L << 40, 0};
    say("exit %d", event_base_loopexit(base.get(), &huge));
    Teller timer(base.get(), "timer", -1, 0, [](Teller& t) { event_base_loopbreak(t.base()); });
    timer.add(1);
    loop(base.get());
}

SCENARIO(limits_a_self_activating_event_does_not_starve_io) {
    const Base base = new_base();
    Ends ends;
    static int turns;
    const auto spin = [](evutil_socket_t, short, void* arg) {
        auto* ev = *static_cast<event**>(arg);
        if (++turns < 100000) event_active(ev, EV_READ, 1);
    };
    event* self = nullptr;
    const Event owner(event_new(base.get(), -1, 0, spin, &self));
    self = owner.get();
    Teller reader(base.get(), "reader", ends.a(), EV_READ,
                  [](Teller& t) { event_base_loopbreak(t.base()); });
    reader.add();
    ends.write_b("x");
    event_active(self, EV_READ, 1);
    loop(base.get());
    say("before all its turns: %s", yes_no(turns < 100000));
}

SCENARIO(limits_a_self_activating_event_does_not_starve_timers) {
    constexpr int kMostTurns = 2000000;  // much longer than the timer waits, on any machine
    const Base base = new_base();
    static int turns;
    turns = 0;
    const auto spin = [](evutil_socket_t, short, void* arg) {
        auto* ev = *static_cast<event**>(arg);
        if (++turns < kMostTurns) event_active(ev, EV_READ, 1);
    };
    event* self = nullptr;
    const Event owner(event_new(base.get(), -1, 0, spin, &self));
    self = owner.get();
    Teller timer(base.get(), "timer", -1, 0, [](Teller& t) { event_base_loopbreak(t.base()); });
    timer.add(5);
    event_active(self, EV_READ, 1);
    loop(base.get());
    say("the timer came: %s", yes_no(turns < kMostTurns));
}

SCENARIO(limits_twenty_self_activations) {
    const Base base = new_base();
    Teller user(base.get(), "user", -1, 0, again);
    event_active(user.ev(), EV_READ, 1);
    loop(base.get());
    say("fired %d", user.fires());
}

SCENARIO(limits_self_activation_with_once) {
    const Base base = new_base();
    Teller user(base.get(), "user", -1, 0, again);
    event_active(user.ev(), EV_READ, 1);
    loop(base.get(), EVLOOP_ONCE);
    say("fired %d", user.fires());
}

SCENARIO(T085_an_interrupted_wait_is_no_error) {
    signal(SIGALRM, [](int) {});
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0);
    timer.add(60);
    itimerval often{};
    often.it_interval.tv_usec = often.it_value.tv_usec = 5000;
    setitimer(ITIMER_REAL, &often, nullptr);
    const long began = now_ms();
    loop(base.get());
    say("not too early %s", yes_no(now_ms() - began >= 55));
    itimerval never{};
    setitimer(ITIMER_REAL, &never, nullptr);
}

SCENARIO(signals_a_storm_is_counted) {
    const Base base = new_base();
    static int calls;
    const Event ev(event_new(
        base.get(), SIGUSR1, EV_SIGNAL | EV_PERSIST, [](evutil_socket_t, short, void*) { ++calls; },
        nullptr));
    event_add(ev.get(), nullptr);
    for (int round = 0; round < 10; ++round) {
        for (int i = 0; i < rounds(1000); ++i) raise(SIGUSR1);
        event_base_loop(base.get(), EVLOOP_NONBLOCK);
    }
    say("calls %d", calls);
}

SCENARIO(signals_dispositions_are_restored_one_by_one) {
    const auto handler_of = [](int number) {
        struct sigaction now {};
        sigaction(number, nullptr, &now);
        return now.sa_handler == SIG_IGN ? "ignore" : now.sa_handler == SIG_DFL ? "default" : "own";
    };
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, SIG_DFL);
    const Base base = new_base();
    {
        Teller one(base.get(), "one", SIGUSR1, EV_SIGNAL | EV_PERSIST);
        Teller two(base.get(), "two", SIGUSR1, EV_SIGNAL | EV_PERSIST);
        Teller three(base.get(), "three", SIGUSR2, EV_SIGNAL | EV_PERSIST);
        one.add();
        two.add();
        three.add();
        say("%s %s", handler_of(SIGUSR1), handler_of(SIGUSR2));
        one.del();
        say("%s %s", handler_of(SIGUSR1), handler_of(SIGUSR2));
        two.del();
        say("%s %s", handler_of(SIGUSR1), handler_of(SIGUSR2));
    }
    say("%s %s", handler_of(SIGUSR1), handler_of(SIGUSR2));
}

SCENARIO(signals_freeing_the_base_restores_the_handlers) {
    signal(SIGUSR1, SIG_IGN);
    Base base = new_base();
    struct event ev {};
    event_assign(&ev, base.get(), SIGUSR1, EV_SIGNAL | EV_PERSIST, quiet, nullptr);
    event_add(&ev, nullptr);
    base.reset();
    struct sigaction now {};
    sigaction(SIGUSR1, nullptr, &now);
    say("ignored again: %s", yes_no(now.sa_handler == SIG_IGN));
}

SCENARIO(signals_two_bases_one_after_the_other) {
    for (int i = 0; i < 2; ++i) {
        const Base base = new_base();
        Teller signal(base.get(), "signal", SIGUSR1, EV_SIGNAL);
        say("add %d", signal.add());
        raise(SIGUSR1);
        loop(base.get());
    }
}

SCENARIO(signals_the_base_that_loops_gets_them) {
    const Base one = new_base(), two = new_base();
    Teller first(one.get(), "first", SIGUSR1, EV_SIGNAL | EV_PERSIST);
    first.add();
    loop(two.get(), EVLOOP_NONBLOCK);
    raise(SIGUSR1);
    loop(one.get(), EVLOOP_NONBLOCK);
    loop(one.get(), EVLOOP_NONBLOCK);
}

SCENARIO(limits_many_timers_of_one_length) {
    const Base base = new_base();
    static int fired;
    std::vector<Event> timers;
    const timeval tv = after(2);
    for (int i = 0; i < 2000; ++i) {
        timers.emplace_back(event_new(
            base.get(), -1, 0, [](evutil_socket_t, short, void*) { ++fired; }, nullptr));
        event_add(timers.back().get(), &tv);
    }
    say("added %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED));
    loop(base.get());
    say("fired %d, most %d", fired,
        event_base_get_max_events(base.get(), EVENT_BASE_COUNT_ADDED, 0));
}

SCENARIO(limits_five_hundred_readers) {
    const Base base = new_base();
    static int fired;
    std::vector<std::unique_ptr<Ends>> wires;
    std::vector<Event> readers;
    for (int i = 0; i < 250; ++i) {
        wires.push_back(std::make_unique<Ends>());
        wires.back()->write_b("x");
        readers.emplace_back(event_new(
            base.get(), wires.back()->a(), EV_READ, [](evutil_socket_t, short, void*) { ++fired; },
            nullptr));
        event_add(readers.back().get(), nullptr);
    }
    loop(base.get());
    say("fired %d", fired);
}

SCENARIO(limits_a_loop_in_a_callback_of_another_base) {
    const Base outer = new_base(), inner = new_base();
    static event_base* other;
    other = inner.get();
    Teller inside(inner.get(), "inside", -1, 0);
    inside.add(1);
    Teller outside(outer.get(), "outside", -1, 0, [](Teller&) { loop(other); });
    outside.add(1);
    loop(outer.get());
}

SCENARIO(limits_a_base_freed_in_a_callback_of_another) {
    static Base* other;
    Base inner = new_base();
    other = &inner;
    const Base outer = new_base();
    Teller outside(outer.get(), "outside", -1, 0, [](Teller&) { other->reset(); });
    outside.add(1);
    loop(outer.get());
    say("gone %s", yes_no(inner == nullptr));
}

SCENARIO(T146_results_of_loops_that_were_told_to_end) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, EV_PERSIST, [](Teller& t) {
        if (t.fires() == 1) event_base_loopbreak(t.base());
        if (t.fires() == 2) event_base_loopexit(t.base(), nullptr);
        if (t.fires() == 3) t.del();
    });
    timer.add(1);
    for (int i = 0; i < 3; ++i) loop(base.get());
}

SCENARIO(T148_dispatch_is_the_loop_without_flags) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0);
    timer.add(1);
    say("dispatch %d", event_base_dispatch(base.get()));
    timer.add(1);
    say("loop %d", event_base_loop(base.get(), 0));
}

SCENARIO(T138_the_most_urgent_priority_is_0) {
    const Base base = new_base(3);
    Teller user[3] = {{base.get(), "0", -1, 0}, {base.get(), "1", -1, 0}, {base.get(), "2", -1, 0}};
    for (int i = 2; i >= 0; --i) event_priority_set(user[i].ev(), i);
    for (int i = 2; i >= 0; --i) event_active(user[i].ev(), EV_READ, 1);
    loop(base.get());
}

SCENARIO(T165_when_the_time_is_over_the_callback_is_told) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ);
    reader.add(2);
    loop(base.get());
}

SCENARIO(T198_a_common_timeout_of_another_base) {
    const Base one = new_base(), two = new_base();
    const timeval tv = after(1);
    const timeval* common = event_base_init_common_timeout(one.get(), &tv);
    Teller timer(one.get(), "timer", -1, 0);
    say("add %d", event_add(timer.ev(), common));
    loop(one.get());
    say("marked %s", yes_no(common->tv_usec != tv.tv_usec));
}

SCENARIO(limits_a_base_freed_with_common_timeouts_pending) {
    struct event ev[3] = {};
    Base base = new_base();
    const timeval tv = after(60000);
    const timeval* common = event_base_init_common_timeout(base.get(), &tv);
    for (struct event& e : ev) {
        event_assign(&e, base.get(), -1, 0, quiet, nullptr);
        say("add %d", event_add(&e, common));
    }
    base.reset();
    for (const struct event& e : ev)
        say("flags 0x%x", static_cast<unsigned>(e.ev_evcallback.evcb_flags));
}

SCENARIO(limits_common_timeouts_of_many_lengths) {
    const Base base = new_base();
    int made = 0;
    for (int i = 1; i <= 300; ++i) {
        const timeval tv = after(i);
        made += event_base_init_common_timeout(base.get(), &tv) != nullptr ? 1 : 0;
    }
    say("made %d", made);
}

SCENARIO(T084_no_time_is_cached_outside_the_loop) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0);
    timer.add(0);
    loop(base.get());
    timeval cached{}, now{};
    usleep(2000);
    say("%d", event_base_gettimeofday_cached(base.get(), &cached));
    evutil_gettimeofday(&now, nullptr);
    evutil_timersub(&now, &cached, &now);
    say("close to the clock: %s", yes_no(now.tv_sec == 0 && now.tv_usec < 500000));
}

SCENARIO(limits_the_cached_time_can_be_renewed) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0, [](Teller& t) {
        timeval before{}, same{}, later{};
        event_base_gettimeofday_cached(t.base(), &before);
        usleep(5000);
        event_base_gettimeofday_cached(t.base(), &same);
        say("update %d", event_base_update_cache_time(t.base()));
        event_base_gettimeofday_cached(t.base(), &later);
        say("same %s, later %s", yes_no(!evutil_timercmp(&same, &before, !=)),
            yes_no(evutil_timercmp(&later, &before, >)));
    });
    timer.add(0);
    loop(base.get());
    say("outside %d", event_base_update_cache_time(base.get()));
}

SCENARIO(T391_timeout_is_what_a_callback_is_told) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, EV_TIMEOUT);
    say("events %s", what_text(event_get_events(timer.ev())).c_str());
    timer.add();
    say("without a time: %s", timer.pending().c_str());
    timer.add(1);
    loop(base.get());
}

SCENARIO(T387_once_runs_each_event_of_its_batch_once) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_PERSIST);
    Teller user(base.get(), "user", -1, 0);
    reader.add();
    ends.write_b("x");
    event_active(user.ev(), EV_WRITE, 1);
    loop(base.get(), EVLOOP_ONCE);
    say("user %d, reader %d", user.fires(), reader.fires());
}

SCENARIO(T392_a_new_event_is_initialised_and_not_pending) {
    const Base base = new_base();
    Teller user(base.get(), "user", -1, EV_READ | EV_WRITE | EV_PERSIST);
    say("initialized %d, pending %s", event_initialized(user.ev()), user.pending().c_str());
}

// Shows T403 T194: what event_base_once refuses; it gives no handle back.
SCENARIO(T403_once_refuses_signals_and_persistence) {
    const Base base = new_base();
    for (const int events :
         {EV_SIGNAL, EV_PERSIST, EV_READ | EV_PERSIST, EV_SIGNAL | EV_READ, EV_TIMEOUT | EV_SIGNAL})
        say("%s: %d", what_text(events).c_str(),
            event_base_once(base.get(), SIGUSR1, static_cast<short>(events), quiet, nullptr,
                            nullptr));
    say("added %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED));
}

SCENARIO(T408_loopexit_sets_what_got_exit_tells) {
    const Base base = new_base();
    const timeval tv = after(1);
    event_base_loopexit(base.get(), &tv);
    say("added %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED));
    say("before %d", event_base_got_exit(base.get()));
    loop(base.get());
    say("after %d, added %d", event_base_got_exit(base.get()),
        event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED));
}

SCENARIO(limits_a_timer_that_was_deleted_last_ends_the_loop) {
    const Base base = new_base();
    Teller far(base.get(), "far", -1, 0);
    Teller near(base.get(), "near", -1, 0, [](Teller& t) { t.other->del(); });
    near.other = &far;
    far.add(100000);
    near.add(1);
    loop(base.get());
}
