// Which moments a film of pictures has: each turn of a base, or each record. Read next: series.h,
// which holds the frames still.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "viz/graph/moment.h"

namespace evglass::viz::graph {

struct Frame {
    std::uint64_t number = 0;  ///< of the turn or the record
    Asked asked;
};
struct Frames {
    std::vector<Frame> moments;
    std::string error;  ///< one line: then there are none
};

/// `every`: "turn" or "record"; from where `asked` says, to the end. What is compared with is the
/// frame before.
Frames frames(trace::Timeline& timeline, const std::string& every, const Asked& asked);

}  // namespace evglass::viz::graph
