// After fork the child shares the parent's epoll set, signal pipe and wake-up fd: what one changes
// or reads, the other loses. event_reinit gives the child its own, with the same events in them.
// Nothing here may change the parent's set: shared fds are closed, never modified.
// Read next: src/backend/evmap_signal.cc, evmap_reinit_.
#include "src/event/event_core.h"
#include "src/util/evutil.h"
#include "src/util/log.h"
#include "src/util/sys.h"

namespace {

/// Out of the map without telling the backend, which is the parent's too.
void unlink_quietly(event_base* base, event* ev) {
    const eventop* evsel = base->evsel;
    static constexpr eventop kDeaf = {
        .name = "none",
        .init = nullptr,
        .add = [](event_base*, evutil_socket_t, short, short, void*) { return 0; },
        .del = [](event_base*, evutil_socket_t, short, short, void*) { return 0; },
        .dispatch = nullptr,
        .dealloc = nullptr,
        .need_reinit = false,
        .features = 0,
        .on_request = false,
        .fdinfo_len = 0,
        .write_keyframe = nullptr,
    };
    base->evsel = &kDeaf;
    event_del_nolock_(ev, DelMode::EVEN_IF_FINALIZING);
    base->evsel = evsel;
}

/// The fds that belong to the library and are shared with the parent.
void drop_shared_fds(event_base* base, bool& had_notify) {
    had_notify = base->th_notifiable;
    if (had_notify) {
        unlink_quietly(base, &base->th_notify);
        evthread_notify_free(base);
    }
    if (base->sig.ev_signal_added) {
        unlink_quietly(base, &base->sig.ev_signal);
        base->sig.ev_signal_added = false;
    }
    base->sig.ev_n_signals_added = 0;
}

}  // namespace

int event_reinit(event_base* base) {
    TRACE_CALL(base);
    const BaseLock lock(base);
    event_base_checkpoint(base);
    TRACE_API(base, nullptr);
    if (!base->evsel->need_reinit) return api.result(0);

    bool had_notify = false;
    drop_shared_fds(base, had_notify);
    // Closing is all that dealloc does to the kernel: the parent's set stays as it is. It also
    // restores the signals' old handlers, which evmap_reinit_ replaces again.
    base->evsel->dealloc(base);
    base->evbase = base->evsel->init(base);
    if (base->evbase == nullptr) {
        event_errx(1, "%s: could not reinitialize event mechanism", __func__);
    }
    int result = evmap_reinit_(base);
    if (had_notify && evthread_make_base_notifiable_nolock_(base) < 0) result = -1;
    return api.result(result);
}
