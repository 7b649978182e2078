// event_del: an event becomes neither pending nor active. Its callback will not be called any more,
// with one exception: another thread may be calling it right now, and then event_del waits.
// Read next: src/backend/evmap_io.cc, wakeup.cc.
#include "src/event/event_core.h"
#include "src/util/log.h"

namespace {

/// `site` is the public function's: the trace names it as the cause.
int event_del_(event* ev, DelMode mode, evglass::trace::Site& site) {
    if (ev->ev_base == nullptr) {
        event_warnx("%s: event has no event_base set.", "event_del");
        return -1;
    }
    const BaseLock lock(ev->ev_base);
    event_base_checkpoint(ev->ev_base);
    evglass::trace::ApiScope api(site, ev->ev_base, ev);
    return api.result(event_del_nolock_(ev, mode));
}

/// Out of the map. True if the loop may sleep on something that is no longer there.
bool remove_from_map(event_base* base, event* ev, int& res) {
    event_queue_remove_inserted(base, ev);
    res = (ev->ev_events & (EV_READ | EV_WRITE | EV_CLOSED)) != 0
              ? evmap_io_del_(base, ev->ev_fd, ev)
              : evmap_signal_del_(base, static_cast<int>(ev->ev_fd), ev);
    const bool notify = res == 1;
    if (res == 1) res = 0;
    return notify;
}

/// A caller that will free what the callback uses must not return while the callback runs.
void wait_until_not_running(event_base* base, event* ev, DelMode mode) {
    if (mode == DelMode::NOBLOCK || mode == DelMode::EVEN_IF_FINALIZING) return;
    if (mode == DelMode::AUTOBLOCK && (ev->ev_events & EV_FINALIZE) != 0) return;
    if (EVBASE_IN_THREAD(base)) return;
    while (base->current_event == event_to_event_callback(ev)) {
        ++base->current_event_waiters;
        if (evthread_cond_wait(base->current_event_cond, base->th_base_lock) < 0) return;
    }
}

}  // namespace

int event_del(event* ev) {
    TRACE_CALL(ev);
    EVGLASS_SITE(site);
    return event_del_(ev, DelMode::AUTOBLOCK, site);
}

int event_del_block(event* ev) {
    TRACE_CALL(ev);
    EVGLASS_SITE(site);
    return event_del_(ev, DelMode::BLOCK, site);
}

int event_del_noblock(event* ev) {
    TRACE_CALL(ev);
    EVGLASS_SITE(site);
    return event_del_(ev, DelMode::NOBLOCK, site);
}

int event_del_nolock_(event* ev, DelMode mode) {
    TRACE_CALL(ev);
    event_base* base = ev->ev_base;
    if (base == nullptr) return -1;
    event_debug_assert_is_setup_(ev);
    if ((ev->ev_flags & EVLIST_FINALIZING) != 0 && mode != DelMode::EVEN_IF_FINALIZING) return 0;

    // A signal's callback that is being called n times in a row stops after this call.
    if ((ev->ev_events & EV_SIGNAL) != 0 && ev->ev_ncalls != 0 && ev->ev_pncalls != nullptr) {
        *ev->ev_pncalls = 0;
    }
    if ((ev->ev_flags & EVLIST_TIMEOUT) != 0) event_queue_remove_timeout(base, ev);
    if ((ev->ev_flags & EVLIST_ACTIVE) != 0) {
        event_queue_remove_active(base, event_to_event_callback(ev));
    } else if ((ev->ev_flags & EVLIST_ACTIVE_LATER) != 0) {
        event_queue_remove_active_later(base, event_to_event_callback(ev));
    }
    int res = 0;
    bool notify = false;
    if ((ev->ev_flags & EVLIST_INSERTED) != 0) notify = remove_from_map(base, ev, res);
    // With its last event gone the loop should end, and not sleep on.
    if (!event_haveevents(base) && N_ACTIVE_CALLBACKS(base) == 0) notify = true;
    if (notify && EVBASE_NEED_NOTIFY(base)) evthread_notify_base(base);

    event_debug_note_del_(ev);
    wait_until_not_running(base, ev, mode);
    return res;
}
