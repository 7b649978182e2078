// Transitions of the timer heap, replayed step by step: an event is lifted, a hole moves, the event
// fills it. Each step is checked, and the order around the place where it ends.
#include <algorithm>

#include "trace/transitions.h"

namespace evglass::trace {

namespace {
constexpr std::uint32_t parent_of(std::uint32_t i) {
    return (i - 1) / kHeapChildren;
}
}  // namespace

void Transitions::heap_insert(const rec::heap_insert& r) {
    Base& base = base_at(r.base);
    Event& event = known_event(base, r.event, evlist::kInit);
    if (base.heap_lifted != 0) return object(base, label(base.heap_lifted) + " has no place yet");
    if (r.size != base.heap.size() + 1)
        return object(base, "the heap grows from " + std::to_string(base.heap.size()) + " to " +
                                std::to_string(r.size));
    if (event.in_heap) return object(base, label(r.event) + " is in the heap already");
    event.deadline = r.deadline;
    event.in_heap = true;
    base.heap.push_back({});
    base.heap_hole = r.size - 1;
    base.heap_lifted = r.event;
    base.heap_lifted_deadline = r.deadline;
}

bool Transitions::heap_step_is_legal(Base& base, Address event, std::uint32_t from,
                                     std::uint32_t to) {
    std::string why;
    if (base.heap_lifted == 0)
        why = "no event is looking for a place";
    else if (to != base.heap_hole)
        why = "the hole is at " + std::to_string(base.heap_hole) + ", not " + std::to_string(to);
    else if (from >= base.heap.size() || base.heap[from].event != event)
        why = label(event) + " is not at heap[" + std::to_string(from) + "]";
    else if ((from == 0 || parent_of(from) != to) && (to == 0 || parent_of(to) != from))
        why = std::to_string(from) + " and " + std::to_string(to) + " are not parent and child";
    if (!why.empty()) object(base, why);
    return why.empty();
}

/// An event that stands in the heap, or was lifted from it, is known. A timer that comes passes
/// many others; none of these is looked up (a moment of an index would have to read each from its
/// file).
void Transitions::see_in_heap(Base& base, Address event, bool stands_there) {
    if (!stands_there) return see_event(base, event);
    change.event = event;
}

void Transitions::heap_move(const rec::heap_move& r) {
    Base& base = base_at(r.base);
    see_in_heap(base, r.event, r.from < base.heap.size() && base.heap[r.from].event == r.event);
    if (!heap_step_is_legal(base, r.event, r.from, r.to)) return;
    base.heap.set(r.to, base.heap[r.from]);
    base.heap.set(r.from, {});
    base.heap_hole = r.from;
}

bool Transitions::heap_order_holds(const Base& base, std::uint32_t index) const {
    const auto& heap = base.heap;
    if (index > 0 && heap[parent_of(index)].deadline > heap[index].deadline) return false;
    const std::size_t first = std::size_t{index} * kHeapChildren + 1;
    for (std::size_t child = first; child < first + kHeapChildren && child < heap.size(); ++child)
        if (heap[child].deadline < heap[index].deadline) return false;
    return true;
}

void Transitions::heap_place(const rec::heap_place& r) {
    Base& base = base_at(r.base);
    see_in_heap(base, r.event, base.heap_lifted != 0 && base.heap_lifted == r.event);
    if (base.heap_lifted == 0 || base.heap_lifted != r.event)
        return object(base, label(r.event) + " is not looking for a place");
    if (r.index != base.heap_hole || r.index >= base.heap.size())
        return object(base, "the hole is at " + std::to_string(base.heap_hole) + ", not " +
                                std::to_string(r.index));
    base.heap.set(r.index, {base.heap_lifted, base.heap_lifted_deadline});
    base.heap_lifted = 0;
    if (!heap_order_holds(base, r.index))
        object(base, "at heap[" + std::to_string(r.index) + "] a parent is due after its child");
}

void Transitions::heap_remove(const rec::heap_remove& r) {
    Base& base = base_at(r.base);
    Event& event = known_event(base, r.event, evlist::kInit);
    auto& heap = base.heap;
    if (base.heap_lifted != 0) return object(base, label(base.heap_lifted) + " has no place yet");
    if (r.index >= heap.size() || heap[r.index].event != r.event)
        return object(base, label(r.event) + " is not at heap[" + std::to_string(r.index) + "]");
    if (r.size != heap.size() - 1)
        return object(base, "the heap shrinks from " + std::to_string(heap.size()) + " to " +
                                std::to_string(r.size));
    event.deadline = kNone;
    event.in_heap = false;
    const HeapItem last = heap.back();
    heap.pop_back();
    if (r.index == heap.size()) return;
    heap.set(r.index, {});
    base.heap_hole = r.index;
    base.heap_lifted = last.event;
    base.heap_lifted_deadline = last.deadline;
}

void Transitions::heap_change(const rec::heap_change& r) {
    Base& base = base_at(r.base);
    Event& event = known_event(base, r.event, evlist::kInit);
    if (base.heap_lifted != 0) return object(base, label(base.heap_lifted) + " has no place yet");
    if (r.index >= base.heap.size() || base.heap[r.index].event != r.event)
        return object(base, label(r.event) + " is not at heap[" + std::to_string(r.index) + "]");
    event.deadline = r.deadline;
    base.heap.set(r.index, {});
    base.heap_hole = r.index;
    base.heap_lifted = r.event;
    base.heap_lifted_deadline = r.deadline;
}

}  // namespace evglass::trace
