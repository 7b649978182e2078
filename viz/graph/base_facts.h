// The fields of struct event_base that a picture shows, as text: name and value, in order.
// Pure data: base.cc draws it, beside the same of an earlier moment.
#pragma once

#include <string>
#include <vector>

#include "viz/graph/scene.h"

namespace evglass::viz::graph {

struct BaseFact {
    std::string port;  ///< where lines to the containers begin
    std::string name;  ///< as the struct calls it
    std::string value;
    std::string without_time;  ///< the value, but for times that count down: what is compared
};

/// `base` in `model`; times are told from the scene's moment.
std::vector<BaseFact> base_facts(const Scene& scene, const trace::Model& model,
                                 const trace::Base& base);

/// "ET|O1|FDS|EARLY_CLOSE" of EV_FEATURE_* bits; empty for none.
std::string features_text(std::uint32_t bits);

}  // namespace evglass::viz::graph
