// docs/analysis-map.md: from the functions that source analyses of libevent walk through to ours,
// and to the trace filter that shows each at work. Made from tests/tidy/walks.txt and the source.
#pragma once

#include <string>
#include <vector>

#include "tests/tidy/source.h"

namespace evglass::tidy {

/// A function as the page shows it.
struct MapRow {
    std::string function;
    std::string file;    ///< of its definition; empty: it has none
    int line = 0;        ///< of its definition, from 1
    std::string filter;  ///< for `evglass dump --where`; empty: it leaves no record of its own
    std::string note;    ///< why it has no place, or no filter
};

struct MapSection {
    std::string analysis, name;
    std::vector<MapRow> rows;
};

/// All sections of a walks file, each function looked for in the tree.
std::vector<MapSection> analysis_map(const std::string& walks, const std::vector<Source>& tree);
/// The page.
std::string analysis_page(const std::vector<MapSection>& sections);

}  // namespace evglass::tidy
