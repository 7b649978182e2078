// The funnel: the one place where the state of an event changes. Each function moves an event into
// or out of one queue, and move() flips its flag, checks that the step is legal, keeps the counts
// and tells the trace. Nobody else writes evcb_flags but event_assign, which begins a life.
//
// The rules are data: trace/moves.def. The state diagram that people see is drawn from the same
// list, so that the picture and the code are one.
// Read next: event_add.cc, event_active.cc and event_del.cc, which decide when.
#include "src/event/event_core.h"
#include "src/util/log.h"

CORE_BEGIN

namespace {

using evglass::trace::kMoveRules;
using evglass::trace::Move;
using evglass::trace::MoveRule;
using evglass::trace::Site;

void INCR_EVENT_COUNT(event_base* base, int flags, Seen seen) {
    if (seen == Seen::plain || (flags & EVLIST_INTERNAL) == 0) ++base->event_count;
}

void DECR_EVENT_COUNT(event_base* base, int flags, Seen seen) {
    if (seen == Seen::plain || (flags & EVLIST_INTERNAL) == 0) --base->event_count;
}

[[noreturn, gnu::cold]] void illegal_move(const MoveRule& rule, const event_callback* evcb) {
    event_errx(EVENT_ERR_ABORT_, "%s: illegal for an event with flags 0x%x (event %p)",
               rule.name.data(), static_cast<unsigned>(evcb->evcb_flags) & 0xffff,
               static_cast<const void*>(evcb));
}

/// Flips the move's flag. `site` is the caller's, so that records name it. Aborts if the move is
/// not legal from the flags as they are: going on would corrupt a list.
/// The move is a template's argument, so that its rule is part of the code and not looked up.
template <Move m>
CORE_INLINE void move(Site& site, event_base* base, event_callback* evcb, int length,
                      Seen seen = Seen::nothing) {
    constexpr MoveRule rule = kMoveRules[static_cast<std::size_t>(m)];
    const int before = static_cast<unsigned short>(evcb->evcb_flags);
    const bool look = kHasProbes || seen == Seen::nothing;
    if (look && (before & (rule.needs | rule.forbids)) != rule.needs) [[unlikely]] {
        illegal_move(kMoveRules[static_cast<std::size_t>(m)], evcb);
    }
    const int after = rule.sets ? before | rule.flag : before & ~rule.flag;
    evcb->evcb_flags = static_cast<short>(after);
    if constexpr (rule.sets) {
        INCR_EVENT_COUNT(base, before, seen);
        TRACE_AT(site, queue_insert, .base = base, .event = evcb, .queue = rule.queue,
                 .priority = evcb->evcb_pri, .before = static_cast<std::uint16_t>(before),
                 .after = static_cast<std::uint16_t>(after),
                 .length = static_cast<std::uint32_t>(length));
    } else {
        DECR_EVENT_COUNT(base, before, seen);
        TRACE_AT(site, queue_remove, .base = base, .event = evcb, .queue = rule.queue,
                 .priority = evcb->evcb_pri, .before = static_cast<std::uint16_t>(before),
                 .after = static_cast<std::uint16_t>(after),
                 .length = static_cast<std::uint32_t>(length));
    }
}

}  // namespace

CORE_INLINE void event_queue_insert_inserted(event_base* base, event* ev) {
    TRACE_CALL(ev);
    EVGLASS_SITE(site);
    move<Move::insert_inserted>(site, base, event_to_event_callback(ev), 0);
    note_event_count(base);
}

CORE_INLINE void event_queue_remove_inserted(event_base* base, event* ev) {
    TRACE_CALL(ev);
    EVGLASS_SITE(site);
    move<Move::remove_inserted>(site, base, event_to_event_callback(ev), 0);
}

CORE_INLINE void event_queue_insert_active(event_base* base, event_callback* evcb, Seen seen) {
    TRACE_CALL(evcb);
    EVUTIL_ASSERT(evcb->evcb_pri < base->nactivequeues);
    evcallback_list& queue = base->activequeues[evcb->evcb_pri];
    ++base->event_count_active;
    queue.insert_tail(evcb);
    EVGLASS_SITE(site);
    move<Move::insert_active>(site, base, evcb, queue.length, seen);
}

CORE_INLINE void event_queue_remove_active(event_base* base, event_callback* evcb, Seen seen,
                                           evcallback_list* first_of) {
    TRACE_CALL(evcb);
    evcallback_list& queue = first_of != nullptr ? *first_of : base->activequeues[evcb->evcb_pri];
    --base->event_count_active;
    if (first_of != nullptr) {
        queue.remove_first();
    } else {
        queue.remove(evcb);
    }
    EVGLASS_SITE(site);
    move<Move::remove_active>(site, base, evcb, queue.length, seen);
}

void event_queue_insert_active_later(event_base* base, event_callback* evcb) {
    TRACE_CALL(evcb);
    if ((evcb->evcb_flags & (EVLIST_ACTIVE | EVLIST_ACTIVE_LATER)) != 0) return;
    EVUTIL_ASSERT(evcb->evcb_pri < base->nactivequeues);
    ++base->event_count_active;
    base->active_later_queue.insert_tail(evcb);
    EVGLASS_SITE(site);
    move<Move::insert_active_later>(site, base, evcb, base->active_later_queue.length);
    note_counts(base);
}

void event_queue_remove_active_later(event_base* base, event_callback* evcb) {
    TRACE_CALL(evcb);
    --base->event_count_active;
    base->active_later_queue.remove(evcb);
    EVGLASS_SITE(site);
    move<Move::remove_active_later>(site, base, evcb, base->active_later_queue.length);
}

void event_queue_make_later_events_active(event_base* base) {
    TRACE_CALL(base);
    while (event_callback* evcb = base->active_later_queue.first) {
        event_queue_remove_active_later(base, evcb);
        event_queue_insert_active(base, evcb);
    }
}

CORE_INLINE void event_queue_insert_timeout(event_base* base, event* ev, Seen seen) {
    TRACE_CALL(ev);
    EVGLASS_SITE(site);
    move<Move::insert_timeout>(site, base, event_to_event_callback(ev), 0, seen);
    note_event_count(base);
    if (seen == Seen::nothing && is_common_timeout(&ev->ev_timeout, base)) {
        insert_common_timeout_inorder(get_common_timeout_list(base, &ev->ev_timeout), ev);
    } else {
        min_heap_push_(&base->timeheap, ev);
    }
}

CORE_INLINE void event_queue_remove_timeout(event_base* base, event* ev, Seen seen) {
    TRACE_CALL(ev);
    EVGLASS_SITE(site);
    move<Move::remove_timeout>(site, base, event_to_event_callback(ev), 0, seen);
    if (is_common_timeout(&ev->ev_timeout, base)) {
        remove_common_timeout(get_common_timeout_list(base, &ev->ev_timeout), ev);
    } else {
        min_heap_erase_(&base->timeheap, ev);
    }
}

CORE_INLINE void event_queue_change_timeout(event_base* base, event* ev, std::int64_t before) {
    TRACE_CALL(ev);
    EVUTIL_ASSERT((ev->ev_flags & EVLIST_TIMEOUT) != 0);
    min_heap_adjust_(&base->timeheap, ev, before);
}

CORE_END
