// docs/records.md as it must be: made from trace/records.def and trace/enums.def.
// It never writes the file; `make docs-records` does, and a test compares.
// Read next: trace/records.def, the one list.
#pragma once

#include <string>

namespace evglass::tidy {

/// The whole page, in Markdown.
std::string records_page();

}  // namespace evglass::tidy
