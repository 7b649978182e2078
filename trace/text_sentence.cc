// One sentence for each record type: what happened, to whom, and why. The sentence of a record is
// told at the moment right after it, so the model knows the cause that it noted.
// Read next: text_rest.cc. A record type that has no sentence is told field by field.
#include <fmt/format.h>

#include "trace/text.h"
#include "trace/text_fields.h"
#include "trace/text_teller.h"

namespace evglass::trace {

namespace {

struct LoopTeller : Teller {
    std::string move(Address event, int before, int after, const std::string& same) const;

    // ---- the base
    std::string tell(const rec::base_new& r) const {
        return base(r.base) + " is allocated; its backend is not chosen yet";
    }
    std::string tell(const rec::base_free& r) const { return base(r.base) + " is freed"; }
    std::string tell(const rec::backend_try& r) const;
    std::string tell(const rec::backend_chosen& r) const {
        return base(r.base) + " will use the backend " + safe(r.name.view());
    }
    std::string tell(const rec::base_priorities& r) const {
        return fmt::format("{} has {} active queue{}, one for each priority", base(r.base), r.count,
                           r.count == 1 ? "" : "s");
    }
    // ---- an event's life
    std::string tell(const rec::event_assign& r) const;
    std::string tell(const rec::event_gone& r) const {
        return who(r.event) + " is gone: its memory is about to be freed or reused";
    }
    std::string tell(const rec::event_priority& r) const {
        return fmt::format("{} gets priority {}", who(r.event), r.priority);
    }
    std::string tell(const rec::event_deadline& r) const;
    std::string tell(const rec::event_flags& r) const {
        return who(r.event) + ": flags " + evlist_text(r.before) + " -> " + evlist_text(r.after);
    }
    std::string tell(const rec::event_name& r) const {
        return names.event(r.event) + " is called \"" + safe(r.name.view()) + "\"";
    }
    std::string tell(const rec::event_callback& r) const {
        return who(r.event) + " will be finalized: its callback is the finalizer now";
    }
    std::string tell(const rec::queue_insert& r) const;
    std::string tell(const rec::queue_remove& r) const;
    // ---- the heap
    std::string tell(const rec::heap_insert& r) const {
        return fmt::format("the heap grows to {}: {} looks for a place, the hole is at heap[{}]",
                           r.size, who(r.event), r.size - 1);
    }
    std::string tell(const rec::heap_move& r) const {
        return fmt::format("{} {} in the heap: heap[{}] -> heap[{}]", who(r.event),
                           r.to > r.from ? "sinks" : "rises", r.from, r.to);
    }
    std::string tell(const rec::heap_place& r) const {
        return fmt::format("{} takes its place: heap[{}]{}", who(r.event), r.index,
                           r.index == 0 ? ", the next timer to expire" : "");
    }
    std::string tell(const rec::heap_remove& r) const {
        return fmt::format("{} leaves the heap at heap[{}]; {} left", who(r.event), r.index,
                           r.size);
    }
    std::string tell(const rec::heap_change& r) const {
        return fmt::format("{} at heap[{}] is due at {} now and looks for its place", who(r.event),
                           r.index, usec_text(r.deadline));
    }
    // ---- the maps
    std::string tell(const rec::io_add& r) const {
        return fmt::format("{} is first in the list of fd {} ({})", who(r.event), r.fd.value,
                           counts(r.nread, r.nwrite, r.nclose));
    }
    std::string tell(const rec::io_del& r) const {
        return fmt::format("{} is out of the list of fd {} ({})", who(r.event), r.fd.value,
                           counts(r.nread, r.nwrite, r.nclose));
    }
    std::string tell(const rec::signal_add& r) const {
        return who(r.event) + " is first in the list of " + signal_text(r.signal);
    }
    std::string tell(const rec::signal_del& r) const {
        return who(r.event) + " is out of the list of " + signal_text(r.signal);
    }
    std::string tell(const rec::map_grow& r) const {
        return fmt::format("the {} map of {} grows to {} entries", enum_text("mapkind", r.map),
                           base(r.base), r.entries);
    }
    std::string tell(const rec::interest& r) const;
    std::string tell(const rec::io_lost& r) const {
        return fmt::format("fd {} can't be watched ({}): its events learn it once", r.fd.value,
                           errno_text(r.error));
    }
    /// A change of interest, of which perhaps nothing is left.
    static std::string change(int fd, int before, int after) {
        return before == after
                   ? fmt::format("fd {} stays watched for {}", fd, what_text(after))
                   : fmt::format("fd {} from {} to {}", fd, what_text(before), what_text(after));
    }
    std::string tell(const rec::change_queued& r) const {
        return "a change waits for the next sleep: " + change(r.fd, r.before, r.after);
    }
    std::string tell(const rec::change_merged& r) const {
        return "a waiting change is changed: " + change(r.fd, r.before, r.after);
    }
    std::string tell(const rec::change_applied& r) const {
        const std::string text = "a waiting change is done: " + change(r.fd, r.before, r.after);
        return r.error.value == 0 ? text : text + ", refused: " + errno_text(r.error);
    }
    // ---- io_uring
    std::string tell(const rec::uring_poll_add& r) const {
        return fmt::format("a poll request for {} on fd {} goes into the ring", what_text(r.what),
                           r.fd.value);
    }
    std::string tell(const rec::uring_poll_remove& r) const {
        return fmt::format("the poll request of fd {} is taken back", r.fd.value);
    }
    std::string tell(const rec::uring_completion& r) const {
        const std::string result =
            r.result < 0 ? errno_text(-r.result) : fmt::format("poll mask 0x{:x}", r.result);
        return fmt::format("the ring completes a request of fd {}: {}{}", r.fd.value, result,
                           r.current != 0 ? "" : " (out of date)");
    }
    std::string tell(const rec::uring_hot& r) const {
        return r.what.value == 0
                   ? fmt::format("fd {} is not ready any more", r.fd.value)
                   : fmt::format("fd {} is still ready: {}", r.fd.value, what_text(r.what));
    }
    static std::string counts(int nread, int nwrite, int nclose) {
        return fmt::format("{} reading, {} writing, {} closing", nread, nwrite, nclose);
    }
    // ---- the loop
    std::string tell(const rec::loop_begin& r) const {
        const std::string flags = flags_text("loopflags", r.flags.value, &trace);
        return "the loop of " + base(r.base) + " begins" + (flags == "-" ? "" : " with " + flags);
    }
    std::string tell(const rec::loop_end& r) const {
        return fmt::format("the loop of {} returns {}: {}", base(r.base), r.result,
                           enum_text("loopend", r.reason));
    }
    std::string tell(const rec::turn_begin& r) const {
        return fmt::format("turn {} begins", r.turn);
    }
    std::string tell(const rec::loop_phase& r) const {
        return "phase: " + enum_text("phase", r.phase);
    }
    std::string tell(const rec::wait_chosen& r) const;
    std::string tell(const rec::backend_ready& r) const {
        return fmt::format("the backend reports fd {}: {}", r.fd.value, what_text(r.what));
    }
    std::string tell(const rec::loop_request& r) const {
        return "the loop of " + base(r.base) + " is asked to " + enum_text("request", r.request);
    }
    std::string tell(const rec::time_cache& r) const {
        return r.now.value == kNone
                   ? "the cached time of " + base(r.base) + " is cleared"
                   : "the cached time of " + base(r.base) + " is set to " + usec_text(r.now);
    }
    std::string tell(const rec::wakeup& r) const {
        return "a thread wakes the loop of " + base(r.base) + ", which may be asleep";
    }
    // ---- callbacks and causes
    std::string tell(const rec::event_activate& r) const {
        return fmt::format("{} is made active: {} ({})", who(r.event), what_text(r.what),
                           enum_text("cause", r.cause));
    }
    std::string tell(const rec::callback_begin& r) const {
        return who(r.event) + "'s callback begins: " + what_text(r.what);
    }
    std::string tell(const rec::callback_end& r) const {
        return who(r.event) + "'s callback returns";
    }
    std::string tell(const rec::api_begin& r) const {
        return site() + (r.event.value == 0 ? " is called" : " is called for " + who(r.event));
    }
    std::string tell(const rec::api_end& r) const {
        return fmt::format("{} returns {}", site(), r.result);
    }
    std::string tell(const rec::signal_caught& r) const {
        return signal_text(r.signal) + " came: its number is written to the signal pipe";
    }
    // ---- keyframes
    std::string tell(const rec::keyframe_begin& r) const {
        return fmt::format("keyframe: the whole state of {} in turn {} follows", base(r.base),
                           r.turn);
    }
    std::string tell(const rec::keyframe_event& r) const {
        return "keyframe: " + who(r.event) + " with flags " + evlist_text(r.flags);
    }
    std::string tell(const rec::keyframe_heap& r) const {
        return fmt::format("keyframe: heap[{}] is {}", r.index, who(r.event));
    }
    std::string tell(const rec::keyframe_queue& r) const {
        return r.queue == field::queue::active_later
                   ? fmt::format("keyframe: later[{}] is {}", r.index, who(r.event))
                   : fmt::format("keyframe: active {}[{}] is {}", r.priority, r.index,
                                 who(r.event));
    }
    std::string tell(const rec::keyframe_io& r) const {
        return fmt::format("keyframe: fd {}[{}] is {}", r.fd.value, r.index, who(r.event));
    }
    std::string tell(const rec::keyframe_signal& r) const {
        return fmt::format("keyframe: {}[{}] is {}", signal_text(r.signal), r.index, who(r.event));
    }
    std::string tell(const rec::keyframe_interest& r) const {
        return fmt::format("keyframe: fd {} is watched for {}", r.fd.value, what_text(r.mask));
    }
    std::string tell(const rec::keyframe_change& r) const {
        return "keyframe: a change waits: " + change(r.fd, r.before, r.after);
    }
    std::string tell(const rec::keyframe_uring& r) const {
        return fmt::format("keyframe: the ring polls fd {} for {}", r.fd.value, what_text(r.armed));
    }
    std::string tell(const rec::keyframe_callback& r) const {
        return "keyframe: the callback of " + who(r.event) + " is being run";
    }
    std::string tell(const rec::keyframe_end& r) const {
        return fmt::format("keyframe: {} is told whole in {} records", base(r.base), r.records);
    }
    // ---- calls, net, marks
    std::string tell(const rec::enter&) const { return site() + " is entered"; }
    std::string tell(const rec::leave&) const { return site() + " is left"; }
    std::string tell(const rec::listener_new& r) const {
        return fmt::format("{} listens on fd {} with {}", names.listener(r.listener), r.fd.value,
                           who(r.event));
    }
    std::string tell(const rec::listener_free& r) const {
        return names.listener(r.listener) + " is gone";
    }
    std::string tell(const rec::listener_enable& r) const {
        return names.listener(r.listener) + (r.enabled != 0 ? " is enabled" : " is disabled");
    }
    std::string tell(const rec::listener_accept& r) const {
        return fmt::format("{} hands a connection to its callback: fd {}{}",
                           names.listener(r.listener), r.fd.value,
                           r.port == 0 ? "" : fmt::format(" from port {}", r.port));
    }
    std::string tell(const rec::listener_backoff& r) const {
        return fmt::format("{} rests for {}: accept failed with {}", names.listener(r.listener),
                           usec_text(r.delay), errno_text(r.error));
    }
    std::string tell(const rec::listener_resume& r) const {
        return names.listener(r.listener) + " accepts again";
    }
    std::string tell(const rec::mark& r) const { return "mark: " + safe(r.text.view()); }
    std::string tell(const rec::note& r) const {
        return fmt::format("note: {} = {}", safe(r.label.view()), r.value);
    }
    std::string tell(const rec::fd_name& r) const {
        return fmt::format("fd {} is called {}", r.fd.value, safe(r.label.view()));
    }
    std::string tell(const rec::wait_entry& r) const {
        const auto mask = [](auto bits) { return flags_text("epollmask", bits.value, nullptr); };
        const std::string ready = r.got.value == 0 ? "is not ready" : "is ready for " + mask(r.got);
        return fmt::format("fd {} {}{}", r.fd.value, ready,
                           r.asked.value == 0 ? "" : " (asked for " + mask(r.asked) + ")");
    }
};

std::string LoopTeller::move(Address event, int before, int after, const std::string& same) const {
    const EventState from = state_of_flags(before), to = state_of_flags(after);
    if (from == to) return who(event) + " " + same + "; it stays " + std::string(state_name(to));
    return who(event) + ": " + std::string(state_name(from)) + " -> " +
           std::string(state_name(to)) + cause(event);
}

std::string LoopTeller::tell(const rec::backend_try& r) const {
    const std::string name = "backend " + safe(r.name.view());
    switch (r.verdict) {
        case field::verdict::chosen:
            return name + " is tried: it works";
        case field::verdict::avoided:
            return name + " is passed over: the config avoids it";
        case field::verdict::lacks_features:
            return name + " is passed over: it lacks a feature asked for";
        case field::verdict::disabled:
            return name + " is passed over: the environment disables it";
        case field::verdict::init_failed:
            return name + " is tried: its init fails";
    }
    return name + " is considered";
}

std::string LoopTeller::tell(const rec::event_assign& r) const {
    std::string text = who(r.event) + " is initialized";
    const std::string what = what_text(r.events);
    if (what != "-") text += " for " + what;
    return text + ": known to the library, neither pending nor active";
}

std::string LoopTeller::tell(const rec::event_deadline& r) const {
    std::string text = who(r.event) + " is due at " + usec_text(r.deadline);
    const Event* e = model.event(r.event);
    const auto left = e == nullptr ? std::nullopt : model.left_us(*e);
    if (left && *left >= 0) text += ", in " + usec_duration_text(*left);
    if (r.interval.value != kNone) text += ", then every " + usec_text(r.interval);
    return text;
}

std::string LoopTeller::tell(const rec::queue_insert& r) const {
    const std::string queue = enum_text("queue", r.queue);
    std::string text = move(r.event, r.before, r.after, "enters the queue '" + queue + "'");
    if (r.queue == field::queue::active)
        text += fmt::format(", place {} in the queue of priority {}", r.length, r.priority);
    return text;
}

std::string LoopTeller::tell(const rec::queue_remove& r) const {
    return move(r.event, r.before, r.after,
                "leaves the queue '" + enum_text("queue", r.queue) + "'");
}

std::string LoopTeller::tell(const rec::interest& r) const {
    if (r.before.value == 0)
        return fmt::format("the backend now watches fd {} for {}", r.fd.value, what_text(r.after));
    if (r.after.value == 0) return fmt::format("the backend watches fd {} no longer", r.fd.value);
    return fmt::format("the backend watches fd {} for {}, no longer for {}", r.fd.value,
                       what_text(r.after), what_text(r.before));
}

std::string LoopTeller::tell(const rec::wait_chosen& r) const {
    switch (r.why) {
        case field::waitwhy::active_pending:
            return "no sleep: events are active already";
        case field::waitwhy::nonblock:
            return "no sleep: the loop was asked not to block";
        case field::waitwhy::first_timer:
            return "the heap's top is " + who(r.event) + ": sleep at most " + usec_text(r.timeout);
        case field::waitwhy::no_timer:
            return "no timer: sleep until an fd or a signal";
    }
    return "sleep at most " + usec_text(r.timeout);
}

}  // namespace

std::string record_sentence(const Record& record, const TraceContext& trace, const Model& after) {
    std::string text = syscall_text(record, trace.ticks_per_ns());
    const Names names(after);
    const Teller teller{record, trace, after, names};
    if (text.empty()) text = sentence_of(LoopTeller{teller});
    if (text.empty()) text = rest_sentence(teller);
    if (text.empty()) text = buffer_sentence(teller);
    if (text.empty()) text = dns_sentence(teller);
    if (text.empty()) text = bufferevent_sentence(teller);
    return text.empty() ? record_text(record, trace, &names) : text;
}

}  // namespace evglass::trace
