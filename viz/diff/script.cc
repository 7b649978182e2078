// From records to steps. What depends on the kernel's timing alone is left out: sleeps, the loop's
// turns and phases, how many bytes a read got.
#include "viz/diff/script.h"

#include <fmt/format.h>

#include "trace/query.h"
#include "trace/text.h"
#include "trace/waits.h"

namespace evglass::viz::diff {

namespace rec = trace::rec;

namespace {

const trace::Event* event_of(const trace::Step& step, trace::Address address) {
    return address == 0 ? nullptr : step.model.event(address);
}

std::uint32_t ordinal_of(const trace::Step& step, trace::Address address) {
    const trace::Event* event = event_of(step, address);
    return event == nullptr ? 0 : event->ordinal;
}

// The event on an fd that a person would name: the one made last.
std::uint32_t event_on(const trace::Step& step, int fd) {
    const trace::Base* base = step.model.current_base();
    if (base == nullptr) return 0;
    const auto slot = base->io.find(fd);
    if (slot == base->io.end() || slot->second.events.empty()) return 0;
    return ordinal_of(step, slot->second.events.front());
}

std::string outcome(std::int64_t result, int error) {
    if (error != 0) return " = " + trace::errno_text(error);
    return result < 0 ? " failed" : "";
}

// "on_tick" of "(anonymous namespace)::on_tick(int, short, void*)".
std::string bare_name(std::string function) {
    const std::string nowhere = "(anonymous namespace)::";
    for (std::size_t at; (at = function.find(nowhere)) != std::string::npos;)
        function.erase(at, nowhere.size());
    const std::size_t parameters = function.find('(');
    return parameters == 0 ? function : function.substr(0, parameters);
}

std::string function_of(const trace::Step& step) {
    return step.site == nullptr ? "a function" : trace::safe(step.site->function);
}

}  // namespace

void ScriptWriter::step(const trace::Step& step) {
    calls(step);
    changes(step);
    syscalls(step);
}

/// The unit that a record belongs to: the innermost callback of its thread, else the program.
std::size_t ScriptWriter::unit_of(const trace::Step& step) {
    const auto running = running_.find(step.record.thread);
    if (running == running_.end() || running->second.empty()) return 0;
    const std::uint32_t event = running->second.back();
    if (!open_.contains(event)) open_unit(event);
    return open_.at(event);
}

void ScriptWriter::open_unit(std::uint32_t event) {
    open_[event] = units_.size();
    units_.push_back({event, {}});
}

void ScriptWriter::add(const trace::Step& step, std::string before, std::uint32_t event,
                       std::string after) {
    units_[unit_of(step)].steps.push_back(
        {step.record.number, step.record.time_ns, std::move(before), event, std::move(after)});
}

void ScriptWriter::calls(const trace::Step& step) {
    const trace::Record& r = step.record;
    if (const auto* f = r.as<rec::api_begin>()) {
        add(step, function_of(step) + "(", ordinal_of(step, f->event), ")");
    } else if (const auto* f = r.as<rec::event_activate>()) {
        const std::uint32_t event = ordinal_of(step, f->event);
        const std::string how = trace::what_text(f->what) + ", " +
                                exports::value_name("cause", static_cast<std::uint64_t>(f->cause));
        // What another callback does is its step; what the loop does begins a run of the event.
        const bool by_loop = running_[r.thread].empty();
        if (!by_loop) return add(step, "activates ", event, ": " + how);
        if (!open_.contains(event)) open_unit(event);
        units_[open_.at(event)].steps.push_back(
            {r.number, r.time_ns, "becomes active: " + how, 0, ""});
    } else if (const auto* f = r.as<rec::callback_begin>()) {
        running_[r.thread].push_back(ordinal_of(step, f->event));
        add(step, "callback: " + trace::what_text(f->what), 0, "");
    } else if (r.as<rec::callback_end>() != nullptr) {
        auto& stack = running_[r.thread];
        if (stack.empty()) return;
        add(step, "the callback returns", 0, "");
        open_.erase(stack.back());
        stack.pop_back();
    }
}

void ScriptWriter::changes(const trace::Step& step) {
    const trace::Change& change = step.change;
    if (!change.moved()) return;
    const auto id = step.record.id();
    // Told by what they belong to: an activation, a callback, a keyframe.
    const bool in_callback = !running_[step.record.thread].empty();
    const bool told = id == trace::RecordId::callback_begin ||
                      id == trace::RecordId::callback_end || id == trace::RecordId::keyframe_end;
    const bool by_loop = !in_callback && (change.after == trace::EventState::active ||
                                          change.before == trace::EventState::active);
    if (told || by_loop) return;
    add(step, "", ordinal_of(step, change.event),
        fmt::format(": {} \u2192 {}", trace::state_name(change.before),
                    trace::state_name(change.after)));
}

void ScriptWriter::syscalls(const trace::Step& step) {
    const trace::Record& r = step.record;
    if (const auto* f = r.as<rec::sys_epoll_ctl>()) {
        const std::string what = exports::value_name("epollop", static_cast<std::uint64_t>(f->op)) +
                                 ", " + trace::what_text(f->before) + " \u2192 " +
                                 trace::what_text(f->after);
        return add(step, "epoll_ctl(", event_on(step, f->fd),
                   ", " + what + ")" + outcome(f->result, f->error));
    }
    if (const auto* f = r.as<rec::sys_read>())
        return add(step, "read(", event_on(step, f->fd),
                   ")" + (f->result == 0 ? std::string(" = 0") : outcome(f->result, f->error)));
    if (const auto* f = r.as<rec::sys_write>())
        return add(step, "write(", event_on(step, f->fd), ")" + outcome(f->result, f->error));
    if (const auto* f = r.as<rec::sys_close>())
        return add(step, "close(", event_on(step, f->fd), ")" + outcome(f->result, f->error));
    const trace::RecordInfo* info = r.known ? trace::find_record(r.type) : nullptr;
    if (info == nullptr || info->category != trace::Category::syscall) return;
    if (trace::is_wait(r)) return;  // how often the loop sleeps is the kernel's choice
    std::int64_t result = 0;
    int error = 0;
    for (const trace::FieldInfo& field : info->fields) {
        const trace::TraceField read{std::string(field.name), std::string(field.type), field.offset,
                                     field.size};
        const auto value = static_cast<std::int64_t>(trace::field_number(r, read));
        if (field.name == "result") result = value;
        if (field.name == "error") error = static_cast<int>(value);
    }
    add(step, std::string(info->name.substr(info->name.find('_') + 1)) + outcome(result, error), 0,
        "");
}

std::string ScriptWriter::kind_of(const trace::Event& event) const {
    if (!event.name.empty()) return trace::safe(event.name);
    const trace::Symbol& symbol = symbols_.find(event.callback);
    if (!symbol.function.empty()) return trace::safe(bare_name(symbol.function));
    if (event.callback != 0) return trace::safe(symbol.text());
    return (event.events & 0x08) != 0 ? trace::signal_text(event.fd)
           : event.fd >= 0            ? "an event on an fd"
                                      : "a timer";
}

void ScriptWriter::life(const exports::EventLife& life) {
    kinds_[life.event.ordinal] = kind_of(life.event);
}

std::map<std::uint32_t, std::string> ScriptWriter::names() const {
    std::map<std::string, int> all, seen;
    for (const auto& [ordinal, kind] : kinds_) ++all[kind];
    std::map<std::uint32_t, std::string> out;
    for (const auto& [ordinal, kind] : kinds_) {
        const int number = ++seen[kind];
        out[ordinal] = number == 1 && all[kind] == 1 ? kind : fmt::format("{} #{}", kind, number);
    }
    return out;
}

Script ScriptWriter::take() {
    const std::map<std::uint32_t, std::string> known = names();
    const auto name = [&](std::uint32_t event) {
        const auto found = known.find(event);
        return found == known.end() ? std::string() : found->second;
    };
    Script script;
    std::map<std::string, std::uint64_t> runs;
    for (DraftUnit& draft : units_) {
        const std::string actor = draft.event == 0 ? "the program" : name(draft.event);
        Unit unit{actor, ++runs[actor], {}};
        for (Draft& step : draft.steps)
            unit.steps.push_back(
                {step.record, step.time_ns, step.before + name(step.event) + step.after});
        script[{unit.actor, unit.run}] = std::move(unit);
    }
    return script;
}

}  // namespace evglass::viz::diff
