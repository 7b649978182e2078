// Moments for tests of views, made of the sample model: what a session would gather, without one.
#pragma once

#include "tests/support/sample_model.h"
#include "viz/live/moment.h"
#include "viz/live/view.h"

namespace evglass::viz::testing {

/// The sample, and the moment after its last record: client A's callback runs.
struct SampleMoment {
    trace::testing::Sample sample;
    Moment moment;
};
/// `sample` must stay where it is while the moment is used.
void fill(SampleMoment& out);

/// A frame of the sample at this screen and size.
std::string frame_text(Screen screen, int columns, int rows, bool unicode = true);

}  // namespace evglass::viz::testing
