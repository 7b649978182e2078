// The ring of loop_bench.cc, watched: one process that does nothing but turn its loop.
#include <cstdlib>

#include "tests/bench/watched/watched.h"

namespace bench {

Cost run_ring(const Paths& paths, Mode mode) {
    constexpr int kMilliseconds = 2000;
    Program program(
        start_of(paths, mode, {paths.loop_bench, "ring", std::to_string(kMilliseconds)}));
    Viewer viewer(paths, mode);
    std::string told;
    for (std::string line; !(line = program.line()).empty();) told += line;
    Cost cost;
    cost.frames_per_second = viewer.end();
    cost.clock_ns = std::strtod(told.c_str(), nullptr);
    const double hops = kMilliseconds * 1e6 / cost.clock_ns;
    cost.processor_ns = program.finish() / hops;
    return cost;
}

}  // namespace bench
