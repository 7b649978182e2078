// The state of every event_base, replayed from records. A Model is a value: copy it to keep a
// moment. apply() is the only way to change it; it checks that a record is legal where it stands
// and says what it changed. The model knows no file, no clock and nothing of src/. Read next:
// transitions.cc (one small function for each record), timeline.h (any moment of a trace).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "trace/reader.h"
#include "trace/schema.h"

namespace evglass::trace {

using Address = std::uint64_t;  ///< an object's address in the traced program: an identity
inline constexpr std::int64_t kNone = -1;

/// Time from one moment to another. Times of a damaged trace may be anything: never overflows.
constexpr std::int64_t elapsed(std::int64_t from, std::int64_t to) {
    std::int64_t difference = 0;
    if (!__builtin_sub_overflow(to, from, &difference)) return difference;
    return to < from ? INT64_MIN : INT64_MAX;
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
    std::uint32_t heap_index = 0;       ///< its place, where the base's heap has it there
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
    std::vector<HeapItem> heap;
    std::vector<std::deque<Address>> active;  ///< by priority
    std::deque<Address> later;
    std::map<int, IoSlot> io;
    std::map<int, std::deque<Address>> signals;
    std::map<int, int> interest;  ///< what the backend watches: fd to EV_* mask
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

/// What one record changed, in a form that a person can read.
struct Change {
    std::string error;  ///< not empty: the record is not legal here, or a keyframe disagrees
    Address base = 0;   ///< 0: none
    Address event = 0;
    EventState before = EventState::unknown, after = EventState::unknown;
    bool moved() const { return before != after; }
};

class Model {
 public:
    /// Applies one record. `site` is where it was emitted (may be null).
    Change apply(const Record& record, const SiteInfo* site);
    /// Records were lost just before the next one: no base is exact until its next keyframe.
    void mark_loss();

    const std::map<Address, Base>& bases() const { return bases_; }
    const std::map<Address, Event>& events() const { return events_; }
    const std::map<Address, Listener>& listeners() const { return listeners_; }
    const std::deque<Syscall>& syscalls() const { return syscalls_; }  ///< newest last, bounded
    /// How long a tick of the trace's clock is, for the durations of system calls.
    void set_ticks_per_ns(double ticks) { ticks_per_ns_ = ticks; }
    const Base* base(Address a) const;
    const Event* event(Address a) const;
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
    friend struct Transitions;  // transitions.h
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
        std::uint64_t records = 0;
        std::string error;
    };
    std::map<Address, Base> bases_;
    std::map<Address, Event> events_;
    std::map<Address, Listener> listeners_;
    std::deque<Syscall> syscalls_;
    std::map<std::uint32_t, std::vector<std::string>> stacks_;
    std::map<std::uint32_t, std::vector<Frame>> frames_;
    std::map<Address, Keyframe> keyframes_;
    std::deque<std::pair<Address, std::uint32_t>> dead_events_;  // with ordinals; oldest first
    std::deque<std::pair<Address, std::uint32_t>> dead_bases_;
    std::deque<std::pair<Address, std::uint32_t>> dead_listeners_;
    Address current_ = 0;
    std::uint32_t next_base_ = 1, next_event_ = 1, next_listener_ = 1;
    std::uint64_t record_ = 0;
    std::int64_t time_ns_ = 0;
    std::uint64_t errors_ = 0;
    double ticks_per_ns_ = 1;
};

}  // namespace evglass::trace
