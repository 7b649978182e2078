// Which cases are run: scenarios times mechanisms times sizes, as the user said or as the lab's own
// table says. What can't be is said in one line.
#pragma once

#include <string>
#include <vector>

#include "viz/compare/lab.h"

namespace evglass::viz::compare {

struct Asked {
    std::vector<std::string> scenarios, mechanisms;  ///< empty: all
    std::vector<int> sizes, active;                  ///< empty: the scenario's own
};

struct Plan {
    std::vector<Case> cases;
    std::string error;
};
Plan plan(const Lab& lab, const Asked& asked);
/// One line if one of these is no mechanism, else empty.
std::string check_mechanisms(const Lab& lab, const std::vector<std::string>& names);

}  // namespace evglass::viz::compare
