// The loop's side of scene.h: turns, phases, callbacks, and the keyframe.
#include <algorithm>

#include "tests/support/scene.h"

namespace evglass::trace::testing {

void Scene::begin_loop(int flags) {
    api("event_base_loop", 0, true);
    bits_ = 1;
    out_.add(rec::loop_begin{.base = base_, .flags = static_cast<std::uint32_t>(flags)},
             "event_base_loop");
}

void Scene::end_loop(field::loopend reason, int result) {
    bits_ &= ~1U;
    phase_ = 0;
    out_.add(rec::loop_end{.base = base_, .reason = reason, .result = result}, "event_base_loop");
    api("event_base_loop", 0, false);
}

void Scene::begin_turn() {
    bits_ &= ~8U;
    out_.add(rec::turn_begin{.base = base_, .turn = ++turn_}, "event_base_loop");
    phase(field::phase::stop_check);
}

void Scene::phase(field::phase phase) {
    phase_ = static_cast<int>(phase);
    out_.add(rec::loop_phase{.base = base_, .phase = phase}, "event_base_loop");
}

void Scene::choose_wait() {
    phase(field::phase::timeout_next);
    const bool busy =
        !later_.empty() || std::any_of(active_.begin(), active_.end(),
                                       [](const auto& queue) { return !queue.empty(); });
    const bool timer = !busy && !heap_.empty();
    const std::int64_t left = timer ? std::max<std::int64_t>(0, heap_[0].deadline - now_us()) : 0;
    out_.add(rec::wait_chosen{.base = base_,
                              .event = timer ? heap_[0].event : Address{0},
                              .timeout = busy    ? 0
                                         : timer ? left
                                                 : -1,
                              .why = busy    ? field::waitwhy::active_pending
                                     : timer ? field::waitwhy::first_timer
                                             : field::waitwhy::no_timer},
             "timeout_next");
    phase(field::phase::make_later_events_active);
    while (!later_.empty()) {
        const Address event = later_.front();
        queue_remove(event, field::queue::active_later);
        queue_insert(event, field::queue::active);
    }
    phase(field::phase::dispatch);
}

void Scene::wake(int ready_fds, std::int64_t slept_us, int error) {
    out_.advance_ns(slept_us * 1000);
    out_.add(rec::sys_epoll_wait{.epfd = 3,
                                 .maxevents = 32,
                                 .timeout = -1,
                                 .result = error != 0 ? -1 : ready_fds,
                                 .error = error,
                                 .duration = static_cast<std::uint64_t>(slept_us) * 1000},
             "epoll_dispatch");
}

void Scene::fd_ready(int fd, int what) {
    out_.add(rec::backend_ready{.base = base_, .fd = fd, .what = static_cast<std::int16_t>(what)},
             "epoll_dispatch");
    const auto it = io_.find(fd);
    if (it == io_.end()) return;
    for (const Address event : it->second)
        if ((events_.at(event).spec.events & what) != 0)
            activate_nolock(event, what & events_.at(event).spec.events, field::cause::backend,
                            false);
}

void Scene::catch_signal(int signal) {
    out_.add(rec::signal_caught{.signal = signal}, "evsig_handler");
}

void Scene::signal_arrived(int signal) {
    const auto it = signals_.find(signal);
    if (it == signals_.end()) return;
    for (const Address event : it->second)
        activate_nolock(event, kSignal, field::cause::signal, false);
}

void Scene::expire_timers() {
    phase(field::phase::timeout_process);
    while (!heap_.empty() && heap_[0].deadline <= now_us()) {
        const Address event = heap_[0].event;
        del_nolock(event);
        activate_nolock(event, kTimeout, field::cause::timeout, false);
    }
}

Address Scene::begin_callback() {
    const auto queue = std::find_if(active_.begin(), active_.end(),
                                    [](const auto& list) { return !list.empty(); });
    if (queue == active_.end()) return 0;
    const Address event = queue->front();
    SceneEvent& e = events_.at(event);
    const bool persists = (e.spec.events & kPersist) != 0;
    if (persists) {
        queue_remove(event, field::queue::active);
        if (e.interval > 0) add_nolock(event, e.interval);
    } else {
        del_nolock(event);
    }
    callbacks_.emplace_back(event, e.res);
    e.running = true;
    out_.add(rec::callback_begin{.base = base_,
                                 .event = event,
                                 .callback = e.spec.callback,
                                 .fd = e.spec.fd,
                                 .what = static_cast<std::int16_t>(e.res),
                                 .closure = persists ? field::closure::event_persist
                                                     : field::closure::event},
             "event_process_active_single_queue");
    return event;
}

void Scene::end_callback() {
    const Address event = callbacks_.back().first;
    callbacks_.pop_back();
    if (events_.contains(event)) events_.at(event).running = false;
    out_.add(rec::callback_end{.base = base_, .event = event}, "event_process_active_single_queue");
}

void Scene::request(field::request request) {
    bits_ |= request == field::request::exit ? 2U : request == field::request::break_ ? 4U : 8U;
    out_.add(rec::loop_request{.base = base_, .request = request}, "event_loopexit_cb");
}

void Scene::emit_syscall_read(int fd, std::int64_t result, int error) {
    out_.add(
        rec::sys_read{.fd = fd, .size = 4096, .result = result, .error = error, .duration = 900},
        "evutil_read");
}

void Scene::keyframe() {
    std::uint32_t records = 0;
    std::uint32_t known = 0;
    for (const auto& [address, e] : events_) known += (e.flags & 0x2b) != 0 || e.running;
    out_.add(rec::keyframe_begin{.base = base_,
                                 .turn = turn_,
                                 .flags = 0,
                                 .features = 15,
                                 .priorities = static_cast<std::uint32_t>(active_.size()),
                                 .events = known,
                                 .loop = bits_,
                                 .phase = static_cast<field::phase>(phase_),
                                 .now = now_us(),
                                 .backend = "epoll"},
             "keyframe");
    for (const auto& [address, e] : events_) {
        if ((e.flags & 0x2b) == 0 && !e.running) continue;
        ++records;
        out_.add(rec::keyframe_event{.base = base_,
                                     .event = address,
                                     .fd = e.spec.fd,
                                     .events = static_cast<std::int16_t>(e.spec.events),
                                     .priority = static_cast<std::uint16_t>(e.spec.priority),
                                     .flags = static_cast<std::uint16_t>(e.flags),
                                     .res = static_cast<std::int16_t>(e.res),
                                     .serial = e.serial,
                                     .callback = e.spec.callback,
                                     .arg = Address{0},
                                     .creator = e.spec.creator,
                                     .deadline = e.deadline,
                                     .interval = e.interval},
                 "keyframe");
    }
    keyframe_containers(records);
    out_.add(rec::keyframe_end{.base = base_, .records = records}, "keyframe");
}

void Scene::keyframe_containers(std::uint32_t& records) {
    const auto tell = [&](const auto& fields) {
        out_.add(fields, "keyframe");
        ++records;
    };
    const auto queue = [&](const std::deque<Address>& list, field::queue kind, std::size_t p) {
        for (std::size_t i = 0; i < list.size(); ++i)
            tell(rec::keyframe_queue{.base = base_,
                                     .event = list[i],
                                     .queue = kind,
                                     .priority = static_cast<std::uint8_t>(p),
                                     .index = static_cast<std::uint32_t>(i)});
    };
    for (std::size_t i = 0; i < heap_.size(); ++i)
        tell(rec::keyframe_heap{.base = base_,
                                .event = heap_[i].event,
                                .index = static_cast<std::uint32_t>(i),
                                .deadline = heap_[i].deadline});
    for (std::size_t p = 0; p < active_.size(); ++p) queue(active_[p], field::queue::active, p);
    queue(later_, field::queue::active_later, 0);
    for (const auto& [fd, list] : io_)
        for (std::size_t i = 0; i < list.size(); ++i)
            tell(rec::keyframe_io{
                .base = base_, .event = list[i], .fd = fd, .index = static_cast<std::uint32_t>(i)});
    for (const auto& [signal, list] : signals_)
        for (std::size_t i = 0; i < list.size(); ++i)
            tell(rec::keyframe_signal{.base = base_,
                                      .event = list[i],
                                      .signal = signal,
                                      .index = static_cast<std::uint32_t>(i)});
    for (const auto& [fd, mask] : interest_)
        tell(rec::keyframe_interest{
            .base = base_, .fd = fd, .mask = static_cast<std::int16_t>(mask)});
    for (const auto& [event, what] : callbacks_)
        tell(rec::keyframe_callback{.base = base_,
                                    .event = event,
                                    .fd = events_.contains(event) ? events_.at(event).spec.fd : -1,
                                    .what = static_cast<std::int16_t>(what),
                                    .callback = Address{0x401000},
                                    .closure = field::closure::event});
}

}  // namespace evglass::trace::testing
