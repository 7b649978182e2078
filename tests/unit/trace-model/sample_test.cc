// The sample scene that tests of views stand on: it replays without an error, and is what it says.
#include "tests/support/sample_model.h"

#include <gtest/gtest.h>

#include "trace/text.h"

namespace evglass::trace::testing {
namespace {

TEST(Sample, IsInClientAsCallback) {
    const Sample s = make_sample();
    const Base* base = s.model.base(s.base);
    ASSERT_NE(base, nullptr);
    EXPECT_TRUE(base->exact);
    EXPECT_EQ(base->turn, 3U);
    EXPECT_EQ(base->phase, static_cast<int>(field::phase::process_active));
    EXPECT_EQ(base->callbacks, std::vector<Address>{s.client_a});
    ASSERT_EQ(base->active.size(), 2U);
    EXPECT_EQ(base->active[0], std::deque<Address>{s.client_b});
    const Names names(s.model);
    EXPECT_EQ(names.event_long(s.listener), "E2 listener fd 6");
    EXPECT_EQ(names.event_long(s.sigint), "E4 SIGINT");
    EXPECT_EQ(names.event(s.client_a), "E5");
    EXPECT_EQ(s.model.event(s.client_a)->state(), EventState::running);
    EXPECT_EQ(s.model.event(s.client_b)->state(), EventState::active);
    EXPECT_EQ(s.model.event(s.spare)->state(), EventState::initialized);
    EXPECT_EQ(s.model.event(s.timer)->state(), EventState::pending);
}

TEST(Sample, FinishesWithAnExit) {
    const Sample s = make_finished_sample();
    const Base* base = s.model.base(s.base);
    EXPECT_FALSE(base->running);
    EXPECT_EQ(base->last_end, static_cast<int>(field::loopend::exit));
    EXPECT_TRUE(s.timeline().problems().empty());
}

}  // namespace
}  // namespace evglass::trace::testing
