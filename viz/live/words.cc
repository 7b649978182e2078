// See words.h.
#include "viz/live/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "trace/schema.h"
#include "trace/text.h"

namespace evglass::viz {
namespace {

// EV_* bits, as enums.def has them.
constexpr int kTimeout = 0x01, kRead = 0x02, kWrite = 0x04, kSignal = 0x08, kPersist = 0x10,
              kEdge = 0x20, kClosed = 0x80;

/// A field of the record at hand by its name, as a number; `fallback` if it has none.
std::int64_t field_of(const trace::Record* record, std::string_view name, std::int64_t fallback) {
    if (record == nullptr || !record->known) return fallback;
    const trace::RecordInfo* info = trace::find_record(record->type);
    if (info == nullptr) return fallback;
    for (const trace::FieldInfo& field : info->fields) {
        if (field.name != name || field.offset + field.size > record->fields.size()) continue;
        const std::byte* at = record->fields.data() + field.offset;
        if (field.size == 8) {
            std::int64_t value = 0;
            std::memcpy(&value, at, sizeof value);
            return value;
        }
        if (field.size == 4) {
            std::int32_t value = 0;
            std::memcpy(&value, at, sizeof value);
            return value;
        }
    }
    return fallback;
}

}  // namespace

std::string event_label(const Moment& moment, trace::Address address) {
    const trace::Event* event = moment.model->event(address);
    if (event == nullptr) return address == 0 ? "-" : "event ?";
    std::string label = fmt::format("E{}", event->ordinal);
    if (!event->name.empty()) label += " " + trace::safe(event->name);
    return label;
}

std::string target_text(const trace::Event& event) {
    if ((event.events & kSignal) != 0) return trace::signal_text(event.fd);
    if (event.fd >= 0) return fmt::format("fd {}", event.fd);
    if (event.deadline >= 0 || event.interval >= 0 || (event.flags & 0x01) != 0) return "timer";
    return "-";
}

std::string interest_text(const trace::Event& event) {
    const int events = event.events;
    std::string text;
    if ((events & kRead) != 0) text += 'R';
    if ((events & kWrite) != 0) text += 'W';
    if ((events & kClosed) != 0) text += 'C';
    if ((events & kSignal) != 0) text += 'S';
    if ((events & kTimeout) != 0 || event.deadline >= 0) text += 'T';
    if (text.empty()) text = "-";
    if ((events & kPersist) != 0) text += "+P";
    if ((events & kEdge) != 0) text += "+ET";
    return text;
}

std::string cause_text(const Moment& moment, const trace::Event& event) {
    using Kind = trace::Cause::Kind;
    const trace::Cause& cause = event.cause;
    const std::string function = cause.function.empty() ? "" : trace::safe(cause.function) + "()";
    switch (cause.kind) {
        case Kind::none:
            return event.fires > 0 ? "callback returned" : "-";
        case Kind::callback: {
            const trace::Event* by = moment.model->event(cause.event);
            const std::string who = by != nullptr ? fmt::format("E{}", by->ordinal) : "a callback";
            return function.empty() ? "callback of " + who : function + " in " + who;
        }
        case Kind::api:
            return function.empty() ? "the program" : function;
        case Kind::backend:
            return event.res != 0 ? "backend " + trace::what_text(event.res) : "backend";
        case Kind::timer:
            return "timeout";
        case Kind::signal:
            return "signal";
        case Kind::keyframe:
            return "keyframe";
    }
    return "-";
}

Style state_style(trace::EventState state) {
    switch (state) {
        case trace::EventState::running:
            return Style::running;
        case trace::EventState::active:
            return Style::active;
        case trace::EventState::pending:
            return Style::pending;
        case trace::EventState::initialized:
            return Style::initialized;
        case trace::EventState::unknown:
            break;
    }
    return Style::gone;
}

std::string short_duration(std::int64_t ns) {
    const std::int64_t seconds = ns / 1'000'000'000;
    if (seconds < 60) return trace::duration_text(ns);
    if (seconds < 3600) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
    if (seconds < 86400) return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
    return fmt::format("{}d{:02}h", seconds / 86400, seconds / 3600 % 24);
}

std::string since_text(const Moment& moment, std::int64_t since_ns) {
    return short_duration(std::max<std::int64_t>(0, moment.now_ns - since_ns));
}

std::string usec_text(std::int64_t usec) {
    return short_duration(usec * 1000);
}

bool is_due(const Moment& moment, std::int64_t deadline) {
    return deadline >= 0 && moment.now_usec && deadline <= *moment.now_usec;
}

std::string deadline_text(const Moment& moment, std::int64_t deadline) {
    if (deadline < 0) return "";
    if (!moment.now_usec) return fmt::format("at {}", usec_text(deadline));
    const std::int64_t left = deadline - *moment.now_usec;
    if (left > 0) return "in " + usec_text(left);
    return fmt::format("due {} ago", usec_text(-left));
}

std::string clock_text(std::int64_t time_ns) {
    const std::int64_t usec = std::max<std::int64_t>(0, time_ns) / 1000;
    const std::int64_t seconds = usec / 1000000;
    return fmt::format("{:02}:{:02}.{:06}", seconds / 60, seconds % 60, usec % 1000000);
}

std::string count_text(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
    return digits;
}

std::string plural(std::uint64_t number, std::string_view noun) {
    return fmt::format("{} {}{}", count_text(number), noun, number == 1 ? "" : "s");
}

trace::Address event_of(const trace::Record* record) {
    return static_cast<trace::Address>(field_of(record, "event", 0));
}

int fd_of(const trace::Record* record) {
    return static_cast<int>(field_of(record, "fd", -1));
}

std::string seen_text(int first, int rows, int count) {
    if (count <= rows) return "";
    return fmt::format("{}-{} of {}", first + 1, std::min(first + rows, count), count);
}

int scrolled_row(int scrolled, int count, int rows) {
    return std::clamp(scrolled, 0, std::max(0, count - rows));
}

int first_row(int selected, int count, int rows) {
    if (rows <= 0 || count <= rows) return 0;
    return std::clamp(selected - rows / 2, 0, count - rows);
}

}  // namespace evglass::viz
