// The rest of a keyframe: common-timeout queues, once events, finalizers that wait, watchers, and
// the base's lock. Told, compared and adopted as the rest is: transitions_keyframe.cc.
#include <algorithm>

#include "trace/keyframe_compare.h"
#include "trace/transitions.h"

namespace evglass::trace {

namespace {

using Finalizers = std::map<Address, Address>;

/// The callbacks in the queues whose next call is their finalizer's.
Finalizers finalizers_of(const Base& base, const Events& events) {
    Finalizers found;
    const auto look = [&](const std::deque<Address>& queue) {
        for (const Address a : queue) {
            const auto it = events.find(a);
            if (it != events.end() && it->second.finalizer != 0) found[a] = it->second.finalizer;
        }
    };
    for (const auto& queue : base.active) look(queue);
    look(base.later);
    return found;
}

struct WatcherFacts {
    Address address, callback, arg;
    bool operator==(const WatcherFacts&) const = default;
};
std::vector<WatcherFacts> facts_of(const std::vector<Watcher>& watchers) {
    std::vector<WatcherFacts> facts;
    for (const Watcher& w : watchers) facts.push_back({w.address, w.callback, w.arg});
    return facts;
}

}  // namespace

void Transitions::keyframe_common_queue(const rec::keyframe_common_queue& r) {
    Model::Keyframe* told = keyframe_of(r.base);
    if (told != nullptr && in_order(told->error, told->base.common.size(), r.queue))
        told->base.common.push_back({.duration = r.duration, .timer = r.timer, .events = {}});
}

void Transitions::keyframe_common(const rec::keyframe_common& r) {
    Model::Keyframe* told = keyframe_of(r.base);
    if (told == nullptr) return;
    if (r.queue >= told->base.common.size()) {
        told->error = "there is no common queue " + number(r.queue);
        return;
    }
    auto& events = told->base.common[r.queue].events;
    if (in_order(told->error, events.size(), r.index)) events.push_back({r.event, r.deadline});
}

void Transitions::keyframe_once(const rec::keyframe_once& r) {
    Model::Keyframe* told = keyframe_of(r.base);
    if (told == nullptr || !in_order(told->error, told->base.once.size(), r.index)) return;
    told->base.once.push_back(r.event);
    told->once_callbacks[r.event] = r.callback;
}

void Transitions::keyframe_finalizer(const rec::keyframe_finalizer& r) {
    if (Model::Keyframe* told = keyframe_of(r.base)) told->finalizers[r.event] = r.callback;
}

void Transitions::keyframe_watcher(const rec::keyframe_watcher& r) {
    Model::Keyframe* told = keyframe_of(r.base);
    if (told == nullptr) return;
    auto& list = watchers_of(told->base, r.kind);
    if (in_order(told->error, list.size(), r.index))
        list.push_back({.address = r.watcher, .callback = r.callback, .arg = r.arg, .ordinal = 0});
}

void Transitions::keyframe_lock(const rec::keyframe_lock& r) {
    Model::Keyframe* told = keyframe_of(r.base);
    if (told == nullptr) return;
    told->base.lock = r.lock;
    told->base.cond = r.cond;
}

std::string Transitions::keyframe_rest_disagrees(const Base& base,
                                                 const Model::Keyframe& told) const {
    const auto item = [this](const HeapItem& i) {
        return label(i.event) + " at " + number(i.deadline);
    };
    const auto event = [this](Address a) { return label(a); };
    const auto address = [](const WatcherFacts& w) {
        return std::to_string(w.address) + " calling " + std::to_string(w.callback);
    };
    const auto count = [](const auto& list) { return static_cast<std::int64_t>(list.size()); };
    std::string why = number_disagrees("the number of common queues", count(told.base.common),
                                       count(base.common));
    for (std::size_t i = 0; why.empty() && i < base.common.size(); ++i) {
        const CommonQueue &a = told.base.common[i], &b = base.common[i];
        const std::string name = "common queue " + std::to_string(i);
        why = list_disagrees(name, a.events, b.events, item);
        if (why.empty()) why = number_disagrees(name + "'s duration", a.duration, b.duration);
        if (why.empty() && a.timer != b.timer) why = name + " has another timer";
    }
    if (why.empty()) why = list_disagrees("once events", told.base.once, base.once, event);
    if (why.empty() && told.finalizers != finalizers_of(base, model.events()))
        why = "other callbacks wait for their finalizers";
    if (why.empty())
        why = list_disagrees("prepare watchers", facts_of(told.base.prepare),
                             facts_of(base.prepare), address);
    if (why.empty())
        why = list_disagrees("check watchers", facts_of(told.base.check), facts_of(base.check),
                             address);
    if (why.empty() && told.base.lock != base.lock) why = "the base has another lock";
    return why;
}

void Transitions::take_finalizers_and_once(Base& base, const Model::Keyframe& told) {
    for (const auto& [address, callback] : told.finalizers)
        event_at(base, address, evlist::kInit).finalizer = callback;
    for (const auto& [address, callback] : told.once_callbacks)
        event_at(base, address, evlist::kInit).once_callback = callback;
}

void Transitions::adopt_rest(Base& base, Model::Keyframe& told) {
    take_finalizers_and_once(base, told);
    for (const auto kind : {field::watcherkind::prepare, field::watcherkind::check}) {
        auto& fresh = watchers_of(told.base, kind);
        for (Watcher& w : fresh) {
            const auto& known = watchers_of(base, kind);
            const auto it = std::find_if(known.begin(), known.end(),
                                         [&](const Watcher& k) { return k.address == w.address; });
            w.ordinal = it == known.end() ? model.next_watcher_++ : it->ordinal;
        }
        watchers_of(base, kind) = std::move(fresh);
    }
    base.common = std::move(told.base.common);
    base.once = std::move(told.base.once);
    base.lock = told.base.lock;
    base.cond = told.base.cond;
    if (base.lock != 0) lock_at(base.lock).base = base.address;
}

}  // namespace evglass::trace
