// Records as text in which addresses of code are told as functions, or as module+offset where a
// program is stripped: "callback=memcached+0xf140". For people; programs get the numbers.
// Read next: text.h (all other text), symbols.h.
#pragma once

#include <string>

#include "trace/symbols.h"
#include "trace/text.h"

namespace evglass::trace {

/// As record_text(record, trace, names).
std::string record_text(const Record& record, const TraceContext& trace, const Names* names,
                        const Symbols& symbols);

}  // namespace evglass::trace
