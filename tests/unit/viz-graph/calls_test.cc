// The call tree, from enter and leave records.
#include <gtest/gtest.h>

#include "tests/unit/viz-graph/pictures.h"
#include "viz/graph/call_tree.h"

namespace evglass::viz::graph::testing {
namespace {

class Calls : public ::testing::Test {
 protected:
    void enter(const std::string& f) { builder_.add(trace::rec::enter{.object = 0}, f); }
    void leave(const std::string& f) { builder_.add(trace::rec::leave{.object = 0}, f); }
    CallTree tree() {
        scene_.records.clear();
        for (const trace::Record& r : builder_.records()) scene_.records.push_back(&r);
        scene_.sites = &builder_.context().sites();
        return call_tree(scene_);
    }

    trace::testing::RecordBuilder builder_;
    trace::Model model_;
    trace::Base base_;
    Scene scene_{model_, base_};
};

TEST_F(Calls, SameChainsAreOneNodeWithACount) {
    for (int i = 0; i < 3; ++i) {
        enter("event_add_nolock_");
        enter("evmap_io_add_");
        leave("evmap_io_add_");
        leave("event_add_nolock_");
    }
    const CallTree found = tree();
    ASSERT_EQ(found.nodes.size(), 3U);
    EXPECT_EQ(found.calls, 6U);
    EXPECT_EQ(found.nodes[1].function, "event_add_nolock_");
    EXPECT_EQ(found.nodes[1].count, 3U);
    EXPECT_EQ(found.nodes[2].count, 3U);
    EXPECT_EQ(found.nodes[1].children, std::vector<std::size_t>{2});
}

TEST_F(Calls, ThreadsDoNotMix) {
    builder_.thread(0);
    enter("a");
    builder_.thread(1);
    enter("b");
    builder_.thread(0);
    enter("c");
    const CallTree found = tree();
    ASSERT_EQ(found.nodes.size(), 4U);
    EXPECT_EQ(found.nodes[0].children.size(), 2U);
    EXPECT_EQ(found.nodes[found.nodes[0].children[0]].function, "a");
    EXPECT_EQ(found.nodes[found.nodes[0].children[0]].children.size(), 1U);
}

TEST_F(Calls, ALeaveWithoutItsEnterIsPassedOver) {
    leave("before_the_trace");
    enter("a");
    leave("never_entered");
    enter("b");
    const CallTree found = tree();
    ASSERT_EQ(found.nodes.size(), 3U);
    EXPECT_EQ(found.nodes[1].children.size(), 1U);
}

TEST_F(Calls, ALostLeaveEndsWithItsCaller) {
    enter("outer");
    enter("never_left");
    leave("outer");
    enter("next");
    EXPECT_EQ(tree().nodes[0].children.size(), 2U);
}

TEST_F(Calls, APublicFunctionIsOneCallThoughItTellsTwice) {
    for (int i = 0; i < 2; ++i) {
        enter("event_add");
        builder_.add(trace::rec::api_begin{.base = 0, .event = 0}, "event_add");
        enter("event_add_nolock_");
        leave("event_add_nolock_");
        builder_.add(trace::rec::api_end{.base = 0, .event = 0, .result = 0}, "event_add");
        leave("event_add");
    }
    const CallTree found = tree();
    ASSERT_EQ(found.nodes.size(), 3U);
    EXPECT_EQ(found.nodes[1].count, 2U);
    EXPECT_TRUE(found.nodes[1].api);
    EXPECT_EQ(found.nodes[0].children, std::vector<std::size_t>{1});
}

TEST_F(Calls, EndlessEntersAreDrawn) {
    for (int i = 0; i < 5000; ++i) enter("f" + std::to_string(i % 7));
    tree();
    EXPECT_TRUE(is_drawn(calls_dot(scene_)));
}

}  // namespace
}  // namespace evglass::viz::graph::testing
