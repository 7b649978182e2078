// Prints docs/analysis-map.md: `make docs-map` runs it. Read next: analysis_map.cc.
#include <cstdio>

#include "tests/tidy/analysis_map.h"

int main() {
    using namespace evglass::tidy;
    const std::vector<Source> tree = load_tree(root());
    for (const Source& file : tree)
        if (file.path == "tests/tidy/walks.txt")
            std::fputs(analysis_page(analysis_map(file.text, tree)).c_str(), stdout);
    return 0;
}
