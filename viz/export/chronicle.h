// A trace told as stretches of time: turns, phases, callbacks, system calls, and the states of each
// event, with what led from a backend's result to a callback. Every export, `stat`, `diff` and the
// report listen to it, so that they agree. It owns what is open at a moment and nothing else; a
// listener owns what it makes of it. Names are raw: whoever prints them escapes.
// Read next: tracks.h (spans as tracks of a trace viewer), sqlite.h (spans as tables).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "trace/replay.h"

namespace evglass::viz::exports {

using trace::Address;

/// From one record to another.
struct Span {
    std::uint64_t first = 0, last = 0;
    std::int64_t began_ns = 0, ended_ns = 0;
    bool open = false;  ///< its end is not in the trace: the last record stands for it
    std::int64_t duration_ns() const;
};

struct TurnSpan {
    Span span;
    std::string base;  ///< "B1"
    std::uint32_t thread = 0;
    std::uint64_t turn = 0, callbacks = 0, ready = 0;  ///< ready: fds that the backend reported
    std::int64_t waited_ns = 0;                        ///< in the backend's system call
};

struct PhaseSpan {
    Span span;
    std::string base;
    std::uint32_t thread = 0;
    std::uint64_t turn = 0;
    std::string phase;
};

struct CallbackSpan {
    Span span;
    std::string base, event;  ///< "E3"
    std::string title;        ///< "E3 listener fd 6"
    std::uint32_t thread = 0;
    std::uint64_t turn = 0;
    int what = 0;                          ///< EV_* that happened
    Address callback = 0;                  ///< in the program's code
    std::uint64_t activate_record = 0;     ///< 0: not in the trace
    std::int64_t delay_ns = trace::kNone;  ///< from active to running
};

struct StateSpan {
    Span span;
    std::string base, event, title;
    trace::EventState state = trace::EventState::unknown;
    trace::EventState before = trace::EventState::unknown;
    std::string cause, function;  ///< of the change that began it
};

struct SyscallSpan {
    Span span;  ///< first and last are the same record
    std::string name, text, base, phase;
    std::string event;  ///< whose callback made the call; empty: none
    std::uint32_t thread = 0;
    std::uint64_t turn = 0;
    int fd = -1;
    std::int64_t result = 0;
    int error = 0;
    bool waits = false;  ///< it is the backend's sleep
};

struct Activation {
    std::uint64_t record = 0;
    std::int64_t time_ns = 0;
    std::string base, event, cause;
    std::uint32_t thread = 0;
    int what = 0;
    std::uint64_t ready_record = 0;  ///< the backend's or signal's word that led to it; 0: none
};

/// What one event was in all. Told when its memory goes, or at the end.
struct EventLife {
    trace::Event event;
    std::string base, name;  ///< name: "E3"
    std::uint64_t gone_record = 0;
    std::int64_t longest_ns = 0, delayed_ns = 0;
};

/// Overrides what it wants to hear. Spans are told when they end.
class Listener {
 public:
    virtual ~Listener() = default;
    virtual void step(const trace::Step&) {}
    virtual void turn(const TurnSpan&) {}
    virtual void phase(const PhaseSpan&) {}
    virtual void callback(const CallbackSpan&) {}
    virtual void state(const StateSpan&) {}
    virtual void syscall(const SyscallSpan&) {}
    virtual void activation(const Activation&) {}
    virtual void life(const EventLife&) {}
};

/// Give it every step of a replay, then finish().
class Chronicle {
 public:
    explicit Chronicle(Listener& listener) : listener_(listener) {}
    void step(const trace::Step& step);
    void finish(const trace::Model& model);

 private:
    struct OpenBase {
        TurnSpan turn;
        PhaseSpan phase;
        bool in_turn = false, in_phase = false;
        bool woke = false;                    // the call that waits has returned in this phase
        std::vector<CallbackSpan> callbacks;  // innermost last
        std::map<int, std::uint64_t> ready, caught;  // fd or signal to record, of this turn
    };
    struct Seen {
        StateSpan state;
        std::uint32_t ordinal = 0;
        std::int64_t longest_ns = 0, delayed_ns = 0;
    };
    void loop(const trace::Step& step);
    void causes(const trace::Step& step);
    void callbacks(const trace::Step& step);
    void states(const trace::Step& step);
    void base_gone(const trace::Step& step, Address base);
    void told_by_keyframe(const trace::Step& step, Address base);
    void begin_state(const trace::Step& step, const trace::Event& event, trace::EventState before,
                     trace::EventState after);
    void syscall(const trace::Step& step);
    void tell_life(const trace::Model& model, const trace::Event& event, std::uint64_t gone);
    void close_phase(OpenBase& base, const trace::Step& step);
    void close_turn(OpenBase& base, const trace::Step& step);
    void close_callback(OpenBase& base, Span end);
    void forget_open(const trace::Step& step);
    Span begin(const trace::Step& step) const;

    Listener& listener_;
    std::map<Address, OpenBase> bases_;
    std::map<std::uint32_t, Address> loops_;  // by thread: the base whose loop it is in
    std::map<Address, Seen> seen_;
    std::set<std::uint32_t> told_;
    Span now_;
};

/// The whole of what the reader has, told to a listener.
void tell(trace::Reader& reader, Listener& listener);
void tell(std::span<const trace::Record> records, const trace::TraceContext& context,
          Listener& listener);

/// The name of an enum's value as this build has it, else its number.
std::string value_name(std::string_view type, std::uint64_t number);

}  // namespace evglass::viz::exports
