// How a record changes a Model: one small function for each record type, and what they share.
// Private to the model: only model.cc and the transitions_*.cc files include it.
// Read first: the table in transitions.cc. Then the file of the topic: transitions_base.cc,
// _event.cc, _heap.cc, _map.cc, _loop.cc, _keyframe.cc; then _common.cc, _once.cc, _lock.cc.
#pragma once

#include <string>

#include "trace/event_bits.h"
#include "trace/model.h"

namespace evglass::trace {

/// One record being applied. Lives for one Model::apply().
///
/// The rule about errors: a base that is `exact` equals the real one, so a record that doesn't fit
/// it is an error, said once; from then until its next keyframe the base is not exact. On a base
/// that is not exact, what fits is applied and what doesn't is passed over in silence.
struct Transitions {
    Model& model;
    const Record& record;
    const SiteInfo* site;
    Change& change;

    using FrameKind = Model::Frame::Kind;
    using Handler = void (*)(Transitions&);
    /// The function for a record type, or null: the model has no use for it.
    static Handler handler(std::uint16_t type);

    // the base and its backend
    void base_new(const rec::base_new& r);
    void base_free(const rec::base_free& r);
    void backend_try(const rec::backend_try& r);
    void backend_chosen(const rec::backend_chosen& r);
    void base_priorities(const rec::base_priorities& r);
    // an event's life and its queues
    void event_assign(const rec::event_assign& r);
    void event_gone(const rec::event_gone& r);
    void event_priority(const rec::event_priority& r);
    void event_deadline(const rec::event_deadline& r);
    void event_flags(const rec::event_flags& r);
    void event_name(const rec::event_name& r);
    void event_callback(const rec::event_callback& r);
    void event_activate(const rec::event_activate& r);
    void queue_insert(const rec::queue_insert& r);
    void queue_remove(const rec::queue_remove& r);
    // the heap
    void heap_insert(const rec::heap_insert& r);
    void heap_move(const rec::heap_move& r);
    void heap_place(const rec::heap_place& r);
    void heap_remove(const rec::heap_remove& r);
    void heap_change(const rec::heap_change& r);
    // the maps
    void io_add(const rec::io_add& r);
    void io_del(const rec::io_del& r);
    void signal_add(const rec::signal_add& r);
    void signal_del(const rec::signal_del& r);
    void interest(const rec::interest& r);
    // the loop, callbacks, public functions
    void loop_begin(const rec::loop_begin& r);
    void loop_end(const rec::loop_end& r);
    void turn_begin(const rec::turn_begin& r);
    void loop_phase(const rec::loop_phase& r);
    void wait_chosen(const rec::wait_chosen& r);
    void loop_request(const rec::loop_request& r);
    void time_cache(const rec::time_cache& r);
    void callback_begin(const rec::callback_begin& r);
    void callback_end(const rec::callback_end& r);
    void api_begin(const rec::api_begin& r);
    void api_end(const rec::api_end& r);
    // keyframes
    void keyframe_begin(const rec::keyframe_begin& r);
    void keyframe_event(const rec::keyframe_event& r);
    void keyframe_heap(const rec::keyframe_heap& r);
    void keyframe_queue(const rec::keyframe_queue& r);
    void keyframe_io(const rec::keyframe_io& r);
    void keyframe_signal(const rec::keyframe_signal& r);
    void keyframe_interest(const rec::keyframe_interest& r);
    void keyframe_callback(const rec::keyframe_callback& r);
    void keyframe_end(const rec::keyframe_end& r);
    // backends: fds that are lost, changes that wait, requests in a ring
    void io_lost(const rec::io_lost& r);
    void change_queued(const rec::change_queued& r);
    void change_merged(const rec::change_merged& r);
    void change_applied(const rec::change_applied& r);
    void uring_poll_add(const rec::uring_poll_add& r);
    void uring_poll_remove(const rec::uring_poll_remove& r);
    void uring_completion(const rec::uring_completion& r);
    void uring_hot(const rec::uring_hot& r);
    void keyframe_lost(const rec::keyframe_lost& r);
    void keyframe_change(const rec::keyframe_change& r);
    void keyframe_uring(const rec::keyframe_uring& r);
    // what stands beside: common timeouts, once events, watchers
    void common_queue(const rec::common_queue& r);
    void common_insert(const rec::common_insert& r);
    void common_remove(const rec::common_remove& r);
    void common_schedule(const rec::common_schedule& r);
    void once_add(const rec::once_add& r);
    void once_remove(const rec::once_remove& r);
    void watcher_new(const rec::watcher_new& r);
    void watcher_free(const rec::watcher_free& r);
    void watcher_begin(const rec::watcher_begin& r);
    void watcher_end(const rec::watcher_end& r);
    void keyframe_common_queue(const rec::keyframe_common_queue& r);
    void keyframe_common(const rec::keyframe_common& r);
    void keyframe_once(const rec::keyframe_once& r);
    void keyframe_finalizer(const rec::keyframe_finalizer& r);
    void keyframe_watcher(const rec::keyframe_watcher& r);
    void keyframe_lock(const rec::keyframe_lock& r);
    // buffers
    void buffer_new(const rec::buffer_new& r);
    void buffer_free(const rec::buffer_free& r);
    void buffer_parent(const rec::buffer_parent& r);
    void chain_link(const rec::chain_link& r);
    void chain_unlink(const rec::chain_unlink& r);
    void chain_immutable(const rec::chain_immutable& r);
    void chain_realign(const rec::chain_realign& r);
    void chain_take(const rec::chain_take& r);
    void buffer_add(const rec::buffer_add& r);
    void buffer_prepend(const rec::buffer_prepend& r);
    void buffer_drain(const rec::buffer_drain& r);
    void buffer_move(const rec::buffer_move& r);
    void buffer_pullup(const rec::buffer_pullup& r);
    void buffer_reserve(const rec::buffer_reserve& r);
    void buffer_freeze(const rec::buffer_freeze& r);
    void buffer_callback(const rec::buffer_callback& r);
    void buffer_state(const rec::buffer_state& r);
    void buffer_state_chain(const rec::buffer_state_chain& r);
    // bufferevents and rate limits
    void bev_new(const rec::bev_new& r);
    void bev_release(const rec::bev_release& r);
    void bev_free(const rec::bev_free& r);
    void bev_state(const rec::bev_state& r);
    void bev_enable(const rec::bev_enable& r);
    void bev_disable(const rec::bev_disable& r);
    void bev_suspend(const rec::bev_suspend& r);
    void bev_unsuspend(const rec::bev_unsuspend& r);
    void bev_watermark(const rec::bev_watermark& r);
    void bev_timeouts(const rec::bev_timeouts& r);
    void bev_callback_begin(const rec::bev_callback_begin& r);
    void bev_callback_end(const rec::bev_callback_end& r);
    void bev_connect(const rec::bev_connect& r);
    void bev_fd(const rec::bev_fd& r);
    void bev_other(const rec::bev_other& r);
    void bev_moved(const rec::bev_moved& r);
    void bev_tls(const rec::bev_tls& r);
    void bucket_limit(const rec::bucket_limit& r);
    void bucket_gone(const rec::bucket_gone& r);
    void bucket_fill(const rec::bucket_fill& r);
    void bucket_take(const rec::bucket_take& r);
    void group_new(const rec::group_new& r);
    void group_free(const rec::group_free& r);
    void group_join(const rec::group_join& r);
    void group_leave(const rec::group_leave& r);
    void group_suspend(const rec::group_suspend& r);
    // locks and conditions
    void base_lock(const rec::base_lock& r);
    void lock_new(const rec::lock_new& r);
    void lock_free(const rec::lock_free& r);
    void lock_wait(const rec::lock_wait& r);
    void lock_take(const rec::lock_take& r);
    void lock_give(const rec::lock_give& r);
    void cond_wait(const rec::cond_wait& r);
    void cond_woken(const rec::cond_woken& r);
    // system calls, calls of internal functions, listeners
    void syscall();
    void enter(const rec::enter& r);
    void leave(const rec::leave& r);
    void listener_new(const rec::listener_new& r);
    void listener_free(const rec::listener_free& r);
    void listener_enable(const rec::listener_enable& r);
    void listener_accept(const rec::listener_accept& r);
    void listener_backoff(const rec::listener_backoff& r);
    void listener_resume(const rec::listener_resume& r);
    // DNS
    void dns_new(const rec::dns_new& r);
    void dns_free(const rec::dns_free& r);
    void dns_server_add(const rec::dns_server_add& r);
    void dns_server_gone(const rec::dns_server_gone& r);
    void dns_server_state(const rec::dns_server_state& r);
    void dns_ask(const rec::dns_ask& r);
    void dns_wait(const rec::dns_wait& r);
    void dns_send(const rec::dns_send& r);
    void dns_answer(const rec::dns_answer& r);
    void dns_timeout(const rec::dns_timeout& r);
    void dns_done(const rec::dns_done& r);
    void dns_gone(const rec::dns_gone& r);
    void dns_port_new(const rec::dns_port_new& r);
    void dns_port_gone(const rec::dns_port_gone& r);
    void dns_question(const rec::dns_question& r);
    void dns_respond(const rec::dns_respond& r);
    void dns_drop(const rec::dns_drop& r);

    // ---- what they share: transitions.cc
    // ----------------------------------------------------------
    /// The base with this address, made (not exact) where it is not known; it is current from now.
    Base& base_at(Address a);
    /// The event with this address, made where it is not known. `flags`: what it must have been.
    Event& event_at(Base& base, Address a, int flags);
    /// The same, where a base that is whole must know it: else it is an error.
    Event& known_event(Base& base, Address a, int flags);
    /// Makes the event known. One that is known already is not touched: pages of the model that
    /// nobody changes are shared.
    void see_event(Base& base, Address a);
    void see_in_heap(Base& base, Address event, bool stands_there);
    Event& new_event(Address a);
    Listener& listener_at(Address a);
    Resolver& resolver_at(Address a);
    DnsServer& dns_server_at(Resolver& dns, Address a);
    DnsRequest& dns_request_at(Resolver& dns, Address a);
    /// The same, where a resolver that is whole must know it: else it is an error.
    DnsRequest& known_request(Resolver& dns, Address a);
    DnsPort& dns_port_at(Address a);
    Lock& lock_at(Address a);
    Buffer& buffer_at(Address a);
    Bufferevent& bufferevent_at(Address a);
    RateGroup& group_at(Address a);
    /// This record doesn't fit the base: an error if the base was exact, which it is no longer.
    void object(Base& base, const std::string& why);
    /// The same for a buffer or a bufferevent.
    void object(Buffer& buffer, const std::string& why);
    void object(Bufferevent& bev, const std::string& why);
    void object(Resolver& dns, const std::string& why);
    std::string label(Address event) const;  ///< "E3", for messages
    std::string site_function() const { return site == nullptr ? std::string() : site->function; }
    /// Takes over flags that a record tells, after a look at what they were.
    void set_flags(Base& base, Event& event, int before, int after);
    /// The state may have changed: counts the edge, notes when and why, tells it in `change`.
    void settle(Base& base, Event& event, EventState before);
    Cause cause_now(const Base& base) const;
    /// The events of a base that are alive.
    std::vector<Address> events_of(Address base) const;
    /// Takes an event out of every container of its base.
    void forget(Base& base, Address event);
    void bury(Event& event);
    /// What the monotonic clock shows at this record.
    void note_clock(Base& base, std::int64_t mono_us) const;
    std::vector<Model::Frame>& frames() { return model.frames_[record.thread]; }
    /// Leaves the innermost frame of this kind that matches, and all that it had inside.
    void pop_frame(FrameKind kind, Address event, const std::string& function);

    // ---- parts of single transitions
    // -----------------------------------------------------------------
    std::deque<Address>* queue_of(Base& base, field::queue queue, std::size_t priority);
    bool heap_step_is_legal(Base& base, Address event, std::uint32_t from, std::uint32_t to);
    bool heap_order_holds(const Base& base, std::uint32_t index) const;
    CommonQueue* common_at(Base& base, std::uint32_t queue);
    void check_length(Base& base, std::size_t length, std::uint32_t told);
    std::vector<Watcher>& watchers_of(Base& base, field::watcherkind kind);
    void lock_released(Lock& lock);
    Chain* chain_at(Buffer& buffer, Address chain);
    void settle_length(Buffer& buffer, std::uint64_t length);
    void end_of_telling(Buffer& buffer);
    void check_counts(Base& base, const IoSlot& slot, int fd, int nread, int nwrite, int nclose);
    Model::Keyframe* keyframe_of(Address base);
    std::string keyframe_disagrees(const Base& base, const Model::Keyframe& told) const;
    std::string keyframe_event_disagrees(const Base& base, const Event& told) const;
    std::string keyframe_rest_disagrees(const Base& base, const Model::Keyframe& told) const;
    std::string keyframe_backend_disagrees(const Base& base, const Model::Keyframe& told) const;
    void take_what_backends_know(Base& base, const Model::Keyframe& told);
    void adopt_backend(Base& base, Model::Keyframe& told);
    void adopt_rest(Base& base, Model::Keyframe& told);
    void take_finalizers_and_once(Base& base, const Model::Keyframe& told);
    void adopt(Base& base, Model::Keyframe& told);
    void adopt_heap(Base& base, Model::Keyframe& told);
    void adopt_event(Base& base, const Event& told);
    void take_what_was_unknown(Base& base, const Model::Keyframe& told);
};

/// Watches an event for the length of a scope, then settles what became of its state.
class StateWatch {
 public:
    StateWatch(Transitions& t, Base& base, Event& event)
        : t_(t), base_(base), event_(event), before_(event.state()) {}
    ~StateWatch() { t_.settle(base_, event_, before_); }
    StateWatch(const StateWatch&) = delete;
    StateWatch& operator=(const StateWatch&) = delete;

 private:
    Transitions& t_;
    Base& base_;
    Event& event_;
    const EventState before_;
};

/// event_base_priority_init refuses more.
inline constexpr std::uint32_t kMaxPriorities = 256;
/// The heap is 4-ary: the parent of place i is (i - 1) / 4.
inline constexpr std::uint32_t kHeapChildren = 4;

/// Erases the oldest of a list of dead things, where they still are the same ones.
template <class Map>
void prune(std::deque<std::pair<Address, std::uint32_t>>& dead, Map& map, std::size_t keep) {
    while (dead.size() > keep) {
        const auto [address, ordinal] = dead.front();
        dead.pop_front();
        const auto it = map.find(address);
        if (it != map.end() && it->second.ordinal == ordinal && !it->second.alive) map.erase(it);
    }
}

}  // namespace evglass::trace
