// Transitions of the loop: its turns and phases, callbacks, public functions, calls, system calls.
// They say what the program is doing, which is where causes come from. Read next:
// transitions_keyframe.cc.
#include <algorithm>

#include "trace/text.h"
#include "trace/transitions.h"

namespace evglass::trace {

namespace {
constexpr std::size_t kSyscalls = 64;
constexpr std::size_t kDeepest = 256;  // of any stack: a trace can't make it grow without end
}  // namespace

void Transitions::loop_begin(const rec::loop_begin& r) {
    Base& base = base_at(r.base);
    if (base.running) object(base, "the loop is running already");
    base.running = true;
    base.gotterm = base.break_ = false;
    base.loop_flags = static_cast<int>(r.flags.value);
    if (frames().size() < kDeepest)
        frames().push_back({FrameKind::loop, r.base, 0, site_function()});
}

void Transitions::loop_end(const rec::loop_end& r) {
    Base& base = base_at(r.base);
    if (!base.running) object(base, "no loop is running");
    base.running = false;
    base.phase = static_cast<int>(field::phase::outside);
    base.phase_since_ns = record.time_ns;
    pop_frame(FrameKind::loop, 0, site_function());
    base.last_end = static_cast<int>(r.reason);
    base.last_result = r.result;
}

void Transitions::turn_begin(const rec::turn_begin& r) {
    Base& base = base_at(r.base);
    base.turn = r.turn;
    base.turn_began_ns = record.time_ns;
}

void Transitions::loop_phase(const rec::loop_phase& r) {
    Base& base = base_at(r.base);
    base.phase = static_cast<int>(r.phase);
    base.phase_since_ns = record.time_ns;
    // The request to continue is answered: here is another turn.
    if (r.phase == field::phase::stop_check) base.continue_ = false;
}

void Transitions::wait_chosen(const rec::wait_chosen& r) {
    Base& base = base_at(r.base);
    base.wait_timeout = r.timeout;
    base.wait_why = static_cast<int>(r.why);
    base.wait_event = r.event;
    ++base.n_waits;
    // Deadline minus what is left is now: a second way to know the clock, where nothing is cached.
    const Event* timer = model.event(r.event);
    if (r.timeout > 0 && timer != nullptr && timer->deadline > r.timeout)
        note_clock(base, timer->deadline - r.timeout);
    change.event = r.event;
    if (r.why == field::waitwhy::first_timer && base.exact &&
        (base.heap.empty() || base.heap[0].event != r.event))
        object(base, label(r.event) + " is not the heap's top");
}

void Transitions::loop_request(const rec::loop_request& r) {
    Base& base = base_at(r.base);
    switch (r.request) {
        case field::request::exit:
            base.gotterm = true;
            break;
        case field::request::break_:
            base.break_ = true;
            break;
        case field::request::continue_:
            base.continue_ = true;
            break;
    }
}

void Transitions::time_cache(const rec::time_cache& r) {
    Base& base = base_at(r.base);
    base.time_cache = r.now;
    note_clock(base, r.now);
}

void Transitions::note_clock(Base& base, std::int64_t mono_us) const {
    // In unsigned arithmetic: a damaged trace may say anything.
    if (mono_us != kNone)
        base.mono_offset_us =
            static_cast<std::int64_t>(static_cast<std::uint64_t>(mono_us) -
                                      static_cast<std::uint64_t>(record.time_ns / 1000));
}

void Transitions::callback_begin(const rec::callback_begin& r) {
    Base& base = base_at(r.base);
    Event& event = event_at(base, r.event, evlist::kInit);
    const StateWatch watch(*this, base, event);
    if ((event.flags & evlist::kActive) != 0)
        object(base, label(r.event) + " is still in an active queue");
    if (base.callbacks.size() >= kDeepest) return object(base, "too many callbacks at once");
    base.callbacks.push_back(r.event);
    if (event.vague) {
        event.fd = r.fd;
        event.callback = r.callback;
    }
    event.running = true;
    event.callback_began_ns = record.time_ns;
    ++event.fires;
    ++base.n_callbacks;
    if (frames().size() < kDeepest) frames().push_back({FrameKind::callback, r.base, r.event, {}});
}

void Transitions::callback_end(const rec::callback_end& r) {
    Base& base = base_at(r.base);
    Event& event = event_at(base, r.event, evlist::kInit);
    const StateWatch watch(*this, base, event);
    if (base.callbacks.empty() || base.callbacks.back() != r.event)
        object(base, "the callback of " + label(r.event) + " is not the one being run");
    const auto last = std::find(base.callbacks.rbegin(), base.callbacks.rend(), r.event);
    if (last != base.callbacks.rend()) base.callbacks.erase(std::next(last).base());
    const std::int64_t spent = elapsed(event.callback_began_ns, record.time_ns);
    if (event.running && spent > 0) add_time(event.callback_ns, spent);
    event.running = false;
    event.finalizer = 0;
    pop_frame(FrameKind::callback, r.event, {});
}

void Transitions::api_begin(const rec::api_begin& r) {
    change.event = r.event;
    change.base = r.base;
    if (frames().size() < kDeepest)
        frames().push_back({FrameKind::api, r.base, 0, site_function()});
    if (r.base == 0) return;
    auto& stack = base_at(r.base).api;
    if (stack.size() < kDeepest) stack.push_back(site_function());
}

void Transitions::api_end(const rec::api_end& r) {
    change.event = r.event;
    change.base = r.base;
    pop_frame(FrameKind::api, 0, site_function());
    if (r.base == 0) return;
    auto& stack = base_at(r.base).api;
    const auto last = std::find(stack.rbegin(), stack.rend(), site_function());
    if (last != stack.rend()) stack.erase(std::next(last).base());
}

void Transitions::syscall() {
    const auto* type = find_record(record.type);
    if (type == nullptr) return;
    Syscall call{.record = record.number,
                 .text = syscall_text(record, model.ticks_per_ns_),
                 .began_ns = record.time_ns,
                 .duration_ns = syscall_duration_ns(record, model.ticks_per_ns_)};
    call.began_ns = elapsed(call.duration_ns, call.began_ns);
    model.syscalls_.push_back(std::move(call));
    if (model.syscalls_.size() > kSyscalls) model.syscalls_.pop_front();
}

void Transitions::enter(const rec::enter&) {
    auto& stack = model.stacks_[record.thread];
    if (stack.size() < kDeepest) stack.push_back(site_function());
}

void Transitions::leave(const rec::leave&) {
    auto& stack = model.stacks_[record.thread];
    const auto last = std::find(stack.rbegin(), stack.rend(), site_function());
    if (last != stack.rend()) stack.erase(std::next(last).base(), stack.end());
}

}  // namespace evglass::trace
