// The model's frame: what a record is given to, and what may be asked. The changes themselves are
// in transitions.cc and its fellows.
#include "trace/model.h"

#include "trace/transitions.h"

namespace evglass::trace {

std::string_view state_name(EventState s) {
    switch (s) {
        case EventState::unknown:
            return "unknown";
        case EventState::initialized:
            return "initialized";
        case EventState::pending:
            return "pending";
        case EventState::active:
            return "active";
        case EventState::running:
            return "running";
    }
    return "unknown";
}

EventState state_of_flags(int flags) {
    if ((flags & (evlist::kActive | evlist::kActiveLater)) != 0) return EventState::active;
    if ((flags & (evlist::kInserted | evlist::kTimeout)) != 0) return EventState::pending;
    return (flags & evlist::kInit) != 0 ? EventState::initialized : EventState::unknown;
}

EventState Event::state() const {
    if (running) return EventState::running;
    return alive ? state_of_flags(flags) : EventState::unknown;
}

Change Model::apply(const Record& record, const SiteInfo* site) {
    Change change;
    record_ = record.number;
    time_ns_ = record.time_ns;
    const Transitions::Handler handler = Transitions::handler(record.type);
    if (record.known && handler != nullptr) {
        Transitions transitions{*this, record, site, change};
        handler(transitions);
    }
    return change;
}

void Model::mark_loss() {
    for (auto& [address, base] : bases_) {
        base.exact = base.whole = false;
        base.api.clear();
        base.watcher_running = 0;
        if (base.heap_lifted == 0) continue;
        // The end of the operation may be lost: what looked for a place takes the hole.
        if (base.heap_hole < base.heap.size())
            base.heap.set(base.heap_hole, {base.heap_lifted, base.heap_lifted_deadline});
        base.heap_lifted = 0;
    }
    for (auto& [address, lock] : locks_) {
        lock.told = false;
        lock.depth = 0;
        lock.waiters.clear();
    }
    for (auto& [address, buffer] : buffers_) buffer.exact = false;
    for (auto& [address, bev] : bufferevents_) bev.exact = false;
    frames_.clear();
    stacks_.clear();
    keyframes_.clear();
}

const Base* Model::base(Address a) const {
    const auto it = bases_.find(a);
    return it == bases_.end() ? nullptr : &it->second;
}

const Event* Model::event(Address a) const {
    const auto it = events_.find(a);
    return it == events_.end() ? nullptr : &it->second;
}

const Resolver* Model::resolver(Address a) const {
    const auto it = resolvers_.find(a);
    return it == resolvers_.end() ? nullptr : &it->second;
}

const Lock* Model::lock(Address a) const {
    const auto it = locks_.find(a);
    return it == locks_.end() ? nullptr : &it->second;
}

const Buffer* Model::buffer(Address a) const {
    const auto it = buffers_.find(a);
    return it == buffers_.end() ? nullptr : &it->second;
}

const Bufferevent* Model::bufferevent(Address a) const {
    const auto it = bufferevents_.find(a);
    return it == bufferevents_.end() ? nullptr : &it->second;
}

const Bucket* Model::bucket(Address owner) const {
    const auto it = buckets_.find(owner);
    return it == buckets_.end() ? nullptr : &it->second;
}

const Base* Model::current_base() const {
    if (const Base* current = base(current_)) return current;
    return bases_.empty() ? nullptr : &bases_.begin()->second;
}

std::optional<std::int64_t> Model::left_us(const Event& event) const {
    const Base* b = base(event.base);
    if (b == nullptr || !b->mono_offset_us || event.deadline == kNone) return {};
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(event.deadline) -
                                     static_cast<std::uint64_t>(*b->mono_offset_us) -
                                     static_cast<std::uint64_t>(time_ns_ / 1000));
}

const std::vector<std::string>& Model::call_stack(std::uint32_t thread) const {
    static const std::vector<std::string> none;
    const auto it = stacks_.find(thread);
    return it == stacks_.end() ? none : it->second;
}

}  // namespace evglass::trace
