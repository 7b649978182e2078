// Two states of one event, compared by what a card shows of it.
#include "viz/graph/changes.h"

#include <fmt/format.h>

#include "viz/graph/style.h"

namespace evglass::viz::graph {

std::string change_of(const Scene& scene, trace::Address address) {
    const trace::Event* now = scene.model.event(address);
    if (scene.before == nullptr || now == nullptr) return {};
    const trace::Event* was = scene.before->event(address);
    if (was == nullptr || was->ordinal != now->ordinal) return "new";
    if (was->alive != now->alive) return "its memory is gone";
    if (was->state() != now->state()) return "was " + std::string(trace::state_name(was->state()));
    if (was->fires != now->fires)
        return now->fires - was->fires == 1
                   ? "ran once more"
                   : fmt::format("ran {} times more", now->fires - was->fires);
    if (was->deadline != now->deadline)
        return was->deadline < 0 ? "has a deadline now" : "another deadline";
    if (was->events != now->events) return "waited for " + trace::what_text(was->events);
    if (was->priority != now->priority) return fmt::format("had priority {}", was->priority);
    return was->flags == now->flags ? "" : "had flags " + trace::evlist_text(was->flags);
}

const trace::Base* base_before(const Scene& scene) {
    return scene.before == nullptr ? nullptr : scene.before->base(scene.base.address);
}

Html changed_mark(const std::string& text) {
    return Html::text("\u25c6 " + text, 40)
        .bold()
        .font({{"COLOR", style::kChanged}, {"POINT-SIZE", "9"}});
}

std::string ground_of(bool changed) {
    return changed ? style::kChangedGround : std::string("white");
}

}  // namespace evglass::viz::graph
