// A common timeout's queue is made, and what expires in it becomes active.
// Read next: common_timeout.cc, which says what the queues are for.
#include "src/event/event_core.h"
#include "src/util/log.h"
#include "src/util/memory.h"

namespace {

constexpr int kMaxCommonTimeouts = 256;

/// The queue's timer went off: everything in it that has expired becomes active.
void common_timeout_callback(evutil_socket_t, short, void* arg) {
    auto* ctl = static_cast<common_timeout_list*>(arg);
    event_base* base = ctl->base;
    const BaseLock lock(base);
    timeval now;
    gettime(base, &now);
    event* ev = nullptr;
    while ((ev = ctl->events.first) != nullptr) {
        const timeval deadline = plain_time(ev->ev_timeout);
        if (evutil_timercmp(&deadline, &now, >)) break;
        event_del_nolock_(ev, DelMode::NOBLOCK);
        event_active_nolock_(ev, EV_TIMEOUT, 1, evglass::trace::field::cause::timeout);
    }
    note_counts(base);
    if (ev != nullptr) common_timeout_schedule(ctl, ev);
}

/// The queue for this duration, made if there is none. Null where memory or indexes ran out.
common_timeout_list* find_or_make(event_base* base, const timeval* duration) {
    for (int i = 0; i < base->n_common_timeouts; ++i) {
        common_timeout_list* ctl = base->common_timeout_queues[i];
        const long usec = ctl->duration.tv_usec & kCommonMicroseconds;
        if (ctl->duration.tv_sec == duration->tv_sec && usec == duration->tv_usec) return ctl;
    }
    if (base->n_common_timeouts == kMaxCommonTimeouts) {
        event_warnx("%s: too many common timeouts; at most %d per event_base", __func__,
                    kMaxCommonTimeouts);
        return nullptr;
    }
    if (base->n_common_timeouts == base->n_common_timeouts_allocated) {
        const int n = base->n_common_timeouts < 16 ? 16 : base->n_common_timeouts * 2;
        if (!mm_grow(base->common_timeout_queues,
                     static_cast<std::size_t>(base->n_common_timeouts_allocated),
                     static_cast<std::size_t>(n))) {
            return nullptr;
        }
        base->n_common_timeouts_allocated = n;
    }
    auto* ctl = mm_new<common_timeout_list>();
    if (ctl == nullptr) return nullptr;
    const long index = base->n_common_timeouts;
    ctl->duration.tv_sec = duration->tv_sec;
    ctl->duration.tv_usec = duration->tv_usec | kCommonMagic | (index << kCommonIndexShift);
    ctl->base = base;
    event_assign_internal_(&ctl->timeout_event, base, -1, 0, common_timeout_callback, ctl, nullptr);
    event_make_internal(&ctl->timeout_event, "common timeout");
    event_priority_set(&ctl->timeout_event, 0);
    base->common_timeout_queues[base->n_common_timeouts++] = ctl;
    TRACE(common_queue, .base = base, .timer = &ctl->timeout_event,
          .duration = timeval_to_usec(*duration), .queue = static_cast<std::uint32_t>(index));
    return ctl;
}

}  // namespace

void common_timeouts_free(event_base* base) {
    // Their events first: an event of a queue that is gone could not be deleted any more.
    while (base->n_common_timeouts > 0) {
        common_timeout_list* ctl = base->common_timeout_queues[base->n_common_timeouts - 1];
        while (event* ev = ctl->events.first) event_del_nolock_(ev, DelMode::EVEN_IF_FINALIZING);
        event_del_nolock_(&ctl->timeout_event, DelMode::EVEN_IF_FINALIZING);
        event_debug_unassign(&ctl->timeout_event);
        --base->n_common_timeouts;
        mm_delete(ctl);
    }
    mm_free(base->common_timeout_queues);
    base->common_timeout_queues = nullptr;
    base->n_common_timeouts_allocated = 0;
}

const timeval* event_base_init_common_timeout(event_base* base, const timeval* duration) {
    const BaseLock lock(base);
    timeval normal = *duration;
    if (normal.tv_usec >= 1000000) {
        // A duration that this base made before is its own mark.
        if (is_common_timeout(duration, base)) {
            return &get_common_timeout_list(base, duration)->duration;
        }
        normal.tv_usec &= kCommonMicroseconds;
        normal.tv_sec += normal.tv_usec / 1000000;
        normal.tv_usec %= 1000000;
    }
    const common_timeout_list* ctl = find_or_make(base, &normal);
    return ctl == nullptr ? nullptr : &ctl->duration;
}
