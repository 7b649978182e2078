// What a view finds around it: the locale, whether colours are wanted, the size of a frame that is
// printed. Asked once, before a terminal is taken. Read next: live.cc, terminal.h.
#pragma once

#include "viz/live/live.h"

namespace evglass::viz {

struct Surroundings {
    bool utf8 = false;     ///< the locale can show it
    bool unicode = false;  ///< and nobody asked for ASCII
    bool color = false;
};
/// Sets the locale from the environment.
Surroundings look_around(const LiveOptions& options);

struct FrameSize {
    int columns, rows;
};
/// Of a frame printed as text: as asked, else by $COLUMNS and $LINES, else 80x24.
FrameSize printed_size(const LiveOptions& options);

}  // namespace evglass::viz
