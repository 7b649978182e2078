// From records to spans. A loss closes everything that is open: what happened in it is not known.
#include "viz/export/chronicle.h"

#include <algorithm>

#include "trace/query.h"
#include "trace/text.h"
#include "trace/waits.h"

namespace evglass::viz::exports {

namespace rec = trace::rec;
using trace::EventState;
using trace::Step;

namespace {

std::int64_t number_of(const trace::Record& record, std::string_view name, std::int64_t none) {
    const trace::RecordInfo* info = trace::find_record(record.type);
    if (info == nullptr) return none;
    for (const trace::FieldInfo& field : info->fields) {
        if (field.name != name) continue;
        const trace::TraceField read{std::string(field.name), std::string(field.type), field.offset,
                                     field.size};
        return static_cast<std::int64_t>(trace::field_number(record, read));
    }
    return none;
}

}  // namespace

std::int64_t Span::duration_ns() const {
    return std::max<std::int64_t>(0, trace::elapsed(began_ns, ended_ns));
}

std::string value_name(std::string_view type, std::uint64_t number) {
    if (const trace::EnumInfo* info = trace::find_enum(type))
        for (const trace::EnumValue& value : info->values)
            if (value.number == number) return std::string(value.name);
    return std::to_string(number);
}

Span Chronicle::begin(const Step& step) const {
    Span span;
    span.first = span.last = step.record.number;
    span.began_ns = span.ended_ns = step.record.time_ns;
    return span;
}

void Chronicle::step(const Step& step) {
    if (step.lost_before != 0) forget_open(step);
    now_ = begin(step);
    loop(step);
    causes(step);
    callbacks(step);
    states(step);
    syscall(step);
    listener_.step(step);
}

// ---- the loop
// -------------------------------------------------------------------------------------

void Chronicle::close_phase(OpenBase& base, const Step& step) {
    if (!base.in_phase) return;
    base.phase.span.last = step.record.number;
    base.phase.span.ended_ns = step.record.time_ns;
    base.in_phase = false;
    listener_.phase(base.phase);
}

void Chronicle::close_turn(OpenBase& base, const Step& step) {
    close_phase(base, step);
    if (!base.in_turn) return;
    base.turn.span.last = step.record.number;
    base.turn.span.ended_ns = step.record.time_ns;
    base.in_turn = false;
    base.ready.clear();
    base.caught.clear();
    listener_.turn(base.turn);
}

void Chronicle::loop(const Step& step) {
    const trace::Record& r = step.record;
    if (const auto* f = r.as<rec::loop_begin>()) {
        loops_[r.thread] = f->base;
    } else if (const auto* f = r.as<rec::turn_begin>()) {
        OpenBase& base = bases_[f->base];
        loops_[r.thread] = f->base;
        close_turn(base, step);
        base.turn = {};
        base.turn.span = begin(step);
        base.turn.base = trace::Names(step.model).base(f->base);
        base.turn.thread = r.thread;
        base.turn.turn = f->turn;
        base.in_turn = true;
    } else if (const auto* f = r.as<rec::loop_phase>()) {
        OpenBase& base = bases_[f->base];
        close_phase(base, step);
        base.phase = {begin(step), trace::Names(step.model).base(f->base), r.thread, base.turn.turn,
                      value_name("phase", static_cast<std::uint64_t>(f->phase))};
        base.in_phase = true;
        base.woke = f->phase != trace::field::phase::dispatch;
    } else if (const auto* f = r.as<rec::loop_end>()) {
        close_turn(bases_[f->base], step);
        loops_.erase(r.thread);
    }
}

// ---- from the backend's word to a callback
// ----------------------------------------------------------

void Chronicle::causes(const Step& step) {
    const trace::Record& r = step.record;
    if (const auto* f = r.as<rec::backend_ready>()) {
        OpenBase& base = bases_[f->base];
        base.ready[f->fd] = r.number;
        ++base.turn.ready;
    } else if (const auto* f = r.as<rec::signal_caught>()) {
        for (auto& [address, base] : bases_) base.caught[f->signal] = r.number;
    } else if (const auto* f = r.as<rec::event_activate>()) {
        const trace::Event* event = step.model.event(f->event);
        const trace::Names names(step.model);
        Activation told{r.number,
                        r.time_ns,
                        names.base(f->base),
                        names.event(f->event),
                        value_name("cause", static_cast<std::uint64_t>(f->cause)),
                        r.thread,
                        f->what,
                        0};
        const OpenBase& base = bases_[f->base];
        const auto& from = f->cause == trace::field::cause::signal ? base.caught : base.ready;
        const bool by_word =
            f->cause == trace::field::cause::signal || f->cause == trace::field::cause::backend;
        if (event != nullptr && by_word)
            if (const auto found = from.find(event->fd); found != from.end())
                told.ready_record = found->second;
        listener_.activation(told);
    }
}

void Chronicle::close_callback(OpenBase& base, Span end) {
    CallbackSpan done = std::move(base.callbacks.back());
    base.callbacks.pop_back();
    done.span.last = end.last;
    done.span.ended_ns = end.ended_ns;
    done.span.open = end.open;
    listener_.callback(done);
}

void Chronicle::callbacks(const Step& step) {
    const trace::Record& r = step.record;
    if (const auto* f = r.as<rec::callback_begin>()) {
        OpenBase& base = bases_[f->base];
        const trace::Names names(step.model);
        CallbackSpan span;
        span.span = begin(step);
        span.base = names.base(f->base);
        span.event = names.event(f->event);
        span.title = names.event_long(f->event);
        span.thread = r.thread;
        span.turn = base.turn.turn;
        span.what = f->what;
        span.callback = f->callback;
        const trace::Event* event = step.model.event(f->event);
        if (event != nullptr && event->activate_record != 0) {
            span.activate_record = event->activate_record;
            span.delay_ns =
                std::max<std::int64_t>(0, trace::elapsed(event->activated_ns, r.time_ns));
        }
        ++base.turn.callbacks;
        base.callbacks.push_back(std::move(span));
    } else if (const auto* f = r.as<rec::callback_end>()) {
        OpenBase& base = bases_[f->base];
        if (base.callbacks.empty()) return;
        Seen& seen = seen_[f->event];
        const CallbackSpan& running = base.callbacks.back();
        const std::int64_t spent =
            std::max<std::int64_t>(0, trace::elapsed(running.span.began_ns, r.time_ns));
        seen.longest_ns = std::max(seen.longest_ns, spent);
        if (running.delay_ns > 0) trace::add_time(seen.delayed_ns, running.delay_ns);
        close_callback(base, now_);
    }
}

// ---- the states of events
// --------------------------------------------------------------------------

// Its events wait for nothing any more: one record ends all of their stretches.
void Chronicle::base_gone(const Step& step, Address base) {
    for (auto& [address, seen] : seen_) {
        const trace::Event* event = step.model.event(address);
        if (seen.ordinal == 0 || event == nullptr || event->base != base) continue;
        if (event->state() == seen.state.state) continue;
        seen.state.span.last = step.record.number;
        seen.state.span.ended_ns = step.record.time_ns;
        listener_.state(seen.state);
        seen.state.before = seen.state.state;
        seen.state.state = event->state();
        seen.state.span = begin(step);
        seen.state.cause.clear();
        seen.state.function = step.site == nullptr ? "" : step.site->function;
    }
}

// Where a trace begins in the middle, or lost records: what the keyframe tells is where they are.
void Chronicle::told_by_keyframe(const Step& step, Address base) {
    for (const auto& [address, event] : step.model.events()) {
        if (event.base != base || !event.alive || event.state() == trace::EventState::unknown)
            continue;
        const Seen& seen = seen_[address];
        const bool known = seen.ordinal == event.ordinal;
        if (known && seen.state.state == event.state()) continue;
        begin_state(step, event, known ? seen.state.state : trace::EventState::unknown,
                    event.state());
    }
}

void Chronicle::begin_state(const Step& step, const trace::Event& event, trace::EventState before,
                            trace::EventState after) {
    Seen& seen = seen_[event.address];
    if (seen.ordinal == event.ordinal) {
        seen.state.span.last = step.record.number;
        seen.state.span.ended_ns = step.record.time_ns;
        listener_.state(seen.state);
    } else if (seen.ordinal != 0) {
        seen = {};  // another event had its place
    }
    const trace::Names names(step.model);
    seen.ordinal = event.ordinal;
    seen.state = {begin(step),
                  names.base(event.base),
                  names.event(event.address),
                  names.event_long(event.address),
                  after,
                  before,
                  trace::cause_text(event.cause, names),
                  step.site == nullptr ? "" : step.site->function};
}

void Chronicle::states(const Step& step) {
    if (const auto* f = step.record.as<rec::base_free>()) return base_gone(step, f->base);
    if (const auto* f = step.record.as<rec::keyframe_end>()) return told_by_keyframe(step, f->base);
    const trace::Event* event =
        step.change.event == 0 ? nullptr : step.model.event(step.change.event);
    if (event == nullptr) return;
    if (step.change.moved()) begin_state(step, *event, step.change.before, step.change.after);
    if (step.record.id() == trace::RecordId::event_gone) {
        tell_life(step.model, *event, step.record.number);
        seen_.erase(event->address);
    }
}

void Chronicle::tell_life(const trace::Model& model, const trace::Event& event,
                          std::uint64_t gone) {
    if (!told_.insert(event.ordinal).second) return;
    const trace::Names names(model);
    const Seen& seen = seen_[event.address];
    listener_.life({event, names.base(event.base), names.event(event.address), gone,
                    seen.longest_ns, seen.delayed_ns});
}

// ---- system calls
// ------------------------------------------------------------------------------------

void Chronicle::syscall(const Step& step) {
    const trace::Record& r = step.record;
    const trace::RecordInfo* info = r.known ? trace::find_record(r.type) : nullptr;
    if (info == nullptr || info->category != trace::Category::syscall) return;
    if (step.model.syscalls().empty() || step.model.syscalls().back().record != r.number) return;
    const trace::Syscall& call = step.model.syscalls().back();
    SyscallSpan span;
    span.span = begin(step);
    span.span.began_ns = call.began_ns;
    span.name = info->name.substr(info->name.find('_') + 1);
    span.text = call.text;
    span.thread = r.thread;
    span.fd = static_cast<int>(number_of(r, "fd", number_of(r, "epfd", -1)));
    span.result = number_of(r, "result", 0);
    span.error = static_cast<int>(number_of(r, "error", 0));
    span.waits = trace::is_wait(r);
    if (const auto loop = loops_.find(r.thread); loop != loops_.end()) {
        OpenBase& base = bases_[loop->second];
        span.base = trace::Names(step.model).base(loop->second);
        span.turn = base.turn.turn;
        if (base.in_phase) span.phase = base.phase.phase;
        if (!base.callbacks.empty()) span.event = base.callbacks.back().event;
        if (span.waits) {
            base.turn.waited_ns += span.span.duration_ns();
            base.woke = true;
        }
    }
    listener_.syscall(span);
}

// ---- losses and the end
// --------------------------------------------------------------------------------

void Chronicle::forget_open(const Step& step) {
    for (auto& [address, base] : bases_) {
        if (base.in_phase) base.phase.span.open = true;
        if (base.in_turn) base.turn.span.open = true;
        close_turn(base, step);
        Span end = begin(step);
        end.open = true;
        while (!base.callbacks.empty()) close_callback(base, end);
    }
}

void Chronicle::finish(const trace::Model& model) {
    now_.open = true;
    for (auto& [address, base] : bases_) {
        while (!base.callbacks.empty()) close_callback(base, now_);
        const auto end = [&](Span& span) {
            span.last = now_.last;
            span.ended_ns = now_.ended_ns;
            span.open = true;
        };
        end(base.phase.span);
        end(base.turn.span);
        // A loop that sleeps at the end: its call would have told itself when it returned.
        if (base.in_phase && !base.woke) base.turn.waited_ns += base.phase.span.duration_ns();
        if (base.in_phase) listener_.phase(base.phase);
        if (base.in_turn) listener_.turn(base.turn);
        base.in_phase = base.in_turn = false;
    }
    for (auto& [address, seen] : seen_) {
        if (seen.ordinal == 0) continue;
        seen.state.span.last = now_.last;
        seen.state.span.ended_ns = now_.ended_ns;
        seen.state.span.open = true;
        listener_.state(seen.state);
    }
    for (const auto& [address, event] : model.events()) tell_life(model, event, 0);
}

void tell(trace::Reader& reader, Listener& listener) {
    Chronicle chronicle(listener);
    const trace::Model end = trace::replay(reader, [&](const Step& step) { chronicle.step(step); });
    chronicle.finish(end);
}

void tell(std::span<const trace::Record> records, const trace::TraceContext& context,
          Listener& listener) {
    Chronicle chronicle(listener);
    const trace::Model end =
        trace::replay(records, context, [&](const Step& step) { chronicle.step(step); });
    chronicle.finish(end);
}

}  // namespace evglass::viz::exports
