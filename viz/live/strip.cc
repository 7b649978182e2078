// See strip.h. The phases are those of trace/enums.def, in the order in which a turn goes through
// them; their short names are for narrow terminals.
#include "viz/live/strip.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "trace/schema.h"
#include "trace/text.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

using trace::field::phase;
using trace::field::waitwhy;

struct PhaseName {
    phase id;
    std::string_view full, middle, brief;
};
constexpr std::array kPhases{
    PhaseName{phase::stop_check, "stop_check", "stop?", "stop?"},
    PhaseName{phase::timeout_next, "timeout_next", "timeout", "wait"},
    PhaseName{phase::make_later_events_active, "make_later_events_active", "later", "later"},
    PhaseName{phase::prepare_watchers, "prepare_watchers", "prepare", "prep"},
    PhaseName{phase::dispatch, "dispatch", "dispatch", "dispatch"},
    PhaseName{phase::check_watchers, "check_watchers", "check", "check"},
    PhaseName{phase::timeout_process, "timeout_process", "timers", "timers"},
    PhaseName{phase::process_active, "process_active", "active", "run"},
};

std::string_view name_for(const PhaseName& name, int width) {
    return width >= 150 ? name.full : width >= 78 ? name.middle : name.brief;
}

std::string end_text(int reason) {
    using trace::field::loopend;
    switch (static_cast<loopend>(reason)) {
        case loopend::no_events:
            return "it returned: no events were left";
        case loopend::exit:
            return "it returned: loopexit";
        case loopend::break_:
            return "it returned: loopbreak";
        case loopend::once:
            return "it returned: EVLOOP_ONCE";
        case loopend::nonblock:
            return "it returned: EVLOOP_NONBLOCK";
        case loopend::backend_error:
            return "it returned: the backend failed";
            return "it was refused: it runs already";
    }
    return "it has not run yet";
}

std::string outside_text(const trace::Base& base) {
    if (!base.alive) return "the base is freed; " + end_text(base.last_end);
    return "the loop is not running; " + end_text(base.last_end);
}

}  // namespace

std::string wait_text(const Moment& moment) {
    const trace::Base& base = *moment.base;
    if (!base.running) return outside_text(base);
    const trace::Event* first = moment.model->event(base.wait_event);
    switch (static_cast<waitwhy>(base.wait_why)) {
        case waitwhy::active_pending:
            return "may not sleep: events are active";
        case waitwhy::nonblock:
            return "may not sleep: EVLOOP_NONBLOCK";
        case waitwhy::no_timer:
            return "may sleep for ever: there is no timer";
        case waitwhy::first_timer: {
            const std::string who =
                first != nullptr ? event_label(moment, base.wait_event) : "the first timer";
            if (base.wait_timeout <= 0) return "may not sleep: " + who + " is due";
            return fmt::format("may sleep {}, until {} is due", usec_text(base.wait_timeout), who);
        }
    }
    return "has not chosen yet how long to sleep";
}

std::string wake_text(const Moment& moment) {
    const Wake& wake = moment.wake;
    if (wake.record == 0) return "";
    std::string text;
    for (std::size_t i = 0; i < wake.ready.size() && i < 3; ++i) {
        text += (i == 0 ? "" : ", ") + fmt::format("fd {} {}", wake.ready[i].first,
                                                   trace::what_text(wake.ready[i].second));
    }
    if (wake.ready.size() > 3) text += fmt::format(" and {} more", wake.ready.size() - 3);
    if (wake.timers > 0) text += (text.empty() ? "" : ", ") + plural(wake.timers, "timer");
    if (!text.empty()) return "woken by " + text;
    if (wake.result < 0) return "woken by a signal";
    return wake.result > 0 ? "woken: " + plural(static_cast<unsigned>(wake.result), "fd") + " ready"
                           : "woken by the clock";
}

void draw_phases(Canvas canvas, int y, const Moment& moment) {
    int x = canvas.put(0, y, " ", Style::normal);
    if (moment.base == nullptr) {
        canvas.put(x, y, "no event_base is known at this record", Style::dim);
        return;
    }
    const trace::Base& base = *moment.base;
    for (const PhaseName& name : kPhases) {
        const bool now = base.phase == static_cast<int>(name.id);
        if (&name != &kPhases.front() && canvas.width() >= 78) {
            x = canvas.put(x, y, canvas.glyphs().arrow, Style::rule);
        }
        const std::string text = now ? "[" + std::string(name_for(name, canvas.width())) + "]"
                                     : " " + std::string(name_for(name, canvas.width())) + " ";
        x = canvas.put(x, y, text, now ? Style::phase_now : Style::phase);
    }
    if (base.phase != 0 && x + 10 <= canvas.width()) {
        canvas.cell_right(canvas.width() - 10, y, 9, since_text(moment, base.phase_since_ns),
                          Style::dim);
    }
}

void draw_wait(Canvas canvas, int y, const Moment& moment) {
    if (moment.base == nullptr) return;
    const std::string wait = wait_text(moment), wake = wake_text(moment);
    const int wake_columns = text_columns(wake);
    const int room = canvas.width() - 3;
    const bool both = !wake.empty() && text_columns(wait) + wake_columns + 3 <= room;
    // While the backend waits, how long matters; after it, what ended the wait.
    const bool waiting = moment.base->phase <= static_cast<int>(phase::dispatch);
    if (both || waiting || wake.empty()) {
        canvas.put(2, y, fit(wait, room, canvas.unicode()), Style::normal);
        if (both) canvas.put(canvas.width() - 1 - wake_columns, y, wake, Style::accent);
    } else {
        canvas.put(2, y, fit(wake, room, canvas.unicode()), Style::accent);
    }
}

}  // namespace evglass::viz
