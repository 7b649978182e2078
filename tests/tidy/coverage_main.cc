// Prints which claims and names of tests/claims no test shows: `make seed-coverage` runs it.
// Exit status 0 when no required chapter lacks one, else 1.
// Read next: coverage.cc (how a test shows a claim).
#include <cstdio>

#include "tests/tidy/checks.h"

int main() {
    using namespace evglass::tidy;
    const Coverage found = coverage_of(load_tree(root()));
    for (const Coverage::Chapter& c : found.chapters)
        std::printf("%-18s %3d of %3d shown%s\n", c.name.c_str(), c.shown, c.rows,
                    c.required ? "" : ", later");
    std::fputs(report(found.wrong).c_str(), stdout);
    std::fputs(report(found.not_shown).c_str(), stdout);
    std::printf("rows without a test: %s\n",
                found.not_shown.empty() ? "none" : std::to_string(found.not_shown.size()).c_str());
    return found.not_shown.empty() && found.wrong.empty() ? 0 : 1;
}
