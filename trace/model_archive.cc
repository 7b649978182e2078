// How each type of the model is told. A type is taken apart by structured binding, so a member that
// was added and not told here doesn't compile.
#include "trace/model_archive.h"

#include "trace/page_cache.h"

namespace evglass::trace {

// ---- values -------------------------------------------------------------------------------------

/// `near`: the number of a record that is probably near its own.
template <class A>
void archive_cause(A& a, Cause& cause, std::uint64_t near) {
    auto& [kind, event, function, record] = cause;
    archive_all(a, kind, event, function);
    archive_near(a, record, near);
}

template <class A>
void archive(A& a, Event& value) {
    auto& [address, base, ordinal, serial, name, fd, events, res, flags, priority, callback, arg,
           creator, deadline, interval, running, vague, alive, state_since_ns, state_record, cause,
           activated_by, fires, callback_ns, callback_began_ns, activated_ns, assign_record,
           pending_record, activate_record, in_heap, once_callback, finalizer] = value;
    archive_all(a, address, base, ordinal, serial, name, fd, events, res, flags, priority, callback,
                arg, creator, deadline, interval, running, vague, alive, state_since_ns,
                state_record);
    archive_cause(a, cause, state_record);
    archive_cause(a, activated_by, state_record);
    archive_all(a, fires, callback_ns);
    archive_near(a, callback_began_ns, state_since_ns);
    archive_near(a, activated_ns, state_since_ns);
    archive(a, assign_record);
    archive_near(a, pending_record, state_record);
    archive_near(a, activate_record, state_record);
    archive_all(a, in_heap, once_callback, finalizer);
}

template <class A>
void archive(A& a, HeapItem& value) {
    auto& [event, deadline] = value;
    archive_all(a, event, deadline);
}

template <class A>
void archive(A& a, IoSlot& value) {
    auto& [events, nread, nwrite, nclose] = value;
    archive_all(a, events, nread, nwrite, nclose);
}

template <class A>
void archive(A& a, CommonQueue& value) {
    auto& [duration, timer, events] = value;
    archive_all(a, duration, timer, events);
}

template <class A>
void archive(A& a, PendingChange& value) {
    auto& [before, after] = value;
    archive_all(a, before, after);
}

template <class A>
void archive(A& a, RingRequest& value) {
    auto& [armed, user_data, hot, completions] = value;
    archive_all(a, armed, user_data, hot, completions);
}

template <class A>
void archive(A& a, Watcher& value) {
    auto& [address, callback, arg, ordinal] = value;
    archive_all(a, address, callback, arg, ordinal);
}

template <class A>
void archive(A& a, Syscall& value) {
    auto& [record, text, began_ns, duration_ns] = value;
    archive_all(a, record, text, began_ns, duration_ns);
}

template <class A>
void archive(A& a, Listener& value) {
    auto& [address, base, event, ordinal, fd, backlog, enabled, resting, alive, accepted,
           backoffs] = value;
    archive_all(a, address, base, event, ordinal, fd, backlog, enabled, resting, alive, accepted,
                backoffs);
}

template <class A>
void archive(A& a, DnsServer& value) {
    auto& [address, place, fd, up, silent, asked, answered] = value;
    archive_all(a, address, place, fd, up, silent, asked, answered);
}

template <class A>
void archive(A& a, DnsRequest& value) {
    auto& [address, ordinal, state, type, probe, name, server, id, attempts, result, since_ns] =
        value;
    archive_all(a, address, ordinal, state, type, probe, name, server, id, attempts, result,
                since_ns);
}

template <class A>
void archive(A& a, Resolver& value) {
    auto& [address, base, ordinal, alive, whole, servers, requests, asked, packets, timeouts,
           answers, ignored] = value;
    archive_all(a, address, base, ordinal, alive, whole, servers, requests, asked, packets,
                timeouts, answers, ignored);
}

template <class A>
void archive(A& a, DnsPort& value) {
    auto& [address, base, ordinal, fd, alive, queries, answers, dropped] = value;
    archive_all(a, address, base, ordinal, fd, alive, queries, answers, dropped);
}

template <class A>
void archive(A& a, Lock::Waiter& value) {
    auto& [thread, since_ns, cond] = value;
    archive_all(a, thread, since_ns, cond);
}

template <class A>
void archive(A& a, Lock& value) {
    auto& [address, base, ordinal, made_in, told, depth, holder, taken_in, taken_ns, waiters, takes,
           contended, waited_ns, longest_ns] = value;
    archive_all(a, address, base, ordinal, made_in, told, depth, holder, taken_in, taken_ns,
                waiters, takes, contended, waited_ns, longest_ns);
}

template <class A>
void archive(A& a, Chain& value) {
    auto& [address, size, misalign, used, refs, flags, how] = value;
    archive_all(a, address, size, misalign, used, refs, flags, how);
}

template <class A>
void archive(A& a, Buffer& value) {
    auto& [address, ordinal, exact, creator, bufferevent, length, chains, front_frozen, back_frozen,
           lent, callbacks, entered, moved_in, moved_out, drained, copied_within, chains_told,
           told] = value;
    archive_all(a, address, ordinal, exact, creator, bufferevent, length, chains, front_frozen,
                back_frozen, lent, callbacks, entered, moved_in, moved_out, drained, copied_within,
                chains_told, told);
}

template <class A>
void archive(A& a, Direction& value) {
    auto& [enabled, suspended, low, high, timeout, bytes, moves, calls] = value;
    archive_all(a, enabled, suspended, low, high, timeout, bytes, moves, calls);
}

template <class A>
void archive(A& a, Bucket& value) {
    auto& [whole, read_rate, read_maximum, write_rate, write_maximum, read_limit, write_limit,
           tick_us, fills] = value;
    archive_all(a, whole, read_rate, read_maximum, write_rate, write_maximum, read_limit,
                write_limit, tick_us, fills);
}

template <class A>
void archive(A& a, Bufferevent& value) {
    auto& [address, base, ordinal, exact, kind, fd, options, input, output, read_event, write_event,
           other, read, write, connect, tls, released, refs, group, calling, event_calls,
           last_event] = value;
    archive_all(a, address, base, ordinal, exact, kind, fd, options, input, output, read_event,
                write_event, other, read, write, connect, tls, released, refs, group, calling,
                event_calls, last_event);
}

template <class A>
void archive(A& a, RateGroup& value) {
    auto& [address, base, event, ordinal, members, read_rests, write_rests] = value;
    archive_all(a, address, base, event, ordinal, members, read_rests, write_rests);
}

// ---- large containers: their pages --------------------------------------------------------------

namespace {

class ModelWriter : public ArchiveWriter {
 public:
    explicit ModelWriter(PageShelf& s) : shelf(s) {}
    PageShelf& shelf;
};

class ModelReader : public ArchiveReader {
 public:
    ModelReader(std::span<const std::byte> bytes, PageCaches& c)
        : ArchiveReader(bytes), caches(c) {}
    PageCaches& caches;
};

/// Tells large containers in full: it has no shelf.
class WholeWriter : public ArchiveWriter {};

template <class Item>
std::uint64_t shelve(PageShelf& shelf, const PageRef<Item>& page) {
    const auto* there = page.in_memory();
    if (there != nullptr && there->changed() != 0) put_page(shelf, *there);
    return page.place();
}

}  // namespace

template <class K, class V, std::size_t N>
void archive(ModelWriter& a, SharedMap<K, V, N>& map) {
    a.count(map.slots().size());
    for (const auto& slot : map.slots()) {
        K first = slot.first;
        std::uint64_t place = shelve(a.shelf, slot.page), size = slot.page.size();
        a.next_item();
        archive_all(a, first, place, size);
    }
}

/// What breaks the map's invariants is left out.
template <class K, class V, std::size_t N>
void archive(ModelReader& a, SharedMap<K, V, N>& map) {
    using Map = SharedMap<K, V, N>;
    typename Map::Slots slots;
    const std::size_t pages = a.count(0);
    slots.reserve(pages);
    for (std::size_t i = 0; i < pages && !a.failed(); ++i) {
        K first{};
        std::uint64_t place = 0, size = 0;
        a.next_item();
        archive_all(a, first, place, size);
        const bool fits = slots.empty() || slots.back().first < first;
        if (!fits || size == 0 || size > N) continue;
        slots.push_back({first, {place, size}});
    }
    map = Map(std::move(slots), a.caches.source<typename Map::Entry>());
}

template <class K, class V, std::size_t N>
void archive(WholeWriter& a, SharedMap<K, V, N>& map) {
    archive_list(a, std::as_const(map));
}
template <class T>
void archive(WholeWriter& a, SharedList<T>& list) {
    archive_list(a, std::as_const(list));
}

template <class T>
void archive(ModelWriter& a, SharedList<T>& list) {
    a.count(list.pages().size());
    for (const auto& page : list.pages()) {
        std::uint64_t place = shelve(a.shelf, page), size = page.size();
        a.next_item();
        archive_all(a, place, size);
    }
}

template <class T>
void archive(ModelReader& a, SharedList<T>& list) {
    using List = SharedList<T>;
    typename List::Pages pages;
    const std::size_t count = a.count(0);
    for (std::size_t i = 0; i < count && !a.failed(); ++i) {
        std::uint64_t place = 0, size = 0;
        a.next_item();
        archive_all(a, place, size);
        const bool fits = pages.empty() || pages.back().size() == List::kPage;
        if (!fits || size == 0 || size > List::kPage) continue;
        pages.emplace_back(place, size);
    }
    list = List(std::move(pages), a.caches.source<T>());
}

// ---- the model ----------------------------------------------------------------------------------

template <class A>
void archive(A& a, Base& value) {
    auto& [address, ordinal, alive, exact, whole, backend, features, flags, tried, heap, active,
           later, io, signals, interest, changes, ring, lost, common, once, prepare, check,
           watcher_running, lock, cond, running, gotterm, break_, continue_, loop_flags, phase,
           phase_since_ns, turn, turn_began_ns, time_cache, mono_offset_us, wait_timeout, wait_why,
           wait_event, last_end, last_result, callbacks, api, heap_lifted, heap_lifted_deadline,
           heap_hole, n_callbacks, n_waits, edges, flag_edges] = value;
    archive_all(a, address, ordinal, alive, exact, whole, backend, features, flags, tried, heap,
                active, later, io, signals, interest, changes, ring, lost, common, once, prepare,
                check, watcher_running, lock, cond, running, gotterm, break_, continue_, loop_flags,
                phase, phase_since_ns, turn, turn_began_ns, time_cache, mono_offset_us,
                wait_timeout, wait_why, wait_event, last_end, last_result, callbacks, api,
                heap_lifted, heap_lifted_deadline, heap_hole, n_callbacks, n_waits, edges,
                flag_edges);
}

/// Model's friend.
struct ModelArchive {
    using Frame = Model::Frame;
    using Keyframe = Model::Keyframe;

    template <class A>
    static void tell(A& a, Model& model);
};

template <class A>
void archive(A& a, ModelArchive::Frame& value) {
    auto& [kind, base, event, function] = value;
    archive_all(a, kind, base, event, function);
}

template <class A>
void archive(A& a, ModelArchive::Keyframe& value) {
    auto& [base, events, finalizers, once_callbacks, records, error] = value;
    archive_all(a, base, events, finalizers, once_callbacks, records, error);
}

template <class A>
void ModelArchive::tell(A& a, Model& model) {
    auto& [bases, events, listeners, resolvers, dns_ports, locks, buffers, bufferevents, groups,
           buckets, syscalls, stacks, frames, keyframes, dead_events, dead_bases, dead_listeners,
           dead_resolvers, dead_dns_ports, current, next_base, next_event, next_listener,
           next_watcher, next_lock, next_buffer, next_bufferevent, next_group, next_resolver,
           next_dns_request, next_dns_port, record, time_ns, errors, ticks_per_ns] = model;
    archive_all(a, bases, events, listeners, resolvers, dns_ports, locks, buffers, bufferevents,
                groups, buckets, syscalls, stacks, frames, keyframes, dead_events, dead_bases,
                dead_listeners, dead_resolvers, dead_dns_ports, current, next_base, next_event,
                next_listener, next_watcher, next_lock, next_buffer, next_bufferevent, next_group,
                next_resolver, next_dns_request, next_dns_port, record, time_ns, errors,
                ticks_per_ns);
}

struct ModelShelf::Impl {
    std::shared_ptr<PageShelf> shelf;
    PageCaches caches;
};

ModelShelf::ModelShelf(std::shared_ptr<PageShelf> shelf)
    : impl_(std::make_unique<Impl>(Impl{shelf, PageCaches(shelf)})) {}
ModelShelf::~ModelShelf() = default;
ModelShelf::ModelShelf(ModelShelf&&) noexcept = default;
ModelShelf& ModelShelf::operator=(ModelShelf&&) noexcept = default;

std::uint64_t ModelShelf::put(const Model& model) {
    ModelWriter writer(*impl_->shelf);
    ModelArchive::tell(writer, const_cast<Model&>(model));  // a writer changes nothing
    return impl_->shelf->put(writer.bytes());
}

std::vector<std::byte> model_bytes(const Model& model) {
    WholeWriter writer;
    ModelArchive::tell(writer, const_cast<Model&>(model));  // a writer changes nothing
    return writer.bytes();
}

Model ModelShelf::get(std::uint64_t place) const {
    const std::vector<std::byte> bytes = impl_->shelf->get(place);
    ModelReader reader(bytes, impl_->caches);
    Model model;
    ModelArchive::tell(reader, model);
    return model;
}

}  // namespace evglass::trace
