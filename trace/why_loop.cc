// Why a loop returned, why it woke, why it sleeps: told by looking back from the moment for the
// records that led to it, one step of the chain after the other.
#include <fmt/format.h>

#include <cerrno>

#include "trace/event_bits.h"
#include "trace/text_fields.h"
#include "trace/why_inquiry.h"

namespace evglass::trace {

namespace {

std::string_view request_function(field::request request) {
    switch (request) {
        case field::request::exit:
            return "event_base_loopexit";
        case field::request::break_:
            return "event_base_loopbreak";
        case field::request::continue_:
            return "event_base_loopcontinue";
    }
    return "a request";
}

std::string in_callback(const Names& names, Address event) {
    return event == 0 ? std::string("outside of any callback")
                      : "in the callback of " + names.event_long(event);
}

/// The callback that was being run when a record was emitted; 0 if none was.
Address callback_at(Inquiry& q, std::uint64_t record) {
    const Base* base = q.timeline.model(record).base(q.base->address);
    return base == nullptr || base->callbacks.empty() ? 0 : base->callbacks.back();
}

std::string_view cause_clause(field::cause cause) {
    switch (cause) {
        case field::cause::backend:
            return "its fd was ready";
        case field::cause::timeout:
            return "its time came";
        case field::cause::signal:
            return "the signal came";
        case field::cause::user:
            return "the program made it active";
        case field::cause::later:
            return "the program put it off to this turn";
        case field::cause::finalize:
            return "it was to be finalized";
        case field::cause::output:
            return "there was output to write";
    }
    return "it was made active";
}

/// How the callback of an event came to be called: ", which ran because the signal came (record
/// 12)".
std::string activation(Inquiry& q, Address event, std::uint64_t before) {
    const Record* record = q.back(before, [&](const Record& r) {
        const auto* a = r.as<rec::event_activate>();
        return a != nullptr && a->event == event;
    });
    if (record == nullptr) return {};
    const auto* a = record->as<rec::event_activate>();
    return fmt::format(", which ran because {} ({})", cause_clause(a->cause),
                       q.proof(record->number));
}

/// event_base_loopexit sets nothing itself: it adds a timer, and the timer's callback sets gotterm.
std::string by_timer(Inquiry& q, const Record& request, Address timer) {
    const Model& then = q.timeline.model(request.number);
    const Event* e = then.event(timer);
    const Base* base = then.base(q.base->address);
    if (e == nullptr || base == nullptr) return {};
    const std::uint64_t assigned = e->assign_record, activated = e->activate_record;
    const std::uint64_t turn = base->turn;
    const std::string name = Names(then).event(timer);
    const std::int64_t expired_ns = e->activated_ns;
    const Record* made = q.timeline.at(assigned);
    // The records of the beginning may have been overwritten.
    const bool known = made != nullptr && made->number == assigned;
    std::string text = "event_base_loopexit was asked for";
    if (known) {
        const Address asker = callback_at(q, assigned);
        const Names names(q.timeline.model(assigned));
        text += " " + in_callback(names, asker) + " (" + q.proof(assigned) + ")";
        if (asker != 0) text += activation(q, asker, assigned);
    }
    const std::string delay =
        known && expired_ns > made->time_ns
            ? " expired " + duration_text(elapsed(made->time_ns, expired_ns)) + " later,"
            : " expired";
    return fmt::format("{}; its timer {}{} in turn {} ({}), and set gotterm ({})", text, name,
                       delay, turn, q.proof(activated), q.proof(request.number));
}

std::string by_request(Inquiry& q, std::uint64_t end, field::request wanted) {
    const Record* request = q.back(end, [&](const Record& r) {
        const auto* l = r.as<rec::loop_request>();
        return l != nullptr && l->base == q.base->address && l->request == wanted;
    });
    if (request == nullptr) return "it was asked to, before the first record that is left";
    const Address callback = callback_at(q, request->number);
    if (wanted == field::request::exit && callback != 0) {
        const std::string chain = by_timer(q, *request, callback);
        if (!chain.empty()) return chain;
    }
    const Names names(q.timeline.model(request->number));
    std::string text = std::string(request_function(wanted)) + " was called " +
                       in_callback(names, callback) + " (" + q.proof(request->number) + ")";
    return callback == 0 ? text : text + activation(q, callback, request->number);
}

/// The last event of a user that stopped being pending or active.
std::string by_emptiness(Inquiry& q, std::uint64_t end) {
    const Record* last = q.back(end, [&](const Record& r) {
        const auto* remove = r.as<rec::queue_remove>();
        return remove != nullptr && remove->base == q.base->address &&
               (remove->after & evlist::kInternal) == 0 &&
               state_of_flags(remove->after) < EventState::pending;
    });
    std::string text = "no event was pending or active any more";
    if (last == nullptr) return text;
    const Address event = last->as<rec::queue_remove>()->event;
    const std::string name = Names(q.timeline.model(last->number)).event_long(event);
    return text + "; the last one was " + name + ", until " + q.proof(last->number);
}

std::string last_call(Inquiry& q, std::uint64_t from) {
    const Record* call = q.back(from, [](const Record& r) { return !syscall_text(r, 1).empty(); });
    if (call == nullptr) return {};
    return ": " + syscall_text(*call, q.timeline.context().ticks_per_ns()) + " (" +
           q.proof(call->number) + ")";
}

std::string exit_reason(Inquiry& q, field::loopend reason, std::uint64_t end) {
    switch (reason) {
        case field::loopend::no_events:
            return by_emptiness(q, end);
        case field::loopend::exit:
            return by_request(q, end, field::request::exit);
        case field::loopend::break_:
            return by_request(q, end, field::request::break_);
        case field::loopend::once:
            return "it was begun with EVLOOP_ONCE, and the callbacks of one turn had been run";
        case field::loopend::nonblock:
            return "it was begun with EVLOOP_NONBLOCK, and nothing was ready";
        case field::loopend::backend_error:
            return "the backend failed" + last_call(q, end);
    }
    return "of a reason that this program doesn't know";
}

bool is_wait(const Record& r) {
    return r.as<rec::sys_epoll_wait>() != nullptr || r.as<rec::sys_poll>() != nullptr ||
           r.as<rec::sys_select>() != nullptr;
}

struct Wait {
    int result = 0, error = 0;
};

Wait wait_of(const Record& r) {
    if (const auto* e = r.as<rec::sys_epoll_wait>()) return {e->result, e->error};
    if (const auto* p = r.as<rec::sys_poll>()) return {p->result, p->error};
    const auto* s = r.as<rec::sys_select>();
    return s == nullptr ? Wait{} : Wait{s->result, s->error};
}

/// Signals that were caught and threads that rang since the sleep was chosen.
std::string rings_before(Inquiry& q, std::uint64_t from, std::uint64_t to) {
    std::string text;
    for (const Record* r = q.timeline.at(from); r != nullptr && r->number <= to;
         r = q.timeline.after(r->number)) {
        if (const auto* s = r->as<rec::signal_caught>())
            text += fmt::format("; {} came ({})", signal_text(s->signal), q.proof(r->number));
        const auto* w = r->as<rec::wakeup>();
        if (w != nullptr && w->base == q.base->address)
            text += fmt::format("; a thread woke it ({})", q.proof(r->number));
    }
    return text;
}

/// The fds that the backend reported after a wait, with the events that they made active.
std::string ready_after(Inquiry& q, std::uint64_t wait) {
    constexpr int kNamed = 6;
    std::string text;
    int more = 0;
    for (const Record* r = q.timeline.after(wait); r != nullptr && r->number <= q.now.record();
         r = q.timeline.after(r->number)) {
        if (r->as<rec::loop_phase>() != nullptr) break;
        if (const auto* ready = r->as<rec::backend_ready>()) {
            if (++more > kNamed) continue;
            text += fmt::format("{}fd {} was ready for {} ({})", text.empty() ? "" : ", ",
                                ready->fd.value, what_text(ready->what), q.proof(r->number));
        } else if (const auto* active = r->as<rec::event_activate>(); active && more <= kNamed) {
            text += ", which made " + q.event(active->event) + " active";
        }
    }
    return more > kNamed ? text + fmt::format(", and {} fds more", more - kNamed) : text;
}

}  // namespace

Answer why_exit(Inquiry q) {
    const Record* end = q.back<rec::loop_end>(q.now.record());
    if (end == nullptr)
        return q.fail(q.base->running
                          ? "the loop of " + q.base_name() + " has not returned: it is running"
                          : "the loop of " + q.base_name() + " was never run");
    const auto* r = end->as<rec::loop_end>();
    const std::string reason = exit_reason(q, r->reason, end->number);
    return q.done(fmt::format("The loop of {} returned {} ({}) because {}.", q.base_name(),
                              r->result, q.proof(end->number), reason));
}

Answer why_woke(Inquiry q) {
    const Record* wait = q.back(q.now.record(), is_wait);
    if (wait == nullptr)
        return q.fail("no sleep of " + q.base_name() +
                      " has ended yet (or system calls are not recorded)");
    const Record* chosen = q.back<rec::wait_chosen>(wait->number);
    const auto [result, error] = wait_of(*wait);
    const std::string rings =
        rings_before(q, chosen == nullptr ? wait->number : chosen->number, wait->number);
    std::string why;
    if (error == EINTR) {
        why = "a signal interrupted it";
    } else if (error != 0) {
        why = "it failed with " + errno_text(error);
    } else if (result > 0) {
        why = ready_after(q, wait->number);
        if (why.empty()) why = fmt::format("{} fds were ready", result);
    } else {
        const auto* c = chosen == nullptr ? nullptr : chosen->as<rec::wait_chosen>();
        why = c != nullptr && c->event.value != 0
                  ? "the time of " + q.event(c->event) + " came (" + q.proof(chosen->number) + ")"
                  : "it was not meant to sleep";
    }
    const std::string slept =
        duration_text(syscall_duration_ns(*wait, q.timeline.context().ticks_per_ns()));
    return q.done(fmt::format("The last sleep of {} ended after {} ({}) because {}{}.",
                              q.base_name(), slept, q.proof(wait->number), why, rings));
}

Answer why_sleep(Inquiry q) {
    const Record* chosen = q.back<rec::wait_chosen>(q.now.record());
    if (chosen == nullptr) return q.fail(q.base_name() + " has not chosen a sleep yet");
    const auto* c = chosen->as<rec::wait_chosen>();
    const Record* wait = q.back(q.now.record(), is_wait);
    const bool ended = wait != nullptr && wait->number > chosen->number;
    const bool asleep = q.base->phase == static_cast<int>(field::phase::dispatch) && !ended;
    std::string until;
    switch (c->why) {
        case field::waitwhy::active_pending:
            until = "not at all, because events were active";
            break;
        case field::waitwhy::nonblock:
            until = "not at all, because its loop was begun with EVLOOP_NONBLOCK";
            break;
        case field::waitwhy::first_timer:
            until = fmt::format("until an fd is ready, a signal comes, or {} is due in {}",
                                q.event(c->event), usec_duration_text(c->timeout));
            break;
        case field::waitwhy::no_timer:
            until = "until an fd is ready or a signal comes: there is no timer";
            break;
    }
    const std::string proof = q.proof(chosen->number);
    if (asleep) return q.done(fmt::format("{} sleeps {} ({}).", q.base_name(), until, proof));
    return q.done(fmt::format(
        "{} is not asleep but in phase {}; its last sleep was chosen to last {} ({}).",
        q.base_name(), enum_text("phase", static_cast<std::uint64_t>(q.base->phase), nullptr),
        until, proof));
}

}  // namespace evglass::trace
