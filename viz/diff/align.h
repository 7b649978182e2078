// Two Scripts, unit by unit: where they part. Pure data in, pure data out.
// Read next: diff_text.h (how it is shown).
#pragma once

#include <optional>
#include <vector>

#include "viz/diff/script.h"

namespace evglass::viz::diff {

/// A unit that the two recordings do not share to its end.
struct Parting {
    std::string actor;
    std::uint64_t run = 0;
    bool in_a = false, in_b = false;     ///< is the unit there at all
    std::vector<Step> shared;            ///< the last steps that both have, of A
    std::optional<Step> a, b;            ///< the first steps that differ; none: it ends there
    std::size_t more_a = 0, more_b = 0;  ///< steps behind these
    /// When it was, in the recording that has it: what came first is the first divergence.
    std::int64_t time_ns = 0;
};

/// All partings, the earliest first.
std::vector<Parting> partings(const Script& a, const Script& b);

}  // namespace evglass::viz::diff
