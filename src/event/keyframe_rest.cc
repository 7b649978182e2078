// The rest of a keyframe: common-timeout queues, once events, finalizers that wait, watchers, and
// which lock is the base's. Read first: keyframe.cc.
#include "src/event/keyframe.h"

#include "src/event/event_core.h"

using evglass::trace::field::watcherkind;

void KeyframeWalk::tell_common_timeouts() {
    for (int i = 0; i < base->n_common_timeouts; ++i) {
        const common_timeout_list* ctl = base->common_timeout_queues[i];
        const auto number = static_cast<std::uint32_t>(i);
        TRACE(keyframe_common_queue, .base = base, .timer = &ctl->timeout_event,
              .duration = timeval_to_usec(plain_time(ctl->duration)), .queue = number);
        ++records;
        std::uint32_t index = 0;
        event* ev = ctl->events.first;
        for (; ev != nullptr; ev = common_timeout_events::next(ev)) {
            TRACE(keyframe_common, .base = base, .event = ev,
                  .deadline = timeval_to_usec(plain_time(ev->ev_timeout)), .queue = number,
                  .index = index);
            ++index;
            ++records;
        }
    }
}

void KeyframeWalk::tell_once_events() {
    std::uint32_t index = 0;
    struct event_once* eonce = base->once_events;
    for (; eonce != nullptr; eonce = eonce->next_once.le_next) {
        TRACE(keyframe_once, .base = base, .event = &eonce->ev, .callback = eonce->cb,
              .index = index);
        ++index;
        ++records;
    }
}

void KeyframeWalk::tell_finalizers(const evcallback_list& list) {
    for (event_callback* evcb = list.first; evcb != nullptr; evcb = evcallback_list::next(evcb)) {
        const auto closure = evcb->evcb_closure;
        if (closure < EV_CLOSURE_CB_FINALIZE) continue;
        TRACE(keyframe_finalizer, .base = base, .event = evcb,
              .callback = evcb->evcb_cb_union.evcb_evfinalize,
              .closure = static_cast<evglass::trace::field::closure>(closure));
        ++records;
    }
}

void KeyframeWalk::tell_watchers(const watcher_list& list) {
    std::uint32_t index = 0;
    for (evwatch* watcher = list.first; watcher != nullptr; watcher = watcher->link.tqe_next) {
        const bool prepare = watcher->is_prepare;
        TRACE(keyframe_watcher, .base = base, .watcher = watcher,
              .callback = prepare ? reinterpret_cast<std::uint64_t>(watcher->prepare)
                                  : reinterpret_cast<std::uint64_t>(watcher->check),
              .arg = watcher->arg, .kind = prepare ? watcherkind::prepare : watcherkind::check,
              .index = index);
        ++index;
        ++records;
    }
}

void KeyframeWalk::tell_lock() {
    TRACE(keyframe_lock, .base = base, .lock = base->th_base_lock,
          .cond = base->current_event_cond);
    ++records;
}
