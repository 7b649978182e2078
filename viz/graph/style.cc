// The four colours of the four states.
#include "viz/graph/style.h"

namespace evglass::viz::graph::style {

const StateStyle& of(trace::EventState state) {
    static const StateStyle initialized{"#ececec", "#8a8a8a", "1"};
    static const StateStyle pending{"#dce9f7", "#2f6db5", "1"};
    static const StateStyle active{"#fce3c5", "#c96f12", "2"};
    static const StateStyle running{"#d3eed8", "#237a42", "3"};
    static const StateStyle unknown{"#ffffff", "#8a8a8a", "1"};
    switch (state) {
        case trace::EventState::initialized:
            return initialized;
        case trace::EventState::pending:
            return pending;
        case trace::EventState::active:
            return active;
        case trace::EventState::running:
            return running;
        case trace::EventState::unknown:
            break;
    }
    return unknown;
}

}  // namespace evglass::viz::graph::style
