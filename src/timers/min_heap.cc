// The timer heap's moves. A hole is opened, neighbours slide into it until the event that looks for
// a place fits: one write for each level instead of a swap.
#include "src/timers/min_heap.h"

#include <algorithm>
#include <limits>

#include "src/event/event_base.h"
#include "src/timers/clock.h"
#include "src/util/log.h"
#include "src/util/memory.h"

CORE_BEGIN

namespace {

constexpr std::size_t kFirstCapacity = 8;
constexpr std::size_t kCacheLine = 64;

std::uint32_t index32(std::size_t i) {
    return static_cast<std::uint32_t>(i);
}

// An item is written and read field by field, and passed by value: a copy of both words at once
// would have to wait for two stores that are still on their way.

void place(min_heap* heap, std::size_t hole, min_heap::Item item) {
    heap->items[hole].deadline = item.deadline;
    heap->items[hole].ev = item.ev;
    item.ev->ev_timeout_pos.min_heap_idx = static_cast<int>(hole);
    TRACE(heap_place, .base = heap->base, .event = item.ev, .index = index32(hole));
}

/// The item at `from` slides into the hole; `from` is the hole then.
std::size_t slide(min_heap* heap, std::size_t hole, std::size_t from) {
    const min_heap::Item& item = heap->items[from];
    heap->items[hole].deadline = item.deadline;
    heap->items[hole].ev = item.ev;
    item.ev->ev_timeout_pos.min_heap_idx = static_cast<int>(hole);
    TRACE(heap_move, .base = heap->base, .event = item.ev, .from = index32(from),
          .to = index32(hole));
    return from;
}

void min_heap_shift_up_(min_heap* heap, std::size_t hole, min_heap::Item item) {
    TRACE_CALL(heap->base);
    while (hole > 0) {
        const std::size_t parent = min_heap_parent_(hole);
        if (heap->items[parent].deadline <= item.deadline) break;
        hole = slide(heap, hole, parent);
    }
    place(heap, hole, item);
}

std::size_t first_child(std::size_t parent) {
    return parent * kHeapArity + 1;
}

std::size_t earliest_child(const min_heap* heap, std::size_t first) {
    static_assert(kHeapArity == 4);
    const min_heap::Item* children = heap->items + first;
    if (first + kHeapArity <= heap->n) [[likely]] {
        // Two pairs, then their winners: no jumps, which could not be foretold.
        const std::size_t a = children[1].deadline < children[0].deadline ? 1 : 0;
        const std::size_t b = children[3].deadline < children[2].deadline ? 3 : 2;
        return first + (children[b].deadline < children[a].deadline ? b : a);
    }
    const std::size_t end = heap->n;
    std::size_t best = first;
    for (std::size_t i = first + 1; i < end; ++i) {
        if (heap->items[i].deadline < heap->items[best].deadline) best = i;
    }
    return best;
}

void min_heap_shift_down_(min_heap* heap, std::size_t hole, min_heap::Item item) {
    TRACE_CALL(heap->base);
    for (;;) {
        const std::size_t first = first_child(hole);
        if (first >= heap->n) break;
        const std::size_t child = earliest_child(heap, first);
        if (item.deadline <= heap->items[child].deadline) break;
        hole = slide(heap, hole, child);
    }
    place(heap, hole, item);
}

/// An item looks for its place from a hole in the middle: up if it is earlier than what left the
/// hole, else down. (Asking the parent would cost a cache miss.)
CORE_INLINE void settle(min_heap* heap, std::size_t hole, std::int64_t left, min_heap::Item item) {
    if (item.deadline < left) {
        min_heap_shift_up_(heap, hole, item);
    } else if (first_child(hole) >= heap->n) {  // most places have no children
        place(heap, hole, item);
    } else {
        min_heap_shift_down_(heap, hole, item);
    }
}

/// The place for items in new memory: the root ends a cache line, so that the children of each node
/// fill one.
min_heap::Item* aligned_items(void* memory) {
    static_assert(kCacheLine == kHeapArity * sizeof(min_heap::Item));
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    const std::uintptr_t line = (address + kCacheLine - 1) / kCacheLine * kCacheLine;
    return reinterpret_cast<min_heap::Item*>(line + kCacheLine - sizeof(min_heap::Item));
}

}  // namespace

void min_heap_ctor_(min_heap* heap, const event_base* base) {
    TRACE_CALL(base);
    *heap = min_heap{};
    heap->base = base;
}

void min_heap_dtor_(min_heap* heap) {
    TRACE_CALL(heap->base);
    mm_free(heap->memory);
    heap->memory = nullptr;
    heap->items = nullptr;
    heap->n = heap->capacity = 0;
}

int min_heap_reserve_(min_heap* heap, std::size_t n) {
    TRACE_CALL(heap->base);
    if (n <= heap->capacity) return 0;
    // An event's place is an int in its public struct.
    if (n > static_cast<std::size_t>(std::numeric_limits<int>::max())) return -1;
    const std::size_t capacity = std::max({kFirstCapacity, heap->capacity * 2, n});
    // New memory, not grown: where a cache line begins may differ in it.
    void* memory = mm_realloc(nullptr, capacity * sizeof(min_heap::Item) + 2 * kCacheLine);
    if (memory == nullptr) return -1;
    min_heap::Item* items = aligned_items(memory);
    std::copy_n(heap->items, heap->n, items);
    mm_free(heap->memory);
    heap->memory = memory;
    heap->items = items;
    heap->capacity = capacity;
    return 0;
}

CORE_INLINE void min_heap_push_(min_heap* heap, event* ev) {
    TRACE_CALL(heap->base);
    EVUTIL_ASSERT(heap->n < heap->capacity);
    const min_heap::Item item{timeval_to_usec(ev->ev_timeout), ev};
    const std::size_t hole = heap->n++;
    TRACE(heap_insert, .base = heap->base, .event = ev, .deadline = item.deadline,
          .size = index32(heap->n));
    min_heap_shift_up_(heap, hole, item);
}

CORE_INLINE void min_heap_erase_(min_heap* heap, event* ev) {
    TRACE_CALL(heap->base);
    const std::size_t hole = static_cast<std::size_t>(ev->ev_timeout_pos.min_heap_idx);
    EVUTIL_ASSERT(hole < heap->n && heap->items[hole].ev == ev);
    const std::int64_t left = heap->items[hole].deadline;
    --heap->n;
    const min_heap::Item last{heap->items[heap->n].deadline, heap->items[heap->n].ev};
    ev->ev_timeout_pos.min_heap_idx = -1;
    TRACE(heap_remove, .base = heap->base, .event = ev, .index = index32(hole),
          .size = index32(heap->n));
    if (last.ev != ev) settle(heap, hole, left, last);
}

CORE_INLINE void min_heap_adjust_(min_heap* heap, event* ev, std::int64_t before) {
    TRACE_CALL(heap->base);
    const std::int64_t deadline = timeval_to_usec(ev->ev_timeout);
    // Put off a second time within a turn, whose time is cached: nothing moves.
    if (!kHasProbes && deadline == before) return;
    const std::size_t hole = static_cast<std::size_t>(ev->ev_timeout_pos.min_heap_idx);
    // Not asked, but by verify.cc: does it stand there? The answer would be a cache miss to wait
    // for; what is only written is not waited for.
    EVUTIL_ASSERT(hole < heap->n);
    const min_heap::Item item{deadline, ev};
    TRACE(heap_change, .base = heap->base, .event = ev, .index = index32(hole),
          .deadline = item.deadline);
    settle(heap, hole, before, item);
}

CORE_END
