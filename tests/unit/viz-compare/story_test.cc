// Stories from records: steps, names of descriptors, and where two first differ.
#include <gtest/gtest.h>

#include "tests/support/record_builder.h"
#include "tests/unit/viz-compare/stories.h"
#include "viz/compare/story.h"

namespace evglass::viz::compare {
namespace {

namespace rec = trace::rec;
using testing::story;
using trace::testing::RecordBuilder;

/// A record with some of its fields filled in.
template <class R, class Fill>
R made(Fill fill) {
    R record{};
    fill(record);
    return record;
}

class StoryTest : public ::testing::Test {
 protected:
    template <class R>
    void tell(const R& fields) {
        teller_.tell(builder_.add(fields), builder_.context());
    }
    void mark(const char* text) {
        tell(made<rec::mark>([&](auto& r) { r.text = text; }));
    }

    Story story_{"raw-epoll", "", {}, ""};
    RecordBuilder builder_;
    StoryTeller teller_{story_};
};

TEST_F(StoryTest, DescriptorsHaveNamesAndStepsHaveCalls) {
    tell(made<rec::sys_epoll_wait>(
        [&](auto& r) { r.result = 7; }));  // before the first step: the loop is made
    mark("name 3 listener");
    mark("step client 1 connects");
    tell(made<rec::sys_epoll_wait>([&](auto& r) { r.result = 1; }));
    tell(made<rec::sys_accept4>([&](auto& r) {
        r.fd = 3;
        r.result = 9;
    }));
    mark("name 9 client 1");
    tell(made<rec::sys_epoll_ctl>([&](auto& r) {
        r.op = trace::field::epollop::ADD;
        r.fd = 9;
        r.events = 1;
    }));
    mark("step end");
    tell(made<rec::sys_close>([&](auto& r) { r.fd = 9; }));
    ASSERT_EQ(story_.steps.size(), 1U);
    EXPECT_EQ(story_.steps[0].what, "client 1 connects");
    ASSERT_EQ(story_.calls(), 3U);
    EXPECT_EQ(story_.steps[0].calls[0].text, "epoll_wait() = 1");
    EXPECT_EQ(story_.steps[0].calls[1].text, "accept4(listener) = client 1");
    EXPECT_EQ(story_.steps[0].calls[2].text, "epoll_ctl(ADD client 1, IN)");
    EXPECT_EQ(story_.steps[0].calls[2].kind, CallKind::control);
}

TEST_F(StoryTest, WaitsOfDifferentKindsMeanTheSame) {
    mark("step one");
    tell(made<rec::sys_poll>([&](auto& r) {
        r.nfds = 3;
        r.result = 1;
    }));
    tell(made<rec::sys_select>([&](auto& r) {
        r.nfds = 9;
        r.result = 1;
    }));
    EXPECT_EQ(story_.steps[0].calls[0].meaning, story_.steps[0].calls[1].meaning);
    EXPECT_NE(story_.steps[0].calls[0].text, story_.steps[0].calls[1].text);
}

TEST_F(StoryTest, HostileMarksAreMadePrintable) {
    mark("name x listener");
    mark("name 3");
    mark("name ");
    mark("step \x1b[2J");
    EXPECT_EQ(story_.steps[0].what.find('\x1b'), std::string::npos);
}

TEST(StoryText, MarksTheDivergenceAndWrapsColumns) {
    const std::vector<Story> stories = {story("a", {"wait:1 read:1"}), story("b", {"wait:1"}),
                                        Story{"c", "no ring here", {}, ""}};
    const std::string wide = story_text(stories, 100);
    EXPECT_NE(wide.find("> (no such call)"), std::string::npos) << wide;
    EXPECT_NE(wide.find("c is left out: no ring here"), std::string::npos) << wide;
    const std::string narrow = story_text(stories, 20);
    for (const char* name : {"a (2 calls)", "b (1 calls)"})
        EXPECT_NE(narrow.find(name), std::string::npos) << narrow;
    EXPECT_EQ(story_text({}, 80), "");
}

TEST(StoryGraph, SaysWhereTheyDiffer) {
    const std::string dot = story_dot({story("a", {"wait:1 read:1"}), story("b", {"wait:1 z<&>"})});
    EXPECT_NE(dot.find("first difference"), std::string::npos);
    EXPECT_EQ(dot.find("z<&>"), std::string::npos);
}

}  // namespace
}  // namespace evglass::viz::compare
