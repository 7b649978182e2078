// Pieces that the text_*.cc files share, and the lessons' panes use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trace/reader.h"

namespace evglass::trace {

/// "READ|PERSIST", with unknown bits as one hexadecimal number; "-" for none.
std::string flags_text(std::string_view type, std::uint64_t bits, const TraceContext* trace);
/// The name of an enum's value, or its number.
std::string enum_text(std::string_view type, std::uint64_t number, const TraceContext* trace);
/// Exact and without a blank: "30us", "1.5ms", "2s", "81.25s"; "none" for -1.
std::string usec_text(std::int64_t usec);
/// The same in three figures: "1.75 s".
std::string usec_duration_text(std::int64_t usec);
std::string hex_text(std::uint64_t number);
/// The bytes of a text field up to its NUL.
std::string_view text_bytes(const Record& record, const TraceField& field);
bool is_text(std::string_view type);

/// Values of an enum of this build, for records that are structs.
template <class E>
std::string enum_text(std::string_view type, E value) {
    return enum_text(type, static_cast<std::uint64_t>(value), nullptr);
}

}  // namespace evglass::trace
