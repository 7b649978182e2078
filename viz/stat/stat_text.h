// A Summary as text for people, and as JSON for programs. Names of the traced program leave
// printable. It computes nothing that is not in the Summary.
#pragma once

#include <string>

#include "trace/symbols.h"
#include "viz/stat/summary.h"

namespace evglass::viz::stat {

/// `top`: so many events at most.
std::string summary_text(const Summary& summary, const trace::Symbols& symbols, std::size_t top);
std::string summary_json(const Summary& summary, const trace::Symbols& symbols);

/// "E3 listener", "E5 on_read (server.cc:41)": what people know an event by.
std::string event_text(const exports::EventLife& life, const trace::Symbols& symbols);
/// "pending -> active".
std::string transition_text(trace::EventState before, trace::EventState after);

}  // namespace evglass::viz::stat
