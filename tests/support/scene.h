// A small reactor that does nothing but tell: it keeps the queues, the heap and the maps of one
// event_base, and emits the records that the real reactor emits for the same operations.
// It is written apart from trace/model, so that the two can be tested against each other.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/record_builder.h"

namespace evglass::trace::testing {

using Address = std::uint64_t;

/// What an event is made of. Signals: fd is the signal's number and events has SIGNAL (0x08).
struct EventSpec {
    int fd = -1;
    int events = 0;
    std::string name;
    int priority = 0;
    bool internal = false;
    Address callback = 0x401000;
    Address creator = 0x402000;
};

/// One event_base. Every public operation stands between api_begin and api_end, as real ones do.
class Scene {
 public:
    static constexpr int kTimeout = 0x01, kRead = 0x02, kWrite = 0x04, kSignal = 0x08,
                         kPersist = 0x10, kEdge = 0x20, kClosed = 0x80;

    /// Tells base_new, the choice of epoll and the signal pipe's internal event.
    explicit Scene(RecordBuilder& out, int priorities = 1, Address base = 0xb000);

    Address base() const { return base_; }
    Address make_event(const EventSpec& spec);              ///< event_new
    void free_event(Address event);                         ///< event_free
    void add(Address event, std::int64_t timeout_us = -1);  ///< event_add
    void del(Address event);                                ///< event_del
    void activate(Address event, int what);                 ///< event_active
    void activate_later(Address event, int what);           ///< event_active_later_
    void set_priority(Address event, int priority);         ///< event_priority_set

    // the loop, phase by phase
    void begin_loop(int flags = 0);
    void end_loop(field::loopend reason, int result);
    void begin_turn();
    void phase(field::phase phase);
    /// timeout_next, make_later_events_active, then the dispatch phase up to the sleep.
    void choose_wait();
    /// epoll_wait returned after `slept_us` with so many fds.
    void wake(int ready_fds, std::int64_t slept_us, int error = 0);
    void fd_ready(int fd, int what);  ///< dispatch: the fd's events become active
    void catch_signal(int signal);    ///< the handler runs, perhaps while the loop sleeps
    void signal_arrived(int signal);  ///< the pipe was read: its events become active
    void expire_timers();             ///< timeout_process
    Address begin_callback();         ///< process_active: the first one; 0 if none
    void end_callback();
    void request(field::request request);
    void keyframe();

    void emit_syscall_read(int fd, std::int64_t result, int error = 0);
    std::int64_t now_us() const { return out_.time_ns() / 1000; }
    RecordBuilder& out() { return out_; }
    bool pending(Address event) const;
    bool active(Address event) const;
    std::vector<Address> events() const;

 private:
    struct SceneEvent {
        EventSpec spec;
        int flags = 0x80;
        int res = 0;
        std::uint32_t serial = 1;
        std::int64_t deadline = -1, interval = -1;
        std::size_t heap_index = 0;
        bool running = false;
    };
    struct Node {
        Address event;
        std::int64_t deadline;
    };
    struct Counts {
        int read = 0, write = 0, closed = 0;
    };

    void choose_backend();
    Address assign(const EventSpec& spec);
    void add_nolock(Address event, std::int64_t timeout_us);
    void del_nolock(Address event);
    void activate_nolock(Address event, int what, field::cause cause, bool later);
    void queue_insert(Address event, field::queue queue);
    void queue_remove(Address event, field::queue queue);
    std::deque<Address>* queue_of(Address event, field::queue queue);
    void io_add(Address event);
    void io_del(Address event);
    void set_interest(int fd);
    Counts counts(int fd) const;
    void heap_insert(Address event);
    void heap_remove(Address event);
    void heap_settle(std::size_t hole, Node node);
    void heap_put(std::size_t index, const Node& node);
    void keyframe_containers(std::uint32_t& records);
    void api(const char* function, Address event, bool begin);

    RecordBuilder& out_;
    Address base_;
    Address next_event_ = 0xe000;
    std::map<Address, SceneEvent> events_;
    std::vector<Node> heap_;
    std::vector<std::deque<Address>> active_;
    std::deque<Address> later_;
    std::map<int, std::deque<Address>> io_, signals_;
    std::map<int, int> interest_;
    std::vector<std::pair<Address, int>> callbacks_;  // with what happened
    std::uint64_t turn_ = 0;
    int phase_ = 0;
    std::uint32_t bits_ = 0;
};

}  // namespace evglass::trace::testing
