// Scenarios: how a base is made, which backend it gets and why, priorities, and its end.
// They read and set the environment of their own process; the driver chose a backend by it.
// Read next: states.cc.
#include <event2/event_struct.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "tests/conformance/scenarios/scenario.h"

using namespace evglass::conformance;

namespace {

void tell_base(const char* who, event_base* base) {
    if (base == nullptr) return say("%s: no base", who);
    say("%s: %s, features 0x%x", who, event_base_get_method(base), event_base_get_features(base));
}

Base from(const Config& config) {
    return Base(event_base_new_with_config(config.get()));
}

}  // namespace

SCENARIO(T046_base_new_is_a_base_with_an_empty_config) {
    const Base plain(event_base_new());
    const Config config(event_config_new());
    tell_base("plain", plain.get());
    tell_base("config", from(config).get());
}

SCENARIO(T047_backends_are_tried_in_table_order) {
    forget_environment();
    tell_base("none off", Base(event_base_new()).get());
    setenv("EVENT_NOEPOLL", "1", 1);
    tell_base("epoll off", Base(event_base_new()).get());
    setenv("EVENT_NOPOLL", "1", 1);
    tell_base("poll off too", Base(event_base_new()).get());
    setenv("EVENT_NOSELECT", "1", 1);
    tell_base("all off", Base(event_base_new()).get());
}

SCENARIO(T048_avoided_methods_are_skipped) {
    forget_environment();
    const Config config(event_config_new());
    say("avoid epoll = %d", event_config_avoid_method(config.get(), "epoll"));
    tell_base("no epoll", from(config).get());
    say("avoid poll = %d", event_config_avoid_method(config.get(), "poll"));
    tell_base("no poll", from(config).get());
    say("avoid select = %d", event_config_avoid_method(config.get(), "select"));
    tell_base("no select", from(config).get());
}

SCENARIO(T048_avoiding_an_unknown_method_changes_nothing) {
    forget_environment();
    const Config config(event_config_new());
    say("avoid kqueue = %d", event_config_avoid_method(config.get(), "kqueue"));
    say("avoid Epoll = %d", event_config_avoid_method(config.get(), "Epoll"));
    tell_base("still", from(config).get());
}

SCENARIO(T049_features_are_required_by_mask) {
    forget_environment();
    for (const int features : std::initializer_list<int>{
             0, EV_FEATURE_ET, EV_FEATURE_O1, EV_FEATURE_FDS, EV_FEATURE_EARLY_CLOSE,
             EV_FEATURE_ET | EV_FEATURE_O1 | EV_FEATURE_EARLY_CLOSE}) {
        const Config config(event_config_new());
        say("require 0x%x = %d", static_cast<unsigned>(features),
            event_config_require_features(config.get(), features));
        tell_base("got", from(config).get());
    }
}

SCENARIO(T050_all_backends_off_warns_and_gives_null) {
    forget_environment();
    for (const char* name : {"EVENT_NOEPOLL", "EVENT_NOPOLL", "EVENT_NOSELECT"})
        setenv(name, "yes", 1);
    tell_base("none", Base(event_base_new()).get());
}

SCENARIO(T051_show_method_logs_one_message) {
    setenv("EVENT_SHOW_METHOD", "1", 1);
    tell_base("shown", Base(event_base_new()).get());
}

SCENARIO(T051_show_method_words) {
    setenv("EVENT_SHOW_METHOD", "1", 1);
    event_set_log_callback([](int, const char* words) { say("said: %s", words); });
    const Base base(event_base_new());
}

SCENARIO(T052_one_active_queue_at_creation) {
    say("priorities = %d", event_base_get_npriorities(new_base().get()));
}

SCENARIO(T054_features_of_the_backend) {
    tell_base("base", new_base().get());
}

SCENARIO(T120_header_and_library_versions_agree) {
    say("number 0x%x, same %s", event_get_version_number(),
        yes_no(event_get_version_number() == LIBEVENT_VERSION_NUMBER));
    say("text same %s", yes_no(std::strcmp(event_get_version(), LIBEVENT_VERSION) == 0));
}

SCENARIO(T123_an_empty_variable_switches_off_too) {
    forget_environment();
    setenv("EVENT_NOEPOLL", "", 1);
    tell_base("empty", Base(event_base_new()).get());
}

SCENARIO(T127_ignore_env_ignores_the_switches) {
    for (const char* name : {"EVENT_NOEPOLL", "EVENT_NOPOLL", "EVENT_NOSELECT"})
        setenv(name, "1", 1);
    const Config config(event_config_new());
    say("set_flag = %d", event_config_set_flag(config.get(), EVENT_BASE_FLAG_IGNORE_ENV));
    tell_base("base", from(config).get());
}

SCENARIO(T132_config_functions_return_0_or_minus_1) {
    const Config config(event_config_new());
    say("flag = %d", event_config_set_flag(config.get(), EVENT_BASE_FLAG_NOLOCK));
    say("features = %d", event_config_require_features(config.get(), EV_FEATURE_O1));
    say("avoid = %d", event_config_avoid_method(config.get(), "poll"));
    say("cpus = %d", event_config_set_num_cpus_hint(config.get(), 4));
    say("interval = %d", event_config_set_max_dispatch_interval(config.get(), nullptr, 5, 1));
    say("flag of null = %d", event_config_set_flag(nullptr, EVENT_BASE_FLAG_NOLOCK));
    say("features of null = %d", event_config_require_features(nullptr, EV_FEATURE_O1));
}

SCENARIO(T133_fds_and_o1_together_are_impossible) {
    forget_environment();
    const Config config(event_config_new());
    event_config_require_features(config.get(), EV_FEATURE_FDS | EV_FEATURE_O1);
    tell_base("base", from(config).get());
}

SCENARIO(T134_supported_methods_are_null_terminated) {
    const char** methods = event_get_supported_methods();
    for (; *methods != nullptr; ++methods) say("method %s", *methods);
}

SCENARIO(T136_base_free_closes_no_fd_of_the_program) {
    Ends ends;
    {
        const Base base = new_base();
        Teller reader(base.get(), "reader", ends.a(), EV_READ);
        reader.add();
    }
    say("write still works: %s", yes_no(write(ends.b(), "x", 1) == 1));
    say("read still works: %d", Ends::drain(ends.a()));
}

SCENARIO(T136_base_free_deletes_pending_events) {
    Base base = new_base();
    Ends ends;
    struct event timer {};
    struct event reader {};
    const auto quiet = [](evutil_socket_t, short, void*) {};
    event_assign(&timer, base.get(), -1, 0, quiet, nullptr);
    event_assign(&reader, base.get(), ends.a(), EV_READ | EV_PERSIST, quiet, nullptr);
    const timeval tv = after(5000);
    event_add(&timer, &tv);
    event_add(&reader, nullptr);
    base.reset();
    say("timer flags 0x%x", static_cast<unsigned>(timer.ev_evcallback.evcb_flags));
    say("reader flags 0x%x", static_cast<unsigned>(reader.ev_evcallback.evcb_flags));
    say("initialized %d %d", event_initialized(&timer), event_initialized(&reader));
}

SCENARIO(T137_one_priority_by_default) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0);
    say("priority_set(0) = %d", event_priority_set(timer.ev(), 0));
    say("priority_set(1) = %d", event_priority_set(timer.ev(), 1));
    say("priority %d", event_get_priority(timer.ev()));
}

SCENARIO(T139_number_of_priorities_has_bounds) {
    const Base base = new_base();
    for (const int n : {0, 1, 2, 255, 256, -1, 3}) {
        const int result = event_base_priority_init(base.get(), n);
        say("init(%d) = %d, now %d", n, result, event_base_get_npriorities(base.get()));
    }
}

SCENARIO(T140_priority_init_while_an_event_is_active_fails) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0);
    event_active(timer.ev(), EV_TIMEOUT, 1);
    say("init(3) = %d", event_base_priority_init(base.get(), 3));
    loop(base.get(), EVLOOP_NONBLOCK);
    say("init(3) = %d", event_base_priority_init(base.get(), 3));
}

SCENARIO(T141_default_priority_is_the_middle) {
    const Base base = new_base();
    for (const int n : {1, 2, 3, 4, 5, 10}) {
        event_base_priority_init(base.get(), n);
        Teller timer(base.get(), "timer", -1, 0);
        say("of %d: %d", n, event_get_priority(timer.ev()));
    }
}

// Shows T386: parent and child have bases of their own.
SCENARIO(T142_after_fork_the_child_reinits_and_goes_on) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ);
    reader.add();
    const pid_t child = fork();
    if (child == 0) {
        say("child reinit = %d", event_reinit(base.get()));
        ends.write_b("x");
        loop(base.get());
        _exit(7);
    }
    int status = 0;
    waitpid(child, &status, 0);
    say("child ended with %d", WEXITSTATUS(status));
    say("parent's reader still pending: %s", reader.pending().c_str());
}

SCENARIO(T142_reinit_keeps_events_timers_and_signals) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_PERSIST, [](Teller& t) {
        Ends::drain(t.fd());
        t.del();
    });
    Teller timer(base.get(), "timer", -1, 0);
    Teller signal(base.get(), "signal", SIGUSR1, EV_SIGNAL | EV_PERSIST,
                  [](Teller& t) { t.del(); });
    reader.add();
    timer.add(20);
    signal.add();
    say("reinit = %d", event_reinit(base.get()));
    say("pending %s, %s, %s", reader.pending().c_str(), timer.pending().c_str(),
        signal.pending().c_str());
    raise(SIGUSR1);
    event_base_loop(base.get(), EVLOOP_ONCE);
    event_base_loop(base.get(), EVLOOP_ONCE | EVLOOP_NONBLOCK);
    ends.write_b("x");
    loop(base.get());
}

// Shows T118: debug mode must come before the first base.
SCENARIO(T101_debug_mode_after_a_base_is_fatal) {
    event_set_fatal_callback([](int) {
        say("fatal");
        _exit(42);
    });
    const Base base = new_base();
    event_enable_debug_mode();
    say("not reached");
}

SCENARIO(T104_a_fatal_error_ends_the_process) {
    const Base base = new_base();
    event_enable_debug_mode();
    say("not reached");
}

SCENARIO(T107_memory_functions_serve_all_later_allocations) {
    static int allocations, frees;
    event_set_mem_functions(
        [](size_t size) {
            ++allocations;
            return std::malloc(size);
        },
        [](void* old, size_t size) {
            allocations += old == nullptr;
            return std::realloc(old, size);
        },
        [](void* old) {
            frees += old != nullptr;
            std::free(old);
        });
    {
        const Base base = new_base();
        say("a base is allocated: %s", yes_no(allocations > 0));
        const int before = allocations;
        Teller timer(base.get(), "timer", -1, 0);
        say("an event is one allocation: %s", yes_no(allocations == before + 1));
        timer.add(0);
        loop(base.get());
    }
    say("all of it is freed: %s", yes_no(allocations == frees));
}

SCENARIO(T107_a_failing_allocator_fails_the_call) {
    event_set_mem_functions([](size_t) -> void* { return nullptr; },
                            [](void*, size_t) -> void* { return nullptr; }, [](void*) {});
    say("config %s", event_config_new() == nullptr ? "null" : "there");
    say("base %s", event_base_new() == nullptr ? "null" : "there");
}
