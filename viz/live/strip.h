// The two lines that every screen shows: the phases of the turn with the present one marked, and
// how long the loop may sleep and what woke it.
// Read next: view_loop.cc.
#pragma once

#include <string>

#include "viz/live/grid.h"
#include "viz/live/moment.h"

namespace evglass::viz {

void draw_phases(Canvas canvas, int y, const Moment& moment);
void draw_wait(Canvas canvas, int y, const Moment& moment);
/// "may sleep 1.24 s, until E2 is due": what the loop decided before its last wait.
std::string wait_text(const Moment& moment);
/// "woken by fd 7 READ"; empty if nothing ended the wait yet.
std::string wake_text(const Moment& moment);

}  // namespace evglass::viz
