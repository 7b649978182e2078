// The one header of trace/ that the reactor knows: how to emit a record.
//
//   TRACE(queue_insert, .base = base, .event = ev, ...);
//
// Off, a probe costs one load and one branch that is predicted; the arguments are not evaluated.
// Built with EVGLASS_TRACE=0 no probe is left. On, emitting takes no lock, allocates nothing and
// keeps errno. Any thread may emit, a signal handler too (a record is dropped and counted where it
// would interrupt another one of the same thread).
// Read next: records.def (what is told), writer.h (where it goes).
#pragma once

#include <atomic>
#include <cstdint>

#include "trace/schema.h"

#ifndef EVGLASS_TRACE
#define EVGLASS_TRACE 1
#endif

// A file that defines EVGLASS_QUIET is compiled without its probes (src/event/quiet.cc says why).
// What differs then has a namespace of its own, so that a program may hold both.
#if EVGLASS_TRACE && !defined(EVGLASS_QUIET)
#define EVGLASS_PROBES with_probes
#else
#define EVGLASS_PROBES without_probes
#endif

namespace evglass::trace {

/// One probe in the source. Its id in the trace's table of sites is given at its first record.
struct Site {
    const char* file;
    const char* function;
    std::uint32_t line;
    std::atomic<std::uint32_t> id{0};
};

/// The categories being recorded; 0 while nothing records. Every probe tests this one word. It is
/// the library's own (hidden), so that the test is one instruction on a known address.
[[gnu::visibility("hidden")]] extern constinit std::atomic<std::uint32_t> active_mask;

inline namespace EVGLASS_PROBES {
#if EVGLASS_TRACE && !defined(EVGLASS_QUIET)
inline constexpr bool kCompiledIn = true;
#else
inline constexpr bool kCompiledIn = false;
#endif
inline bool enabled(Category c) {
    return kCompiledIn && (active_mask.load(std::memory_order_relaxed) & bit(c)) != 0;
}
inline bool enabled_any() {
    return kCompiledIn && active_mask.load(std::memory_order_relaxed) != 0;
}
}  // namespace EVGLASS_PROBES

/// Writes one record. Only TRACE calls it, after enabled().
void emit(Site& site, RecordId id, Category category, bool timed, const void* fields,
          std::uint16_t bytes) noexcept;

template <class Record>
void emit_record(Site& site, const Record& fields) noexcept {
    emit(site, Record::kId, Record::kCategory, Record::kTimed, &fields, sizeof fields);
}

/// Ticks of the trace's clock, to measure a duration: 0 while nothing records.
std::uint64_t now_ticks() noexcept;

// A base's records are emitted under its lock, by any thread. The stamp travels with the lock:
// whoever takes it goes on from the stamp at which it was last released (a Lamport clock). So the
// records of all threads can be put in one order that is true for every base.
void clock_join_slow(std::uint64_t stamp) noexcept;
std::uint64_t clock_now_slow() noexcept;
inline namespace EVGLASS_PROBES {
inline void clock_join(std::uint64_t stamp) {
    if (enabled_any()) [[unlikely]]
        clock_join_slow(stamp);
}
inline void clock_publish(std::uint64_t& stamp) {
    if (enabled_any()) [[unlikely]]
        stamp = clock_now_slow();
}
}  // namespace EVGLASS_PROBES

/// What a base remembers about its last keyframe.
struct KeyframeMark {
    std::uint64_t generation = 0;  ///< which recording it went to
    std::uint64_t stamp = 0;       ///< when it began
    std::uint32_t requests = 0;    ///< requests that it answered: of viewers, and after losses
};
// Asked at places where a base is consistent (the start of a turn, the start of an API call), with
// its lock held: must it tell its whole state now?
bool keyframe_due_slow(const KeyframeMark& mark) noexcept;
void keyframe_done(KeyframeMark& mark) noexcept;
/// A base that was made just now: its records tell all there is, from nothing on.
void keyframe_not_needed(KeyframeMark& mark) noexcept;
inline namespace EVGLASS_PROBES {
inline bool keyframe_due(const KeyframeMark& mark) {
    return enabled(Category::state) && keyframe_due_slow(mark);
}
}  // namespace EVGLASS_PROBES

/// Starts the recording that EVGLASS_TRACE=path[,options] asks for. The first call decides, later
/// ones do nothing. Called when a program makes its first event_base.
void init_from_environment() noexcept;
/// From now on stamps are this clock's nanoseconds (null: the real clock again). It must be
/// callable from any thread and from signal handlers. A recording that was started before keeps its
/// clock.
void set_virtual_clock(std::uint64_t (*nanoseconds)()) noexcept;

/// Looks whether a viewer changed the categories. Called once a turn; cheap while nobody attached.
[[gnu::visibility("hidden")]] extern constinit std::atomic<bool> attached;
void poll_control_slow() noexcept;
inline namespace EVGLASS_PROBES {
inline void poll_control() {
    if (kCompiledIn && attached.load(std::memory_order_relaxed)) [[unlikely]]
        poll_control_slow();
}
}  // namespace EVGLASS_PROBES

/// What scopes emit. Out of the way of the code that runs while nothing records.
void tell_enter(Site& site, const void* object) noexcept;
void tell_leave(Site& site, const void* object) noexcept;
void tell_api_begin(Site& site, const void* base, const void* event) noexcept;
void tell_api_end(Site& site, const void* base, const void* event, int result) noexcept;

inline namespace EVGLASS_PROBES {

/// `enter` now and `leave` at the end of the scope, for the functions that the analyses name.
/// Each end asks anew, which costs less than to remember: where recording begins or ends in
/// between, one of the two is missing, as it is at the edges of every trace.
/// (Always inline, so that a scope's members need not lie in memory while nothing records.)
class CallScope {
 public:
    [[gnu::always_inline]] CallScope(Site& site, const void* object)
        : site_(site), object_(object) {
        if (enabled(Category::call)) [[unlikely]]
            tell_enter(site_, object_);
    }
    [[gnu::always_inline]] ~CallScope() {
        if (enabled(Category::call)) [[unlikely]]
            tell_leave(site_, object_);
    }
    CallScope(const CallScope&) = delete;
    CallScope& operator=(const CallScope&) = delete;

 private:
    Site& site_;
    const void* object_;
};

/// `api_begin` now and `api_end` at the end of the scope, around the body of a public function.
class ApiScope {
 public:
    ApiScope(Site& site, const void* base, const void* event)
        : site_(site), base_(base), event_(event) {
        if (enabled(Category::state)) [[unlikely]]
            tell_api_begin(site_, base_, event_);
    }
    [[gnu::always_inline]] ~ApiScope() {
        if (enabled(Category::state)) [[unlikely]]
            tell_api_end(site_, base_, event_, result_);
    }
    /// Notes what the function returns, and passes it through: `return api.result(r);`
    int result(int r) { return result_ = r; }
    ApiScope(const ApiScope&) = delete;
    ApiScope& operator=(const ApiScope&) = delete;

 private:
    Site& site_;
    const void* base_;
    const void* event_;
    int result_ = 0;
};
}  // namespace EVGLASS_PROBES

}  // namespace evglass::trace

#define EVGLASS_SITE(name)                         \
    static constinit ::evglass::trace::Site name { \
        __FILE__, __func__, __LINE__               \
    }

#if EVGLASS_TRACE && !defined(EVGLASS_QUIET)
#define TRACE(record, ...)                                           \
    do {                                                             \
        using R_ = ::evglass::trace::rec::record;                    \
        if (::evglass::trace::enabled(R_::kCategory)) [[unlikely]] { \
            EVGLASS_SITE(site_);                                     \
            ::evglass::trace::emit_record(site_, R_{__VA_ARGS__});   \
        }                                                            \
    } while (false)
/// TRACE for a function that speaks for its caller: `site` is the caller's.
#define TRACE_AT(site, record, ...)                                  \
    do {                                                             \
        using R_ = ::evglass::trace::rec::record;                    \
        if (::evglass::trace::enabled(R_::kCategory)) [[unlikely]] { \
            ::evglass::trace::emit_record(site, R_{__VA_ARGS__});    \
        }                                                            \
    } while (false)
/// At the top of a function that the analyses name: records that it is entered and left.
#define TRACE_CALL(object)                          \
    EVGLASS_SITE(call_site_);                       \
    const ::evglass::trace::CallScope call_scope_ { \
        call_site_, object                          \
    }
/// At the top of a public function: declares `api`, whose result() notes what it returns.
#define TRACE_API(base, event)       \
    EVGLASS_SITE(api_site_);         \
    ::evglass::trace::ApiScope api { \
        api_site_, base, event       \
    }
#else
// The arguments stay type-checked, and nothing is left of them.
#define TRACE(record, ...)                                       \
    do {                                                         \
        if constexpr (false) {                                   \
            const ::evglass::trace::rec::record f_{__VA_ARGS__}; \
            static_cast<void>(f_);                               \
        }                                                        \
    } while (false)
#define TRACE_AT(site, record, ...) \
    do {                            \
        static_cast<void>(site);    \
        TRACE(record, __VA_ARGS__); \
    } while (false)
#define TRACE_CALL(object) static_cast<void>(object)
#define TRACE_API(base, event)          \
    struct {                            \
        int result(int r) { return r; } \
    } api;                              \
    static_cast<void>(base), static_cast<void>(event), static_cast<void>(api)
#endif
