// Common timeouts: when thousands of events wait for the same duration, those that are added later
// expire later. A queue then does what the heap does, in O(1); one internal timer in the heap
// stands for the whole queue.
//
// A user marks such a duration with the timeval that event_base_init_common_timeout returns: its
// tv_usec carries a magic number and the queue's index above the 20 bits that microseconds need.
#include <limits>

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
    return ctl;
}

}  // namespace

common_timeout_list* get_common_timeout_list(event_base* base, const timeval* tv) {
    return base->common_timeout_queues[common_timeout_index(tv)];
}

void insert_common_timeout_inorder(common_timeout_list* ctl, event* ev) {
    // Durations are equal, so a new deadline nearly always goes last. Not always: a persistent
    // event is re-added relative to when it should have run.
    event* after = ctl->events.back();
    while (after != nullptr && evutil_timercmp(&ev->ev_timeout, &after->ev_timeout, <)) {
        after = ctl->events.previous(after);
    }
    if (after == nullptr) {
        ctl->events.insert_head(ev);
    } else {
        ctl->events.insert_after(after, ev);
    }
}

void common_timeout_schedule(common_timeout_list* ctl, event* head) {
    const timeval deadline = plain_time(head->ev_timeout);
    event_add_nolock_(&ctl->timeout_event, &deadline, true);
}

void common_timeouts_free(event_base* base) {
    for (int i = 0; i < base->n_common_timeouts; ++i) {
        common_timeout_list* ctl = base->common_timeout_queues[i];
        event_del(&ctl->timeout_event);
        event_debug_unassign(&ctl->timeout_event);
        mm_delete(ctl);
    }
    mm_free(base->common_timeout_queues);
    base->common_timeout_queues = nullptr;
    base->n_common_timeouts = base->n_common_timeouts_allocated = 0;
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
