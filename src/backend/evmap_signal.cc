// Signal to events, and what concerns both maps at once: adding everything again after a fork,
// deleting everything when a base goes.
#include <signal.h>

#include "src/event/event_core.h"
#include "src/util/log.h"
#include "src/util/memory.h"

namespace {

/// Room for `signal` in the array. 0, or -1 with everything as it was.
int evmap_signal_make_space(event_base* base, int signal) {
    event_signal_map& map = base->sigmap;
    if (signal < map.nentries) return 0;
    // There are only _NSIG signals, so the whole array is made at once, and never moves.
    if (!mm_grow(map.entries, 0, static_cast<std::size_t>(_NSIG))) return -1;
    map.nentries = _NSIG;
    TRACE(map_grow, .base = base, .map = evglass::trace::field::mapkind::signal,
          .entries = static_cast<std::uint32_t>(_NSIG));
    return 0;
}

bool is_signal(int signal) {
    return signal >= 0 && signal < _NSIG;
}

}  // namespace

int evmap_signal_add_(event_base* base, int signal, event* ev) {
    TRACE_CALL(ev);
    if (!is_signal(signal)) return -1;
    if (evmap_signal_make_space(base, signal) < 0) return -1;
    evmap_signal& slot = base->sigmap.entries[signal];
    if (slot.first == nullptr && evsig_add(base, signal) < 0) return -1;
    list_insert_head<SignalLink>(slot.first, ev);
    TRACE(signal_add, .base = base, .event = ev, .signal = signal);
    return 1;
}

int evmap_signal_del_(event_base* base, int signal, event* ev) {
    TRACE_CALL(ev);
    if (!is_signal(signal) || signal >= base->sigmap.nentries) return -1;
    evmap_signal& slot = base->sigmap.entries[signal];
    list_remove<SignalLink>(ev);
    TRACE(signal_del, .base = base, .event = ev, .signal = signal);
    if (slot.first == nullptr && evsig_del(base, signal) < 0) return -1;
    return 1;
}

void evmap_signal_active_(event_base* base, int signal, int ncalls) {
    TRACE_CALL(base);
    if (!is_signal(signal) || signal >= base->sigmap.nentries) return;
    event* next = nullptr;
    for (event* ev = base->sigmap.entries[signal].first; ev != nullptr; ev = next) {
        next = ev->ev_signal_next.le_next;
        event_active_nolock_(ev, EV_SIGNAL, static_cast<short>(ncalls),
                             evglass::trace::field::cause::signal);
    }
}

int evmap_reinit_(event_base* base) {
    int result = 0;
    for (int fd = 0; fd < base->io.nentries; ++fd) {
        evmap_io& slot = base->io.entries[fd];
        slot.clear_info();
        const short mask = evmap_io_mask(slot);
        if (mask == 0) continue;
        if (base->evsel->add(base, fd, 0, mask, slot.fdinfo) < 0) result = -1;
    }
    for (int signal = 0; signal < base->sigmap.nentries; ++signal) {
        if (base->sigmap.entries[signal].first == nullptr) continue;
        if (evsig_add(base, signal) < 0) result = -1;
    }
    return result;
}

int evmap_delete_all_(event_base* base) {
    int deleted = 0;
    auto del = [&deleted](event* ev) {
        if ((ev->ev_flags & EVLIST_INTERNAL) == 0) ++deleted;
        event_del_nolock_(ev, DelMode::EVEN_IF_FINALIZING);
    };
    for (int signal = 0; signal < base->sigmap.nentries; ++signal) {
        while (event* ev = base->sigmap.entries[signal].first) del(ev);
    }
    for (int fd = 0; fd < base->io.nentries; ++fd) {
        while (event* ev = base->io.entries[fd].first) del(ev);
    }
    return deleted;
}

void evmap_clear_(event_base* base) {
    mm_free(base->io.entries);
    base->io = event_io_map{};
    mm_free(base->sigmap.entries);
    base->sigmap = event_signal_map{};
}
