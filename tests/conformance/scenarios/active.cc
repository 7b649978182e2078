// Scenarios: events made active by hand, the later queue, once events, finalizing, and the
// functions that count and list what a base holds. Read next: signals.cc.
#include <event2/event_compat.h>
#include <event2/event_struct.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/conformance/scenarios/scenario.h"

using namespace evglass::conformance;

namespace {

int count(const Base& base, unsigned which) {
    return event_base_get_num_events(base.get(), which);
}

void quiet(evutil_socket_t, short, void*) {}

}  // namespace

SCENARIO(T195_active_works_on_a_non_pending_event) {
    const Base base = new_base();
    Teller user(base.get(), "user", -1, 0);
    event_active(user.ev(), EV_WRITE, 1);
    say("added %d, active %d", count(base, EVENT_BASE_COUNT_ADDED),
        count(base, EVENT_BASE_COUNT_ACTIVE));
    say("pending %s", user.pending().c_str());
    loop(base.get());
    say("pending %s", user.pending().c_str());
}

SCENARIO(T195_active_twice_joins_what_happened) {
    const Base base = new_base();
    Teller user(base.get(), "user", -1, 0);
    event_active(user.ev(), EV_READ, 1);
    event_active(user.ev(), EV_WRITE, 1);
    loop(base.get());
}

SCENARIO(T195_active_in_its_own_callback) {
    const Base base = new_base();
    Teller user(base.get(), "user", -1, 0, [](Teller& t) {
        if (t.fires() < 4) event_active(t.ev(), EV_TIMEOUT, 1);
    });
    event_active(user.ev(), EV_TIMEOUT, 1);
    loop(base.get());
}

SCENARIO(T195_active_of_a_pending_reader_keeps_it_pending) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_PERSIST);
    reader.add();
    event_active(reader.ev(), EV_READ, 1);
    loop(base.get(), EVLOOP_NONBLOCK);
    say("pending %s", reader.pending().c_str());
}

SCENARIO(T195_a_callback_activates_an_earlier_one) {
    const Base base = new_base();
    Teller one(base.get(), "one", -1, 0);
    Teller two(base.get(), "two", -1, 0,
               [](Teller& t) { event_active(t.other->ev(), EV_READ, 1); });
    two.other = &one;
    event_active(one.ev(), EV_TIMEOUT, 1);
    event_active(two.ev(), EV_TIMEOUT, 1);
    loop(base.get());
}

SCENARIO(T195_a_callback_deletes_an_active_one) {
    const Base base = new_base();
    Teller two(base.get(), "two", -1, 0);
    Teller one(base.get(), "one", -1, 0, [](Teller& t) { say("del = %d", t.other->del()); });
    one.other = &two;
    event_active(one.ev(), EV_TIMEOUT, 1);
    event_active(two.ev(), EV_TIMEOUT, 1);
    loop(base.get());
}

SCENARIO(user_triggered_many_in_order) {
    const Base base = new_base();
    Teller a(base.get(), "a", -1, 0), b(base.get(), "b", -1, 0), c(base.get(), "c", -1, 0);
    for (Teller* t : {&c, &a, &b}) event_active(t->ev(), EV_TIMEOUT, 1);
    loop(base.get());
}

SCENARIO(T192_once_refuses_signal_and_persist) {
    const Base base = new_base();
    say("signal = %d", event_base_once(base.get(), 10, EV_SIGNAL, quiet, nullptr, nullptr));
    say("persist = %d",
        event_base_once(base.get(), -1, EV_TIMEOUT | EV_PERSIST, quiet, nullptr, nullptr));
    say("nothing = %d", event_base_once(base.get(), -1, 0, quiet, nullptr, nullptr));
}

SCENARIO(T193_once_runs_once_and_is_gone) {
    const Base base = new_base(3);
    const timeval tv = after(2);
    const auto tell = [](evutil_socket_t fd, short what, void* arg) {
        say("%s: fd %d %s", static_cast<const char*>(arg), fd, what_text(what).c_str());
    };
    static char name[] = "once";
    say("once = %d", event_base_once(base.get(), -1, EV_TIMEOUT, tell, name, &tv));
    say("added %d", count(base, EVENT_BASE_COUNT_ADDED));
    loop(base.get());
    say("added %d", count(base, EVENT_BASE_COUNT_ADDED));
}

SCENARIO(T193_once_on_an_fd) {
    const Base base = new_base();
    Ends ends;
    const auto tell = [](evutil_socket_t fd, short what, void*) {
        say("%s, %d bytes", what_text(what).c_str(), Ends::drain(fd));
    };
    say("once = %d", event_base_once(base.get(), ends.a(), EV_READ, tell, nullptr, nullptr));
    ends.write_b("abc");
    loop(base.get());
    const timeval tv = after(2);
    say("once = %d", event_base_once(base.get(), ends.a(), EV_READ, tell, nullptr, &tv));
    loop(base.get());
}

SCENARIO(T404_once_without_a_time_is_active_at_once) {
    const Base base = new_base();
    const auto tell = [](evutil_socket_t, short what, void*) {
        say("once: %s", what_text(what).c_str());
    };
    const timeval zero{0, 0};
    say("null = %d", event_base_once(base.get(), -1, EV_TIMEOUT, tell, nullptr, nullptr));
    say("active %d, added %d", count(base, EVENT_BASE_COUNT_ACTIVE),
        count(base, EVENT_BASE_COUNT_ADDED));
    say("zero = %d", event_base_once(base.get(), -1, EV_TIMEOUT, tell, nullptr, &zero));
    say("active %d, added %d", count(base, EVENT_BASE_COUNT_ACTIVE),
        count(base, EVENT_BASE_COUNT_ADDED));
    loop(base.get());
}

SCENARIO(T136_free_with_once_events_pending) {
    const Base base = new_base();
    const timeval tv = after(5000);
    say("once = %d", event_base_once(base.get(), -1, EV_TIMEOUT, quiet, nullptr, &tv));
    say("added %d", count(base, EVENT_BASE_COUNT_ADDED));
}

SCENARIO(num_events_and_their_maximum) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ), timer(base.get(), "timer", -1, 0);
    reader.add();
    timer.add(5000);
    event_active(timer.ev(), EV_TIMEOUT, 1);
    const unsigned all =
        EVENT_BASE_COUNT_ADDED | EVENT_BASE_COUNT_ACTIVE | EVENT_BASE_COUNT_VIRTUAL;
    say("added %d active %d virtual %d all %d", count(base, EVENT_BASE_COUNT_ADDED),
        count(base, EVENT_BASE_COUNT_ACTIVE), count(base, EVENT_BASE_COUNT_VIRTUAL),
        count(base, all));
    reader.del();
    timer.del();
    say("max added %d", event_base_get_max_events(base.get(), EVENT_BASE_COUNT_ADDED, 0));
    say("max active %d", event_base_get_max_events(base.get(), EVENT_BASE_COUNT_ACTIVE, 1));
    say("cleared %d", event_base_get_max_events(base.get(), EVENT_BASE_COUNT_ACTIVE, 0));
}

SCENARIO(foreach_event_visits_each_once) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ), timer(base.get(), "timer", -1, 0);
    Teller user(base.get(), "user", -1, 0), idle(base.get(), "idle", -1, 0);
    reader.add(5000);
    timer.add(5000);
    event_active(user.ev(), EV_TIMEOUT, 1);
    const auto visit = [](const event_base*, const event* ev, void*) {
        say("visits %s", what_text(event_pending(ev, 0x87, nullptr)).c_str());
        return 0;
    };
    say("= %d", event_base_foreach_event(base.get(), visit, nullptr));
    const auto stop = [](const event_base*, const event*, void*) { return 7; };
    say("stopped = %d", event_base_foreach_event(base.get(), stop, nullptr));
}

SCENARIO(T158_dump_lists_inserted_and_active) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_PERSIST),
        user(base.get(), "user", -1, 0);
    reader.add();
    event_active(user.ev(), EV_TIMEOUT, 1);
    char* text = nullptr;
    std::size_t size = 0;
    FILE* out = open_memstream(&text, &size);
    event_base_dump_events(base.get(), out);
    std::fclose(out);
    say("Inserted %s, Active %s", yes_no(std::strstr(text, "Inserted") != nullptr),
        yes_no(std::strstr(text, "Active") != nullptr));
    say("Read %s, Persist %s", yes_no(std::strstr(text, "Read") != nullptr),
        yes_no(std::strstr(text, "Persist") != nullptr));
    std::free(text);
}

SCENARIO(base_active_by_fd) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ),
        writer(base.get(), "writer", ends.b(), EV_READ);
    reader.add();
    writer.add();
    event_base_active_by_fd(base.get(), ends.a(), EV_READ);
    loop(base.get(), EVLOOP_NONBLOCK);
    say("writer %s", writer.pending().c_str());
}

SCENARIO(finalize_runs_its_callback_in_the_loop) {
    struct event ev {};  // outlives the base, which may have to run the finalizer
    const Base base = new_base();
    event_assign(&ev, base.get(), -1, 0, quiet, nullptr);
    const timeval late = after(5000);
    event_add(&ev, &late);
    const auto last = [](event*, void*) { say("finalized"); };
    say("finalize = %d", event_finalize(0, &ev, last));
    say("pending %d", event_pending(&ev, EV_TIMEOUT, nullptr));
    say("add now = %d", event_add(&ev, &late));
    loop(base.get());
}

SCENARIO(free_finalize_frees_after_its_callback) {
    const Base base = new_base();
    Event ev(event_new(base.get(), -1, EV_PERSIST, quiet, nullptr));
    const timeval tv = after(5000);
    event_add(ev.get(), &tv);
    say("= %d", event_free_finalize(0, ev.release(), [](event*, void*) { say("finalized"); }));
    loop(base.get());
}

SCENARIO(finalize_at_the_end_of_the_base) {
    Base base = new_base();
    struct event ev {};
    event_assign(&ev, base.get(), -1, EV_PERSIST, quiet, nullptr);
    say("= %d", event_finalize(0, &ev, [](event*, void*) { say("finalized"); }));
    base.reset();
    say("the base is gone");
}

SCENARIO(current_base_of_the_old_interface) {
    const Base base(event_init());
    struct event timer {};
    event_set(
        &timer, -1, 0,
        [](evutil_socket_t, short what, void*) { say("timer: %s", what_text(what).c_str()); },
        nullptr);
    say("its base: %s", yes_no(event_get_base(&timer) == base.get()));
    const timeval tv = after(1);
    event_add(&timer, &tv);
    say("event_dispatch = %d", event_dispatch());
}

SCENARIO(running_event_inside_and_outside) {
    const Base base = new_base();
    Teller user(base.get(), "user", -1, 0, [](Teller& t) {
        say("running is itself: %s", yes_no(event_base_get_running_event(t.base()) == t.ev()));
    });
    event_active(user.ev(), EV_TIMEOUT, 1);
    loop(base.get());
    say("outside: %s", event_base_get_running_event(base.get()) == nullptr ? "null" : "an event");
}
