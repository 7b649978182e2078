// What scene.h declares.
#include "tests/support/scene.h"

#include <algorithm>

namespace evglass::trace::testing {

namespace {
constexpr int kBitTimeout = 0x01, kBitInserted = 0x02, kBitActive = 0x08, kBitInternal = 0x10,
              kBitLater = 0x20, kBitInit = 0x80;

int bit_of(field::queue queue) {
    switch (queue) {
        case field::queue::inserted:
            return kBitInserted;
        case field::queue::timeout:
            return kBitTimeout;
        case field::queue::active:
            return kBitActive;
        case field::queue::active_later:
            return kBitLater;
    }
    return 0;
}
}  // namespace

Scene::Scene(RecordBuilder& out, int priorities, Address base) : out_(out), base_(base) {
    out_.add(rec::api_begin{.base = Address{0}, .event = Address{0}}, "event_base_new");
    out_.add(rec::base_new{.base = base_, .flags = 0}, "event_base_new_with_config");
    choose_backend();
    const Address pipe = assign({.fd = 4,
                                 .events = kRead | kPersist,
                                 .name = "signal pipe",
                                 .priority = 0,
                                 .internal = true});
    active_.resize(static_cast<std::size_t>(priorities));
    out_.add(rec::base_priorities{.base = base_, .count = static_cast<std::uint32_t>(priorities)},
             "event_base_priority_init");
    static_cast<void>(pipe);
    out_.add(rec::api_end{.base = Address{0}, .event = Address{0}, .result = 0}, "event_base_new");
}

void Scene::choose_backend() {
    out_.add(rec::backend_try{.base = base_, .verdict = field::verdict::chosen, .name = "epoll"},
             "event_base_new_with_config");
    out_.add(rec::sys_epoll_create1{.flags = 0x80000, .result = 3, .error = 0, .duration = 2100},
             "epoll_init");
    out_.add(rec::backend_chosen{.base = base_, .features = 15, .name = "epoll"},
             "event_base_new_with_config");
    out_.add(
        rec::sys_pipe2{
            .readfd = 4, .writefd = 5, .flags = 0x80800, .result = 0, .error = 0, .duration = 3000},
        "evsig_init_");
}

Address Scene::assign(const EventSpec& spec) {
    const Address event = next_event_;
    next_event_ += 0x80;
    SceneEvent& e = events_[event];
    e = SceneEvent{.spec = spec};
    out_.add(rec::event_assign{.base = base_,
                               .event = event,
                               .fd = spec.fd,
                               .events = static_cast<std::int16_t>(spec.events),
                               .priority = static_cast<std::uint16_t>(spec.priority),
                               .flags = std::uint16_t{kBitInit},
                               .serial = e.serial,
                               .callback = spec.callback,
                               .arg = Address{0},
                               .creator = spec.creator},
             "event_assign");
    if (spec.internal) {
        e.flags |= kBitInternal;
        out_.add(rec::event_flags{.base = base_,
                                  .event = event,
                                  .before = std::uint16_t{kBitInit},
                                  .after = static_cast<std::uint16_t>(e.flags)},
                 "evsig_init_");
    }
    if (!spec.name.empty())
        out_.add(rec::event_name{.event = event, .name = spec.name.c_str()}, "event_set_name");
    return event;
}

void Scene::api(const char* function, Address event, bool begin) {
    if (begin)
        out_.add(rec::api_begin{.base = base_, .event = event}, function);
    else
        out_.add(rec::api_end{.base = base_, .event = event, .result = 0}, function);
}

// ---- public operations
// ---------------------------------------------------------------------------

Address Scene::make_event(const EventSpec& spec) {
    api("event_new", 0, true);
    const Address event = assign(spec);
    api("event_new", event, false);
    return event;
}

void Scene::free_event(Address event) {
    api("event_free", event, true);
    del_nolock(event);
    out_.add(rec::event_gone{.base = base_, .event = event}, "event_free");
    events_.erase(event);
    api("event_free", event, false);
}

void Scene::add(Address event, std::int64_t timeout_us) {
    api("event_add", event, true);
    add_nolock(event, timeout_us);
    api("event_add", event, false);
}

void Scene::del(Address event) {
    api("event_del", event, true);
    del_nolock(event);
    api("event_del", event, false);
}

void Scene::activate(Address event, int what) {
    api("event_active", event, true);
    activate_nolock(event, what, field::cause::user, false);
    api("event_active", event, false);
}

void Scene::activate_later(Address event, int what) {
    api("event_active_later_", event, true);
    activate_nolock(event, what, field::cause::later, true);
    api("event_active_later_", event, false);
}

void Scene::set_priority(Address event, int priority) {
    api("event_priority_set", event, true);
    if (!active(event)) {
        events_.at(event).spec.priority = priority;
        out_.add(
            rec::event_priority{
                .base = base_, .event = event, .priority = static_cast<std::uint32_t>(priority)},
            "event_priority_set");
    }
    api("event_priority_set", event, false);
}

void Scene::add_nolock(Address event, std::int64_t timeout_us) {
    SceneEvent& e = events_.at(event);
    const int io = kRead | kWrite | kClosed | kSignal;
    if ((e.spec.events & io) != 0 && (e.flags & (kBitInserted | kBitActive | kBitLater)) == 0) {
        io_add(event);
        queue_insert(event, field::queue::inserted);
    }
    if (timeout_us < 0) return;
    if ((e.flags & kBitTimeout) != 0) {
        queue_remove(event, field::queue::timeout);
        heap_remove(event);
    }
    e.deadline = now_us() + timeout_us;
    e.interval = (e.spec.events & kPersist) != 0 ? timeout_us : -1;
    out_.add(
        rec::event_deadline{
            .base = base_, .event = event, .deadline = e.deadline, .interval = e.interval},
        "event_add_nolock_");
    queue_insert(event, field::queue::timeout);
    heap_insert(event);
}

void Scene::del_nolock(Address event) {
    SceneEvent& e = events_.at(event);
    if ((e.flags & kBitTimeout) != 0) {
        queue_remove(event, field::queue::timeout);
        heap_remove(event);
    }
    if ((e.flags & kBitActive) != 0)
        queue_remove(event, field::queue::active);
    else if ((e.flags & kBitLater) != 0)
        queue_remove(event, field::queue::active_later);
    if ((e.flags & kBitInserted) != 0) {
        queue_remove(event, field::queue::inserted);
        io_del(event);
    }
}

void Scene::activate_nolock(Address event, int what, field::cause cause, bool later) {
    SceneEvent& e = events_.at(event);
    e.res = (e.flags & (kBitActive | kBitLater)) != 0 ? e.res | what : what;
    out_.add(rec::event_activate{.base = base_,
                                 .event = event,
                                 .what = static_cast<std::int16_t>(what),
                                 .ncalls = 1,
                                 .cause = cause},
             "event_active_nolock_");
    if ((e.flags & kBitActive) != 0) return;
    if ((e.flags & kBitLater) != 0) {
        if (later) return;
        queue_remove(event, field::queue::active_later);
    }
    queue_insert(event, later ? field::queue::active_later : field::queue::active);
}

// ---- queues
// ----------------------------------------------------------------------------------------

std::deque<Address>* Scene::queue_of(Address event, field::queue queue) {
    if (queue == field::queue::active_later) return &later_;
    if (queue != field::queue::active) return nullptr;
    return &active_[static_cast<std::size_t>(events_.at(event).spec.priority)];
}

void Scene::queue_insert(Address event, field::queue queue) {
    SceneEvent& e = events_.at(event);
    const int before = e.flags;
    e.flags |= bit_of(queue);
    auto* list = queue_of(event, queue);
    if (list != nullptr) list->push_back(event);
    out_.add(
        rec::queue_insert{.base = base_,
                          .event = event,
                          .queue = queue,
                          .priority = static_cast<std::uint8_t>(e.spec.priority),
                          .before = static_cast<std::uint16_t>(before),
                          .after = static_cast<std::uint16_t>(e.flags),
                          .length = static_cast<std::uint32_t>(list == nullptr ? 0 : list->size())},
        "event_queue_insert_");
}

void Scene::queue_remove(Address event, field::queue queue) {
    SceneEvent& e = events_.at(event);
    const int before = e.flags;
    e.flags &= ~bit_of(queue);
    auto* list = queue_of(event, queue);
    if (list != nullptr) list->erase(std::find(list->begin(), list->end(), event));
    out_.add(
        rec::queue_remove{.base = base_,
                          .event = event,
                          .queue = queue,
                          .priority = static_cast<std::uint8_t>(e.spec.priority),
                          .before = static_cast<std::uint16_t>(before),
                          .after = static_cast<std::uint16_t>(e.flags),
                          .length = static_cast<std::uint32_t>(list == nullptr ? 0 : list->size())},
        "event_queue_remove_");
}

// ---- the maps
// ----------------------------------------------------------------------------------------

Scene::Counts Scene::counts(int fd) const {
    Counts c;
    if (const auto it = io_.find(fd); it != io_.end()) {
        for (const Address a : it->second) {
            const int events = events_.at(a).spec.events;
            c.read += (events & kRead) != 0;
            c.write += (events & kWrite) != 0;
            c.closed += (events & kClosed) != 0;
        }
    }
    return c;
}

void Scene::set_interest(int fd) {
    const Counts c = counts(fd);
    const int after =
        (c.read != 0 ? kRead : 0) | (c.write != 0 ? kWrite : 0) | (c.closed != 0 ? kClosed : 0);
    const int before = interest_.contains(fd) ? interest_.at(fd) : 0;
    if (before == after) return;
    const auto op = before == 0  ? field::epollop::ADD
                    : after == 0 ? field::epollop::DEL
                                 : field::epollop::MOD;
    const std::uint32_t mask = ((after & kRead) != 0 ? 1U : 0U) | ((after & kWrite) != 0 ? 4U : 0U);
    out_.add(rec::sys_epoll_ctl{.epfd = 3,
                                .op = op,
                                .fd = fd,
                                .events = mask,
                                .before = static_cast<std::int16_t>(before),
                                .after = static_cast<std::int16_t>(after),
                                .result = 0,
                                .error = 0,
                                .duration = 1200},
             "epoll_apply_one_change");
    if (after == 0)
        interest_.erase(fd);
    else
        interest_[fd] = after;
    out_.add(rec::interest{.base = base_,
                           .fd = fd,
                           .before = static_cast<std::int16_t>(before),
                           .after = static_cast<std::int16_t>(after)},
             "evmap_io_add_");
}

void Scene::io_add(Address event) {
    const EventSpec& spec = events_.at(event).spec;
    if ((spec.events & kSignal) != 0) {
        signals_[spec.fd].push_front(event);
        out_.add(rec::signal_add{.base = base_, .event = event, .signal = spec.fd},
                 "evmap_signal_add_");
        return;
    }
    io_[spec.fd].push_front(event);
    set_interest(spec.fd);
    const Counts c = counts(spec.fd);
    out_.add(rec::io_add{.base = base_,
                         .event = event,
                         .fd = spec.fd,
                         .nread = static_cast<std::uint16_t>(c.read),
                         .nwrite = static_cast<std::uint16_t>(c.write),
                         .nclose = static_cast<std::uint16_t>(c.closed)},
             "evmap_io_add_");
}

void Scene::io_del(Address event) {
    const EventSpec& spec = events_.at(event).spec;
    if ((spec.events & kSignal) != 0) {
        std::erase(signals_[spec.fd], event);
        if (signals_[spec.fd].empty()) signals_.erase(spec.fd);
        out_.add(rec::signal_del{.base = base_, .event = event, .signal = spec.fd},
                 "evmap_signal_del_");
        return;
    }
    std::erase(io_[spec.fd], event);
    if (io_[spec.fd].empty()) io_.erase(spec.fd);
    set_interest(spec.fd);
    const Counts c = counts(spec.fd);
    out_.add(rec::io_del{.base = base_,
                         .event = event,
                         .fd = spec.fd,
                         .nread = static_cast<std::uint16_t>(c.read),
                         .nwrite = static_cast<std::uint16_t>(c.write),
                         .nclose = static_cast<std::uint16_t>(c.closed)},
             "evmap_io_del_");
}

// ---- the heap: four children, the hole moves
// ------------------------------------------------------------

void Scene::heap_put(std::size_t index, const Node& node) {
    heap_[index] = node;
    events_.at(node.event).heap_index = index;
}

void Scene::heap_settle(std::size_t hole, Node node) {
    const auto move = [&](std::size_t from) {
        out_.add(rec::heap_move{.base = base_,
                                .event = heap_[from].event,
                                .from = static_cast<std::uint32_t>(from),
                                .to = static_cast<std::uint32_t>(hole)},
                 "min_heap_shift_");
        heap_put(hole, heap_[from]);
        hole = from;
    };
    while (hole > 0 && heap_[(hole - 1) / 4].deadline > node.deadline) move((hole - 1) / 4);
    for (;;) {
        std::size_t best = 0;
        for (std::size_t child = hole * 4 + 1; child <= hole * 4 + 4; ++child)
            if (child < heap_.size() && (best == 0 || heap_[child].deadline < heap_[best].deadline))
                best = child;
        if (best == 0 || heap_[best].deadline >= node.deadline) break;
        move(best);
    }
    heap_put(hole, node);
    out_.add(
        rec::heap_place{
            .base = base_, .event = node.event, .index = static_cast<std::uint32_t>(hole)},
        "min_heap_shift_");
}

void Scene::heap_insert(Address event) {
    const Node node{event, events_.at(event).deadline};
    heap_.push_back(node);
    out_.add(rec::heap_insert{.base = base_,
                              .event = event,
                              .deadline = node.deadline,
                              .size = static_cast<std::uint32_t>(heap_.size())},
             "min_heap_push_");
    heap_settle(heap_.size() - 1, node);
}

void Scene::heap_remove(Address event) {
    const std::size_t index = events_.at(event).heap_index;
    const Node last = heap_.back();
    heap_.pop_back();
    out_.add(rec::heap_remove{.base = base_,
                              .event = event,
                              .index = static_cast<std::uint32_t>(index),
                              .size = static_cast<std::uint32_t>(heap_.size())},
             "min_heap_erase_");
    if (last.event != event) heap_settle(index, last);
}

bool Scene::pending(Address event) const {
    return (events_.at(event).flags & (kBitInserted | kBitTimeout)) != 0;
}

bool Scene::active(Address event) const {
    return (events_.at(event).flags & (kBitActive | kBitLater)) != 0;
}

std::vector<Address> Scene::events() const {
    std::vector<Address> all;
    for (const auto& [address, event] : events_)
        if (!event.spec.internal) all.push_back(address);
    return all;
}

}  // namespace evglass::trace::testing
