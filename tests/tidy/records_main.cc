// Prints docs/records.md: `make docs-records` runs it after records.def changed.
// It reads nothing: the schema is compiled in.
// Read next: records_page.cc.
#include <cstdio>

#include "tests/tidy/records_page.h"

int main() {
    std::fputs(evglass::tidy::records_page().c_str(), stdout);
    return 0;
}
