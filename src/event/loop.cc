// The loop. One turn is a list of phases, in the order in which they happen:
//
//   stop_check -> timeout_next -> make_later_events_active -> prepare_watchers -> dispatch
//   -> check_watchers -> timeout_process -> process_active
//
// Only dispatch sleeps. Only process_active calls users. Everything before them is collecting.
// The base's lock is held throughout, except while asleep and while a user's callback runs.
// Read next: src/timers/timeouts.cc (how long), src/backend/epoll.cc (the sleep), active_queue.cc.
#include "src/event/event_core.h"
#include "src/event/watchers.h"
#include "src/util/log.h"

namespace {

namespace trace = evglass::trace;
using trace::field::loopend;
using trace::field::phase;
using trace::field::waitwhy;

/// The state of a base while its loop runs; undone however the loop ends.
class RunningScope {
 public:
    explicit RunningScope(event_base* base) : base_(base) {
        clear_time_cache(base);
        if (base->sig.ev_signal_added && base->sig.ev_n_signals_added != 0) evsig_set_base_(base);
        base->running_loop = true;
        base->th_owner_id = evthread_get_id();
        base->event_gotterm = base->event_break = false;
    }
    ~RunningScope() {
        clear_time_cache(base_);
        base_->phase = phase::outside;
        base_->running_loop = false;
    }
    RunningScope(const RunningScope&) = delete;
    RunningScope& operator=(const RunningScope&) = delete;

 private:
    event_base* base_;
};

/// Why a turn did not lead to another one.
struct Ending {
    loopend reason;
    int result;
};
/// One turn's outcome: go on, or an ending.
struct Outcome {
    bool goes_on;
    Ending ending;
};
constexpr Outcome kGoOn{true, {}};
constexpr Outcome end(loopend reason, int result) {
    return {false, {reason, result}};
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
    trace::poll_control();
    base->event_continue = false;
    base->n_deferreds_queued = 0;
}

bool nothing_left(const event_base* base, int flags) {
    return (flags & EVLOOP_NO_EXIT_ON_EMPTY) == 0 && !event_haveevents(base) &&
           N_ACTIVE_CALLBACKS(base) == 0;
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

/// One turn of the loop.
Outcome turn(event_base* base, int flags) {
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
    run_prepare_watchers(base, wait);
    clear_time_cache(base);

    enter_phase(base, phase::dispatch);
    if (base->evsel->dispatch(base, wait) < 0) return end(loopend::backend_error, -1);
    update_time_cache(base);

    enter_phase(base, phase::check_watchers);
    run_check_watchers(base);

    enter_phase(base, phase::timeout_process);
    timeout_process(base);

    enter_phase(base, phase::process_active);
    return run_active(base, flags);
}

}  // namespace

bool event_haveevents(const event_base* base) {
    return base->virtual_event_count > 0 || base->event_count > 0;
}

int event_base_loop(event_base* base, int flags) {
    TRACE_CALL(base);
    const BaseLock lock(base);
    if (base->running_loop) {
        event_warnx(
            "%s: reentrant invocation.  Only one event_base_loop can run on each "
            "event_base at once.",
            __func__);
        return -1;
    }
    const RunningScope running(base);
    TRACE(loop_begin, .base = base, .flags = static_cast<std::uint32_t>(flags));
    Outcome outcome = kGoOn;
    while (outcome.goes_on) outcome = turn(base, flags);
    TRACE(loop_end, .base = base, .reason = outcome.ending.reason, .result = outcome.ending.result);
    return outcome.ending.result;
}

int event_base_dispatch(event_base* base) {
    TRACE_CALL(base);
    return event_base_loop(base, 0);
}
