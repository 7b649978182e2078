// Ways to end a loop or to make it look around: exit (at the end of a turn, perhaps later), break
// (after the running callback), continue (look for new events now). All only set a flag, which
// the loop reads at a place of its own. Read next: loop.cc.
#include <event2/event.h>

#include "src/event/event_core.h"
#include "src/util/log.h"

namespace {

using evglass::trace::field::request;

/// Runs in the loop, as any timer's callback does: the next turn's first phase sees the flag.
void event_loopexit_cb(evutil_socket_t, short, void* arg) {
    auto* base = static_cast<event_base*>(arg);
    TRACE_CALL(base);
    base->event_gotterm = true;
    TRACE(loop_request, .base = base, .request = request::exit);
}

int set_flag(event_base* base, bool event_base::*flag, request what, evglass::trace::Site& site) {
    if (base == nullptr) return -1;
    const BaseLock lock(base);
    evglass::trace::ApiScope api(site, base, nullptr);
    base->*flag = true;
    TRACE(loop_request, .base = base, .request = what);
    // A sleeping loop would not look before something else wakes it.
    return api.result(EVBASE_NEED_NOTIFY(base) ? evthread_notify_base(base) : 0);
}

int read_flag(event_base* base, bool event_base::*flag) {
    const BaseLock lock(base);
    return base->*flag ? 1 : 0;
}

}  // namespace

int event_base_loopexit(event_base* base, const timeval* tv) {
    TRACE_CALL(base);
    return event_base_once(base, -1, EV_TIMEOUT, event_loopexit_cb, base, tv);
}

int event_base_loopbreak(event_base* base) {
    TRACE_CALL(base);
    EVGLASS_SITE(site);
    return set_flag(base, &event_base::event_break, request::break_, site);
}

int event_base_loopcontinue(event_base* base) {
    TRACE_CALL(base);
    EVGLASS_SITE(site);
    return set_flag(base, &event_base::event_continue, request::continue_, site);
}

int event_base_got_exit(event_base* base) {
    return read_flag(base, &event_base::event_gotterm);
}

int event_base_got_break(event_base* base) {
    return read_flag(base, &event_base::event_break);
}
