// The schema section: records.def and enums.def as text, so that a trace explains itself to tools
// that are older or newer than the program that wrote it. trace/schema_text reads it back.
#pragma once

#include <cstddef>

namespace evglass::trace::writer {

/// How many bytes write_schema() writes.
std::size_t schema_bytes() noexcept;
/// Writes the whole text (no NUL) to `out`, which has schema_bytes() bytes.
void write_schema(char* out) noexcept;

}  // namespace evglass::trace::writer
