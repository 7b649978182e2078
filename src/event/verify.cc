// Every invariant of a base, in one function: what must hold whenever nobody is in the middle of a
// change. Tests call it after each step of a random program.
// It aborts on the first thing that does not hold, naming it. Read next: keyframe.cc.
#include "src/event/event_core.h"
#include "src/event/foreach.h"
#include "src/util/log.h"

namespace {

void verify_io_slot(const event_base* base, int fd) {
    const evmap_io& slot = base->io.entries[fd];
    int nread = 0;
    int nwrite = 0;
    int nclose = 0;
    event* const* link = &slot.first;
    for (event* ev = slot.first; ev != nullptr; ev = ev->ev_io_next.le_next) {
        EVUTIL_ASSERT(ev->ev_io_next.le_prev == link);
        EVUTIL_ASSERT(ev->ev_base == base && ev->ev_fd == fd);
        EVUTIL_ASSERT((ev->ev_flags & (EVLIST_INIT | EVLIST_INSERTED)) ==
                      (EVLIST_INIT | EVLIST_INSERTED));
        nread += (ev->ev_events & EV_READ) != 0 ? 1 : 0;
        nwrite += (ev->ev_events & EV_WRITE) != 0 ? 1 : 0;
        nclose += (ev->ev_events & EV_CLOSED) != 0 ? 1 : 0;
        link = &ev->ev_io_next.le_next;
    }
    EVUTIL_ASSERT(nread == slot.nread && nwrite == slot.nwrite && nclose == slot.nclose);
}

void verify_signals(const event_base* base) {
    for (int signal = 0; signal < base->sigmap.nentries; ++signal) {
        event* const* link = &base->sigmap.entries[signal].first;
        for (event* ev = *link; ev != nullptr; ev = ev->ev_signal_next.le_next) {
            EVUTIL_ASSERT(ev->ev_signal_next.le_prev == link);
            EVUTIL_ASSERT((ev->ev_events & EV_SIGNAL) != 0 && ev->ev_fd == signal);
            EVUTIL_ASSERT((ev->ev_flags & EVLIST_INSERTED) != 0);
            link = &ev->ev_signal_next.le_next;
        }
    }
}

void verify_heap(const event_base* base) {
    const min_heap& heap = base->timeheap;
    EVUTIL_ASSERT(heap.n <= heap.capacity);
    for (std::size_t i = 0; i < heap.n; ++i) {
        const min_heap::Item& item = heap.items[i];
        EVUTIL_ASSERT(item.ev->ev_timeout_pos.min_heap_idx == static_cast<int>(i));
        EVUTIL_ASSERT(item.deadline == timeval_to_usec(item.ev->ev_timeout));
        EVUTIL_ASSERT((item.ev->ev_flags & EVLIST_TIMEOUT) != 0);
        if (i > 0) EVUTIL_ASSERT(heap.items[min_heap_parent_(i)].deadline <= item.deadline);
    }
}

void verify_common_timeouts(const event_base* base) {
    for (int i = 0; i < base->n_common_timeouts; ++i) {
        const event* before = nullptr;
        event* ev = base->common_timeout_queues[i]->events.first;
        for (; ev != nullptr; ev = common_timeout_events::next(ev)) {
            EVUTIL_ASSERT((ev->ev_flags & EVLIST_TIMEOUT) != 0);
            EVUTIL_ASSERT(is_common_timeout(&ev->ev_timeout, base));
            if (before != nullptr) {
                EVUTIL_ASSERT(!evutil_timercmp(&ev->ev_timeout, &before->ev_timeout, <));
            }
            before = ev;
        }
    }
}

int verify_queue(const evcallback_list& list, int flag, int priority) {
    int n = 0;
    event_callback* const* link = &list.first;
    for (event_callback* evcb = list.first; evcb != nullptr; evcb = evcallback_list::next(evcb)) {
        EVUTIL_ASSERT(evcb->evcb_active_next.tqe_prev == link);
        EVUTIL_ASSERT((evcb->evcb_flags & (EVLIST_ACTIVE | EVLIST_ACTIVE_LATER)) == flag);
        if (priority >= 0) EVUTIL_ASSERT(evcb->evcb_pri == priority);
        link = &evcb->evcb_active_next.tqe_next;
        ++n;
    }
    EVUTIL_ASSERT(list.last == link && list.length == n);
    return n;
}

/// event_count is how often events that are not the library's own hang in something.
int count_memberships(event_base* base) {
    int n = 0;
    event_base_foreach_event_nolock_(base, [&n](const event* ev) {
        if ((ev->ev_flags & EVLIST_INTERNAL) != 0) return 0;
        if (is_in_map(ev)) ++n;
        for (const int flag : {EVLIST_TIMEOUT, EVLIST_ACTIVE, EVLIST_ACTIVE_LATER}) {
            if ((ev->ev_flags & flag) != 0) ++n;
        }
        return 0;
    });
    return n + base->io.without_fd;
}

/// Callbacks in the queues that are not events.
int count_bare_callbacks(const evcallback_list& list) {
    int n = 0;
    for (event_callback* evcb = list.first; evcb != nullptr; evcb = evcallback_list::next(evcb)) {
        if (!is_event(evcb) && (evcb->evcb_flags & EVLIST_INTERNAL) == 0) ++n;
    }
    return n;
}

}  // namespace

void event_base_assert_ok_nolock_(event_base* base) {
    for (int fd = 0; fd < base->io.nentries; ++fd) verify_io_slot(base, fd);
    event_changelist_assert_ok_(base);
    verify_signals(base);
    verify_heap(base);
    verify_common_timeouts(base);
    int active = verify_queue(base->active_later_queue, EVLIST_ACTIVE_LATER, -1);
    int bare = count_bare_callbacks(base->active_later_queue);
    for (int i = 0; i < base->nactivequeues; ++i) {
        active += verify_queue(base->activequeues[i], EVLIST_ACTIVE, i);
        bare += count_bare_callbacks(base->activequeues[i]);
    }
    EVUTIL_ASSERT(active == base->event_count_active);
    EVUTIL_ASSERT(count_memberships(base) + bare == base->event_count);
}
