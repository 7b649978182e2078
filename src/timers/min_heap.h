// The timers of a base: a heap with four children a node, the earliest deadline on top.
//
// Why four: half as deep as a binary heap, and four children lie in one cache line, because the
// deadlines stand in the array itself and not behind a pointer to each event.
// Invariants: (1) a parent's deadline is not later than its children's; (2) the event at place i
// has min_heap_index i; an event outside any heap has -1.
// A change is told as a hole that moves: heap_move for each event that slides into it, heap_place
// for the event that fills it. Read next: min_heap.cc.
#pragma once

#include <event2/event_struct.h>

#include <cstddef>
#include <cstdint>

#include "src/event/flavour.h"

struct event_base;

struct min_heap {
    /// A deadline in monotonic microseconds, beside the event so that comparing touches no event.
    struct Item {
        std::int64_t deadline;
        event* ev;
    };
    Item* items = nullptr;   ///< inside memory: any node's children lie in one cache line
    void* memory = nullptr;  ///< what was allocated
    std::size_t n = 0;
    std::size_t capacity = 0;
    const event_base* base = nullptr;  ///< for the trace alone
};

inline constexpr std::size_t kHeapArity = 4;
inline std::size_t min_heap_parent_(std::size_t i) {
    return (i - 1) / kHeapArity;
}

CORE_BEGIN

void min_heap_ctor_(min_heap* heap, const event_base* base);
void min_heap_dtor_(min_heap* heap);
inline void min_heap_elt_init_(event* ev) {
    ev->ev_timeout_pos.min_heap_idx = -1;
}
inline bool min_heap_empty_(const min_heap* heap) {
    return heap->n == 0;
}
inline event* min_heap_top_(const min_heap* heap) {
    return heap->n == 0 ? nullptr : heap->items[0].ev;
}
inline bool min_heap_elt_is_top_(const event* ev) {
    return ev->ev_timeout_pos.min_heap_idx == 0;
}
/// Makes room for n events. 0, or -1 where memory is short: the heap is as it was.
int min_heap_reserve_(min_heap* heap, std::size_t n);
/// REQUIRES: room was reserved, so that it can't fail; ev is in no heap.
CORE_INLINE void min_heap_push_(min_heap* heap, event* ev);
/// Takes an event out, wherever it is. REQUIRES: it is in this heap.
CORE_INLINE void min_heap_erase_(min_heap* heap, event* ev);
/// The event's ev_timeout changed while it is in the heap. `before`: what it was, in microseconds.
/// (The heap knows that too, but far away: in a big heap its place is a cache miss, and which way
/// to go would have to wait for it.)
CORE_INLINE void min_heap_adjust_(min_heap* heap, event* ev, std::int64_t before);

CORE_END
