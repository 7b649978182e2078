// Scenarios: signals: when their callbacks run, how often, and what is left of the old handlers.
// Every signal is raised by the scenario itself.
// Read next: threads.cc.
#include <signal.h>
#include <sys/time.h>

#include "tests/conformance/scenarios/scenario.h"

using namespace evglass::conformance;

namespace {

volatile sig_atomic_t old_handler_ran;
void old_handler(int) {
    old_handler_ran = old_handler_ran + 1;
}

void del(Teller& t) {
    t.del();
}

}  // namespace

SCENARIO(T173_signal_callbacks_run_in_the_loop) {
    const Base base = new_base();
    Teller signal(base.get(), "signal", SIGUSR1, EV_SIGNAL | EV_PERSIST, del);
    say("add = %d", signal.add());
    say("pending %s, signal number %s", signal.pending().c_str(),
        yes_no(event_get_signal(signal.ev()) == SIGUSR1));
    raise(SIGUSR1);
    say("raised");
    loop(base.get());
}

SCENARIO(T173_a_signal_while_the_loop_sleeps) {
    const Base base = new_base();
    Teller signal(base.get(), "signal", SIGALRM, EV_SIGNAL | EV_PERSIST, del);
    signal.add();
    itimerval soon{};
    soon.it_value.tv_usec = 10000;
    setitimer(ITIMER_REAL, &soon, nullptr);
    loop(base.get());
}

SCENARIO(T173_a_signal_that_is_not_persistent) {
    const Base base = new_base();
    Teller signal(base.get(), "signal", SIGUSR1, EV_SIGNAL);
    signal.add();
    raise(SIGUSR1);
    loop(base.get());
    say("pending %s", signal.pending().c_str());
}

SCENARIO(T173_several_raises_are_several_calls) {
    const Base base = new_base();
    Teller signal(base.get(), "signal", SIGUSR1, EV_SIGNAL | EV_PERSIST, [](Teller& t) {
        if (t.fires() == 3) t.del();
    });
    signal.add();
    for (int i = 0; i < 3; ++i) raise(SIGUSR1);
    loop(base.get());
    say("fired %d", signal.fires());
}

SCENARIO(T173_del_ends_the_calls_that_are_left) {
    const Base base = new_base();
    Teller signal(base.get(), "signal", SIGUSR1, EV_SIGNAL | EV_PERSIST, del);
    signal.add();
    for (int i = 0; i < 3; ++i) raise(SIGUSR1);
    loop(base.get());
    say("fired %d", signal.fires());
}

SCENARIO(T174_a_timeout_on_a_signal_event) {
    const Base base = new_base();
    Teller signal(base.get(), "signal", SIGUSR1, EV_SIGNAL | EV_PERSIST);
    signal.add(5);
    loop(base.get(), EVLOOP_ONCE);
    say("pending %s", signal.pending().c_str());
}

SCENARIO(T175_a_second_base_that_takes_signals) {
    const Base one = new_base(), two = new_base();
    Teller first(one.get(), "first", SIGUSR1, EV_SIGNAL | EV_PERSIST);
    Teller second(two.get(), "second", SIGUSR1, EV_SIGNAL | EV_PERSIST);
    say("add = %d", first.add());
    say("add = %d", second.add());
}

SCENARIO(T400_two_events_for_one_signal) {
    const Base base = new_base();
    Teller one(base.get(), "one", SIGUSR1, EV_SIGNAL | EV_PERSIST, del);
    Teller two(base.get(), "two", SIGUSR1, EV_SIGNAL | EV_PERSIST, del);
    one.add();
    two.add();
    raise(SIGUSR1);
    loop(base.get());
}

SCENARIO(T400_two_signals) {
    const Base base = new_base();
    Teller one(base.get(), "usr1", SIGUSR1, EV_SIGNAL | EV_PERSIST, del);
    Teller two(base.get(), "usr2", SIGUSR2, EV_SIGNAL | EV_PERSIST, del);
    one.add();
    two.add();
    raise(SIGUSR2);
    raise(SIGUSR1);
    loop(base.get());
}

SCENARIO(T401_a_signal_and_a_delayed_exit) {
    const Base base = new_base();
    Teller signal(base.get(), "signal", SIGINT, EV_SIGNAL | EV_PERSIST, [](Teller& t) {
        const timeval tv = after(5);
        say("loopexit = %d", event_base_loopexit(t.base(), &tv));
    });
    signal.add();
    raise(SIGINT);
    loop(base.get());
    say("got_exit %d, pending %s", event_base_got_exit(base.get()), signal.pending().c_str());
}

SCENARIO(signals_the_old_handler_comes_back) {
    struct sigaction old {};
    old.sa_handler = old_handler;
    sigaction(SIGUSR1, &old, nullptr);
    const Base base = new_base();
    Teller signal(base.get(), "signal", SIGUSR1, EV_SIGNAL | EV_PERSIST);
    signal.add();
    raise(SIGUSR1);
    say("old handler ran %d", static_cast<int>(old_handler_ran));
    loop(base.get(), EVLOOP_NONBLOCK);
    loop(base.get(), EVLOOP_NONBLOCK);
    signal.del();
    raise(SIGUSR1);
    say("old handler ran %d", static_cast<int>(old_handler_ran));
}

SCENARIO(signals_wake_a_loop_with_timers) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0), signal(base.get(), "signal", SIGUSR1, EV_SIGNAL);
    timer.add(30);
    signal.add();
    raise(SIGUSR1);
    loop(base.get());
}

SCENARIO(signals_pending_signal_keeps_the_loop_alive) {
    const Base base = new_base();
    Teller signal(base.get(), "signal", SIGUSR1, EV_SIGNAL | EV_PERSIST);
    signal.add();
    say("added %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED));
    loop(base.get(), EVLOOP_NONBLOCK);
    signal.del();
    say("added %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED));
    loop(base.get());
}

SCENARIO(signals_made_active_by_hand) {
    const Base base = new_base();
    Teller signal(base.get(), "signal", SIGUSR1, EV_SIGNAL | EV_PERSIST);
    event_active(signal.ev(), EV_SIGNAL, 3);
    loop(base.get());
    say("fired %d", signal.fires());
}

SCENARIO(signals_a_number_out_of_range) {
    const Base base = new_base();
    for (const int number : {0, 64, 1000}) {
        Teller signal(base.get(), "signal", number, EV_SIGNAL);
        const int result = signal.ev() == nullptr ? -2 : signal.add();
        say("%d: add = %d", number, result);
    }
}
