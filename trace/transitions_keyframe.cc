// Keyframes: a base is told whole, aside from the one that is replayed. At the end the two are
// compared, which is the proof that what was replayed is true; or, where the replayed one could not
// be exact (joined late, or after losses), the told one takes its place.
#include <algorithm>

#include "trace/keyframe_compare.h"
#include "trace/transitions.h"

namespace evglass::trace {

namespace {

constexpr int kRunning = 0x01, kGotterm = 0x02, kBreak = 0x04, kContinue = 0x08;

int loop_bits(const Base& base) {
    return (base.running ? kRunning : 0) | (base.gotterm ? kGotterm : 0) |
           (base.break_ ? kBreak : 0) | (base.continue_ ? kContinue : 0);
}

}  // namespace

Model::Keyframe* Transitions::keyframe_of(Address base) {
    change.base = base;
    const auto it = model.keyframes_.find(base);
    if (it == model.keyframes_.end()) return nullptr;
    ++it->second.records;
    return &it->second;
}

void Transitions::keyframe_begin(const rec::keyframe_begin& r) {
    base_at(r.base);
    Model::Keyframe& told = model.keyframes_[r.base];
    told = {};
    told.base.turn = r.turn;
    told.base.flags = r.flags;
    told.base.features = r.features;
    told.base.backend = r.backend.view();
    told.base.active.resize(std::min(r.priorities, kMaxPriorities));
    told.base.running = (r.loop & kRunning) != 0;
    told.base.gotterm = (r.loop & kGotterm) != 0;
    told.base.break_ = (r.loop & kBreak) != 0;
    told.base.continue_ = (r.loop & kContinue) != 0;
    told.base.phase = static_cast<int>(r.phase);
    told.base.time_cache = r.now;
}

void Transitions::keyframe_event(const rec::keyframe_event& r) {
    Model::Keyframe* told = keyframe_of(r.base);
    if (told == nullptr) return;
    Event& event = told->events[r.event];
    event.address = r.event;
    event.base = r.base;
    event.serial = r.serial;
    event.fd = r.fd;
    event.events = r.events;
    event.res = r.res;
    event.flags = r.flags;
    event.priority = r.priority;
    event.callback = r.callback;
    event.arg = r.arg;
    event.creator = r.creator;
    event.deadline = r.deadline;
    event.interval = r.interval;
}

void Transitions::keyframe_heap(const rec::keyframe_heap& r) {
    Model::Keyframe* told = keyframe_of(r.base);
    if (told != nullptr && in_order(told->error, told->base.heap.size(), r.index))
        told->base.heap.push_back({r.event, r.deadline});
}

void Transitions::keyframe_queue(const rec::keyframe_queue& r) {
    Model::Keyframe* told = keyframe_of(r.base);
    if (told == nullptr) return;
    const bool later = r.queue == field::queue::active_later;
    if (!later && r.priority >= told->base.active.size()) {
        told->error = "there is no priority " + number(r.priority);
        return;
    }
    auto& queue = later ? told->base.later : told->base.active[r.priority];
    if (in_order(told->error, queue.size(), r.index)) queue.push_back(r.event);
}

void Transitions::keyframe_io(const rec::keyframe_io& r) {
    Model::Keyframe* told = keyframe_of(r.base);
    if (told == nullptr) return;
    IoSlot& slot = told->base.io[r.fd];
    if (!in_order(told->error, slot.events.size(), r.index)) return;
    slot.events.push_back(r.event);
    const auto it = told->events.find(r.event);
    if (it == told->events.end()) return;
    slot.nread += (it->second.events & ev::kRead) != 0;
    slot.nwrite += (it->second.events & ev::kWrite) != 0;
    slot.nclose += (it->second.events & ev::kClosed) != 0;
}

void Transitions::keyframe_signal(const rec::keyframe_signal& r) {
    Model::Keyframe* told = keyframe_of(r.base);
    if (told == nullptr) return;
    auto& list = told->base.signals[r.signal];
    if (in_order(told->error, list.size(), r.index)) list.push_back(r.event);
}

void Transitions::keyframe_interest(const rec::keyframe_interest& r) {
    if (Model::Keyframe* told = keyframe_of(r.base)) told->base.interest[r.fd] = r.mask;
}

void Transitions::keyframe_callback(const rec::keyframe_callback& r) {
    if (Model::Keyframe* told = keyframe_of(r.base)) told->base.callbacks.push_back(r.event);
}

void Transitions::keyframe_end(const rec::keyframe_end& r) {
    Base& base = base_at(r.base);
    const auto it = model.keyframes_.find(r.base);
    if (it == model.keyframes_.end()) return;  // its begin came before we did
    Model::Keyframe told = std::move(it->second);
    model.keyframes_.erase(it);
    if (told.error.empty() && told.records != r.records)
        told.error = number(static_cast<std::int64_t>(told.records)) + " of its " +
                     number(r.records) + " records are here";
    if (!told.error.empty()) {
        change.error = "keyframe_end: the keyframe is broken: " + told.error;
        ++model.errors_;
        return;
    }
    const bool whole = base.whole;
    const std::string why = base.exact ? keyframe_disagrees(base, told) : std::string();
    if (!why.empty()) {
        change.error = "keyframe disagrees: " + why;
        ++model.errors_;
    }
    if (base.exact && why.empty()) {
        take_what_was_unknown(base, told);
        return;
    }
    adopt(base, told);
    base.exact = true;
    base.whole = whole && why.empty();
}

// ---- comparing ----------------------------------------------------------------------------------

std::string Transitions::keyframe_event_disagrees(const Base& base, const Event& told) const {
    const Event* known = model.event(told.address);
    const std::string name = label(told.address);
    if (known == nullptr)
        return base.whole ? name + " is known to the base, replayed: never seen" : std::string();
    const Event& replayed = *known;
    if (replayed.vague) return {};
    if (!replayed.alive) return name + " is known to the base, replayed: gone";
    const std::pair<const char*, std::pair<std::int64_t, std::int64_t>> numbers[] = {
        {"'s flags", {told.flags, replayed.flags}},
        {"'s priority", {told.priority, replayed.priority}},
        {"'s fd", {told.fd, replayed.fd}},
        {"'s events", {told.events, replayed.events}},
        {"'s serial", {told.serial, replayed.serial}},
        {"'s callback",
         {static_cast<std::int64_t>(told.callback), static_cast<std::int64_t>(replayed.callback)}},
    };
    for (const auto& [what, values] : numbers)
        if (values.first != values.second)
            return number_disagrees(name + what, values.first, values.second);
    if (told.state() == EventState::active)
        return number_disagrees(name + "'s res", told.res, replayed.res);
    return {};
}

std::string Transitions::keyframe_disagrees(const Base& base, const Model::Keyframe& told) const {
    const auto event = [this](Address a) { return label(a); };
    const auto item = [this](const HeapItem& i) {
        return label(i.event) + " at " + number(i.deadline);
    };
    const auto list = [&](const std::string& name, const auto& a, const auto& b) {
        return list_disagrees(name, a, b, event);
    };
    const auto slot = [&](const std::string& name, const IoSlot& a, const IoSlot& b) {
        std::string why = list(name, a.events, b.events);
        if (why.empty()) why = number_disagrees(name + "'s nread", a.nread, b.nread);
        if (why.empty()) why = number_disagrees(name + "'s nwrite", a.nwrite, b.nwrite);
        return why.empty() ? number_disagrees(name + "'s nclose", a.nclose, b.nclose) : why;
    };
    std::string why = list_disagrees("heap", told.base.heap, base.heap, item);
    const auto then = [&](auto&& compare) {
        if (why.empty()) why = compare();
    };
    for (const auto& event_told : told.events)
        then([&] { return keyframe_event_disagrees(base, event_told.second); });
    then([&] {
        return number_disagrees("the number of priorities",
                                static_cast<std::int64_t>(told.base.active.size()),
                                static_cast<std::int64_t>(base.active.size()));
    });
    for (std::size_t p = 0; p < std::min(told.base.active.size(), base.active.size()); ++p)
        then([&] {
            return list("active " + std::to_string(p), told.base.active[p], base.active[p]);
        });
    then([&] { return list("later", told.base.later, base.later); });
    then([&] { return map_disagrees("fd", told.base.io, base.io, slot); });
    then([&] { return map_disagrees("signal", told.base.signals, base.signals, list); });
    then([&] {
        return map_disagrees("interest in fd", told.base.interest, base.interest, number_disagrees);
    });
    then([&] { return list("callbacks", told.base.callbacks, base.callbacks); });
    then([&] { return keyframe_backend_disagrees(base, told); });
    then([&] { return keyframe_rest_disagrees(base, told); });
    then([&] { return number_disagrees("loop bits", loop_bits(told.base), loop_bits(base)); });
    then([&] {
        return number_disagrees("turn", static_cast<std::int64_t>(told.base.turn),
                                static_cast<std::int64_t>(base.turn));
    });
    for (const auto& [address, e] : model.events()) {
        // One that is merely being run hangs in nothing: the list of callbacks has it.
        const bool held = e.alive && e.base == base.address && (e.flags & evlist::kHeld) != 0;
        if (!why.empty() || !held || told.events.contains(address)) continue;
        why = label(address) + " is not known to the base, replayed " +
              std::string(state_name(e.state()));
    }
    return why;
}

// ---- adopting -----------------------------------------------------------------------------------

void Transitions::adopt_event(Base& base, const Event& told) {
    const Event* known = model.event(told.address);
    const bool same =
        known != nullptr && known->alive && (known->serial == told.serial || known->serial == 0);
    Event& event = same ? model.events_[told.address] : new_event(told.address);
    const EventState before = event.state();
    const Event history = event;
    event = told;
    event.ordinal = history.ordinal;
    event.base = base.address;
    event.name = history.name;
    event.fires = history.fires;
    event.callback_ns = history.callback_ns;
    event.callback_began_ns = history.running ? history.callback_began_ns : record.time_ns;
    event.activated_ns = history.activated_ns;
    event.assign_record = history.assign_record;
    event.pending_record = history.pending_record;
    event.activate_record = history.activate_record;
    event.state_since_ns = history.state_since_ns;
    event.state_record = history.state_record;
    event.running = history.running;
    event.in_heap = history.in_heap;
    event.once_callback = history.once_callback;
    event.finalizer = history.finalizer;
    event.cause = history.cause;
    event.activated_by = history.activated_by;
    if (event.state() == before) return;
    event.state_since_ns = record.time_ns;
    event.state_record = record.number;
    event.cause = {
        .kind = Cause::Kind::keyframe, .event = 0, .function = {}, .record = record.number};
}

/// What nothing could be compared with, in a keyframe that agrees.
void Transitions::take_what_was_unknown(Base& base, const Model::Keyframe& told) {
    base.flags = told.base.flags;
    base.features = told.base.features;
    for (const auto& [address, event] : told.events) {
        const Event* known = model.event(address);
        if (known == nullptr || known->vague) adopt_event(base, event);
    }
    take_finalizers_and_once(base, told);
    take_what_backends_know(base, told);
}

void Transitions::adopt_heap(Base& base, Model::Keyframe& told) {
    for (const Address a : events_of(base.address))
        if (model.event(a)->in_heap) model.events_[a].in_heap = false;
    base.heap = std::move(told.base.heap);
    base.heap_lifted = 0;
    for (const HeapItem& item : base.heap)
        if (model.event(item.event) != nullptr) model.events_[item.event].in_heap = true;
}

void Transitions::adopt(Base& base, Model::Keyframe& told) {
    for (const Address a : events_of(base.address)) {
        if (told.events.contains(a)) continue;
        Event& event = model.events_[a];
        event.running = false;
        event.flags &= evlist::kInternal | evlist::kInit | evlist::kFinalizing;
        event.flags |= evlist::kInit;
    }
    for (const auto& [address, event] : told.events) adopt_event(base, event);
    adopt_heap(base, told);
    base.alive = true;
    base.turn = told.base.turn;
    base.flags = told.base.flags;
    base.features = told.base.features;
    base.backend = told.base.backend;
    base.running = told.base.running;
    base.gotterm = told.base.gotterm;
    base.break_ = told.base.break_;
    base.continue_ = told.base.continue_;
    base.phase = told.base.phase;
    base.time_cache = told.base.time_cache;
    note_clock(base, told.base.time_cache);
    base.active = std::move(told.base.active);
    base.later = std::move(told.base.later);
    base.io = std::move(told.base.io);
    base.signals = std::move(told.base.signals);
    base.interest = std::move(told.base.interest);
    base.callbacks = std::move(told.base.callbacks);
    adopt_rest(base, told);
    adopt_backend(base, told);
    for (const Address a : base.callbacks) event_at(base, a, evlist::kInit).running = true;
    change.event = 0;
}

}  // namespace evglass::trace
