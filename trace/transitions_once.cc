// Transitions of what a base keeps beside its queues: the events of event_base_once, and the
// watchers around the sleep. Read next: transitions_lock.cc.
#include <algorithm>

#include "trace/transitions.h"

namespace evglass::trace {

void Transitions::once_add(const rec::once_add& r) {
    Base& base = base_at(r.base);
    Event& event = known_event(base, r.event, evlist::kInit);
    event.once_callback = r.callback;
    if ((event.flags & evlist::kHeld) == 0)
        object(base, label(r.event) + " is a once event and neither pending nor active");
    if (std::find(base.once.begin(), base.once.end(), r.event) != base.once.end())
        return object(base, label(r.event) + " is among the once events already");
    base.once.push_front(r.event);
    check_length(base, base.once.size(), r.length);
}

void Transitions::once_remove(const rec::once_remove& r) {
    Base& base = base_at(r.base);
    known_event(base, r.event, evlist::kInit);
    if (std::erase(base.once, r.event) == 0)
        return object(base, label(r.event) + " is not among the once events");
    check_length(base, base.once.size(), r.length);
}

std::vector<Watcher>& Transitions::watchers_of(Base& base, field::watcherkind kind) {
    return kind == field::watcherkind::prepare ? base.prepare : base.check;
}

namespace {
auto at_address(Address watcher) {
    return [watcher](const Watcher& w) { return w.address == watcher; };
}
}  // namespace

void Transitions::watcher_new(const rec::watcher_new& r) {
    Base& base = base_at(r.base);
    auto& list = watchers_of(base, r.kind);
    if (std::any_of(list.begin(), list.end(), at_address(r.watcher)))
        return object(base, "this watcher is in its list already");
    list.push_back({.address = r.watcher,
                    .callback = r.callback,
                    .arg = r.arg,
                    .ordinal = model.next_watcher_++});
    check_length(base, list.size(), r.length);
}

void Transitions::watcher_free(const rec::watcher_free& r) {
    Base& base = base_at(r.base);
    auto& list = watchers_of(base, r.kind);
    if (std::erase_if(list, at_address(r.watcher)) == 0)
        return object(base, "this watcher is not in its list");
    check_length(base, list.size(), r.length);
}

void Transitions::watcher_begin(const rec::watcher_begin& r) {
    Base& base = base_at(r.base);
    const auto& list = watchers_of(base, r.kind);
    if (std::none_of(list.begin(), list.end(), at_address(r.watcher)))
        object(base, "a watcher is called that is not in its list");
    const auto phase = r.kind == field::watcherkind::prepare ? field::phase::prepare_watchers
                                                             : field::phase::check_watchers;
    if (base.phase != static_cast<int>(phase))
        object(base, "a watcher is called outside of its phase");
    base.watcher_running = r.watcher;
}

void Transitions::watcher_end(const rec::watcher_end& r) {
    Base& base = base_at(r.base);
    // Whoever joined in its middle has not seen it begin.
    if (base.watcher_running != 0 && base.watcher_running != r.watcher)
        object(base, "this watcher is not the one being called");
    base.watcher_running = 0;
}

}  // namespace evglass::trace
