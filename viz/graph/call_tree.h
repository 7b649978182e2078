// Calls as a tree, made from the enter and leave records (category call) and from the public
// functions (api_begin, api_end). Calls with the same chain of callers are one node with a count.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "viz/graph/scene.h"

namespace evglass::viz::graph {

struct CallNode {
    std::string function;  ///< raw: the site's function
    std::uint64_t count = 0;
    bool api = false;                   ///< a public function
    std::vector<std::size_t> children;  ///< indices into CallTree::nodes, by first call
};

struct CallTree {
    std::vector<CallNode> nodes;  ///< nodes[0] is the root: "the program"
    std::uint64_t calls = 0;      ///< enter records seen: 0 where the category call was off
};

/// From scene.records, each thread with a stack of its own. A `leave` without its `enter` (it lies
/// before the first record) is passed over.
CallTree call_tree(const Scene& scene);

}  // namespace evglass::viz::graph
