// Transitions of the common-timeout queues: events of one duration in the order of their deadlines,
// and one timer in the heap for each queue. Each place and each order is checked.
// Read next: transitions_once.cc.
#include <algorithm>

#include "trace/transitions.h"

namespace evglass::trace {

CommonQueue* Transitions::common_at(Base& base, std::uint32_t queue) {
    if (queue < base.common.size()) return &base.common[queue];
    object(base, "there is no common queue " + std::to_string(queue));
    return nullptr;
}

void Transitions::check_length(Base& base, std::size_t length, std::uint32_t told) {
    if (length != told)
        object(base,
               "the list has " + std::to_string(length) + " entries, not " + std::to_string(told));
}

void Transitions::common_queue(const rec::common_queue& r) {
    Base& base = base_at(r.base);
    event_at(base, r.timer, evlist::kInit);
    if (r.queue != base.common.size())
        return object(base, "common queue " + std::to_string(r.queue) + " is made after " +
                                std::to_string(base.common.size()) + " others");
    base.common.push_back({.duration = r.duration, .timer = r.timer, .events = {}});
}

void Transitions::common_insert(const rec::common_insert& r) {
    Base& base = base_at(r.base);
    Event& event = known_event(base, r.event, evlist::kInit | evlist::kTimeout);
    event.deadline = r.deadline;
    CommonQueue* queue = common_at(base, r.queue);
    if (queue == nullptr) return;
    auto& events = queue->events;
    if ((event.flags & evlist::kTimeout) == 0)
        object(base, label(r.event) + " has no timeout and enters a common queue");
    const auto same = [&](const HeapItem& item) { return item.event == r.event; };
    if (std::any_of(events.begin(), events.end(), same))
        return object(base, label(r.event) + " is in this common queue already");
    if (r.behind > events.size())
        return object(base, "only " + std::to_string(events.size()) + " events can stand behind " +
                                label(r.event));
    const auto at = events.insert(events.end() - r.behind, {r.event, r.deadline});
    if ((at != events.begin() && std::prev(at)->deadline > r.deadline) ||
        (r.behind != 0 && std::next(at)->deadline < r.deadline))
        object(base, label(r.event) + " is not at its place in the order of deadlines");
    check_length(base, events.size(), r.length);
}

void Transitions::common_remove(const rec::common_remove& r) {
    Base& base = base_at(r.base);
    known_event(base, r.event, evlist::kInit).deadline = kNone;
    CommonQueue* queue = common_at(base, r.queue);
    if (queue == nullptr) return;
    const auto before = queue->events.size();
    std::erase_if(queue->events, [&](const HeapItem& item) { return item.event == r.event; });
    if (queue->events.size() == before)
        return object(base, label(r.event) + " is not in this common queue");
    check_length(base, queue->events.size(), r.length);
}

void Transitions::common_schedule(const rec::common_schedule& r) {
    Base& base = base_at(r.base);
    const CommonQueue* queue = common_at(base, r.queue);
    change.event = r.event;
    if (queue == nullptr) return;
    if (queue->events.empty() || queue->events.front().event != r.event)
        object(base, label(r.event) + " is not the first of its common queue");
    const Event* timer = model.event(queue->timer);
    if (timer == nullptr || timer->deadline != r.deadline)
        object(base,
               "the queue's timer " + label(queue->timer) + " is not due with " + label(r.event));
}

}  // namespace evglass::trace
