// Stories laid beside one another, call by call: a row holds what the mechanisms did in the same
// place, with a hole where one of them had nothing to do. All that shows stories (text, picture,
// screen) shows these rows, so that they agree on where two stories part.
// It reads no trace and draws nothing. Read next: story_text.cc, story_graph.cc, stage.h.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "viz/compare/story.h"

namespace evglass::viz::compare {

struct AlignedRow {
    std::vector<const StoryCall*> calls;  ///< one place for each story; null: none
};
struct AlignedStep {
    std::string what;
    std::vector<AlignedRow> rows;
};

/// Where a story first does something else than the one it is compared with.
struct Divergence {
    std::size_t step = 0, row = 0;
    bool found = false;
    bool operator==(const Divergence&) const = default;
    bool is(std::size_t at_step, std::size_t at_row) const {
        return found && step == at_step && row == at_row;
    }
};

/// Invariant: each row has stories.size() places, and not all of them are empty.
struct Aligned {
    std::vector<const Story*> stories;  ///< those that were told; they outlive this
    std::size_t reference = 0;          ///< the one that the others are compared with
    std::vector<AlignedStep> steps;     ///< those of the reference
    std::vector<Divergence> parts;      ///< for each story

    bool differs(std::size_t step, std::size_t row, std::size_t story) const;
    /// Calls of a story in one step.
    std::size_t calls(std::size_t step, std::size_t story) const;
};

/// `reference` counts the stories that were told (nothing is left out of them). Steps pair up by
/// their place.
Aligned align(const std::vector<Story>& stories, std::size_t reference = 0);

/// What keeps two stories from being laid side by side: they tell of different steps. Or empty.
std::string steps_differ(const std::vector<Story>& stories);

}  // namespace evglass::viz::compare
