// Scenarios: the names of old: the current base and its functions, macros with other prefixes,
// accessors. They do what the new ones do.
// Read next: random.cc.
#include <event.h>
#include <evutil.h>
#include <signal.h>
#include <unistd.h>

#include <cstring>

#include "tests/conformance/scenarios/scenario.h"

using namespace evglass::conformance;

namespace {

int calls;
void count(evutil_socket_t fd, short what, void* arg) {
    ++calls;
    say("%s called: %s, fd %s", static_cast<const char*>(arg), what_text(what).c_str(),
        fd < 0 ? "none" : "there");
}
void* name(const char* text) {
    return const_cast<char*>(text);
}

}  // namespace

SCENARIO(T100_the_old_header_gives_the_same_functions) {
    const Base base(event_init());
    struct event ev {};
    event_set(&ev, -1, 0, count, name("old"));
    const timeval tv = after(1);
    say("add %d", event_add(&ev, &tv));
    say("same base %s", yes_no(event_get_base(&ev) == base.get()));
    say("dispatch %d", event_dispatch());
}

SCENARIO(names_evtimer) {
    const Base base = new_base();
    const Event ev(evtimer_new(base.get(), count, name("timer")));
    const timeval tv = after(2);
    say("initialized %d, pending %d", evtimer_initialized(ev.get()),
        evtimer_pending(ev.get(), nullptr));
    say("add %d, pending %s", evtimer_add(ev.get(), &tv),
        yes_no(evtimer_pending(ev.get(), nullptr) != 0));
    say("del %d, pending %d", evtimer_del(ev.get()), evtimer_pending(ev.get(), nullptr));
    say("assign %d", evtimer_assign(ev.get(), base.get(), count, name("again")));
    evtimer_add(ev.get(), &tv);
    loop(base.get());
}

SCENARIO(names_evsignal) {
    const Base base = new_base();
    const Event ev(evsignal_new(base.get(), SIGUSR1, count, name("signal")));
    say("initialized %d", evsignal_initialized(ev.get()));
    say("add %d, pending %s", evsignal_add(ev.get(), nullptr),
        yes_no(evsignal_pending(ev.get(), nullptr) != 0));
    raise(SIGUSR1);
    loop(base.get(), EVLOOP_ONCE);
    say("del %d, pending %d", evsignal_del(ev.get()), evsignal_pending(ev.get(), nullptr));
    say("assign %d", evsignal_assign(ev.get(), base.get(), SIGUSR2, count, name("other")));
    say("number right %s", yes_no(event_get_signal(ev.get()) == SIGUSR2));
}

SCENARIO(names_evuser) {
    const Base base = new_base();
    const Event ev(evuser_new(base.get(), count, name("user")));
    say("initialized %d, pending %d", evuser_initialized(ev.get()),
        evuser_pending(ev.get(), nullptr));
    evuser_trigger(ev.get());
    loop(base.get());
    say("del %d", evuser_del(ev.get()));
}

SCENARIO(names_timeout) {
    const Base base(event_init());
    struct event ev {};
    timeout_set(&ev, count, name("timeout"));
    const timeval tv = after(3);
    say("initialized %d", timeout_initialized(&ev));
    say("add %d, pending %s", timeout_add(&ev, &tv), yes_no(timeout_pending(&ev, nullptr) != 0));
    say("del %d, pending %d", timeout_del(&ev), timeout_pending(&ev, nullptr));
    timeout_add(&ev, &tv);
    say("loop %d", event_loop(EVLOOP_ONCE));
    evtimer_set(&ev, count, name("evtimer"));
    evtimer_add(&ev, &tv);
    say("dispatch %d", event_dispatch());
}

SCENARIO(names_signal) {
    const Base base(event_init());
    struct event ev {};
    signal_set(&ev, SIGUSR1, count, name("signal"));
    say("initialized %d, number %s", signal_initialized(&ev), yes_no(EVENT_SIGNAL(&ev) == SIGUSR1));
    say("add %d, pending %s", signal_add(&ev, nullptr), yes_no(signal_pending(&ev, nullptr) != 0));
    raise(SIGUSR1);
    say("loop %d", event_loop(EVLOOP_ONCE));
    say("del %d, pending %d", signal_del(&ev), signal_pending(&ev, nullptr));
    evsignal_set(&ev, SIGUSR2, count, name("evsignal"));
    say("number %s", yes_no(EVENT_FD(&ev) == SIGUSR2));
}

SCENARIO(names_current_base_loop_control) {
    const Base base(event_init());
    say("method same %s",
        yes_no(std::strcmp(event_get_method(), event_base_get_method(base.get())) == 0));
    say("priorities %d", event_priority_init(3));
    say("now %d", event_base_get_npriorities(base.get()));
    const timeval tv = after(2);
    say("once %d", event_once(-1, EV_TIMEOUT, count, name("once"), &tv));
    say("dispatch %d", event_dispatch());
    say("exit %d", event_loopexit(nullptr));
    say("loop %d, got %d", event_loop(EVLOOP_NO_EXIT_ON_EMPTY), event_base_got_exit(base.get()));
    say("break %d", event_loopbreak());
    say("got %d", event_base_got_break(base.get()));
    say("once %d", event_once(
                       -1, EV_TIMEOUT, [](evutil_socket_t, short, void*) { event_loopbreak(); },
                       nullptr, &tv));
    say("loop %d, got %d", event_loop(EVLOOP_NO_EXIT_ON_EMPTY), event_base_got_break(base.get()));
}

SCENARIO(names_base_set_before_adding) {
    const Base old(event_init());
    const Base base = new_base();
    struct event ev {};
    event_set(&ev, -1, 0, count, name("moved"));
    say("set %d", event_base_set(base.get(), &ev));
    say("moved %s", yes_no(event_get_base(&ev) == base.get()));
    const timeval tv = after(1);
    event_add(&ev, &tv);
    say("set while pending %d", event_base_set(old.get(), &ev));
    loop(base.get());
    say("set after %d", event_base_set(old.get(), &ev));
}

SCENARIO(names_of_logs_and_callbacks) {
    const event_log_cb log = nullptr;
    const event_fatal_cb fatal = nullptr;
    event_set_log_callback(log);
    event_set_fatal_callback(fatal);
    say("%d %d %d %d", _EVENT_LOG_DEBUG, _EVENT_LOG_MSG, _EVENT_LOG_WARN, _EVENT_LOG_ERR);
    say("%d %d %d %d", EVENT_LOG_DEBUG, EVENT_LOG_MSG, EVENT_LOG_WARN, EVENT_LOG_ERR);
#ifdef EVENT_SET_MEM_FUNCTIONS_IMPLEMENTED
    say("memory functions");
#endif
}

SCENARIO(names_getters_macros) {
    const Base base = new_base(4);
    Ends ends;
    const Event ev(event_new(base.get(), ends.a(), EV_READ | EV_PERSIST, count, name("x")));
    say("fd %s, events %s, callback %s, argument %s, base %s, priority %d",
        yes_no(event_get_fd(ev.get()) == ends.a()), what_text(event_get_events(ev.get())).c_str(),
        yes_no(event_get_callback(ev.get()) == count),
        yes_no(std::strcmp(static_cast<char*>(event_get_callback_arg(ev.get())), "x") == 0),
        yes_no(event_get_base(ev.get()) == base.get()), event_get_priority(ev.get()));
}
