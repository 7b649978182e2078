// What an fd's slot asks for, and whether the backend was told the same. Shared by the pictures
// that show the io map.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "trace/model.h"

namespace evglass::viz::graph {

/// One fd as the io map and as the backend see it.
struct IoFacts {
    int fd = -1;
    const trace::IoSlot* slot = nullptr;  ///< null: the backend watches an fd without events
    int wanted = 0;                       ///< EV_READ, EV_WRITE, EV_CLOSED, by the slot's counts
    int watched = 0;                      ///< the same bits, by the backend's interest
    bool differs() const { return wanted != watched; }
};

/// All fds that have events or are watched, in order of number.
std::vector<IoFacts> io_facts(const trace::Base& base);
/// "read 1, write 0, closed 0", without the zeros: "read 1".
std::string counts_text(const trace::IoSlot& slot);

}  // namespace evglass::viz::graph
