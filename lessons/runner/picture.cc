// See picture.h.
#include "lessons/runner/picture.h"

#include <fmt/format.h>

#include "viz/graph/moment.h"
#include "viz/graph/views.h"

namespace evglass::lessons {

namespace graph = viz::graph;

std::string check_picture(std::string_view view) {
    if (graph::find_view(view) != nullptr) return {};
    std::string known;
    for (const graph::View& each : graph::views())
        known += fmt::format("{}{}", known.empty() ? "" : ", ", each.name);
    return fmt::format("there is no picture '{}'; there are {}", view, known);
}

Picture draw_picture(std::string_view view, const Moment& moment) {
    const graph::View* found = graph::find_view(view);
    if (found == nullptr) return {{}, check_picture(view)};
    graph::Asked asked;
    asked.at = moment.number();
    const graph::Moment at = graph::Moment::choose(moment.run().timeline(), *found, asked);
    if (!at.error().empty()) return {{}, at.error()};
    return {found->draw(at.scene()), {}};
}

}  // namespace evglass::lessons
