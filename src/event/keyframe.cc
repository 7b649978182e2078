// A keyframe: the whole state of a base as records, so that a reader can join late and start from
// truth. It is also how the truth is checked: the model replays all other records, and at each
// keyframe compares what it has with what this walk of the real structures found.
// Everything here only reads. Read next: trace/transitions_keyframe.cc, the other side.
#include "src/event/keyframe.h"
#include "src/event/event_core.h"
#include "src/event/foreach.h"

namespace {

using evglass::trace::field::queue;

std::uint64_t creator_of(const event* ev) {
    return static_cast<std::uint64_t>(ev->ev_creator_hi_) << 32 | ev->ev_creator_lo_;
}

std::uint64_t code_of(const event_callback* evcb) {
    return reinterpret_cast<std::uint64_t>(evcb->evcb_cb_union.evcb_callback);
}

std::uint32_t loop_bits(const event_base* base) {
    return (base->running_loop ? 1U : 0U) | (base->event_gotterm ? 2U : 0U) |
           (base->event_break ? 4U : 0U) | (base->event_continue ? 8U : 0U);
}

std::uint32_t count_events(event_base* base) {
    std::uint32_t n = 0;
    event_base_foreach_event_nolock_(base, [&n](const event*) {
        ++n;
        return 0;
    });
    return n;
}

}  // namespace

void KeyframeWalk::tell_event(const event* ev) {
    const bool timed = (ev->ev_flags & EVLIST_TIMEOUT) != 0;
    const bool interval =
        ev->ev_closure == EV_CLOSURE_EVENT_PERSIST && evutil_timerisset(&ev->ev_io_timeout);
    TRACE(keyframe_event, .base = base, .event = ev, .fd = ev->ev_fd, .events = ev->ev_events,
          .priority = ev->ev_pri, .flags = static_cast<std::uint16_t>(ev->ev_flags),
          .res = ev->ev_res, .serial = ev->ev_serial, .callback = code_of(&ev->ev_evcallback),
          .arg = ev->ev_arg, .creator = creator_of(ev),
          .deadline = timed ? timeval_to_usec(plain_time(ev->ev_timeout)) : -1,
          .interval = interval ? timeval_to_usec(plain_time(ev->ev_io_timeout)) : -1);
    ++records;
}

/// A callback that is no event: a deferred one, or the funeral of an object.
void KeyframeWalk::tell_bare(const event_callback* evcb) {
    TRACE(keyframe_event, .base = base, .event = evcb, .fd = -1, .events = 0,
          .priority = evcb->evcb_pri, .flags = static_cast<std::uint16_t>(evcb->evcb_flags),
          .res = 0, .serial = evcb->evcb_serial_, .callback = code_of(evcb), .arg = evcb->evcb_arg,
          .creator = 0, .deadline = -1, .interval = -1);
    ++records;
}

void KeyframeWalk::tell_heap() {
    for (std::size_t i = 0; i < base->timeheap.n; ++i) {
        TRACE(keyframe_heap, .base = base, .event = base->timeheap.items[i].ev,
              .index = static_cast<std::uint32_t>(i), .deadline = base->timeheap.items[i].deadline);
        ++records;
    }
}

void KeyframeWalk::tell_queue(const evcallback_list& list, queue which, int priority) {
    std::uint32_t index = 0;
    for (event_callback* evcb = list.first; evcb != nullptr; evcb = evcallback_list::next(evcb)) {
        if (!is_event(evcb)) tell_bare(evcb);
        TRACE(keyframe_queue, .base = base, .event = evcb, .queue = which,
              .priority = static_cast<std::uint8_t>(priority), .index = index);
        ++index;
        ++records;
    }
}

void KeyframeWalk::tell_io() {
    for (int fd = 0; fd < base->io.nentries; ++fd) {
        const evmap_io& slot = base->io.entries[fd];
        if (slot.first == nullptr) continue;
        std::uint32_t index = 0;
        for (event* ev = slot.first; ev != nullptr; ev = ev->ev_io_next.le_next) {
            TRACE(keyframe_io, .base = base, .event = ev, .fd = fd, .index = index);
            ++index;
            ++records;
        }
        TRACE(keyframe_interest, .base = base, .fd = fd, .mask = evmap_io_mask(slot));
        ++records;
        if (slot.lost) {
            TRACE(keyframe_lost, .base = base, .fd = fd);
            ++records;
        }
    }
}

void KeyframeWalk::tell_signals() {
    for (int signal = 0; signal < base->sigmap.nentries; ++signal) {
        std::uint32_t index = 0;
        event* ev = base->sigmap.entries[signal].first;
        for (; ev != nullptr; ev = ev->ev_signal_next.le_next) {
            TRACE(keyframe_signal, .base = base, .event = ev, .signal = signal, .index = index);
            ++index;
            ++records;
        }
    }
}

void KeyframeWalk::tell_running() {
    const event_callback* evcb = base->current_event;
    if (evcb == nullptr) return;
    TRACE(keyframe_callback, .base = base, .event = evcb, .fd = -1, .what = 0, .callback = 0,
          .closure = evglass::trace::field::closure::event);
    ++records;
}

void event_base_write_keyframe(event_base* base) {
    const timeval& cache = base->clock.tv_cache;
    const bool cached = cache.tv_sec != 0 || cache.tv_usec != 0;
    TRACE(keyframe_begin, .base = base, .turn = base->turn,
          .flags = static_cast<std::uint32_t>(base->flags),
          .features = static_cast<std::uint32_t>(base->evsel->features),
          .priorities = static_cast<std::uint32_t>(base->nactivequeues),
          .events = count_events(base), .loop = loop_bits(base), .phase = base->phase,
          .now = cached ? timeval_to_usec(cache) : -1, .backend = base->evsel->name);
    KeyframeWalk walk{.base = base};
    event_base_foreach_event_nolock_(base, [&walk](const event* ev) {
        walk.tell_event(ev);
        return 0;
    });
    walk.tell_heap();
    for (int i = 0; i < base->nactivequeues; ++i) {
        walk.tell_queue(base->activequeues[i], queue::active, i);
        walk.tell_finalizers(base->activequeues[i]);
    }
    walk.tell_queue(base->active_later_queue, queue::active_later, 0);
    walk.tell_finalizers(base->active_later_queue);
    walk.tell_io();
    walk.tell_signals();
    walk.tell_running();
    walk.tell_common_timeouts();
    walk.tell_once_events();
    walk.tell_watchers(base->prepare_watchers);
    walk.tell_watchers(base->check_watchers);
    walk.tell_lock();
    if (base->evsel->write_keyframe != nullptr) base->evsel->write_keyframe(base);
    TRACE(keyframe_end, .base = base, .records = walk.records);
    evglass::trace::keyframe_done(base->keyframe);
}
