// Whole records as text, field by field, by the schema that the trace brought: one line for people
// who grep, one JSON object for programs.
#include <fmt/format.h>

#include "trace/query.h"
#include "trace/text.h"
#include "trace/text_code.h"
#include "trace/text_fields.h"
#include "trace/text_json.h"

namespace evglass::trace {

namespace {

std::string quoted(std::string_view raw) {
    std::string out = "\"";
    for (const char c : safe(raw)) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

bool is_number(std::string_view type) {
    return type == "u8" || type == "u16" || type == "u32" || type == "u64" || type == "i16" ||
           type == "i32" || type == "i64" || type == "fd";
}

std::string ticks_text(std::uint64_t ticks, double ticks_per_ns) {
    const double ns = ticks_per_ns > 0 ? static_cast<double>(ticks) / ticks_per_ns : 0;
    std::string text = duration_text(ns < 9e18 ? static_cast<std::int64_t>(ns) : INT64_MAX);
    std::erase(text, ' ');
    return text;
}

std::string name_of(const Record& record, const TraceContext& trace) {
    const TraceRecordType* type = trace.type(record.type);
    return type == nullptr ? "record_" + std::to_string(record.type) : safe(type->name);
}

/// Does the value stand in JSON as it is?
bool plain_in_json(const TraceField& field) {
    return is_number(field.type);
}

std::string where_json(const Record& record, const TraceContext& trace) {
    std::string out;
    if (record.site != 0 && record.site <= trace.sites().size()) {
        const SiteInfo& site = trace.sites()[record.site - 1U];
        out += fmt::format(",\"file\":{},\"line\":{},\"function\":{}", quoted(site.file), site.line,
                           quoted(site.function));
    }
    if (record.thread < trace.threads().size())
        out += fmt::format(",\"thread\":{}", trace.threads()[record.thread].tid);
    return out;
}

}  // namespace

bool is_text(std::string_view type) {
    return type == "text" || type == "longtext";
}

std::string_view text_bytes(const Record& record, const TraceField& field) {
    if (field.offset >= record.fields.size()) return {};
    const std::size_t room = std::min<std::size_t>(field.size, record.fields.size() - field.offset);
    const auto* bytes = reinterpret_cast<const char*>(record.fields.data()) + field.offset;
    return {bytes, strnlen(bytes, room)};
}

std::string field_text(const Record& record, const TraceField& field, const TraceContext& trace,
                       const Names* names) {
    if (is_text(field.type)) return quoted(text_bytes(record, field));
    const std::uint64_t value = field_number(record, field);
    if (field.type == "base" || field.type == "event" || field.name == "listener") {
        if (value == 0) return "none";
        if (names == nullptr) return hex_text(value);
        if (field.type == "base") return names->base(value);
        return field.type == "event" ? names->event(value) : names->listener(value);
    }
    if (names != nullptr && value != 0 && field.type == "ptr") {
        if (field.name == "dns") return names->resolver(value);
        if (field.name == "port") return names->dns_port(value);
        if (field.name == "watcher") return names->watcher(value);
        if (field.name == "buffer" || field.name == "source") return names->buffer(value);
        if (field.name == "bev" || field.name == "bufferevent") return names->bufferevent(value);
    }
    if (field.type == "ptr" || field.type == "code") return hex_text(value);
    if (field.type == "error") return errno_text(static_cast<int>(value));
    if (field.type == "usec") return usec_text(static_cast<std::int64_t>(value));
    if (field.type == "ticks") return ticks_text(value, trace.ticks_per_ns());
    if (is_number(field.type)) {
        const bool is_unsigned = field.type[0] == 'u';
        return is_unsigned ? std::to_string(value)
                           : std::to_string(static_cast<std::int64_t>(value));
    }
    const std::uint64_t bits = field.size >= 8 ? value : value & ((1ULL << (field.size * 8U)) - 1);
    return trace.is_flags(field.type) ? flags_text(field.type, bits, &trace)
                                      : enum_text(field.type, bits, &trace);
}

namespace {

template <class FieldText>
std::string line_of(const Record& record, const TraceContext& trace, FieldText text) {
    std::string out = name_of(record, trace);
    if (const TraceRecordType* type = trace.type(record.type))
        for (const TraceField& field : type->fields)
            out += " " + safe(field.name) + "=" + text(field);
    return out;
}

/// Who made something is told by the place that the call returns to: what stands before it is
/// meant.
std::string code_text(const TraceField& field, std::uint64_t address, const Symbols& symbols) {
    if (address == 0) return hex_text(address);
    return safe(symbols.find(field.name == "creator" ? address - 1 : address).text());
}

}  // namespace

std::string record_text(const Record& record, const TraceContext& trace, const Names* names) {
    return line_of(record, trace, [&](const TraceField& field) {
        return field_text(record, field, trace, names);
    });
}

std::string record_text(const Record& record, const TraceContext& trace, const Names* names,
                        const Symbols& symbols) {
    return line_of(record, trace, [&](const TraceField& field) {
        return field.type == "code" ? code_text(field, field_number(record, field), symbols)
                                    : field_text(record, field, trace, names);
    });
}

std::string fields_json(const Record& record, const TraceContext& trace, const Names* names) {
    std::string out = "{";
    const TraceRecordType* type = trace.type(record.type);
    if (type == nullptr) return out + "}";
    for (const TraceField& field : type->fields) {
        const std::string text = field_text(record, field, trace, names);
        const bool plain = plain_in_json(field) || is_text(field.type);
        out +=
            (out.size() == 1 ? "" : ",") + quoted(field.name) + ":" + (plain ? text : quoted(text));
    }
    return out + "}";
}

std::string record_json(const Record& record, const TraceContext& trace, const Names* names) {
    std::string out =
        fmt::format("{{\"record\":{},\"time_ns\":{},\"timed\":{},\"name\":{}", record.number,
                    record.time_ns, record.timed, quoted(name_of(record, trace)));
    if (const TraceRecordType* type = trace.type(record.type))
        out += ",\"category\":" + quoted(type->category);
    return out + where_json(record, trace) + ",\"fields\":" + fields_json(record, trace, names) +
           "}";
}

}  // namespace evglass::trace
