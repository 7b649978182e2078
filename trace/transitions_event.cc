// Transitions of one event: it becomes known, gets flags and a deadline, enters and leaves queues.
// Whether a step is legal is decided by moves.def. Read next: transitions_heap.cc,
// transitions_map.cc.
#include <algorithm>

#include "trace/text.h"
#include "trace/transitions.h"

namespace evglass::trace {

namespace {
/// Is this a legal way into or out of a queue? The same list rules the reactor: moves.def.
bool is_legal(field::queue queue, bool in, int before, int after) {
    for (const MoveRule& rule : kMoveRules) {
        if (rule.queue != queue || rule.sets != in) continue;
        return (before & rule.needs) == rule.needs && (before & rule.forbids) == 0 &&
               after == (before ^ rule.flag);
    }
    return false;
}
}  // namespace

void Transitions::event_assign(const rec::event_assign& r) {
    const Event* known = model.event(r.event);
    const bool reused = known != nullptr && known->alive;
    EventState before = EventState::unknown;
    std::uint32_t ordinal = 0;
    if (reused) {
        before = known->state();
        ordinal = known->ordinal;
        if ((known->flags & evlist::kHeld) != 0) {
            Base& old = base_at(known->base);
            object(old, label(r.event) + " is assigned anew while it is pending or active");
            forget(old, r.event);
        }
    }
    Event& event = new_event(r.event);
    if (reused) {  // the same memory without a word of its end: the same event, begun again
        event.ordinal = ordinal;
        --model.next_event_;
    }
    event.base = r.base;
    event.fd = r.fd;
    event.events = r.events;
    event.priority = r.priority;
    event.flags = r.flags;
    event.serial = r.serial;
    event.callback = r.callback;
    event.arg = r.arg;
    event.creator = r.creator;
    change.event = r.event;
    if (r.base != 0) return settle(base_at(r.base), event, before);
    change.before = before;
    change.after = event.state();
}

void Transitions::event_gone(const rec::event_gone& r) {
    Base& base = base_at(r.base);
    Event& event = event_at(base, r.event, 0);
    const StateWatch watch(*this, base, event);
    if ((event.flags & evlist::kHeld) != 0) {
        object(base, label(r.event) + " is pending or active and its memory goes");
        forget(base, r.event);
    }
    if (event.alive) bury(event);
}

void Transitions::event_priority(const rec::event_priority& r) {
    Base& base = base_at(r.base);
    Event& event = event_at(base, r.event, evlist::kInit);
    if ((event.flags & evlist::kActive) != 0)
        object(base, label(r.event) + " is active: its priority can't change");
    event.priority = static_cast<int>(r.priority);
}

void Transitions::event_deadline(const rec::event_deadline& r) {
    Event& event = event_at(base_at(r.base), r.event, evlist::kInit);
    event.deadline = r.deadline;
    event.interval = r.interval;
}

void Transitions::event_flags(const rec::event_flags& r) {
    Base& base = base_at(r.base);
    Event& event = event_at(base, r.event, r.before);
    const StateWatch watch(*this, base, event);
    if (((r.before ^ r.after) & evlist::kHeld) != 0)
        object(base, label(r.event) + " changes queues without queue_insert or queue_remove");
    set_flags(base, event, r.before, r.after);
}

void Transitions::event_name(const rec::event_name& r) {
    const bool unknown = model.event(r.event) == nullptr;
    Event& event = unknown ? new_event(r.event) : model.events_[r.event];
    if (unknown) event.vague = true;
    event.name = r.name.view();
    change.event = r.event;
    change.base = event.base;
}

void Transitions::event_callback(const rec::event_callback& r) {
    Event& event = event_at(base_at(r.base), r.event, evlist::kInit);
    event.callback = event.finalizer = r.callback;
}

void Transitions::event_activate(const rec::event_activate& r) {
    Base& base = base_at(r.base);
    Event& event = event_at(base, r.event, evlist::kInit);
    const bool already = (event.flags & (evlist::kActive | evlist::kActiveLater)) != 0;
    event.res = (already ? event.res : 0) | r.what;
    if (already) return;
    event.activate_record = record.number;
    event.activated_ns = record.time_ns;
    event.activated_by = cause_now(base);
    switch (r.cause) {
        case field::cause::backend:
            event.activated_by.kind = Cause::Kind::backend;
            break;
        case field::cause::timeout:
            event.activated_by.kind = Cause::Kind::timer;
            break;
        case field::cause::signal:
            event.activated_by.kind = Cause::Kind::signal;
            break;
        default:
            break;
    }
}

std::deque<Address>* Transitions::queue_of(Base& base, field::queue queue, std::size_t priority) {
    if (queue == field::queue::active_later) return &base.later;
    if (priority >= base.active.size()) {
        object(base, "there is no priority " + std::to_string(priority));
        base.active.resize(std::min<std::size_t>(priority + 1, kMaxPriorities));
    }
    return &base.active[std::min<std::size_t>(priority, kMaxPriorities - 1)];
}

void Transitions::queue_insert(const rec::queue_insert& r) {
    Base& base = base_at(r.base);
    const bool listed = r.queue == field::queue::active || r.queue == field::queue::active_later;
    // A bare event_callback is never assigned: it is first seen when it becomes active.
    Event& event =
        listed ? event_at(base, r.event, r.before) : known_event(base, r.event, r.before);
    const StateWatch watch(*this, base, event);
    if (!is_legal(r.queue, true, r.before, r.after))
        object(base, label(r.event) + " can't enter this queue with flags " +
                         evlist_text(r.before) + " to become " + evlist_text(r.after));
    set_flags(base, event, r.before, r.after);
    if (!listed) return;
    event.activated_ns = record.time_ns;
    if (event.vague) event.priority = r.priority;
    auto& queue = *queue_of(base, r.queue, r.priority);
    queue.push_back(r.event);
    if (queue.size() != r.length)
        object(base, "the queue has " + std::to_string(queue.size()) + " events, not " +
                         std::to_string(r.length));
}

void Transitions::queue_remove(const rec::queue_remove& r) {
    Base& base = base_at(r.base);
    Event& event = known_event(base, r.event, r.before);
    const StateWatch watch(*this, base, event);
    if (!is_legal(r.queue, false, r.before, r.after))
        object(base, label(r.event) + " can't leave this queue with flags " +
                         evlist_text(r.before) + " to become " + evlist_text(r.after));
    set_flags(base, event, r.before, r.after);
    if (r.queue != field::queue::active && r.queue != field::queue::active_later) return;
    auto& queue = *queue_of(base, r.queue, r.priority);
    const auto place = std::find(queue.begin(), queue.end(), r.event);
    if (place == queue.end()) return object(base, label(r.event) + " is not in this queue");
    queue.erase(place);
    if (queue.size() != r.length)
        object(base, "the queue has " + std::to_string(queue.size()) + " events, not " +
                         std::to_string(r.length));
}

}  // namespace evglass::trace
