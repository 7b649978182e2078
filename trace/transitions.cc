// The table of transitions, and what all of them share: finding bases and events, judging what
// doesn't fit, and the one place where a change of an event's state is noted.
#include "trace/transitions.h"

#include <algorithm>
#include <cstdio>

#include "trace/format.h"
#include "trace/text.h"

namespace evglass::trace {

namespace {

constexpr std::size_t kDeadEvents = 1024;

struct Row {
    RecordId id;
    Transitions::Handler handler;
};

template <class R, void (Transitions::*Apply)(const R&)>
constexpr Row row() {
    return {R::kId, [](Transitions& t) { (t.*Apply)(*t.record.as<R>()); }};
}
#define ROW(name) row<rec::name, &Transitions::name>()

/// Which function applies which record. A record that is not here changes nothing that the model
/// keeps (map_grow, backend_ready, wakeup, signal_caught, mark: they are only told). System calls
/// are found by their category.
constexpr Row kRows[] = {
    ROW(base_new),
    ROW(base_free),
    ROW(backend_try),
    ROW(backend_chosen),
    ROW(base_priorities),
    ROW(event_assign),
    ROW(event_gone),
    ROW(event_priority),
    ROW(event_deadline),
    ROW(event_flags),
    ROW(event_name),
    ROW(event_callback),
    ROW(event_activate),
    ROW(queue_insert),
    ROW(queue_remove),
    ROW(heap_insert),
    ROW(heap_move),
    ROW(heap_place),
    ROW(heap_remove),
    ROW(heap_change),
    ROW(io_add),
    ROW(io_del),
    ROW(signal_add),
    ROW(signal_del),
    ROW(interest),
    ROW(loop_begin),
    ROW(loop_end),
    ROW(turn_begin),
    ROW(loop_phase),
    ROW(wait_chosen),
    ROW(loop_request),
    ROW(time_cache),
    ROW(callback_begin),
    ROW(callback_end),
    ROW(api_begin),
    ROW(api_end),
    ROW(keyframe_begin),
    ROW(keyframe_event),
    ROW(keyframe_heap),
    ROW(keyframe_queue),
    ROW(keyframe_io),
    ROW(keyframe_signal),
    ROW(keyframe_interest),
    ROW(keyframe_callback),
    ROW(keyframe_end),
    ROW(io_lost),
    ROW(change_queued),
    ROW(change_merged),
    ROW(change_applied),
    ROW(uring_poll_add),
    ROW(uring_poll_remove),
    ROW(uring_completion),
    ROW(uring_hot),
    ROW(keyframe_lost),
    ROW(keyframe_change),
    ROW(keyframe_uring),
    ROW(common_queue),
    ROW(common_insert),
    ROW(common_remove),
    ROW(common_schedule),
    ROW(once_add),
    ROW(once_remove),
    ROW(watcher_new),
    ROW(watcher_free),
    ROW(watcher_begin),
    ROW(watcher_end),
    ROW(keyframe_common_queue),
    ROW(keyframe_common),
    ROW(keyframe_once),
    ROW(keyframe_finalizer),
    ROW(keyframe_watcher),
    ROW(keyframe_lock),
    ROW(buffer_new),
    ROW(buffer_free),
    ROW(buffer_parent),
    ROW(chain_link),
    ROW(chain_unlink),
    ROW(chain_immutable),
    ROW(chain_realign),
    ROW(chain_take),
    ROW(buffer_add),
    ROW(buffer_prepend),
    ROW(buffer_drain),
    ROW(buffer_move),
    ROW(buffer_pullup),
    ROW(buffer_reserve),
    ROW(buffer_freeze),
    ROW(buffer_callback),
    ROW(buffer_state),
    ROW(buffer_state_chain),
    ROW(bev_new),
    ROW(bev_release),
    ROW(bev_free),
    ROW(bev_state),
    ROW(bev_enable),
    ROW(bev_disable),
    ROW(bev_suspend),
    ROW(bev_unsuspend),
    ROW(bev_watermark),
    ROW(bev_timeouts),
    ROW(bev_callback_begin),
    ROW(bev_callback_end),
    ROW(bev_connect),
    ROW(bev_fd),
    ROW(bev_other),
    ROW(bev_moved),
    ROW(bev_tls),
    ROW(bucket_limit),
    ROW(bucket_gone),
    ROW(bucket_fill),
    ROW(bucket_take),
    ROW(group_new),
    ROW(group_free),
    ROW(group_join),
    ROW(group_leave),
    ROW(group_suspend),
    ROW(base_lock),
    ROW(lock_new),
    ROW(lock_free),
    ROW(lock_wait),
    ROW(lock_take),
    ROW(lock_give),
    ROW(cond_wait),
    ROW(cond_woken),
    ROW(enter),
    ROW(leave),
    ROW(listener_new),
    ROW(listener_free),
    ROW(listener_enable),
    ROW(listener_accept),
    ROW(listener_backoff),
    ROW(listener_resume),
    ROW(dns_new),
    ROW(dns_free),
    ROW(dns_server_add),
    ROW(dns_server_gone),
    ROW(dns_server_state),
    ROW(dns_ask),
    ROW(dns_wait),
    ROW(dns_send),
    ROW(dns_answer),
    ROW(dns_timeout),
    ROW(dns_done),
    ROW(dns_gone),
    ROW(dns_port_new),
    ROW(dns_port_gone),
    ROW(dns_question),
    ROW(dns_respond),
    ROW(dns_drop),
};
#undef ROW

constexpr std::size_t kIds = format::kStopTypes;

constexpr std::array<Transitions::Handler, kIds> make_table() {
    std::array<Transitions::Handler, kIds> table{};
    for (const Row& row : kRows) table[static_cast<std::size_t>(row.id)] = row.handler;
#define FIELD(type, name)
#define RETIRED(id, name)
#define RECORD(id, name, category, clock, fields, doc)     \
    if constexpr (Category::category == Category::syscall) \
        table[id] = [](Transitions& t) { t.syscall(); };
#include "trace/records.def"
#undef RECORD
#undef RETIRED
#undef FIELD
    return table;
}

constexpr auto kTable = make_table();

}  // namespace

Transitions::Handler Transitions::handler(std::uint16_t type) {
    return type < kTable.size() ? kTable[type] : nullptr;
}

Base& Transitions::base_at(Address a) {
    const auto [it, fresh] = model.bases_.try_emplace(a);
    Base& base = it->second;
    if (fresh) {
        base.address = a;
        base.ordinal = model.next_base_++;
    }
    change.base = a;
    model.current_ = a;
    return base;
}

Event& Transitions::new_event(Address a) {
    Event& event = model.events_[a];
    event = {};
    event.address = a;
    event.ordinal = model.next_event_++;
    event.state_since_ns = record.time_ns;
    event.state_record = event.assign_record = record.number;
    return event;
}

Event& Transitions::event_at(Base& base, Address a, int flags) {
    const bool unknown = model.event(a) == nullptr;
    Event& event = unknown ? new_event(a) : model.events_[a];
    if (unknown) {
        event.flags = flags;
        event.vague = true;
    }
    event.base = base.address;
    change.event = a;
    return event;
}

void Transitions::see_event(Base& base, Address a) {
    const Event* known = model.event(a);
    if (known == nullptr || known->base != base.address) event_at(base, a, evlist::kInit);
    change.event = a;
}

Event& Transitions::known_event(Base& base, Address a, int flags) {
    const Event* known = model.event(a);
    const bool unknown = known == nullptr;
    const bool gone = !unknown && !known->alive;
    Event& event = event_at(base, a, flags);
    if (unknown && base.whole) object(base, label(a) + " was never assigned");
    if (!gone) return event;
    object(base, label(a) + " is gone");
    Event& next = new_event(a);  // its event_assign was lost
    next.base = base.address;
    next.flags = flags;
    next.vague = true;
    return next;
}

Listener& Transitions::listener_at(Address a) {
    const auto [it, fresh] = model.listeners_.try_emplace(a);
    if (fresh) {
        it->second.address = a;
        it->second.ordinal = model.next_listener_++;
    }
    return it->second;
}

void Transitions::object(Base& base, const std::string& why) {
    if (!base.exact) return;
    base.exact = base.whole = false;
    const RecordInfo* info = find_record(record.type);
    change.error = (info == nullptr ? std::string("record") : std::string(info->name)) + ": " + why;
    ++model.errors_;
}

std::string Transitions::label(Address event) const {
    if (const Event* known = model.event(event)) return "E" + std::to_string(known->ordinal);
    char text[24];
    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(event));
    return text;
}

void Transitions::set_flags(Base& base, Event& event, int before, int after) {
    if (event.flags != before)
        object(base, label(event.address) + " has flags " + evlist_text(event.flags) + ", not " +
                         evlist_text(before));
    event.flags = after;
    ++base.flag_edges[{before, after, site_function()}];
}

void Transitions::settle(Base& base, Event& event, EventState before) {
    const EventState after = event.state();
    change.event = event.address;
    if (!change.moved()) change.before = before;
    change.after = after;
    if (before == after) return;
    ++base.edges[{before, after}];
    event.state_since_ns = record.time_ns;
    event.state_record = record.number;
    if (after == EventState::pending && before != EventState::running)
        event.pending_record = record.number;
    // Why it is to be called was told before, by event_activate: that cause stands for as long as
    // it is active and running.
    if (after >= EventState::active && event.activate_record != 0)
        event.cause = event.activated_by;
    else if (before == EventState::running)
        event.cause = {.kind = Cause::Kind::none,
                       .event = 0,
                       .function = "its callback returned",
                       .record = record.number};
    else
        event.cause = cause_now(base);
}

Cause Transitions::cause_now(const Base& base) const {
    using Kind = Cause::Kind;
    Cause cause{
        .kind = Kind::none, .event = 0, .function = site_function(), .record = record.number};
    const auto it = model.frames_.find(record.thread);
    if (it == model.frames_.end() || it->second.empty()) {
        if (base.callbacks.empty()) return cause;
        cause.kind = Kind::callback;
        cause.event = base.callbacks.back();
        return cause;
    }
    const auto& frames = it->second;
    const auto callback = std::find_if(frames.rbegin(), frames.rend(),
                                       [](const auto& f) { return f.kind == FrameKind::callback; });
    const bool in_api = frames.back().kind == FrameKind::api;
    if (in_api) cause.function = frames.back().function;
    if (callback != frames.rend()) {
        cause.kind = Kind::callback;
        cause.event = callback->event;
    } else if (in_api) {
        cause.kind = Kind::api;
    } else if (base.phase == static_cast<int>(field::phase::timeout_process)) {
        cause.kind = Kind::timer;
    } else if (base.phase == static_cast<int>(field::phase::dispatch)) {
        cause.kind = Kind::backend;
    }
    return cause;
}

std::vector<Address> Transitions::events_of(Address base) const {
    std::vector<Address> found;
    for (const auto& [address, event] : model.events())
        if (event.base == base && event.alive) found.push_back(address);
    return found;
}

void Transitions::forget(Base& base, Address event) {
    for (CommonQueue& queue : base.common)
        std::erase_if(queue.events, [=](const HeapItem& i) { return i.event == event; });
    std::erase(base.once, event);
    for (auto& queue : base.active) std::erase(queue, event);
    std::erase(base.later, event);
    // A hole (event 0) goes too: an operation under way can't go on.
    base.heap_lifted = 0;
    base.heap.erase_if([=](const HeapItem& i) { return i.event == event || i.event == 0; });
    if (model.event(event) != nullptr) model.events_[event].in_heap = false;
    std::vector<int> fds;
    for (const auto& [fd, slot] : std::as_const(base.io))
        if (std::find(slot.events.begin(), slot.events.end(), event) != slot.events.end())
            fds.push_back(fd);
    for (const int fd : fds) {
        auto& events = base.io[fd].events;
        std::erase(events, event);
        if (events.empty()) base.io.erase(fd);
    }
    for (auto it = base.signals.begin(); it != base.signals.end();) {
        std::erase(it->second, event);
        it = it->second.empty() ? base.signals.erase(it) : std::next(it);
    }
}

void Transitions::bury(Event& event) {
    event.alive = false;
    auto& dead = model.dead_events_;
    dead.emplace_back(event.address, event.ordinal);
    while (dead.size() > kDeadEvents) {
        const auto [address, ordinal] = dead.front();
        dead.pop_front();
        const Event* gone = model.event(address);
        if (gone == nullptr || gone->ordinal != ordinal || gone->alive) continue;
        if (gone->running) {  // its callback freed it: callback_end will still name it
            dead.emplace_back(address, ordinal);
            break;
        }
        model.events_.erase(address);
    }
}

void Transitions::pop_frame(FrameKind kind, Address event, const std::string& function) {
    auto& stack = frames();
    for (std::size_t i = stack.size(); i-- > 0;) {
        if (stack[i].kind != kind || stack[i].event != event || stack[i].function != function)
            continue;
        stack.resize(i);
        return;
    }
}

}  // namespace evglass::trace
