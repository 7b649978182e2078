// Transitions of an event_base as a whole: its birth, its backend, its queues, its end.
// Each function applies one record. Read next: transitions_event.cc.
#include <algorithm>

#include "trace/transitions.h"

namespace evglass::trace {

namespace {
constexpr std::size_t kDeadBases = 16;
constexpr std::size_t kTried = 32;

}  // namespace

void Transitions::base_new(const rec::base_new& r) {
    const bool known = model.bases_.contains(r.base);
    Base& base = base_at(r.base);
    if (known && base.alive) object(base, "there is a live base at this address");
    if (known) base = {};
    base.address = r.base;
    if (known) base.ordinal = model.next_base_++;
    base.flags = r.flags;
    base.exact = base.whole = true;
}

void Transitions::base_free(const rec::base_free& r) {
    Base& base = base_at(r.base);
    base.alive = false;
    for (const Address a : events_of(r.base)) {
        Event& event = model.events_[a];
        const EventState before = event.state();
        event.in_heap = false;
        event.flags &= evlist::kInternal | evlist::kInit | evlist::kFinalizing;
        if (event.state() != before) settle(base, event, before);
    }
    base.heap.clear();
    base.active.clear();
    base.later.clear();
    base.io.clear();
    base.signals.clear();
    base.interest.clear();
    base.changes.clear();
    base.ring.clear();
    base.lost.clear();
    base.common.clear();
    base.once.clear();
    base.prepare.clear();
    base.check.clear();
    base.heap_lifted = 0;
    model.dead_bases_.emplace_back(base.address, base.ordinal);
    prune(model.dead_bases_, model.bases_, kDeadBases);
}

void Transitions::backend_try(const rec::backend_try& r) {
    Base& base = base_at(r.base);
    if (base.tried.size() < kTried)
        base.tried.emplace_back(r.name.view(), static_cast<int>(r.verdict));
}

void Transitions::backend_chosen(const rec::backend_chosen& r) {
    Base& base = base_at(r.base);
    base.backend = r.name.view();
    base.features = r.features;
}

void Transitions::base_priorities(const rec::base_priorities& r) {
    Base& base = base_at(r.base);
    if (r.count == 0 || r.count > kMaxPriorities)
        return object(base, std::to_string(r.count) + " priorities");
    if (!std::all_of(base.active.begin(), base.active.end(), [](auto& q) { return q.empty(); }))
        return object(base, "the number of priorities changes while events are active");
    base.active.resize(r.count);
}

void Transitions::listener_new(const rec::listener_new& r) {
    const auto it = model.listeners_.find(r.listener);
    if (it != model.listeners_.end() && !it->second.alive) model.listeners_.erase(it);
    Listener& listener = listener_at(r.listener);
    listener.base = r.base;
    listener.event = r.event;
    listener.fd = r.fd;
    listener.backlog = r.backlog;
}

void Transitions::listener_free(const rec::listener_free& r) {
    Listener& listener = listener_at(r.listener);
    listener.alive = false;
    model.dead_listeners_.emplace_back(listener.address, listener.ordinal);
    prune(model.dead_listeners_, model.listeners_, kDeadBases);
}

void Transitions::listener_enable(const rec::listener_enable& r) {
    listener_at(r.listener).enabled = r.enabled != 0;
}

void Transitions::listener_accept(const rec::listener_accept& r) {
    ++listener_at(r.listener).accepted;
}

void Transitions::listener_backoff(const rec::listener_backoff& r) {
    Listener& listener = listener_at(r.listener);
    listener.resting = true;
    ++listener.backoffs;
}

void Transitions::listener_resume(const rec::listener_resume& r) {
    listener_at(r.listener).resting = false;
}

}  // namespace evglass::trace
