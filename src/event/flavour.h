// The hot path exists twice in the library: once with its probes, and once without them, for the
// time in which nothing records. Both are compiled from the same lines: what stands between
// CORE_BEGIN and CORE_END is compiled once more by quiet.cc, in a namespace of its own.
//
// The checks of debug mode are probes too, in this.
// Why: a probe that is off costs a load and a branch, and a turn of the loop passes some forty of
// them for each event. Public functions ask once, for all of them, which of the two to take.
// Read next: event_api.cc, which asks, and quiet.cc.
#pragma once

#include "trace/probe.h"

#ifdef EVGLASS_QUIET
#define CORE_BEGIN    \
    namespace quiet { \
    namespace {
#define CORE_END \
    }            \
    }
// Small steps that every event passes: worth a copy at each place that takes them.
#define CORE_INLINE [[gnu::always_inline]] inline
#else
#define CORE_BEGIN
#define CORE_END
#define CORE_INLINE
#endif

/// event_enable_debug_mode was called: every use of an event is checked (debug_mode.cc).
[[gnu::visibility("hidden")]] extern std::atomic<bool> event_debug_mode_on_;

/// Does nothing watch: no recording, no debug mode?
inline bool is_quiet() {
    return evglass::trace::active_mask.load(std::memory_order_relaxed) == 0 &&
           !event_debug_mode_on_.load(std::memory_order_relaxed);
}

CORE_BEGIN
#ifdef EVGLASS_QUIET
inline constexpr bool kHasProbes = false;
#else
inline constexpr bool kHasProbes = true;
#endif
/// Is this the copy without probes, while something records? Then it should come to an end soon.
/// (Debug mode is not asked for: it can't begin while a base exists.)
inline bool should_tell() {
    return !kHasProbes && evglass::trace::active_mask.load(std::memory_order_relaxed) != 0;
}
CORE_END
