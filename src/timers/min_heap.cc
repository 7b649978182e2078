// The timer heap's moves. A hole is opened, neighbours slide into it until the event that looks for
// a place fits: one write for each level instead of a swap.
#include "src/timers/min_heap.h"

#include <algorithm>
#include <limits>

#include "src/event/event_base.h"
#include "src/timers/clock.h"
#include "src/util/log.h"
#include "src/util/memory.h"

namespace {

constexpr std::size_t kFirstCapacity = 8;

std::uint32_t index32(std::size_t i) {
    return static_cast<std::uint32_t>(i);
}

void place(min_heap* heap, std::size_t hole, const min_heap::Item& item) {
    heap->items[hole] = item;
    item.ev->ev_timeout_pos.min_heap_idx = static_cast<int>(hole);
    TRACE(heap_place, .base = heap->base, .event = item.ev, .index = index32(hole));
}

/// The item at `from` slides into the hole; `from` is the hole then.
std::size_t slide(min_heap* heap, std::size_t hole, std::size_t from) {
    heap->items[hole] = heap->items[from];
    heap->items[hole].ev->ev_timeout_pos.min_heap_idx = static_cast<int>(hole);
    TRACE(heap_move, .base = heap->base, .event = heap->items[hole].ev, .from = index32(from),
          .to = index32(hole));
    return from;
}

void min_heap_shift_up_(min_heap* heap, std::size_t hole, const min_heap::Item& item) {
    TRACE_CALL(heap->base);
    while (hole > 0) {
        const std::size_t parent = min_heap_parent_(hole);
        if (heap->items[parent].deadline <= item.deadline) break;
        hole = slide(heap, hole, parent);
    }
    place(heap, hole, item);
}

std::size_t earliest_child(const min_heap* heap, std::size_t first) {
    const std::size_t end = std::min(first + kHeapArity, heap->n);
    std::size_t best = first;
    for (std::size_t i = first + 1; i < end; ++i) {
        if (heap->items[i].deadline < heap->items[best].deadline) best = i;
    }
    return best;
}

void min_heap_shift_down_(min_heap* heap, std::size_t hole, const min_heap::Item& item) {
    TRACE_CALL(heap->base);
    for (;;) {
        const std::size_t first = hole * kHeapArity + 1;
        if (first >= heap->n) break;
        const std::size_t child = earliest_child(heap, first);
        if (item.deadline <= heap->items[child].deadline) break;
        hole = slide(heap, hole, child);
    }
    place(heap, hole, item);
}

/// An item looks for its place from a hole in the middle: it may have to go either way.
void settle(min_heap* heap, std::size_t hole, const min_heap::Item& item) {
    if (hole > 0 && item.deadline < heap->items[min_heap_parent_(hole)].deadline) {
        min_heap_shift_up_(heap, hole, item);
    } else {
        min_heap_shift_down_(heap, hole, item);
    }
}

}  // namespace

void min_heap_ctor_(min_heap* heap, const event_base* base) {
    TRACE_CALL(base);
    *heap = min_heap{};
    heap->base = base;
}

void min_heap_dtor_(min_heap* heap) {
    TRACE_CALL(heap->base);
    mm_free(heap->items);
    heap->items = nullptr;
    heap->n = heap->capacity = 0;
}

int min_heap_reserve_(min_heap* heap, std::size_t n) {
    TRACE_CALL(heap->base);
    if (n <= heap->capacity) return 0;
    // An event's place is an int in its public struct.
    if (n > static_cast<std::size_t>(std::numeric_limits<int>::max())) return -1;
    const std::size_t capacity = std::max({kFirstCapacity, heap->capacity * 2, n});
    if (!mm_grow(heap->items, heap->capacity, capacity)) return -1;
    heap->capacity = capacity;
    return 0;
}

void min_heap_push_(min_heap* heap, event* ev) {
    TRACE_CALL(heap->base);
    EVUTIL_ASSERT(heap->n < heap->capacity);
    const min_heap::Item item{timeval_to_usec(ev->ev_timeout), ev};
    const std::size_t hole = heap->n++;
    TRACE(heap_insert, .base = heap->base, .event = ev, .deadline = item.deadline,
          .size = index32(heap->n));
    min_heap_shift_up_(heap, hole, item);
}

void min_heap_erase_(min_heap* heap, event* ev) {
    TRACE_CALL(heap->base);
    const std::size_t hole = static_cast<std::size_t>(ev->ev_timeout_pos.min_heap_idx);
    EVUTIL_ASSERT(hole < heap->n && heap->items[hole].ev == ev);
    const min_heap::Item last = heap->items[--heap->n];
    ev->ev_timeout_pos.min_heap_idx = -1;
    TRACE(heap_remove, .base = heap->base, .event = ev, .index = index32(hole),
          .size = index32(heap->n));
    if (last.ev != ev) settle(heap, hole, last);
}

void min_heap_adjust_(min_heap* heap, event* ev) {
    TRACE_CALL(heap->base);
    const std::size_t hole = static_cast<std::size_t>(ev->ev_timeout_pos.min_heap_idx);
    EVUTIL_ASSERT(hole < heap->n && heap->items[hole].ev == ev);
    const min_heap::Item item{timeval_to_usec(ev->ev_timeout), ev};
    TRACE(heap_change, .base = heap->base, .event = ev, .index = index32(hole),
          .deadline = item.deadline);
    settle(heap, hole, item);
}
