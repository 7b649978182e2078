// What a written value stands for in a field of some type, and a field's value as a number.
// It parses with checked bounds and says what is possible where a word means nothing. Read next:
// query.cc.
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>

#include "trace/query.h"
#include "trace/text.h"

namespace evglass::trace {

namespace {

std::optional<std::uint64_t> whole_number(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    if (hex) text.remove_prefix(2);
    std::uint64_t number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, hex ? 16 : 10);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return {};
    return negative ? 0 - number : number;
}

/// "250ms", "2s", "1.5s", "30us" in units of 1 / per_second.
std::optional<std::uint64_t> time_value(std::string_view text, double per_second) {
    struct Unit {
        std::string_view name;
        double seconds;
    };
    constexpr Unit kUnits[] = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}};
    for (const Unit& unit : kUnits) {
        if (!text.ends_with(unit.name)) continue;
        const std::string_view digits = text.substr(0, text.size() - unit.name.size());
        double value = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error != std::errc{} || end != digits.data() + digits.size() || digits.empty())
            continue;
        const double scaled = value * unit.seconds * per_second;
        if (!(std::abs(scaled) < 9e18)) return {};
        return static_cast<std::uint64_t>(std::llround(scaled));
    }
    return {};
}

std::optional<std::uint64_t> errno_value(std::string_view text) {
    constexpr int kLastErrno = 133;
    for (int error = 1; error <= kLastErrno; ++error)
        if (const char* name = strerrorname_np(error); name != nullptr && text == name)
            return error;
    return {};
}

std::optional<std::uint64_t> one_name(std::string_view type, std::string_view name,
                                      const TraceContext* trace) {
    if (const EnumInfo* info = find_enum(type))
        for (const EnumValue& value : info->values)
            if (value.name == name) return value.number;
    if (trace == nullptr || name.empty()) return {};
    // A trace can't be asked for all its names: look at the values that one byte or one bit has.
    for (std::uint64_t number = 0; number < 256; ++number)
        if (trace->enum_name(type, number) == name) return number;
    for (std::uint64_t bit = 256; bit != 0; bit <<= 1)
        if (trace->enum_name(type, bit) == name) return bit;
    return {};
}

std::optional<std::uint64_t> names_value(std::string_view type, std::string_view text,
                                         const TraceContext* trace) {
    const EnumInfo* info = find_enum(type);
    const bool flags = info != nullptr ? info->is_flags : trace != nullptr && trace->is_flags(type);
    if (!flags) return one_name(type, text, trace);
    if (text == "-") return 0;
    std::uint64_t bits = 0;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('|', begin), text.size());
        const std::string_view part = text.substr(begin, end - begin);
        const auto bit = one_name(type, part, trace);
        const auto number = bit ? bit : whole_number(part);
        if (!number) return {};
        bits |= *number;
        begin = end + 1;
    }
    return bits;
}

bool is_signed(std::string_view type) {
    return type == "i16" || type == "i32" || type == "i64" || type == "fd" || type == "error" ||
           type == "usec";
}

}  // namespace

std::optional<std::uint64_t> value_number(std::string_view type, std::string_view value,
                                          const TraceContext* trace) {
    if (const auto number = whole_number(value)) return number;
    if (type == "usec")
        return value == "none" ? static_cast<std::uint64_t>(kNone) : time_value(value, 1e6);
    if (type == "ticks")
        return time_value(value, trace == nullptr ? 1e9 : 1e9 * trace->ticks_per_ns());
    if (type == "error") return errno_value(value);
    return names_value(type, value, trace);
}

std::uint64_t field_number(const Record& record, const TraceField& field) {
    const std::size_t size = field.size;
    if (size > sizeof(std::uint64_t) || field.offset > record.fields.size() ||
        size > record.fields.size() - field.offset)
        return 0;
    std::uint64_t value = 0;
    std::memcpy(&value, record.fields.data() + field.offset, size);
    if (size == 0 || size == sizeof value || !is_signed(field.type)) return value;
    const std::uint64_t sign = 1ULL << (size * 8 - 1);
    return (value ^ sign) - sign;
}

const RecordInfo* find_record_by_filter_name(std::string_view value) {
    if (const RecordInfo* info = find_record(value)) return info;
    return find_record("sys_" + std::string(value));
}

}  // namespace evglass::trace
