// The listener that lays spans out on tracks.
#include "viz/export/tracks.h"

#include <fmt/format.h>

#include <optional>

#include "trace/symbols.h"
#include "trace/text.h"

namespace evglass::viz::exports {
namespace {

namespace rec = trace::rec;
using trace::EventState;
using trace::safe;
using trace::Step;

// Ids of tracks. Objects have numbers of their own, from 1.
constexpr std::uint64_t kProcess = 1, kThreads = 1'000, kBases = 1'000'000, kCounters = 2'000'000,
                        kEvents = 1'000'000'000;

// At one moment: what ends stands before what begins, and a call that ended there began before it.
std::uint64_t begin_order(std::uint64_t record) {
    return 4 * record + 2;
}
std::uint64_t end_order(std::uint64_t record) {
    return 4 * record;
}

std::uint64_t ordinal_of(const std::string& alias) {
    return alias.size() < 2 ? 0 : std::strtoull(alias.c_str() + 1, nullptr, 10);
}

class Layout final : public Listener {
 public:
    Layout(const trace::TraceContext& trace, const Process& process, TrackWriter& writer)
        : trace_(trace), process_(process), symbols_(trace), writer_(writer) {
        writer_.track({Track::Kind::process, kProcess, 0, safe(process.name), process.pid, 0});
    }

    void step(const Step& step) override {
        moments(step);
        counters(step);
    }

    void turn(const TurnSpan& t) override {
        Slice slice = nested(t.thread, t.span, fmt::format("turn {}", t.turn), "turn");
        slice.details = {{"base", t.base},
                         {"slept", trace::duration_text(t.waited_ns)},
                         {"ready fds", std::to_string(t.ready)},
                         {"callbacks", std::to_string(t.callbacks)}};
        writer_.slice(slice);
    }

    void phase(const PhaseSpan& p) override {
        writer_.slice(nested(p.thread, p.span, p.phase, "phase"));
    }

    void callback(const CallbackSpan& c) override {
        Slice slice = nested(c.thread, c.span, c.title, "callback");
        slice.details = {{"what", trace::what_text(c.what)},
                         {"callback", safe(symbols_.find(c.callback).text())},
                         {"record", std::to_string(c.span.first)}};
        if (c.delay_ns >= 0)
            slice.details.emplace_back("active for", trace::duration_text(c.delay_ns));
        if (c.activate_record != 0) slice.flow = {c.activate_record, Flow::Step::end};
        writer_.slice(slice);
    }

    void syscall(const SyscallSpan& s) override {
        Slice slice = nested(s.thread, s.span, s.name, "syscall");
        slice.began_order = end_order(s.span.first) - 1;
        slice.details = {{"call", safe(s.text)}, {"record", std::to_string(s.span.first)}};
        writer_.slice(slice);
    }

    void activation(const Activation& a) override {
        begun_[a.event] = a.record;
        if (a.ready_record == 0) return;
        Slice word =
            nested(a.thread, {a.ready_record, a.ready_record, a.time_ns, a.time_ns, false},
                   fmt::format("{} is ready: {}", a.event, trace::what_text(a.what)), "backend");
        word.flow = {a.record, Flow::Step::begin};
        writer_.instant(word);
    }

    void state(const StateSpan& s) override {
        if (s.state == EventState::unknown || s.state == EventState::initialized) return;
        Slice slice =
            placed(event_track(s), s.span, std::string(trace::state_name(s.state)), "state");
        slice.details = {{"cause", safe(s.cause)},
                         {"function", safe(s.function)},
                         {"record", std::to_string(s.span.first)}};
        if (s.state == EventState::active)
            if (const auto found = begun_.find(s.event); found != begun_.end())
                slice.flow = {found->second, Flow::Step::middle};
        writer_.slice(slice);
    }

 private:
    Slice placed(std::uint64_t track, const Span& span, const std::string& name,
                 const std::string& category) const {
        Slice slice;
        slice.track = track;
        slice.name = name;
        slice.category = category;
        slice.began_ns = span.began_ns;
        slice.ended_ns = span.began_ns + span.duration_ns();
        slice.began_order = begin_order(span.first);
        slice.ended_order = end_order(span.last);
        return slice;
    }

    Slice nested(std::uint32_t thread, const Span& span, const std::string& name,
                 const std::string& category) {
        return placed(thread_track(thread), span, name, category);
    }

    std::uint64_t thread_track(std::uint32_t thread) {
        const std::uint64_t id = kThreads + thread;
        if (known_.insert(id).second) {
            const auto& all = trace_.threads();
            const bool told = thread < all.size();
            writer_.track({Track::Kind::thread, id, kProcess,
                           told ? safe(all[thread].name) : fmt::format("thread {}", thread + 1),
                           process_.pid, told ? all[thread].tid : thread + 1});
        }
        return id;
    }

    std::uint64_t base_track(const std::string& base) {
        const std::uint64_t id = kBases + ordinal_of(base);
        if (known_.insert(id).second)
            writer_.track({Track::Kind::group, id, kProcess, "events of " + base, process_.pid, 0});
        return id;
    }

    std::uint64_t event_track(const StateSpan& s) {
        const std::uint64_t id = kEvents + ordinal_of(s.event);
        if (known_.insert(id).second)
            writer_.track({Track::Kind::event, id, base_track(s.base), safe(s.title), process_.pid,
                           ordinal_of(s.event)});
        return id;
    }

    void moments(const Step& step) {
        const trace::Record& r = step.record;
        std::string name;
        if (const auto* f = r.as<rec::signal_caught>())
            name = trace::signal_text(f->signal) + " is caught";
        else if (const auto* f = r.as<rec::loop_request>())
            name = "asked to " + value_name("request", static_cast<std::uint64_t>(f->request));
        else if (const auto* f = r.as<rec::mark>())
            name = "mark: " + safe(f->text.view());
        else if (r.as<rec::wakeup>() != nullptr)
            name = "wakes the loop";
        if (step.lost_before != 0) name = fmt::format("{} records lost", step.lost_before);
        if (name.empty()) return;
        const Span at{r.number, r.number, r.time_ns, r.time_ns, false};
        writer_.instant(nested(r.thread, at, name, "mark"));
    }

    // Lengths of the heap and of the active queues, whenever they change.
    void counters(const Step& step) {
        const trace::Base* base =
            step.change.base == 0 ? nullptr : step.model.base(step.change.base);
        if (base == nullptr) {
            const trace::Event* event =
                step.change.event == 0 ? nullptr : step.model.event(step.change.event);
            if (event != nullptr) base = step.model.base(event->base);
        }
        if (base == nullptr) return;
        std::int64_t active = static_cast<std::int64_t>(base->later.size());
        for (const auto& queue : base->active) active += static_cast<std::int64_t>(queue.size());
        count(step, *base, 0, "active events of ", active);
        count(step, *base, 1, "timers of ", static_cast<std::int64_t>(base->heap.size()));
        count(step, *base, 2, "watched fds of ", static_cast<std::int64_t>(base->interest.size()));
    }

    void count(const Step& step, const trace::Base& base, std::uint64_t which, const char* what,
               std::int64_t value) {
        const std::uint64_t id = kCounters + 4 * base.ordinal + which;
        const auto [last, fresh] = counted_.emplace(id, -1);
        if (fresh)
            writer_.track({Track::Kind::counter, id, kProcess,
                           what + trace::Names(step.model).base(base.address), process_.pid, 0});
        if (last->second == value) return;
        last->second = value;
        writer_.counter(id, step.record.time_ns, begin_order(step.record.number), value);
    }

    const trace::TraceContext& trace_;
    const Process& process_;
    trace::Symbols symbols_;
    TrackWriter& writer_;
    std::set<std::uint64_t> known_;
    std::map<std::uint64_t, std::int64_t> counted_;
    std::map<std::string, std::uint64_t> begun_;  // by event: the activation that made it active
};

}  // namespace

void write_tracks(trace::Reader& reader, TrackWriter& writer) {
    const trace::TraceInfo& info = reader.info();
    const Process process{info.program, info.command, info.pid};
    Layout layout(reader, process, writer);
    tell(reader, layout);
}

void write_tracks(std::span<const trace::Record> records, const trace::TraceContext& context,
                  const Process& process, TrackWriter& writer) {
    Layout layout(context, process, writer);
    tell(records, context, layout);
}

}  // namespace evglass::viz::exports
