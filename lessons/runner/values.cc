// What each name of the expression language is worth at one record: one small function for each
// root of expression.cc. A duration or a time is in milliseconds; an event is its label.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lessons/runner/end_values.h"
#include "lessons/runner/moment.h"
#include "lessons/runner/values_buffer.h"
#include "trace/text.h"

namespace evglass::lessons {
namespace {

using trace::Base;
using trace::Event;
using trace::Model;
using trace::Record;

Answered ok(Value value) {
    return {std::move(value), {}};
}
Answered number(double n) {
    return ok(Value::of(n));
}
Answered text(std::string t) {
    return ok(Value::of(std::move(t)));
}
Answered none() {
    return ok(Value::none());
}
Answered refuse(std::string why) {
    return {{}, std::move(why)};
}

Value milliseconds(std::int64_t usec) {
    return usec == trace::kNone ? Value::none() : Value::of(static_cast<double>(usec) / 1000.0);
}

template <class Range>
std::string labels(const Model& model, const Range& events) {
    std::vector<std::string> names;
    for (const trace::Address address : events) names.push_back(label(model, address));
    return fmt::format("{}", fmt::join(names, ", "));
}

// ---- fields of a record
// ---------------------------------------------------------------------------

Value field_value(const Record& record, const trace::TraceField& field, const Moment& at) {
    const std::string& type = field.type;
    const auto raw = static_cast<std::int64_t>(trace::field_number(record, field));
    if (type == "usec") return milliseconds(raw);
    if (type == "event") {
        const auto address = static_cast<trace::Address>(raw);
        return address == 0 ? Value::none()
                            : Value::of(label(at.run().timeline().model(record.number), address));
    }
    const bool plain_number =
        type == "fd" || ((type[0] == 'u' || type[0] == 'i') && type.size() <= 3);
    if (plain_number) return Value::of(static_cast<double>(raw));
    const Model& model = at.run().timeline().model(record.number);
    const trace::Names names(model);
    std::string shown = trace::field_text(record, field, at.run().timeline().reader(), &names);
    if (type == "ptr") return Value::of(at.run().called(shown));
    const bool quoted = shown.size() >= 2 && shown.front() == '"' && shown.back() == '"';
    return Value::of(quoted ? shown.substr(1, shown.size() - 2) : shown);
}

Answered record_member(const Record& record, const std::string& member, const Moment& at) {
    const trace::Reader& reader = at.run().timeline().reader();
    const Moment there(at.run(), record.number);
    const trace::SiteInfo* site = there.site();
    const trace::TraceRecordType* type = reader.type(record.type);
    if (member == "function") return site != nullptr ? text(site->function) : none();
    if (member == "file") return site != nullptr ? text(site->file) : none();
    if (member == "turn") {
        const Base* base = there.model().current_base();
        return base != nullptr ? number(static_cast<double>(base->turn)) : none();
    }
    if (member == "number") return number(static_cast<double>(record.number));
    if (member == "time") return number(static_cast<double>(record.time_ns / 1000) / 1000.0);
    if (type == nullptr) return refuse("this record is of an unknown type");
    if (member == "name")
        return text(type->name.starts_with("sys_") ? type->name.substr(4) : type->name);
    for (const trace::TraceField& field : type->fields)
        if (field.name == member) return ok(field_value(record, field, at));
    std::vector<std::string> known;
    for (const trace::TraceField& field : type->fields) known.push_back(field.name);
    return refuse(
        fmt::format("{} has no field '{}'; it has {}", type->name, member, fmt::join(known, " ")));
}

// ---- questions to the whole run
// -----------------------------------------------------------------------

Answered ask_records(const Operand& operand, const Moment& at) {
    std::string error;
    const trace::Filter filter = at.run().filter(operand.argument, error);
    if (!error.empty()) return refuse(error);
    const std::vector<std::uint64_t> found = at.run().matches(filter);
    const auto past = std::upper_bound(found.begin(), found.end(), at.number());
    const auto here = std::lower_bound(found.begin(), found.end(), at.number());
    if (operand.root == "count") return number(static_cast<double>(found.size()));
    if (operand.root == "so_far") return number(static_cast<double>(past - found.begin()));
    const auto member_of = [&](std::uint64_t n) {
        return record_member(*at.run().timeline().at(n), operand.member, at);
    };
    if (operand.root == "list") {
        std::vector<std::string> values;
        for (const std::uint64_t n : found) {
            const Answered one = member_of(n);
            if (!one.error.empty()) return one;
            values.push_back(to_text(one.value));
        }
        return text(fmt::format("{}", fmt::join(values, ", ")));
    }
    if (operand.root == "first") return found.empty() ? none() : member_of(found.front());
    if (operand.root == "last") return found.empty() ? none() : member_of(found.back());
    if (operand.root == "next") return past == found.end() ? none() : member_of(*past);
    return here == found.begin() ? none() : member_of(*(here - 1));
}

// ---- an event
// -------------------------------------------------------------------------------------------

Value heap_index(const Model& model, const Event& event) {
    const Base* base = model.base(event.base);
    if (base == nullptr) return Value::none();
    for (std::size_t i = 0; i < base->heap.size(); ++i)
        if (base->heap[i].event == event.address) return Value::of(static_cast<double>(i));
    return Value::none();
}

/// How long until its deadline, by the run's clock; none where it has none.
Value due(const Moment& at, const Event& event) {
    const auto now = at.run().clock_usec(*at.record());
    if (!now || heap_index(at.model(), event) == Value::none()) return Value::none();
    return milliseconds(event.deadline - *now);
}

Answered ask_event(const Operand& operand, const Moment& at) {
    const Event* event = at.event(operand.argument);
    if (event == nullptr) {
        if (at.run().alias(operand.argument).empty())
            return refuse(fmt::format("no event is called '{}' in this run", operand.argument));
        return none();
    }
    const std::string& member = operand.member;
    if (member == "state") return text(std::string(trace::state_name(event->state())));
    if (member == "name") return event->name.empty() ? none() : text(event->name);
    if (member == "alias") return text(trace::Names(at.model()).event(event->address));
    if (member == "fd") return number(event->fd);
    if (member == "events") return text(trace::what_text(event->events));
    if (member == "res") return text(trace::what_text(event->res));
    if (member == "flags") return text(trace::evlist_text(event->flags));
    if (member == "priority") return number(event->priority);
    if (member == "fires") return number(static_cast<double>(event->fires));
    if (member == "interval") return ok(milliseconds(event->interval));
    if (member == "internal") return text(event->internal() ? "yes" : "no");
    if (member == "alive") return text(event->alive ? "yes" : "no");
    if (member == "heap_index") return ok(heap_index(at.model(), *event));
    return ok(due(at, *event));
}

Answered ask_slot(const Operand& operand, const Moment& at) {
    const Event* event = at.event(operand.argument);
    const Model& model = at.model();
    const Base* base = event != nullptr ? model.base(event->base) : nullptr;
    if (base == nullptr) return none();
    if (operand.root == "interest") {
        const auto found = base->interest.find(event->fd);
        return found == base->interest.end() ? none() : text(trace::what_text(found->second));
    }
    const auto found = base->io.find(event->fd);
    if (found == base->io.end()) return none();
    const trace::IoSlot& slot = found->second;
    if (operand.member == "list") return text(labels(model, slot.events));
    if (operand.member == "nread") return number(slot.nread);
    if (operand.member == "nwrite") return number(slot.nwrite);
    return number(slot.nclose);
}

// ---- a base
// ----------------------------------------------------------------------------------------------

Answered yes_no(bool yes) {
    return text(yes ? "yes" : "no");
}

Answered ask_base(const Operand& operand, const Base& base, const Moment& at) {
    const trace::Reader& reader = at.run().timeline().reader();
    const std::string& member = operand.member;
    const auto enum_text = [&](const char* type, int value) {
        return text(std::string(reader.enum_name(type, static_cast<std::uint64_t>(value))));
    };
    if (operand.root == "loop") {
        if (base.last_end == 0) return none();
        return member == "end" ? enum_text("loopend", base.last_end) : number(base.last_result);
    }
    if (member == "alias") return text(fmt::format("B{}", base.ordinal));
    if (member == "backend") return text(base.backend);
    if (member == "turn") return number(static_cast<double>(base.turn));
    if (member == "phase") return enum_text("phase", base.phase);
    if (member == "wait") return ok(milliseconds(base.wait_timeout));
    if (member == "wait_why")
        return base.wait_why == 0 ? none() : enum_text("waitwhy", base.wait_why);
    if (member == "running") return yes_no(base.running);
    if (member == "gotterm") return yes_no(base.gotterm);
    if (member == "break") return yes_no(base.break_);
    std::size_t pending = 0;
    for (const auto& [address, event] : at.model().events())
        if (event.base == base.address && event.alive && !event.internal() &&
            (event.flags & 0x2b) != 0)
            ++pending;
    return number(static_cast<double>(pending));
}

std::vector<trace::Address> active_events(const Base& base) {
    std::vector<trace::Address> all;
    for (const auto& queue : base.active) all.insert(all.end(), queue.begin(), queue.end());
    return all;
}

template <class Queue>
Answered ask_queue(const Operand& operand, const Queue& queue, const Moment& at) {
    if (operand.member == "size") return number(static_cast<double>(queue.size()));
    return queue.empty() ? none() : text(labels(at.model(), queue));
}

Answered ask_containers(const Operand& operand, const Base& base, const Moment& at) {
    const std::string& root = operand.root;
    if (root == "heap") {
        if (operand.member == "size") return number(static_cast<double>(base.heap.size()));
        return base.heap.empty() ? none() : text(label(at.model(), base.heap.front().event));
    }
    if (root == "active") return ask_queue(operand, active_events(base), at);
    if (root == "later") return ask_queue(operand, base.later, at);
    if (root == "changes") return ask_changes(operand, base);
    if (root == "queue") {
        const auto priority = static_cast<std::size_t>(std::stoul(operand.argument));
        if (priority >= base.active.size())
            return refuse(
                fmt::format("there is no priority {}; there are {}", priority, base.active.size()));
        return ask_queue(operand, base.active[priority], at);
    }
    if (root == "io") {
        const auto used = std::count_if(base.io.begin(), base.io.end(), [](const auto& slot) {
            return !slot.second.events.empty();
        });
        return number(static_cast<double>(used));
    }
    const auto used = std::count_if(base.signals.begin(), base.signals.end(),
                                    [](const auto& list) { return !list.second.empty(); });
    return number(static_cast<double>(used));
}

/// Of the whole run, like `count`.
Answered ask_objections(const Operand& operand, const Run& run) {
    const std::vector<trace::Problem>& problems = run.timeline().problems();
    if (operand.member == "count") return number(static_cast<double>(problems.size()));
    if (problems.empty()) return none();
    if (operand.member == "record") return number(static_cast<double>(problems.front().record));
    return text(trace::safe(problems.front().text));
}

constexpr std::string_view kRecords[] = {"count", "so_far",   "first", "last",
                                         "next",  "previous", "list"};
bool asks_records(const Operand& operand) {
    return std::find(std::begin(kRecords), std::end(kRecords), operand.root) != std::end(kRecords);
}

}  // namespace

std::vector<std::uint64_t> Moment::records_of(const Operand& operand) const {
    if (operand.literal || !asks_records(operand)) return {};
    if (!operand.run.empty()) return {};  // their numbers are of another trace
    std::string error;
    return run_->matches(run_->filter(operand.argument, error));
}

Answered Moment::evaluate(const Operand& operand) const {
    if (operand.literal) return ok(operand.value);
    if (!operand.run.empty()) return ask_other(operand, *run_);
    if (asks_end(operand)) return ask_end(operand, run_->end());
    if (operand.root == "objections") return ask_objections(operand, *run_);
    const Record* found = record();
    if (found == nullptr) return refuse("the trace is empty");
    const std::string& root = operand.root;
    if (root == "record") return record_member(*found, operand.member, *this);
    if (root == "event") return ask_event(operand, *this);
    if (root == "buffer") return ask_buffer(operand, *this);
    if (root == "bev") return ask_bufferevent(operand, *this);
    if (root == "slot" || root == "interest") return ask_slot(operand, *this);
    if (root == "stack") {
        const auto& stack = model().call_stack(found->thread);
        return stack.empty() ? none() : text(fmt::format("{}", fmt::join(stack, " > ")));
    }
    if (asks_records(operand)) return ask_records(operand, *this);
    const Base* base = model().current_base();
    if (base == nullptr) return none();
    if (root == "base" || root == "loop") return ask_base(operand, *base, *this);
    return ask_containers(operand, *base, *this);
}

}  // namespace evglass::lessons
