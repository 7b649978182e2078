// Flags of an event that are in no queue's charge: it is the library's own, it is being finalized.
// Each change is told. The flags that stand for queues change in event_state.cc alone.
// Read next: finalize.cc, wakeup.cc (an internal event).
#include "src/event/event_core.h"

namespace {

void set_flags(evglass::trace::Site& site, event_base* base, event_callback* evcb, int add) {
    const int before = evcb->evcb_flags;
    evcb->evcb_flags = static_cast<short>(before | add);
    TRACE_AT(site, event_flags, .base = base, .event = evcb,
             .before = static_cast<std::uint16_t>(before),
             .after = static_cast<std::uint16_t>(evcb->evcb_flags));
}

}  // namespace

void event_make_internal(event* ev, const char* name) {
    EVGLASS_SITE(site);
    set_flags(site, ev->ev_base, event_to_event_callback(ev), EVLIST_INTERNAL);
    TRACE(event_name, .event = ev, .name = name);
}

void event_mark_finalizing(event_base* base, event_callback* evcb) {
    EVGLASS_SITE(site);
    set_flags(site, base, evcb, EVLIST_FINALIZING);
}
