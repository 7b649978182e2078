// Scenarios: things that meet: a timeout and data at once, changes made in the event's own
// callback, priorities that change while something is pending, debug mode, the end of a base that
// is busy. Read next: util.cc.
#include <event2/event_compat.h>
#include <event2/event_struct.h>
#include <event2/thread.h>
#include <signal.h>
#include <unistd.h>

#include "tests/conformance/scenarios/scenario.h"

using namespace evglass::conformance;

namespace {

void quiet(evutil_socket_t, short, void*) {}

void wait_ms(int milliseconds) {
    for (const long began = now_ms(); now_ms() - began < milliseconds;) {
    }
}

void die_of(int) {
    say("fatal");
    _exit(42);
}

}  // namespace

SCENARIO(mixed_data_and_timeout_in_one_turn) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ);
    reader.add(5);
    ends.write_b("x");
    wait_ms(20);
    loop(base.get());
}

SCENARIO(mixed_a_new_interval_from_the_callback) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, EV_PERSIST, [](Teller& t) {
        if (t.fires() == 1) say("add = %d", t.add(15));
        if (t.fires() == 3) t.del();
    });
    timer.add(2);
    loop(base.get());
}

SCENARIO(mixed_remove_timer_in_the_callback) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_PERSIST,
                  [](Teller& t) { say("remove = %d", event_remove_timer(t.ev())); });
    reader.add(3);
    loop(base.get(), EVLOOP_ONCE);
    say("pending %s", reader.pending().c_str());
}

SCENARIO(mixed_ncalls_of_an_event_that_is_no_signal) {
    const Base base = new_base();
    Teller user(base.get(), "user", -1, 0);
    event_active(user.ev(), EV_WRITE, 5);
    loop(base.get());
    say("fired %d", user.fires());
}

SCENARIO(mixed_active_by_hand_restarts_a_persistent_timeout) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_PERSIST);
    reader.add(5000);
    event_active(reader.ev(), EV_READ, 1);
    loop(base.get(), EVLOOP_NONBLOCK);
    say("pending %s", reader.pending().c_str());
}

SCENARIO(mixed_active_by_hand_ends_a_single_event) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ);
    reader.add(5000);
    event_active(reader.ev(), EV_READ, 1);
    loop(base.get(), EVLOOP_NONBLOCK);
    say("pending %s", reader.pending().c_str());
}

SCENARIO(mixed_priority_changes_while_pending) {
    const Base base = new_base(3);
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ);
    Teller user(base.get(), "user", -1, 0);
    reader.add();
    say("set = %d", event_priority_set(reader.ev(), 2));
    ends.write_b("x");
    event_active(user.ev(), EV_TIMEOUT, 1);
    loop(base.get());
}

SCENARIO(mixed_an_event_with_a_priority_that_is_gone) {
    const Base base = new_base(5);
    Teller user(base.get(), "user", -1, 0);
    say("set = %d", event_priority_set(user.ev(), 1));
    say("init(2) = %d", event_base_priority_init(base.get(), 2));
    event_active(user.ev(), EV_TIMEOUT, 1);
    loop(base.get());
}

SCENARIO(mixed_two_exits_the_earlier_wins) {
    const Base base = new_base();
    const timeval late = after(5000), soon = after(3);
    event_base_loopexit(base.get(), &late);
    event_base_loopexit(base.get(), &soon);
    loop(base.get());
    say("added %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED));
}

SCENARIO(mixed_break_and_exit_together) {
    const Base base = new_base();
    Teller user(base.get(), "user", -1, 0, [](Teller& t) {
        event_base_loopexit(t.base(), nullptr);
        event_base_loopbreak(t.base());
    });
    event_active(user.ev(), EV_TIMEOUT, 1);
    loop(base.get());
    say("got_exit %d, got_break %d", event_base_got_exit(base.get()),
        event_base_got_break(base.get()));
    loop(base.get());
    say("got_exit %d, got_break %d", event_base_got_exit(base.get()),
        event_base_got_break(base.get()));
}

SCENARIO(mixed_once_with_no_exit_on_empty) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0);
    timer.add(2);
    loop(base.get(), EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY);
}

SCENARIO(mixed_a_base_is_freed_with_active_events) {
    Base base = new_base(2);
    struct event user {};
    event_assign(&user, base.get(), -1, 0, quiet, nullptr);
    event_active(&user, EV_TIMEOUT, 1);
    base.reset();
    say("flags 0x%x", static_cast<unsigned>(user.ev_evcallback.evcb_flags));
}

SCENARIO(mixed_an_event_frees_another_of_its_fd) {
    const Base base = new_base();
    Ends ends;
    Teller older(base.get(), "older", ends.a(), EV_READ);
    Teller newer(base.get(), "newer", ends.a(), EV_READ, [](Teller& t) { t.other->release(); });
    newer.other = &older;
    older.add();
    newer.add();
    ends.write_b("x");
    loop(base.get());
    say("older ran %d", older.fires());
}

SCENARIO(mixed_an_fd_number_is_used_again) {
    const Base base = new_base();
    Ends ends;
    Fd fd(dup(ends.a()));
    const int number = fd;
    {
        Teller reader(base.get(), "first", fd, EV_READ);
        reader.add();
    }
    fd.close();
    Ends other;
    const Fd again(dup2(other.a(), number));
    Teller reader(base.get(), "second", again, EV_READ);
    say("add = %d", reader.add());
    other.write_b("x");
    loop(base.get());
}

SCENARIO(mixed_a_signal_raised_in_a_signal_callback) {
    const Base base = new_base();
    Teller signal(base.get(), "signal", SIGUSR1, EV_SIGNAL | EV_PERSIST, [](Teller& t) {
        if (t.fires() < 3) raise(SIGUSR1);
        if (t.fires() == 3) t.del();
    });
    signal.add();
    raise(SIGUSR1);
    loop(base.get());
}

SCENARIO(mixed_a_single_signal_event_raised_three_times) {
    const Base base = new_base();
    Teller signal(base.get(), "signal", SIGUSR1, EV_SIGNAL);
    signal.add();
    for (int i = 0; i < 3; ++i) raise(SIGUSR1);
    loop(base.get());
    say("fired %d, pending %s", signal.fires(), signal.pending().c_str());
}

SCENARIO(mixed_break_in_the_first_of_three_signal_calls) {
    const Base base = new_base();
    Teller signal(base.get(), "signal", SIGUSR1, EV_SIGNAL | EV_PERSIST,
                  [](Teller& t) { event_base_loopbreak(t.base()); });
    signal.add();
    for (int i = 0; i < 3; ++i) raise(SIGUSR1);
    loop(base.get());
    say("fired %d", signal.fires());
    event_base_loop(base.get(), EVLOOP_NONBLOCK);
    say("fired %d", signal.fires());
}

SCENARIO(mixed_active_by_signal_number) {
    const Base base = new_base();
    Teller signal(base.get(), "signal", SIGUSR2, EV_SIGNAL | EV_PERSIST);
    signal.add();
    event_base_active_by_signal(base.get(), SIGUSR2);
    event_base_active_by_signal(base.get(), SIGUSR1);
    loop(base.get(), EVLOOP_NONBLOCK);
    say("fired %d", signal.fires());
}

SCENARIO(mixed_reinit_of_an_empty_base) {
    const Base base = new_base();
    say("reinit = %d", event_reinit(base.get()));
    Teller timer(base.get(), "timer", -1, 0);
    timer.add(1);
    loop(base.get());
}

SCENARIO(mixed_limits_of_a_turn_by_priority) {
    const Config config(event_config_new());
    event_config_set_max_dispatch_interval(config.get(), nullptr, 1, 1);
    const Base base(event_base_new_with_config(config.get()));
    event_base_priority_init(base.get(), 3);
    Teller a(base.get(), "low a", -1, 0), b(base.get(), "low b", -1, 0),
        high(base.get(), "high", -1, 0);
    a.other = &high;
    event_priority_set(a.ev(), 2);
    event_priority_set(b.ev(), 2);
    event_priority_set(high.ev(), 0);
    event_active(a.ev(), EV_TIMEOUT, 1);
    event_active(b.ev(), EV_TIMEOUT, 1);
    event_base_loop(base.get(), EVLOOP_ONCE);
    say("active left %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ACTIVE));
    event_active(high.ev(), EV_TIMEOUT, 1);
    loop(base.get());
}

SCENARIO(debug_mode_an_added_event_is_assigned_again) {
    event_set_fatal_callback(die_of);
    event_enable_debug_mode();
    const Base base = new_base();
    struct event ev {};
    event_assign(&ev, base.get(), -1, 0, quiet, nullptr);
    const timeval tv = after(5000);
    event_add(&ev, &tv);
    event_assign(&ev, base.get(), -1, 0, quiet, nullptr);
    say("not reached");
}

SCENARIO(debug_mode_a_normal_life) {
    event_enable_debug_mode();
    const Base base = new_base();
    {
        struct Assigned {
            struct event ev {};
            ~Assigned() {
                (event_del)(&ev);
                event_debug_unassign(&ev);
            }
        } one;
        event_assign(&one.ev, base.get(), -1, 0, quiet, nullptr);
        const timeval tv = after(1);
        event_add(&one.ev, &tv);
        loop(base.get());
    }
    Teller timer(base.get(), "timer", -1, 0);
    timer.add(1);
    loop(base.get());
}

// Shows T116: an event that was never assigned is found.
SCENARIO(debug_mode_an_event_that_was_never_assigned) {
    event_set_fatal_callback(die_of);
    event_enable_debug_mode();
    const Base base = new_base();
    struct event ev {};
    const int result = event_add(&ev, nullptr);
    say("add = %d", result);
}

SCENARIO(debug_mode_twice) {
    event_set_fatal_callback(die_of);
    event_enable_debug_mode();
    event_enable_debug_mode();
    say("not reached");
}

SCENARIO(lock_debugging_a_normal_life) {
    evthread_enable_lock_debugging();
    say("use = %d", evthread_use_pthreads());
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0);
    timer.add(1);
    loop(base.get());
}

SCENARIO(old_interface_once_and_loopexit) {
    const Base base(event_init());
    const timeval tv = after(2), later = after(8);
    const auto tell = [](evutil_socket_t fd, short what, void*) {
        say("once: fd %d %s", fd, what_text(what).c_str());
    };
    say("event_once = %d", event_once(-1, EV_TIMEOUT, tell, nullptr, &tv));
    say("event_loopexit = %d", event_loopexit(&later));
    say("event_loop = %d", event_loop(0));
    say("priority_init = %d", event_priority_init(3));
    say("method is known: %s", yes_no(event_get_method() != nullptr));
}

SCENARIO(old_interface_signal_macros) {
    const Base base(event_init());
    struct event signal {};
    signal_set(
        &signal, SIGUSR1,
        [](evutil_socket_t fd, short what, void* arg) {
            say("signal: right number %s, %s", yes_no(fd == SIGUSR1), what_text(what).c_str());
            signal_del(static_cast<struct event*>(arg));
        },
        &signal);
    say("add = %d", signal_add(&signal, nullptr));
    say("pending %s", yes_no(signal_pending(&signal, nullptr) != 0));
    raise(SIGUSR1);
    say("event_dispatch = %d", event_dispatch());
}

SCENARIO(global_shutdown_and_again) {
    { const Base base = new_base(); }
    libevent_global_shutdown();
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0);
    timer.add(1);
    loop(base.get());
}
