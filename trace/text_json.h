// Pieces of the JSON that records are told in, for those who put them into something larger.
// Read next: text.h.
#pragma once

#include <string>

#include "trace/text.h"

namespace evglass::trace {

/// A record's fields alone, as one JSON object.
std::string fields_json(const Record& record, const TraceContext& trace, const Names* names);

}  // namespace evglass::trace
