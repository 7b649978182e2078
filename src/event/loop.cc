// The loop. One turn is a list of phases, in the order in which they happen:
//
//   stop_check -> timeout_next -> make_later_events_active -> prepare_watchers -> dispatch
//   -> check_watchers -> timeout_process -> process_active
//
// Only dispatch sleeps. Only process_active calls users. Everything before them is collecting.
// The base's lock is held throughout, except while asleep and while a user's callback runs.
// Round and round goes loop_run.cc. Read next: src/timers/timeouts.cc (how long),
// src/backend/epoll.cc (the sleep), active_queue.cc.
#include "src/event/event_core.h"
#include "src/event/watchers.h"
#include "src/util/log.h"

CORE_BEGIN

namespace {

namespace trace = evglass::trace;
using trace::field::loopend;
using trace::field::phase;
using trace::field::waitwhy;

constexpr Outcome kGoOn{.goes_on = true, .reason = {}, .result = 0};
constexpr Outcome end(loopend reason, int result) {
    return {.goes_on = false, .reason = reason, .result = result};
}

void enter_phase(event_base* base, phase p) {
    base->phase = p;
    TRACE(loop_phase, .base = base, .phase = p);
}

/// How long this turn may sleep: not at all if something is waiting to run.
const timeval* choose_wait(event_base* base, int flags, timeval* tv) {
    const bool active = N_ACTIVE_CALLBACKS(base) != 0;
    if (!active && (flags & EVLOOP_NONBLOCK) == 0) return timeout_next(base, tv);
    evutil_timerclear(tv);
    TRACE(wait_chosen, .base = base, .event = nullptr, .timeout = 0,
          .why = active ? waitwhy::active_pending : waitwhy::nonblock);
    return tv;
}

void begin_turn(event_base* base) {
    ++base->turn;
    TRACE(turn_begin, .base = base, .turn = base->turn);
    event_base_checkpoint(base);
    base->event_continue = false;
    base->n_deferreds_queued = 0;
}

bool nothing_left(const event_base* base, int flags) {
    return (flags & EVLOOP_NO_EXIT_ON_EMPTY) == 0 && !event_haveevents(base) &&
           N_ACTIVE_CALLBACKS(base) == 0;
}

/// Will anybody ask for the time in this turn? (With probes it is read in any case, as the analyses
/// tell it.)
bool wants_time(const event_base* base) {
    return kHasProbes || N_ACTIVE_CALLBACKS(base) != 0 || !min_heap_empty_(&base->timeheap) ||
           !base->check_watchers.empty();
}

/// Runs what is active, and says whether that was all that the flags asked for.
Outcome run_active(event_base* base, int flags) {
    if (N_ACTIVE_CALLBACKS(base) == 0) {
        return (flags & EVLOOP_NONBLOCK) != 0 ? end(loopend::nonblock, 0) : kGoOn;
    }
    const int ran = event_process_active(base);
    const bool all_done = N_ACTIVE_CALLBACKS(base) == 0 && ran != 0;
    return (flags & EVLOOP_ONCE) != 0 && all_done ? end(loopend::once, 0) : kGoOn;
}

}  // namespace

Outcome event_base_turn(event_base* base, int flags) {
    begin_turn(base);

    enter_phase(base, phase::stop_check);
    if (base->event_gotterm) return end(loopend::exit, 0);
    if (base->event_break) return end(loopend::break_, 0);

    enter_phase(base, phase::timeout_next);
    timeval tv;
    const timeval* wait = choose_wait(base, flags, &tv);
    if (nothing_left(base, flags)) return end(loopend::no_events, 1);

    enter_phase(base, phase::make_later_events_active);
    event_queue_make_later_events_active(base);

    enter_phase(base, phase::prepare_watchers);
    if (!base->prepare_watchers.empty()) run_prepare_watchers(base, wait);
    clear_time_cache(base);

    enter_phase(base, phase::dispatch);
    const int active_before = N_ACTIVE_CALLBACKS(base);
    if (base->evsel->dispatch(base, wait) < 0) return end(loopend::backend_error, -1);
    if (wants_time(base)) update_time_cache(base);

    enter_phase(base, phase::check_watchers);
    if (!base->check_watchers.empty()) run_check_watchers(base);

    enter_phase(base, phase::timeout_process);
    timeout_process(base);
    if (N_ACTIVE_CALLBACKS(base) > active_before) note_counts(base);

    enter_phase(base, phase::process_active);
    return run_active(base, flags);
}

bool event_haveevents(const event_base* base) {
    return base->virtual_event_count > 0 || base->event_count > 0;
}

CORE_END
