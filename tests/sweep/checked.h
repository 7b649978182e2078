// Compiled into every scenario of the sweep, before its own text: a scenario gives up as soon as a
// function tells it of the failure that was injected. So what a scenario does afterwards is what a
// careful program does, and what is left over or hangs is the library's doing.
// A macro of a function's own name calls the function and looks at its result; it never changes it.
// Read next: fault.h.
#pragma once

#include <event2/event.h>
#include <event2/event_compat.h>
#include <event2/listener.h>
#include <event2/thread.h>
#include <event2/util.h>

namespace evglass::sweep {

/// Has the failure been injected already?
bool has_failed();
/// Leaves the scenario: unwinds it where no loop is on the stack, else ends the process.
void give_up();

template <class T>
T* checked(T* result) {
    if (result == nullptr && has_failed()) give_up();
    return result;
}
inline int checked(int result) {
    if (result < 0 && has_failed()) give_up();
    return result;
}

/// While one lives, a user's callback may be running: there is no way out but the end.
class InLoop {
 public:
    InLoop();
    ~InLoop();
    InLoop(const InLoop&) = delete;
    InLoop& operator=(const InLoop&) = delete;
};
template <class Call>
int in_loop(Call call) {
    int result = 0;
    {
        const InLoop inside;
        result = call();
    }
    return checked(result);
}

}  // namespace evglass::sweep

// NOLINTBEGIN: each macro has the name of the function that it calls.
#define EVGLASS_CHECKED(call) ::evglass::sweep::checked(call)
#define event_base_new() EVGLASS_CHECKED(event_base_new())
#define event_base_new_with_config(c) EVGLASS_CHECKED(event_base_new_with_config(c))
#define event_config_new() EVGLASS_CHECKED(event_config_new())
#define event_config_avoid_method(...) EVGLASS_CHECKED(event_config_avoid_method(__VA_ARGS__))
#define event_new(...) EVGLASS_CHECKED(event_new(__VA_ARGS__))
#define event_add(...) EVGLASS_CHECKED(event_add(__VA_ARGS__))
#define event_del(...) EVGLASS_CHECKED(event_del(__VA_ARGS__))
#define event_once(...) EVGLASS_CHECKED(event_once(__VA_ARGS__))
#define event_base_once(...) EVGLASS_CHECKED(event_base_once(__VA_ARGS__))
#define event_base_loopexit(...) EVGLASS_CHECKED(event_base_loopexit(__VA_ARGS__))
#define event_base_loopbreak(...) EVGLASS_CHECKED(event_base_loopbreak(__VA_ARGS__))
#define event_loopexit(...) EVGLASS_CHECKED(event_loopexit(__VA_ARGS__))
#define event_loopbreak() EVGLASS_CHECKED(event_loopbreak())
#define event_priority_init(...) EVGLASS_CHECKED(event_priority_init(__VA_ARGS__))
#define event_base_priority_init(...) EVGLASS_CHECKED(event_base_priority_init(__VA_ARGS__))
#define event_base_init_common_timeout(...) \
    EVGLASS_CHECKED(event_base_init_common_timeout(__VA_ARGS__))
#define event_reinit(...) EVGLASS_CHECKED(event_reinit(__VA_ARGS__))
#define evthread_use_pthreads() EVGLASS_CHECKED(evthread_use_pthreads())
#define evthread_make_base_notifiable(b) EVGLASS_CHECKED(evthread_make_base_notifiable(b))
#define evconnlistener_new(...) EVGLASS_CHECKED(evconnlistener_new(__VA_ARGS__))
#define evconnlistener_new_bind(...) EVGLASS_CHECKED(evconnlistener_new_bind(__VA_ARGS__))
#define evconnlistener_enable(...) EVGLASS_CHECKED(evconnlistener_enable(__VA_ARGS__))
#define evutil_socketpair(...) EVGLASS_CHECKED(evutil_socketpair(__VA_ARGS__))
#define evutil_monotonic_timer_new() EVGLASS_CHECKED(evutil_monotonic_timer_new())
#define event_base_loop(...) ::evglass::sweep::in_loop([&] { return event_base_loop(__VA_ARGS__); })
#define event_base_dispatch(...) \
    ::evglass::sweep::in_loop([&] { return event_base_dispatch(__VA_ARGS__); })
#define event_dispatch() ::evglass::sweep::in_loop([&] { return event_dispatch(); })
#define event_loop(...) ::evglass::sweep::in_loop([&] { return event_loop(__VA_ARGS__); })
// The sweep's own functions stay.
#define event_set_mem_functions(...) static_cast<void>(0)
// NOLINTEND
