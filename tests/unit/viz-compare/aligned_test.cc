// Which calls stand side by side, and where two stories part.
#include <gtest/gtest.h>

#include "tests/unit/viz-compare/stories.h"
#include "viz/compare/aligned.h"

namespace evglass::viz::compare {
namespace {

using testing::story;

/// The rows of a step as text: "wait:1 wait:1 | - read:0", a row for each part.
std::string rows(const Aligned& aligned, std::size_t step = 0) {
    std::string out;
    for (const AlignedRow& row : aligned.steps[step].rows) {
        out += out.empty() ? "" : " | ";
        for (const StoryCall* call : row.calls)
            out += (call == row.calls.front() ? "" : " ") +
                   (call != nullptr ? call->meaning : std::string("-"));
    }
    return out;
}

TEST(Aligned, TheSameStandsBesideTheSameAndTheRestMakesHoles) {
    const std::vector<Story> two = {story("a", {"wait:1 accept wait:0"}),
                                    story("b", {"wait:1 accept ADD:IN wait:0"})};
    EXPECT_EQ(rows(align(two)), "wait:1 wait:1 | accept accept | - ADD:IN | wait:0 wait:0");
}

TEST(Aligned, WhatIsNearlyTheSameStandsBesideItAndDiffers) {
    const std::vector<Story> two = {story("a", {"ADD:IN wait:0"}),
                                    story("b", {"ADD:IN|ET wait:0"})};
    const Aligned aligned = align(two);
    EXPECT_EQ(rows(aligned), "ADD:IN ADD:IN|ET | wait:0 wait:0");
    EXPECT_TRUE(aligned.differs(0, 0, 1));
    EXPECT_FALSE(aligned.differs(0, 1, 1));
}

TEST(Aligned, AThirdStoryFindsTheRowsOfTheSecond) {
    const std::vector<Story> three = {story("a", {"wait:1 wait:0"}),
                                      story("b", {"wait:1 ADD:IN wait:0"}),
                                      story("c", {"ADD:IN wait:1 ADD:IN wait:0"})};
    const Aligned aligned = align(three);
    ASSERT_EQ(aligned.steps[0].rows.size(), 4U) << rows(aligned);
    EXPECT_EQ(aligned.steps[0].rows[2].calls[1]->meaning, "ADD:IN");
    EXPECT_EQ(aligned.steps[0].rows[2].calls[2]->meaning, "ADD:IN");
    EXPECT_EQ(aligned.calls(0, 2), 4U);
}

TEST(Aligned, TheFirstDifferenceIsFoundInItsStep) {
    const std::vector<Story> all = testing::stories();
    const Aligned aligned = align(all);
    EXPECT_FALSE(aligned.parts[0].found);
    EXPECT_TRUE(aligned.parts[1].is(0, 0));
    EXPECT_FALSE(aligned.parts[3].found) << "select does what poll does";
    const Aligned by_epoll = align(all, 1);
    EXPECT_FALSE(by_epoll.parts[1].found);
    EXPECT_TRUE(by_epoll.parts[0].found);
    EXPECT_EQ(by_epoll.parts[4].step, 3U) << "a changelist differs where a descriptor leaves";
}

TEST(Aligned, ACallThatIsMissingIsADifference) {
    const std::vector<Story> two = {story("a", {"wait:1 read:1"}), story("b", {"wait:1"})};
    EXPECT_TRUE(align(two).parts[1].is(0, 1));
    EXPECT_TRUE(align(two, 1).parts[0].is(0, 1));
}

TEST(Aligned, StoriesThatWereLeftOutTakeNoColumn) {
    std::vector<Story> three = {story("a", {"wait:1"}), story("b", {"wait:1"}),
                                story("c", {"wait:0"})};
    three[0].left_out = "no ring here";
    const Aligned aligned = align(three);
    ASSERT_EQ(aligned.stories.size(), 2U);
    EXPECT_EQ(aligned.stories[0]->mechanism, "b");
    EXPECT_TRUE(aligned.parts[1].is(0, 0));
    three[1].left_out = three[2].left_out = "nor here";
    EXPECT_TRUE(align(three).stories.empty());
}

TEST(Aligned, OnlyTheSameStepsStandSideBySide) {
    std::vector<Story> two = {story("a", {"wait:1", "wait:0"}), story("b", {"wait:1"})};
    EXPECT_EQ(steps_differ(two).find("a has 2 steps and b has 1"), 0U);
    two[0].steps.pop_back();
    EXPECT_EQ(steps_differ(two), "");
    two[0].steps[0].what = "something else";
    EXPECT_EQ(steps_differ(two).find("step 1 is 'something else' in a"), 0U);
    EXPECT_NO_FATAL_FAILURE(align(two));
}

}  // namespace
}  // namespace evglass::viz::compare
