// Scenarios: what event_config asks for: the changelist, no locks, no cached time, bounds of a
// turn. Read next: limits.cc.
#include <event2/thread.h>
#include <unistd.h>

#include <cstring>

#include "tests/conformance/scenarios/scenario.h"

using namespace evglass::conformance;

namespace {

Base with_flag(int flag) {
    const Config config(event_config_new());
    say("flag 0x%x = %d", static_cast<unsigned>(flag),
        event_config_set_flag(config.get(), static_cast<event_base_config_flag>(flag)));
    return Base(event_base_new_with_config(config.get()));
}

/// A base that runs at most `callbacks` between two looks at the backend.
Base with_interval(const timeval* interval, int callbacks, int min_priority) {
    const Config config(event_config_new());
    say("interval = %d",
        event_config_set_max_dispatch_interval(config.get(), interval, callbacks, min_priority));
    return Base(event_base_new_with_config(config.get()));
}

/// One reader that reads a byte each time, and one timer; run to their end.
void a_little_work(event_base* base) {
    Ends ends;
    Teller reader(base, "reader", ends.a(), EV_READ | EV_PERSIST, [](Teller& t) {
        Ends::drain(t.fd());
        t.del();
    });
    Teller timer(base, "timer", -1, 0);
    reader.add();
    timer.add(5);
    ends.write_b("x");
    loop(base);
}

}  // namespace

SCENARIO(T058_the_changelist_by_flag) {
    const Base base = with_flag(EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    a_little_work(base.get());
}

SCENARIO(T058_the_changelist_by_environment) {
    setenv("EVENT_EPOLL_USE_CHANGELIST", "1", 1);
    const Base base = new_base();
    a_little_work(base.get());
}

SCENARIO(T129_changes_that_undo_each_other) {
    const Base base = with_flag(EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ);
    Teller writer(base.get(), "writer", ends.a(), EV_WRITE);
    for (int i = 0; i < 100; ++i) {
        reader.add();
        reader.del();
        writer.add();
        writer.del();
    }
    loop(base.get(), EVLOOP_NONBLOCK);
    writer.add();
    loop(base.get());
}

SCENARIO(T130_a_changelist_and_a_dup_of_a_watched_fd) {
    const Base base = with_flag(EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    Ends ends;
    Teller first(base.get(), "first", ends.a(), EV_READ | EV_PERSIST, [](Teller& t) {
        Ends::drain(t.fd());
        t.del();
    });
    first.add();
    loop(base.get(), EVLOOP_NONBLOCK);
    const Fd copy(dup(ends.a()));
    first.del();
    Teller second(base.get(), "second", copy, EV_READ);
    say("add %d", second.add());
    ends.write_b("x");
    loop(base.get(), EVLOOP_ONCE);
    say("first %s", first.pending().c_str());
}

SCENARIO(T131_the_changelist_means_nothing_elsewhere) {
    setenv("EVENT_NOEPOLL", "1", 1);
    const Base base = with_flag(EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    say("no changelist: %s",
        yes_no(std::strstr(event_base_get_method(base.get()), "changelist") == nullptr));
    a_little_work(base.get());
}

SCENARIO(config_every_flag_is_accepted) {
    for (const int flag : {EVENT_BASE_FLAG_NOLOCK, EVENT_BASE_FLAG_IGNORE_ENV,
                           EVENT_BASE_FLAG_STARTUP_IOCP, EVENT_BASE_FLAG_NO_CACHE_TIME,
                           EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST, EVENT_BASE_FLAG_PRECISE_TIMER}) {
        const Base base = with_flag(flag);
        say("base %s", yes_no(base != nullptr));
        a_little_work(base.get());
    }
}

SCENARIO(config_all_flags_at_once) {
    const Base base = with_flag(EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_NO_CACHE_TIME |
                                EVENT_BASE_FLAG_PRECISE_TIMER);
    a_little_work(base.get());
}

SCENARIO(config_one_config_makes_several_bases) {
    const Config config(event_config_new());
    event_config_avoid_method(config.get(), "epoll");
    const Base one(event_base_new_with_config(config.get()));
    const Base two(event_base_new_with_config(config.get()));
    say("same method %s", yes_no(std::strcmp(event_base_get_method(one.get()),
                                             event_base_get_method(two.get())) == 0));
}

SCENARIO(config_no_config_is_an_empty_one) {
    const Base base(event_base_new_with_config(nullptr));
    say("priorities %d", event_base_get_npriorities(base.get()));
    a_little_work(base.get());
}

SCENARIO(config_at_most_two_callbacks_between_looks) {
    const Base base = with_interval(nullptr, 2, 0);
    Ends ends;
    Teller user[5] = {{base.get(), "a", -1, 0},
                      {base.get(), "b", -1, 0},
                      {base.get(), "c", -1, 0},
                      {base.get(), "d", -1, 0},
                      {base.get(), "e", -1, 0}};
    for (Teller& t : user) event_active(t.ev(), EV_READ, 1);
    loop(base.get(), EVLOOP_ONCE);
    say("left %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ACTIVE));
    loop(base.get());
}

SCENARIO(config_limits_only_from_a_priority_on) {
    const Base base = with_interval(nullptr, 1, 1);
    event_base_priority_init(base.get(), 2);
    Teller urgent[3] = {
        {base.get(), "a", -1, 0}, {base.get(), "b", -1, 0}, {base.get(), "c", -1, 0}};
    Teller slow[3] = {{base.get(), "x", -1, 0}, {base.get(), "y", -1, 0}, {base.get(), "z", -1, 0}};
    for (Teller& t : urgent) event_priority_set(t.ev(), 0);
    for (Teller& t : slow) event_priority_set(t.ev(), 1);
    for (Teller& t : slow) event_active(t.ev(), EV_READ, 1);
    for (Teller& t : urgent) event_active(t.ev(), EV_READ, 1);
    loop(base.get());
}

SCENARIO(config_a_time_bounds_the_callbacks_of_a_turn) {
    const timeval interval = after(5);
    const Base base = with_interval(&interval, -1, 0);
    Teller user[3] = {{base.get(), "a", -1, 0, [](Teller&) { usleep(8000); }},
                      {base.get(), "b", -1, 0},
                      {base.get(), "c", -1, 0}};
    for (Teller& t : user) event_active(t.ev(), EV_READ, 1);
    loop(base.get());
}

SCENARIO(T126_a_nolock_base_needs_no_lock) {
    evthread_use_pthreads();
    const Base base = with_flag(EVENT_BASE_FLAG_NOLOCK);
    a_little_work(base.get());
    say("num %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED));
}

SCENARIO(T125_a_backend_avoided_by_its_name) {
    const Config config(event_config_new());
    const Base before = new_base();
    event_config_avoid_method(config.get(), event_base_get_method(before.get()));
    const Base base(event_base_new_with_config(config.get()));
    if (base == nullptr) return say("none left");
    say("another: %s", yes_no(std::strcmp(event_base_get_method(base.get()),
                                          event_base_get_method(before.get())) != 0));
}

SCENARIO(T124_the_order_is_fixed) {
    forget_environment();
    const char** methods = event_get_supported_methods();
    const Base base = new_base();
    say("the first: %s", yes_no(std::strcmp(methods[0], event_base_get_method(base.get())) == 0));
}

SCENARIO(config_switches_of_backends_that_are_elsewhere) {
    for (const char* name :
         {"EVENT_NOKQUEUE", "EVENT_NODEVPOLL", "EVENT_NOEVPORT", "EVENT_NOWIN32"})
        setenv(name, "1", 1);
    const Base base = new_base();
    say("base %s", yes_no(base != nullptr));
}

SCENARIO(T135_a_base_tells_its_method_and_features) {
    const Base base = new_base();
    const event_method_feature et = EV_FEATURE_ET;
    say("%s, edges %s", event_base_get_method(base.get()),
        yes_no((event_base_get_features(base.get()) & et) != 0));
}
