// A stage on the terminal, or one frame of it as text. Enter opens the chosen recording in the live
// view and comes back. Read next: stage.h (keys and frames), viz/live/terminal.h.
#pragma once

#include <vector>

#include "viz/compare/story.h"
#include "viz/live/live.h"

namespace evglass::viz::compare {

/// Until the user leaves or a signal comes. The exit status: 0, or 2 with one line on stderr.
/// Of the options only those count that say how it is shown. REQUIRES: a SignalGuard, and stories
/// that stage_missing() has nothing against.
int show_stage(std::vector<Story> stories, const LiveOptions& options);

/// One line: why these stories can't stand side by side. Or empty.
std::string stage_missing(const std::vector<Story>& stories);

}  // namespace evglass::viz::compare
