// The description, in the language that CTF has for it (TSDL). Names get an underscore in front, as
// the format wants it where a name could be one of its own words; readers take it off again.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "trace/schema_text.h"
#include "trace/text.h"
#include "viz/export/ctf.h"

namespace evglass::viz::exports {
namespace {

bool is_word(const std::string& name) {
    return !name.empty() && name.size() < 64 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    });
}

// The inside of a string of the description.
std::string escaped(const std::string& raw) {
    std::string out;
    for (const char c : trace::safe(raw)) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::string integer(unsigned bits, bool is_signed, bool hex) {
    return fmt::format("integer {{ size = {}; align = 8; signed = {}; base = {}; }}", bits,
                       is_signed ? "true" : "false", hex ? 16 : 10);
}

// The values of an enum that the trace knows, in order. Enums are bytes.
std::string enum_values(const trace::TraceContext& context, const std::string& type) {
    std::string out;
    std::set<std::string> used;
    for (std::uint64_t value = 0; value < 256; ++value) {
        const std::string name = escaped(std::string(context.enum_name(type, value)));
        if (name.empty() || !used.insert(name).second) continue;
        out += fmt::format("{}\"{}\" = {}", out.empty() ? "" : ", ", name, value);
    }
    return out;
}

std::string field_type(const trace::TraceContext& context, const trace::TraceField& field) {
    if (ctf_is_text(field)) return "string";
    const unsigned bits = 8U * field.size;
    const bool hex = field.type == "ptr" || field.type == "base" || field.type == "event" ||
                     field.type == "code" || context.is_flags(field.type);
    const std::string number = integer(bits, trace::is_signed_type(field.type), hex);
    if (hex || field.size != 1) return number;
    const std::string values = enum_values(context, field.type);
    return values.empty() ? number : fmt::format("enum : {} {{ {} }}", number, values);
}

std::string event_of(const trace::TraceContext& context, const trace::TraceRecordType& type) {
    std::string out = fmt::format(
        "event {{\n    name = \"{}\";\n    id = {};\n    stream_id = 0;\n    fields := struct {{\n",
        type.name, type.id);
    for (const trace::TraceField& field : type.fields)
        out += fmt::format("        {} _{};\n", field_type(context, field), field.name);
    return out + "    };\n};\n\n";
}

bool describable(const trace::TraceRecordType& type) {
    std::set<std::string> names;
    for (const trace::TraceField& field : type.fields) {
        const bool size_is_known = ctf_is_text(field) || field.size == 1 || field.size == 2 ||
                                   field.size == 4 || field.size == 8;
        if (!is_word(field.name) || !size_is_known || !names.insert(field.name).second)
            return false;
    }
    return is_word(type.name);
}

constexpr const char* kFrame = R"(trace {{
    major = 1;
    minor = 8;
    byte_order = le;
    packet.header := struct {{
        {u32} magic;
        {u32} stream_id;
    }};
}};

env {{
    tracer_name = "evglass";
    procname = "{program}";
    vpid = {pid};
}};

clock {{
    name = trace;
    freq = 1000000000;
    offset_s = {seconds};
    offset = {rest};
}};

typealias integer {{ size = 64; align = 8; signed = false; map = clock.trace.value; }} := time_t;

stream {{
    id = 0;
    packet.context := struct {{
        {u64} packet_size;
        {u64} content_size;
        time_t timestamp_begin;
        time_t timestamp_end;
        {u64} events_discarded;
    }};
    event.header := struct {{
        {u16} id;
        time_t timestamp;
    }};
    event.context := struct {{
        {u64} _record;
        {u32} _tid;
        string _function;
    }};
}};

)";

}  // namespace

bool ctf_is_text(const trace::TraceField& field) {
    return field.type == "text" || field.type == "longtext";
}

std::vector<const trace::TraceRecordType*> ctf_types(const trace::TraceContext& context) {
    std::vector<const trace::TraceRecordType*> out;
    for (unsigned id = 0; id <= UINT16_MAX; ++id) {
        const trace::TraceRecordType* type = context.type(static_cast<std::uint16_t>(id));
        if (type != nullptr && describable(*type)) out.push_back(type);
    }
    return out;
}

std::string ctf_metadata(const trace::TraceContext& context, const CtfFacts& facts) {
    constexpr std::uint64_t kSecond = 1'000'000'000;
    using namespace fmt::literals;
    std::string out = "/* CTF 1.8 */\n\n";
    out += fmt::format(kFrame, "u16"_a = integer(16, false, false),
                       "u32"_a = integer(32, false, false), "u64"_a = integer(64, false, false),
                       "program"_a = escaped(facts.program), "pid"_a = facts.pid,
                       "seconds"_a = facts.start_wall_ns / kSecond,
                       "rest"_a = facts.start_wall_ns % kSecond);
    for (const trace::TraceRecordType* type : ctf_types(context)) out += event_of(context, *type);
    return out;
}

}  // namespace evglass::viz::exports
