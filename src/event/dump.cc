// A base as text, for people with a debugger or a log: event_base_dump_events; and the same events
// for programs: event_base_foreach_event. Read next: keyframe.cc, the same for the trace.
#include <stdio.h>

#include "src/event/event_core.h"
#include "src/event/foreach.h"

namespace {

const char* name_if(int bits, int bit, const char* name) {
    return (bits & bit) != 0 ? name : "";
}

void dump_inserted(event_base* base, const event* ev, FILE* out) {
    const bool timed = (ev->ev_flags & EVLIST_TIMEOUT) != 0;
    fprintf(out, "  %p [%s %d]%s%s%s%s%s%s%s", static_cast<const void*>(ev),
            (ev->ev_events & EV_SIGNAL) != 0 ? "sig" : "fd ", static_cast<int>(ev->ev_fd),
            name_if(ev->ev_events, EV_READ, " Read"), name_if(ev->ev_events, EV_WRITE, " Write"),
            name_if(ev->ev_events, EV_CLOSED, " EOF"), name_if(ev->ev_events, EV_SIGNAL, " Signal"),
            name_if(ev->ev_events, EV_PERSIST, " Persist"), name_if(ev->ev_events, EV_ET, " ET"),
            name_if(ev->ev_flags, EVLIST_INTERNAL, " Internal"));
    if (timed) {
        const timeval wall = clock_to_wall(base, plain_time(ev->ev_timeout));
        fprintf(out, " Timeout=%ld.%06d", static_cast<long>(wall.tv_sec),
                static_cast<int>(wall.tv_usec));
    }
    fputc('\n', out);
}

void dump_active(const event* ev, FILE* out) {
    fprintf(out, "  %p [%s %d, priority=%d]%s%s%s%s%s active%s%s\n", static_cast<const void*>(ev),
            (ev->ev_events & EV_SIGNAL) != 0 ? "sig" : "fd ", static_cast<int>(ev->ev_fd),
            ev->ev_pri, name_if(ev->ev_res, EV_READ, " Read"),
            name_if(ev->ev_res, EV_WRITE, " Write"), name_if(ev->ev_res, EV_CLOSED, " EOF"),
            name_if(ev->ev_res, EV_SIGNAL, " Signal"), name_if(ev->ev_res, EV_TIMEOUT, " Timeout"),
            name_if(ev->ev_flags, EVLIST_INTERNAL, " [Internal]"),
            name_if(ev->ev_flags, EVLIST_ACTIVE_LATER, " [NextTime]"));
}

}  // namespace

void event_base_dump_events(event_base* base, FILE* out) {
    const BaseLock lock(base);
    fprintf(out, "Inserted events:\n");
    event_base_foreach_event_nolock_(base, [&](const event* ev) {
        if ((ev->ev_flags & (EVLIST_INSERTED | EVLIST_TIMEOUT)) != 0) dump_inserted(base, ev, out);
        return 0;
    });
    fprintf(out, "Active events:\n");
    event_base_foreach_event_nolock_(base, [&](const event* ev) {
        if ((ev->ev_flags & (EVLIST_ACTIVE | EVLIST_ACTIVE_LATER)) != 0) dump_active(ev, out);
        return 0;
    });
}

int event_base_foreach_event(event_base* base, event_base_foreach_event_cb callback, void* arg) {
    if (base == nullptr || callback == nullptr) return -1;
    const BaseLock lock(base);
    return event_base_foreach_event_nolock_(
        base, [&](const event* ev) { return callback(base, ev, arg); });
}
