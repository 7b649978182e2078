// How an event is drawn: as a card (alias, name, state, what it waits for, for how long), as a chip
// where many are listed. Also how lists are cut so that a picture with many events stays legible.
#pragma once

#include <string>

#include "viz/graph/html.h"
#include "viz/graph/scene.h"

namespace evglass::viz::graph {

/// Containers show so many and then "+ 41 more".
inline constexpr std::size_t kShown = 12;

/// What an event waits for: "fd 6 READ|PERSIST", "SIGINT PERSIST", "timer every 1.00 s".
std::string waits_for(const trace::Event& event);

/// A card of its own. An address that the model does not know gets a card that says so.
Html event_card(const Scene& scene, trace::Address event);
/// One small cell: the alias on the ground of its state, and below it `note` (may be empty).
Html event_chip(const Scene& scene, trace::Address event, const std::string& note,
                const Attrs& extra = {});
/// "+ 41 more", as a cell.
Html more_cell(std::size_t hidden);
/// Node ids: an event is drawn at most once in a picture, by its alias. (Not by its address: that
/// is another in each run, and may be another event's later.)
std::string event_id(const Scene& scene, trace::Address event);

/// The states and their looks, as a row for title(): for pictures that show several.
Html legend();

}  // namespace evglass::viz::graph
