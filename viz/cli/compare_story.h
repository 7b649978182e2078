// `evglass compare --trace`: the same small story on each mechanism, recorded, and shown as columns
// of text, as a picture, or on the screen. It measures nothing. Read next: viz/compare/story.h.
#pragma once

#include <string>
#include <vector>

#include "viz/compare/lab.h"

namespace evglass::viz::cli {

struct StoryWishes {
    std::vector<std::string> mechanisms;  ///< none: as many as are good to read
    std::string picture;                  ///< a file for it, or empty
    std::string keep;                     ///< a directory for the recordings, or empty
    bool live = false;                    ///< on the screen
};

/// The exit status. REQUIRES: a SignalGuard.
int tell_story(const compare::Lab& lab, const StoryWishes& wishes);

}  // namespace evglass::viz::cli
