// Scenarios: an event's states, seen from outside: event_pending, the flags, what add, del, assign
// and free do in each state, and the getters.
// Read next: io.cc.
#include <event2/event_struct.h>
#include <signal.h>

#include <cstring>

#include "tests/conformance/scenarios/scenario.h"

using namespace evglass::conformance;

namespace {

void quiet(evutil_socket_t, short, void*) {}

void tell_priority(event* ev, int wanted) {
    const int result = event_priority_set(ev, wanted);
    say("set(%d) = %d, now %d", wanted, result, event_get_priority(ev));
}

unsigned flags(const event* ev) {
    return static_cast<unsigned>(ev->ev_evcallback.evcb_flags);
}

}  // namespace

SCENARIO(T059_a_new_event_is_not_pending) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_PERSIST);
    say("pending %s, initialized %d", reader.pending().c_str(), event_initialized(reader.ev()));
    say("in the base: %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED));
}

SCENARIO(T062_event_add_makes_it_pending) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ);
    Teller both(base.get(), "both", ends.b(), EV_READ | EV_WRITE);
    Teller timer(base.get(), "timer", -1, 0);
    say("add = %d", reader.add());
    say("add with a timeout = %d", both.add(5000));
    say("add a timer = %d", timer.add(5000));
    say("%s, %s, %s", reader.pending().c_str(), both.pending().c_str(), timer.pending().c_str());
    say("in the base: %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED));
}

SCENARIO(T159_flags_through_a_life) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ,
                  [](Teller& t) { say("in the callback 0x%x", flags(t.ev())); });
    say("new 0x%x", flags(reader.ev()));
    reader.add();
    say("added 0x%x", flags(reader.ev()));
    reader.add(5000);
    say("with a timeout 0x%x", flags(reader.ev()));
    event_active(reader.ev(), EV_READ, 1);
    say("active 0x%x", flags(reader.ev()));
    loop(base.get(), EVLOOP_NONBLOCK);
    say("after 0x%x", flags(reader.ev()));
}

SCENARIO(T160_persistent_stays_pending_in_its_callback) {
    const Base base = new_base();
    Ends one, two;
    const auto tell = [](Teller& t) { say("pending %s", t.pending().c_str()); };
    Teller persistent(base.get(), "persistent", one.a(), EV_READ | EV_PERSIST, tell);
    Teller single(base.get(), "single", two.a(), EV_READ, tell);
    persistent.add(5000);
    single.add(5000);
    one.write_b("x");
    loop(base.get(), EVLOOP_ONCE);
    two.write_b("x");
    one.drain(one.a());
    loop(base.get(), EVLOOP_ONCE);
    say("after: %s, %s", persistent.pending().c_str(), single.pending().c_str());
}

SCENARIO(T162_event_new_refuses_signal_with_io) {
    const Base base = new_base();
    for (const int events : {EV_SIGNAL | EV_READ, EV_SIGNAL | EV_WRITE, EV_SIGNAL | EV_CLOSED}) {
        const Event ev(event_new(base.get(), SIGUSR1, static_cast<short>(events), quiet, nullptr));
        say("%s: %s", what_text(events).c_str(), ev == nullptr ? "null" : "an event");
    }
    struct event ev {};
    say("assign = %d", event_assign(&ev, base.get(), SIGUSR1, EV_SIGNAL | EV_READ, quiet, nullptr));
}

SCENARIO(T163_freeing_a_pending_event_is_safe) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ);
    reader.add(20);
    say("in the base: %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED));
    reader.release();
    say("in the base: %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED));
    loop(base.get());
}

SCENARIO(T168_a_single_event_is_not_pending_in_its_callback) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0,
                 [](Teller& t) { say("pending %s", t.pending().c_str()); });
    timer.add(1);
    loop(base.get());
}

SCENARIO(T169_an_event_may_add_itself_again) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0, [](Teller& t) {
        if (t.fires() == 3) return;
        say("again = %d", t.add(1));
        say("pending %s", t.pending().c_str());
    });
    timer.add(1);
    loop(base.get());
    say("fired %d times", timer.fires());
}

SCENARIO(T170_del_in_its_callback_ends_a_persistent_event) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, EV_PERSIST, [](Teller& t) {
        if (t.fires() < 3) return;
        say("del = %d", t.del());
        say("pending %s", t.pending().c_str());
    });
    timer.add(2);
    loop(base.get());
    say("fired %d times", timer.fires());
}

SCENARIO(T178_assign_on_a_pending_event_forgets_that_it_is) {
    const Base base = new_base();
    Ends ends;
    struct event ev {};
    event_assign(&ev, base.get(), ends.a(), EV_READ, quiet, nullptr);
    event_add(&ev, nullptr);
    say("pending %s", what_text(event_pending(&ev, EV_READ, nullptr)).c_str());
    struct event saved = ev;
    event_assign(&ev, base.get(), ends.a(), EV_READ, quiet, nullptr);
    say("pending %s", what_text(event_pending(&ev, EV_READ, nullptr)).c_str());
    ev = saved;
    say("del = %d", event_del(&ev));
}

// Shows T177: and it is the size that this version was compiled with.
SCENARIO(T179_struct_event_size_at_run_time) {
    say("%zu, as compiled: %s", event_get_struct_event_size(),
        yes_no(event_get_struct_event_size() == sizeof(struct event)));
}

SCENARIO(T183_del_of_a_non_pending_event_is_0) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ);
    say("never added: %d", reader.del());
    reader.add();
    say("added: %d", reader.del());
    say("again: %d", reader.del());
    say("pending %s", reader.pending().c_str());
}

SCENARIO(T183_del_of_an_event_without_a_base_fails) {
    struct event ev {};
    event_assign(&ev, nullptr, -1, 0, quiet, nullptr);
    say("base is null: %s", yes_no(event_get_base(&ev) == nullptr));
    say("del = %d", event_del(&ev));
    say("add = %d", event_add(&ev, nullptr));
}

SCENARIO(T184_deleted_after_activation_does_not_run) {
    const Base base = new_base();
    Ends one, two;
    // Both are ready in one turn; the first that runs deletes the other.
    const auto del_other = [](Teller& t) { say("del the other = %d", t.other->del()); };
    Teller first(base.get(), "either", one.a(), EV_READ, del_other);
    Teller second(base.get(), "either", two.a(), EV_READ, del_other);
    first.other = &second;
    second.other = &first;
    first.add();
    second.add();
    one.write_b("x");
    two.write_b("x");
    loop(base.get());
    say("ran %d", first.fires() + second.fires());
}

SCENARIO(T188_event_pending_is_masked) {
    const Base base = new_base();
    Ends ends;
    Teller both(base.get(), "both", ends.a(), EV_READ | EV_WRITE);
    both.add(5000);
    for (const short mask :
         {EV_READ, EV_WRITE, EV_TIMEOUT, EV_SIGNAL, EV_READ | EV_TIMEOUT, EV_PERSIST})
        say("%s: %s", what_text(mask).c_str(),
            what_text(event_pending(both.ev(), mask, nullptr)).c_str());
    both.del();
    event_active(both.ev(), EV_WRITE, 1);
    say("active: %s", both.pending().c_str());
    both.del();
    say("deleted: %s", both.pending().c_str());
}

SCENARIO(T189_tv_out_is_the_expiry_on_the_wall_clock) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0);
    timer.add(3000);
    timeval expiry{}, now{};
    event_pending(timer.ev(), EV_TIMEOUT, &expiry);
    evutil_gettimeofday(&now, nullptr);
    const long left = (expiry.tv_sec - now.tv_sec) * 1000 + (expiry.tv_usec - now.tv_usec) / 1000;
    say("about three seconds: %s", yes_no(left > 2000 && left < 3500));
}

SCENARIO(T190_getters_return_what_was_assigned) {
    const Base base = new_base(4);
    Ends ends;
    int arg = 0;
    const Event ev(event_new(base.get(), ends.a(), EV_READ | EV_PERSIST, quiet, &arg));
    event_priority_set(ev.get(), 2);
    event_base* b = nullptr;
    evutil_socket_t fd = -1;
    short events = 0;
    event_callback_fn callback = nullptr;
    void* got = nullptr;
    event_get_assignment(ev.get(), &b, &fd, &events, &callback, &got);
    say("assignment: base %s fd %s events %s callback %s arg %s", yes_no(b == base.get()),
        yes_no(fd == ends.a()), what_text(events).c_str(), yes_no(callback == quiet),
        yes_no(got == &arg));
    say("fd %s, signal %s", yes_no(event_get_fd(ev.get()) == ends.a()),
        yes_no(event_get_signal(ev.get()) == ends.a()));
    say("events %s, priority %d", what_text(event_get_events(ev.get())).c_str(),
        event_get_priority(ev.get()));
    say("callback %s arg %s base %s", yes_no(event_get_callback(ev.get()) == quiet),
        yes_no(event_get_callback_arg(ev.get()) == &arg),
        yes_no(event_get_base(ev.get()) == base.get()));
}

SCENARIO(T191_get_assignment_ignores_null) {
    const Base base = new_base();
    const Event ev(event_new(base.get(), -1, EV_PERSIST, quiet, nullptr));
    event_get_assignment(ev.get(), nullptr, nullptr, nullptr, nullptr, nullptr);
    short events = 0;
    event_get_assignment(ev.get(), nullptr, nullptr, &events, nullptr, nullptr);
    say("%s", what_text(events).c_str());
}

SCENARIO(T199_event_initialized) {
    const Base base = new_base();
    struct event ev;
    std::memset(&ev, 0, sizeof ev);
    say("zeroed: %d", event_initialized(&ev));
    event_assign(&ev, base.get(), -1, 0, quiet, nullptr);
    say("assigned: %d", event_initialized(&ev));
    event_add(&ev, nullptr);
    event_del(&ev);
    say("added and deleted: %d", event_initialized(&ev));
}

SCENARIO(T185_priority_outside_the_range_is_refused) {
    const Base base = new_base(3);
    Teller timer(base.get(), "timer", -1, 0);
    for (const int priority : {0, 2, 3, -1, 1000}) tell_priority(timer.ev(), priority);
    event_active(timer.ev(), EV_TIMEOUT, 1);
    say("while active = %d", event_priority_set(timer.ev(), 1));
}

SCENARIO(T092_self_cbarg_is_the_event_itself) {
    const Base base = new_base();
    static event* seen;
    const Event ev(event_new(
        base.get(), -1, 0,
        [](evutil_socket_t, short, void* arg) { seen = static_cast<event*>(arg); },
        event_self_cbarg()));
    event_active(ev.get(), EV_TIMEOUT, 1);
    loop(base.get(), EVLOOP_NONBLOCK);
    say("itself: %s", yes_no(seen == ev.get()));
}

SCENARIO(T091_an_event_may_free_itself_in_its_callback) {
    const Base base = new_base();
    static Event* owner;
    Event ev(event_new(
        base.get(), -1, EV_PERSIST,
        [](evutil_socket_t, short what, void* arg) {
            say("called: %s, itself %s", what_text(what).c_str(), yes_no(arg == owner->get()));
            owner->reset();
        },
        event_self_cbarg()));
    owner = &ev;
    const timeval tv = after(1);
    event_add(ev.get(), &tv);
    loop(base.get());
}

SCENARIO(T394_del_makes_it_neither_pending_nor_active) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ);
    reader.add(5000);
    event_active(reader.ev(), EV_READ, 1);
    say("before: %s", reader.pending().c_str());
    say("del = %d", reader.del());
    say("after: %s", reader.pending().c_str());
    say("active in the base: %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ACTIVE));
    loop(base.get());
}

SCENARIO(base_set_moves_a_new_event) {
    const Base one = new_base(3), two = new_base(5);
    Teller timer(one.get(), "timer", -1, 0);
    say("set = %d", event_base_set(two.get(), timer.ev()));
    say("priority %d, moved %s", event_get_priority(timer.ev()),
        yes_no(event_get_base(timer.ev()) == two.get()));
    timer.add(5000);
    say("while pending: set = %d", event_base_set(one.get(), timer.ev()));
    timer.del();
    say("deleted: set = %d", event_base_set(one.get(), timer.ev()));
}
