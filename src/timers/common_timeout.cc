// Common timeouts: when thousands of events wait for the same duration, those that are added later
// expire later. A queue then does what the heap does, in O(1); one internal timer in the heap
// stands for the whole queue.
//
// A user marks such a duration with the timeval that event_base_init_common_timeout returns: its
// tv_usec carries a magic number and the queue's index above the 20 bits that microseconds need.
// Read next: common_timeout_new.cc, which makes the queues and runs what expires.
#include "src/event/event_core.h"

CORE_BEGIN

namespace {

/// Which of its base's queues it is: the index is part of the mark in the duration.
std::uint32_t number_of(const common_timeout_list* ctl) {
    return static_cast<std::uint32_t>(common_timeout_index(&ctl->duration));
}

}  // namespace

common_timeout_list* get_common_timeout_list(event_base* base, const timeval* tv) {
    return base->common_timeout_queues[common_timeout_index(tv)];
}

void insert_common_timeout_inorder(common_timeout_list* ctl, event* ev) {
    // Durations are equal, so a new deadline nearly always goes last. Not always: a persistent
    // event is re-added relative to when it should have run.
    event* after = ctl->events.back();
    std::uint32_t behind = 0;
    for (; after != nullptr && evutil_timercmp(&ev->ev_timeout, &after->ev_timeout, <); ++behind) {
        after = ctl->events.previous(after);
    }
    if (after == nullptr) {
        ctl->events.insert_head(ev);
    } else {
        ctl->events.insert_after(after, ev);
    }
    TRACE(common_insert, .base = ctl->base, .event = ev,
          .deadline = timeval_to_usec(plain_time(ev->ev_timeout)), .queue = number_of(ctl),
          .behind = behind, .length = static_cast<std::uint32_t>(ctl->events.length));
}

void remove_common_timeout(common_timeout_list* ctl, event* ev) {
    ctl->events.remove(ev);
    TRACE(common_remove, .base = ctl->base, .event = ev, .queue = number_of(ctl),
          .length = static_cast<std::uint32_t>(ctl->events.length));
}

void common_timeout_schedule(common_timeout_list* ctl, event* head) {
    const timeval deadline = plain_time(head->ev_timeout);
    event_add_nolock_(&ctl->timeout_event, &deadline, true);
    TRACE(common_schedule, .base = ctl->base, .event = head, .deadline = timeval_to_usec(deadline),
          .queue = number_of(ctl));
}

CORE_END
