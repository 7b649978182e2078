// Exercise of lesson 14: the reactor's own timer heap. This file takes the place of the library's
// src/timers/min_heap.cc, and main.cc runs timers on it. The array, the holes and the records are
// there. What is missing is the order: as it stands, every timer stays where its hole was opened.
// Write min_heap_shift_up_ and min_heap_shift_down_. Each step is a `slide`: the trace follows it.
#include "src/timers/min_heap.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "src/event/event_base.h"
#include "src/timers/clock.h"
#include "src/util/memory.h"

namespace {

using Item = min_heap::Item;

std::uint32_t index32(std::size_t i) {
    return static_cast<std::uint32_t>(i);
}

/// The timer that looked for a place has found it.
void place(min_heap* heap, std::size_t hole, const Item& item) {
    heap->items[hole] = item;
    item.ev->ev_timeout_pos.min_heap_idx = static_cast<int>(hole);
    TRACE(heap_place, .base = heap->base, .event = item.ev, .index = index32(hole));
}

/// The timer at `from`, parent or child of the hole, slides into it. Returns the new hole.
[[maybe_unused]] std::size_t slide(min_heap* heap, std::size_t hole, std::size_t from) {
    const Item item = heap->items[from];
    heap->items[hole] = item;
    item.ev->ev_timeout_pos.min_heap_idx = static_cast<int>(hole);
    TRACE(heap_move, .base = heap->base, .event = item.ev, .from = index32(from),
          .to = index32(hole));
    return from;
}

/// From a hole upwards: `item` looks for a place where its parent is not later.
void min_heap_shift_up_(min_heap* heap, std::size_t hole, const Item& item) {
    place(heap, hole, item);
}

/// From a hole downwards: `item` looks for a place where no child is earlier.
void min_heap_shift_down_(min_heap* heap, std::size_t hole, const Item& item) {
    place(heap, hole, item);
}

/// From a hole in the middle there are two ways.
void settle(min_heap* heap, std::size_t hole, const Item& item) {
    const bool up = hole > 0 && item.deadline < heap->items[min_heap_parent_(hole)].deadline;
    up ? min_heap_shift_up_(heap, hole, item) : min_heap_shift_down_(heap, hole, item);
}

}  // namespace

void min_heap_ctor_(min_heap* heap, const event_base* base) {
    *heap = min_heap{};
    heap->base = base;
}

void min_heap_dtor_(min_heap* heap) {
    mm_free(heap->memory);
    *heap = min_heap{.base = heap->base};
}

int min_heap_reserve_(min_heap* heap, std::size_t n) {
    if (n <= heap->capacity) return 0;
    if (n > static_cast<std::size_t>(std::numeric_limits<int>::max())) return -1;
    const std::size_t capacity = std::max({std::size_t{8}, heap->capacity * 2, n});
    void* memory = mm_realloc(heap->memory, capacity * sizeof(Item));
    if (memory == nullptr) return -1;
    heap->memory = memory;
    heap->items = static_cast<Item*>(memory);
    heap->capacity = capacity;
    return 0;
}

void min_heap_push_(min_heap* heap, event* ev) {
    const Item item{timeval_to_usec(ev->ev_timeout), ev};
    const std::size_t hole = heap->n++;
    TRACE(heap_insert, .base = heap->base, .event = ev, .deadline = item.deadline,
          .size = index32(heap->n));
    min_heap_shift_up_(heap, hole, item);
}

/// The last one of the array looks for a place from where `ev` stood.
void min_heap_erase_(min_heap* heap, event* ev) {
    const auto hole = static_cast<std::size_t>(ev->ev_timeout_pos.min_heap_idx);
    const Item last = heap->items[--heap->n];
    ev->ev_timeout_pos.min_heap_idx = -1;
    TRACE(heap_remove, .base = heap->base, .event = ev, .index = index32(hole),
          .size = index32(heap->n));
    if (last.ev != ev) settle(heap, hole, last);
}

/// (The deadline before this one would tell the way, too; settle asks the parent.)
void min_heap_adjust_(min_heap* heap, event* ev, std::int64_t /*before*/) {
    const auto hole = static_cast<std::size_t>(ev->ev_timeout_pos.min_heap_idx);
    const Item item{timeval_to_usec(ev->ev_timeout), ev};
    TRACE(heap_change, .base = heap->base, .event = ev, .index = index32(hole),
          .deadline = item.deadline);
    settle(heap, hole, item);
}
