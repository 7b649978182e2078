// The rows of the Queues screen: what runs, what will run and in which order, and what stands
// beside the queues: common timeouts, once events, watchers, locks. Text only; view_queues.cc draws
// it. Read next: queue_rows.cc.
#pragma once

#include <string>
#include <vector>

#include "viz/live/grid.h"
#include "viz/live/moment.h"

namespace evglass::viz {

struct QueueRow {
    std::string place, name, note;
    Style style = Style::normal;
    trace::Address event = 0;  ///< the row is about this event or watcher; 0: a title
};

/// All rows, in the order in which things happen: running, the queues by priority, later; then
/// common timeouts, once events, watchers, locks.
std::vector<QueueRow> queue_rows(const Moment& moment);

}  // namespace evglass::viz
