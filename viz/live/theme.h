// How each Style looks: with 256 colours, with 8, and with none. A state is never told by colour
// alone: the words are there too.
// Read next: terminal.cc.
#pragma once

#include "viz/live/grid.h"

namespace evglass::viz {

/// -1 is the terminal's own colour.
struct Look {
    Style style;
    int text256, ground256;
    int text8, ground8;
    bool bold, dim;
    bool reverse_plain;  ///< without colours it is shown reversed
};

const Look& look(Style style);

}  // namespace evglass::viz
