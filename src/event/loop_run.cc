// event_base_loop: turn after turn, until one says that it was the last.
// Read next: loop.cc, which is one turn.
#include "src/event/event_core.h"
#include "src/event/quiet.h"
#include "src/util/log.h"

namespace {

/// The state of a base while its loop runs; undone however the loop ends. (Always inline, because a
/// pass of a loop may be all that a program asks for, again and again.)
class RunningScope {
 public:
    [[gnu::always_inline]] explicit RunningScope(event_base* base) : base_(base) {
        forget_time();
        if (base->sig.ev_signal_added && base->sig.ev_n_signals_added != 0) evsig_set_base_(base);
        base->running_loop = true;
        base->th_owner_id = evthread_get_id();
        base->event_gotterm = base->event_break = false;
    }
    [[gnu::always_inline]] ~RunningScope() {
        forget_time();
        base_->phase = evglass::trace::field::phase::outside;
        base_->running_loop = false;
    }
    RunningScope(const RunningScope&) = delete;
    RunningScope& operator=(const RunningScope&) = delete;

 private:
    void forget_time() {
        if (base_->clock.is_cached()) clear_time_cache(base_);
    }
    event_base* base_;
};

/// One turn, with its probes only if something records.
Outcome turn(event_base* base, int flags) {
    evglass::trace::poll_control();
    if (is_quiet()) return quiet::turn(base, flags);
    // The turn before may have been one without probes, which does not pass the stamp on.
    evglass::trace::clock_join(base->trace_stamp);
    return event_base_turn(base, flags);
}

}  // namespace

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
    Outcome outcome{.goes_on = true, .reason = {}, .result = 0};
    while (outcome.goes_on) outcome = turn(base, flags);
    TRACE(loop_end, .base = base, .reason = outcome.reason, .result = outcome.result);
    return outcome.result;
}

int event_base_dispatch(event_base* base) {
    TRACE_CALL(base);
    return event_base_loop(base, 0);
}
