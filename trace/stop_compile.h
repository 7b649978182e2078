// A filter as stops that the traced process can test by itself: numbers at places in a record.
// What needs texts, the model or more room than the control page has is refused in one line.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "trace/format.h"
#include "trace/query.h"
#include "trace/schema_text.h"

namespace evglass::trace {

/// The fields of format::Stop that a filter decides.
struct CompiledStop {
    std::vector<std::uint16_t> types;  ///< none: any
    std::uint32_t categories = 0;      ///< 0: any
    std::string function;              ///< "": any
    std::vector<format::StopField> fields;
};

/// Compiles; on failure `error` says what can't be tested in the process. A record that matches any
/// of the stops matches the filter.
std::vector<CompiledStop> compile_stops(const Filter& filter, const TraceSchema& schema,
                                        const TraceContext& trace, std::string& error);

}  // namespace evglass::trace
