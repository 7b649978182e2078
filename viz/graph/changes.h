// What is otherwise than at an earlier moment (Scene::before), and how a picture says so: by a
// diamond and a few words in a colour of their own, never by colour alone.
// It never decides which moment is the earlier one (moment.h does). Read next: card.h.
#pragma once

#include <string>

#include "viz/graph/html.h"
#include "viz/graph/scene.h"

namespace evglass::viz::graph {

/// "new", "was pending", "another deadline"; empty: nothing, or there is nothing to compare with.
std::string change_of(const Scene& scene, trace::Address event);
/// The base as it was; null: none.
const trace::Base* base_before(const Scene& scene);
/// "◆ was pending", in the colour of changes.
Html changed_mark(const std::string& text);
/// The ground of a cell whose value may have changed.
std::string ground_of(bool changed);

}  // namespace evglass::viz::graph
