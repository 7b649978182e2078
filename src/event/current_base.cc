// The functions of old that don't name a base: they mean the one that event_init made last.
// Not for programs with threads: nothing guards which base is the current one.
#include <event2/event_compat.h>

#include "src/event/event_core.h"
#include "src/util/log.h"

event_base* event_global_current_base_ = nullptr;

event_base* event_init() {
    event_base* base = event_base_new();
    if (base == nullptr) event_errx(1, "%s: Unable to construct event_base", __func__);
    event_global_current_base_ = base;
    return base;
}

int event_dispatch() {
    return event_base_dispatch(event_global_current_base_);
}

int event_loop(int flags) {
    return event_base_loop(event_global_current_base_, flags);
}

int event_loopexit(const timeval* tv) {
    return event_base_loopexit(event_global_current_base_, tv);
}

int event_loopbreak() {
    return event_base_loopbreak(event_global_current_base_);
}

int event_once(evutil_socket_t fd, short events, event_callback_fn callback, void* arg,
               const timeval* tv) {
    return event_base_once(event_global_current_base_, fd, events, callback, arg, tv);
}

const char* event_get_method() {
    return event_base_get_method(event_global_current_base_);
}

int event_priority_init(int npriorities) {
    return event_base_priority_init(event_global_current_base_, npriorities);
}
