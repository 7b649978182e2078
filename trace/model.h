// The state of every event_base, replayed from records. A Model is a value: copy it to keep a
// moment. Copies share what they have in common (shared_map.h), so that this is cheap. apply() is
// the only way to change it; it checks that a record is legal where it stands and says what it
// changed. The model knows no file, no clock and nothing of src/. Read next: transitions.cc (one
// small function for each record), timeline.h (any moment of a trace).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "trace/model_buffer.h"
#include "trace/model_dns.h"
#include "trace/reader.h"
#include "trace/schema.h"
#include "trace/shared_list.h"
#include "trace/shared_map.h"

namespace evglass::trace {

using Address = std::uint64_t;  ///< an object's address in the traced program: an identity
inline constexpr std::int64_t kNone = -1;

/// Time from one moment to another. Times of a damaged trace may be anything: never overflows.
constexpr std::int64_t elapsed(std::int64_t from, std::int64_t to) {
    std::int64_t difference = 0;
    if (!__builtin_sub_overflow(to, from, &difference)) return difference;
    return to < from ? INT64_MIN : INT64_MAX;
}
/// Adds a time to a sum of times. Sums of a model out of a file may be anything, too.
constexpr void add_time(std::int64_t& sum, std::int64_t time) {
    if (!__builtin_add_overflow(sum, time, &sum)) return;
    sum = time < 0 ? INT64_MIN : INT64_MAX;
}

/// The three states people speak of, and the two before and beyond them.
/// An event can be pending and active at once: then it is shown as active.
enum class EventState { unknown, initialized, pending, active, running };
std::string_view state_name(EventState s);
/// The state that EVLIST_* flags tell, for an event whose callback is not being run.
EventState state_of_flags(int flags);

/// Why something happened: what the program was doing when the record was emitted.
struct Cause {
    enum class Kind { none, callback, api, backend, timer, signal, keyframe } kind = Kind::none;
    Address event = 0;     ///< the event whose callback ran (callback)
    std::string function;  ///< the public function called last (api), or the site's function
    std::uint64_t record = 0;
};

struct Event {
    Address address = 0;
    Address base = 0;
    std::uint32_t ordinal = 0;  ///< by order of first sight: E1, E2, ...
    std::uint32_t serial = 0;   ///< which life of this memory
    std::string name;           ///< given by the library or program; may be empty
    int fd = -1;                ///< or the signal's number
    int events = 0;             ///< EV_* interest
    int res = 0;                ///< EV_* that happened (while active)
    int flags = 0;              ///< EVLIST_*
    int priority = 0;
    Address callback = 0, arg = 0, creator = 0;
    std::int64_t deadline = kNone;  ///< monotonic µs while on the heap
    std::int64_t interval = kNone;  ///< µs, persistent timeouts
    bool running = false;           ///< its callback is being called
    /// Only seen in passing: initialised before we came. Its fd, interest and priority are what
    /// could be told from records on it, until a keyframe tells them.
    bool vague = false;
    bool alive = true;  ///< false from event_gone on
    // history in numbers
    std::int64_t state_since_ns = 0;  ///< since when state() is what it is
    std::uint64_t state_record = 0;   ///< the record that made it so
    Cause cause;                      ///< of the last change of state
    Cause activated_by;               ///< of its last event_activate
    std::uint64_t fires = 0;          ///< callbacks begun
    std::int64_t callback_ns = 0;     ///< time spent in them
    std::int64_t callback_began_ns = 0;
    std::int64_t activated_ns = 0;      ///< when it last became active
    std::uint64_t assign_record = 0;    ///< the record that made it known
    std::uint64_t pending_record = 0;   ///< the record that last made it pending
    std::uint64_t activate_record = 0;  ///< its last event_activate
    bool in_heap = false;               ///< of its base, or looking for a place there
    Address once_callback = 0;          ///< of event_base_once: the user's callback
    Address finalizer = 0;              ///< what will be called when its next call is its last
    EventState state() const;
    bool internal() const { return (flags & 0x10) != 0; }
};

struct HeapItem {
    Address event = 0;
    std::int64_t deadline = 0;
    bool operator==(const HeapItem&) const = default;
};

/// The events on one fd, first of the list first, and the counts that the map keeps.
struct IoSlot {
    std::deque<Address> events;
    int nread = 0, nwrite = 0, nclose = 0;
    bool operator==(const IoSlot&) const = default;
};

/// Events that wait for one duration, first due first. `timer` stands for all of them in the heap.
struct CommonQueue {
    std::int64_t duration = 0;  ///< µs
    Address timer = 0;
    std::deque<HeapItem> events;
    bool operator==(const CommonQueue&) const = default;
};

/// A change of interest that the kernel has not been told yet (changelist): EV_* before and after.
struct PendingChange {
    int before = 0, after = 0;
    bool operator==(const PendingChange&) const = default;
};

/// What the io_uring backend has in its ring for one fd.
struct RingRequest {
    int armed = 0;                ///< EV_* that its request watches
    std::uint64_t user_data = 0;  ///< the request's name in the ring; 0: none is there
    bool hot = false;             ///< looked at again before the sleep, because it was ready
    std::uint64_t completions = 0;
};

/// A callback around the sleep. Not an event: it has no state and keeps no loop alive.
struct Watcher {
    Address address = 0, callback = 0, arg = 0;
    std::uint32_t ordinal = 0;  ///< W1, W2, ...
};

/// Few, and large: a page of them is small.
using Events = SharedMap<Address, Event, 8>;

/// One system call as recorded (syscall category), for the "last calls" pane.
struct Syscall {
    std::uint64_t record = 0;
    std::string text;  ///< as strace would print it
    std::int64_t began_ns = 0, duration_ns = 0;
};

struct Base {
    Address address = 0;
    std::uint32_t ordinal = 0;  ///< B1, B2, ...
    bool alive = true;
    bool exact = false;  ///< false until its creation or a keyframe was seen, or after losses
    bool whole = false;  ///< exact since its creation: every event that it ever had is known
    std::string backend;
    std::uint32_t features = 0, flags = 0;
    std::vector<std::pair<std::string, int>> tried;  ///< backend names and field::verdict
    // containers, as in struct event_base
    SharedList<HeapItem> heap;
    std::vector<std::deque<Address>> active;  ///< by priority
    std::deque<Address> later;
    SharedMap<int, IoSlot> io;
    std::map<int, std::deque<Address>> signals;
    SharedMap<int, int> interest;          ///< what the backend is asked to watch: fd to EV_*
    std::map<int, PendingChange> changes;  ///< by fd: what the kernel is yet to be told of it
    std::map<int, RingRequest> ring;       ///< by fd: requests of the io_uring backend
    std::set<int> lost;                    ///< fds that the backend could not watch any more
    std::vector<CommonQueue> common;       ///< timers of one length each, by number
    std::deque<Address> once;              ///< events of event_base_once, newest first
    std::vector<Watcher> prepare, check;   ///< in the order of their calls
    Address watcher_running = 0;           ///< the watcher being called, where that was seen
    Address lock = 0, cond = 0;            ///< 0: none, or not told yet
    // the loop
    bool running = false, gotterm = false, break_ = false, continue_ = false;
    int loop_flags = 0;
    int phase = 0;  ///< field::phase
    std::int64_t phase_since_ns = 0;
    std::uint64_t turn = 0;
    std::int64_t turn_began_ns = 0;
    std::int64_t time_cache = kNone;
    /// What to add to a record's time (in µs) to get the monotonic µs of deadlines; none at first.
    std::optional<std::int64_t> mono_offset_us;
    std::int64_t wait_timeout = kNone;  ///< µs, chosen for the last wait
    int wait_why = 0;                   ///< field::waitwhy
    Address wait_event = 0;
    int last_end = 0;  ///< field::loopend, why the loop last returned; 0: never
    int last_result = 0;
    std::vector<Address> callbacks;  ///< being run now, innermost last
    std::vector<std::string> api;    ///< public functions being run now, innermost last
    // a heap operation under way: the event that looks for a place, and the hole
    Address heap_lifted = 0;
    std::int64_t heap_lifted_deadline = 0;
    std::uint32_t heap_hole = 0;
    // totals
    std::uint64_t n_callbacks = 0, n_waits = 0;
    /// Counted transitions: (state before, state after) to how often.
    std::map<std::pair<EventState, EventState>, std::uint64_t> edges;
    /// Counted flag changes: (EVLIST before, after, function of the site) to how often.
    std::map<std::tuple<int, int, std::string>, std::uint64_t> flag_edges;
};

struct Listener {
    Address address = 0, base = 0, event = 0;
    std::uint32_t ordinal = 0;  ///< L1, L2, ...
    int fd = -1, backlog = 0;
    bool enabled = true, resting = false, alive = true;
    std::uint64_t accepted = 0, backoffs = 0;
};

/// A lock of the library. Who holds it is known from the records of the category `lock` alone, from
/// the first one that was seen on: `told` says whether there was any.
struct Lock {
    struct Waiter {
        std::uint32_t thread = 0;
        std::int64_t since_ns = 0;
        Address cond = 0;  ///< it sleeps until it is told of this condition; 0: it wants the lock
    };
    Address address = 0, base = 0;  ///< base: whose lock it is, 0 where it is no base's
    std::uint32_t ordinal = 0;      ///< K1, K2, ...
    std::string made_in;            ///< the function that made it, where that was seen
    bool told = false;
    int depth = 0;  ///< how often its holder took it; 0: nobody holds it
    std::uint32_t holder = 0;
    std::string taken_in;  ///< the public function, loop or callback that its holder was in
    std::int64_t taken_ns = 0;
    std::vector<Waiter> waiters;
    std::uint64_t takes = 0, contended = 0;
    std::int64_t waited_ns = 0, longest_ns = 0;
};

/// What one record changed, in a form that a person can read.
struct Change {
    std::string error;  ///< not empty: the record is not legal here, or a keyframe disagrees
    Address base = 0;   ///< 0: none
    Address event = 0;
    EventState before = EventState::unknown, after = EventState::unknown;
    bool moved() const { return before != after; }
};

using Buffers = SharedMap<Address, Buffer, 8>;
using Bufferevents = SharedMap<Address, Bufferevent, 8>;

class Model {
 public:
    /// Applies one record. `site` is where it was emitted (may be null).
    Change apply(const Record& record, const SiteInfo* site);
    /// Records were lost just before the next one: no base is exact until its next keyframe.
    void mark_loss();

    const std::map<Address, Base>& bases() const { return bases_; }
    const Events& events() const { return events_; }
    const std::map<Address, Listener>& listeners() const { return listeners_; }
    const std::map<Address, Resolver>& resolvers() const { return resolvers_; }
    const std::map<Address, DnsPort>& dns_ports() const { return dns_ports_; }
    const std::map<Address, Lock>& locks() const { return locks_; }
    const Buffers& buffers() const { return buffers_; }
    const Bufferevents& bufferevents() const { return bufferevents_; }
    const std::map<Address, RateGroup>& rate_groups() const { return groups_; }
    const std::map<Address, Bucket>& buckets() const { return buckets_; }  ///< by owner
    const std::deque<Syscall>& syscalls() const { return syscalls_; }      ///< newest last, bounded
    /// How long a tick of the trace's clock is, for the durations of system calls.
    void set_ticks_per_ns(double ticks) { ticks_per_ns_ = ticks; }
    const Base* base(Address a) const;
    const Event* event(Address a) const;
    const Lock* lock(Address a) const;
    const Resolver* resolver(Address a) const;
    const Buffer* buffer(Address a) const;
    const Bufferevent* bufferevent(Address a) const;
    const Bucket* bucket(Address owner) const;
    /// The base that people mean when they don't say: the one whose record was last, else the
    /// first.
    const Base* current_base() const;
    /// The functions of the analyses that are on the stack of a thread now (call category).
    const std::vector<std::string>& call_stack(std::uint32_t thread) const;
    /// µs from now until an event's deadline (negative: overdue), where both are known.
    std::optional<std::int64_t> left_us(const Event& event) const;
    std::uint64_t record() const { return record_; }  ///< number of the last record applied
    std::int64_t time_ns() const { return time_ns_; }
    std::uint64_t errors() const { return errors_; }

 private:
    friend struct Transitions;   // transitions.h
    friend struct ModelArchive;  // model_archive.h
    /// What a thread is in: a public function, a loop, or a callback.
    struct Frame {
        enum class Kind { api, loop, callback } kind = Kind::api;
        Address base = 0;
        Address event = 0;
        std::string function;
    };
    /// A base being told by a keyframe, aside from the one that is replayed.
    struct Keyframe {
        Base base;
        std::map<Address, Event> events;
        std::map<Address, Address> finalizers, once_callbacks;  ///< by event
        std::uint64_t records = 0;
        std::string error;
    };
    std::map<Address, Base> bases_;
    Events events_;
    std::map<Address, Listener> listeners_;
    std::map<Address, Resolver> resolvers_;
    std::map<Address, DnsPort> dns_ports_;
    std::map<Address, Lock> locks_;
    Buffers buffers_;
    Bufferevents bufferevents_;
    std::map<Address, RateGroup> groups_;
    std::map<Address, Bucket> buckets_;
    std::deque<Syscall> syscalls_;
    std::map<std::uint32_t, std::vector<std::string>> stacks_;
    std::map<std::uint32_t, std::vector<Frame>> frames_;
    std::map<Address, Keyframe> keyframes_;
    std::deque<std::pair<Address, std::uint32_t>> dead_events_;  // with ordinals; oldest first
    std::deque<std::pair<Address, std::uint32_t>> dead_bases_;
    std::deque<std::pair<Address, std::uint32_t>> dead_listeners_;
    std::deque<std::pair<Address, std::uint32_t>> dead_resolvers_;
    std::deque<std::pair<Address, std::uint32_t>> dead_dns_ports_;
    Address current_ = 0;
    std::uint32_t next_base_ = 1, next_event_ = 1, next_listener_ = 1, next_watcher_ = 1,
                  next_lock_ = 1, next_buffer_ = 1, next_bufferevent_ = 1, next_group_ = 1,
                  next_resolver_ = 1, next_dns_request_ = 1, next_dns_port_ = 1;
    std::uint64_t record_ = 0;
    std::int64_t time_ns_ = 0;
    std::uint64_t errors_ = 0;
    double ticks_per_ns_ = 1;
};

}  // namespace evglass::trace
