// The diagram of states: the legal edges come from moves.def, the counts from the model.
#include <gtest/gtest.h>

#include "tests/unit/viz-graph/pictures.h"
#include "viz/graph/state_edges.h"

namespace evglass::viz::graph::testing {
namespace {

using enum trace::EventState;

TEST(StateEdges, FollowFromTheListOfMoves) {
    EXPECT_TRUE(is_legal(initialized, pending));
    EXPECT_TRUE(is_legal(pending, initialized));
    EXPECT_TRUE(is_legal(pending, active));
    EXPECT_TRUE(is_legal(active, pending));
    EXPECT_TRUE(is_legal(initialized, active));
    EXPECT_TRUE(is_legal(active, initialized));
    EXPECT_FALSE(is_legal(unknown, pending));
    EXPECT_FALSE(is_legal(pending, unknown));
    EXPECT_FALSE(is_legal(pending, pending));
}

TEST(StateEdges, EveryEdgeOfARealStoryIsLegal) {
    const trace::testing::Sample sample = trace::testing::make_finished_sample();
    const trace::Base& base = *sample.model.current_base();
    EXPECT_FALSE(base.edges.empty());
    for (const auto& [edge, count] : base.edges)
        EXPECT_TRUE(is_legal(edge.first, edge.second))
            << trace::state_name(edge.first) << " -> " << trace::state_name(edge.second);
}

TEST(States, CountsAndFunctionsAreOnTheEdges) {
    trace::testing::Sample sample = trace::testing::make_finished_sample();
    const trace::Base& base = *sample.model.current_base();
    Scene scene = scene_of(sample.model, sample.builder);
    const std::string dot = states_dot(scene);
    const std::uint64_t added = base.edges.at({initialized, pending});
    EXPECT_TRUE(contains(dot, "\"initialized\" -> \"pending\" [label=<"));
    EXPECT_TRUE(contains(dot, std::to_string(added) + "\u00d7"));
    const auto functions = edge_functions(base).at({initialized, pending});
    ASSERT_FALSE(functions.empty());
    EXPECT_TRUE(contains(dot, functions.front().first));
}

TEST(States, EdgesNotTakenAreThereWithoutACount) {
    trace::testing::RecordBuilder builder;
    trace::testing::Scene loop(builder, 1);
    const trace::Model model = trace::testing::replay(builder);
    Scene scene = scene_of(model, builder);
    EXPECT_TRUE(contains(states_dot(scene), "\"pending\" -> \"active\" [color=\"#b8b8b8\""));
}

TEST(States, AnIllegalEdgeIsRed) {
    const trace::testing::Sample sample = trace::testing::make_sample();
    trace::Base wrong = *sample.model.current_base();
    wrong.edges[{unknown, active}] = 3;
    Scene scene(sample.model, wrong);
    EXPECT_TRUE(contains(states_dot(scene), "color=\"#c0271d\""));
    Scene right(sample.model, *sample.model.current_base());
    EXPECT_FALSE(contains(states_dot(right), "color=\"#c0271d\""));
}

}  // namespace
}  // namespace evglass::viz::graph::testing
