// The look of all pictures, in one place: two fonts, four colours for the four states, one for
// trouble. State is never told by colour alone: its name is written, and the border grows with it,
// so that a print in black and white can be read.
#pragma once

#include <string>

#include "trace/model.h"

namespace evglass::viz::graph::style {

/// Graphviz measures with the first that it finds, and browsers draw with theirs: of these names
/// both find fonts of one width.
inline const std::string kFont = "Arial,Liberation Sans,Helvetica,sans-serif";
inline const std::string kMono = "DejaVu Sans Mono,Courier,monospace";
inline const std::string kInk = "#222222";
inline const std::string kFaint = "#6e6e6e";
inline const std::string kLine = "#9a9a9a";
inline const std::string kPale = "#f4f4f4";  ///< the ground of containers
inline const std::string kTrouble = "#c0271d";
inline const std::string kChanged = "#8b2fa8";        ///< what is otherwise than before ...
inline const std::string kChangedGround = "#f3e6f8";  ///< ... and its ground

struct StateStyle {
    std::string fill, line;
    std::string border;  ///< width in points
};

/// initialized grey, pending blue, active orange, running green.
const StateStyle& of(trace::EventState state);

}  // namespace evglass::viz::graph::style
