// What the chosen row of a screen stands for: the event that Enter shows, the record that it goes
// to, and the filter that x offers to run to ("stop when this fd is added again").
// Read next: app.cc, which asks.
#pragma once

#include <cstdint>
#include <string>

#include "viz/live/view.h"

namespace evglass::viz {

struct RowMeaning {
    trace::Address event = 0;  ///< 0: the row is about none
    std::uint64_t record = 0;  ///< 0: none
    std::string filter;        ///< empty: there is nothing to run to
};

/// `rows`: how many the screen's list had when it was drawn last.
RowMeaning meaning_of_row(const Moment& moment, const ViewState& view, int rows);
/// How many rows the screen's list has; 0 where it has none to choose from.
int rows_of_screen(const Moment& moment, const ViewState& view, int rows);

}  // namespace evglass::viz
