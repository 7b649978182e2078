// --at, --turn and --base: which moment is drawn, and what is said where there is none.
#include <gtest/gtest.h>

#include "tests/unit/viz-graph/pictures.h"
#include "viz/graph/moment.h"

namespace evglass::viz::graph::testing {
namespace {

class Moments : public ::testing::Test {
 protected:
    Moment choose(const char* view, const Asked& asked) {
        return Moment::choose(timeline_, *find_view(view), asked);
    }
    trace::testing::Sample sample_ = trace::testing::make_finished_sample();
    trace::Timeline timeline_ = sample_.timeline();
};

TEST_F(Moments, ARecordIsThatRecord) {
    const Moment moment = choose("base", {.at = 40, .turn = {}, .base = {}});
    ASSERT_EQ(moment.error(), "");
    EXPECT_EQ(moment.scene().model.record(), 40U);
}

TEST_F(Moments, ARecordThatIsNotThereNamesTheRange) {
    const Moment moment = choose("base", {.at = 999999, .turn = {}, .base = {}});
    EXPECT_TRUE(contains(moment.error(), "record 999999 is not in the trace: it has 1 to "));
}

TEST_F(Moments, ATurnHasItsRecordsAndNoOthers) {
    const Moment moment = choose("turn", {.at = {}, .turn = 2, .base = {}});
    ASSERT_EQ(moment.error(), "");
    const Scene scene = moment.scene();
    ASSERT_FALSE(scene.records.empty());
    ASSERT_NE(scene.records.front()->as<trace::rec::turn_begin>(), nullptr);
    EXPECT_EQ(scene.records.front()->as<trace::rec::turn_begin>()->turn, 2U);
    for (std::size_t i = 1; i < scene.records.size(); ++i)
        EXPECT_EQ(scene.records[i]->as<trace::rec::turn_begin>(), nullptr);
    EXPECT_EQ(scene.base.turn, 2U);
}

TEST_F(Moments, ATurnThatIsNotThereNamesTheRange) {
    const Moment moment = choose("turn", {.at = {}, .turn = 500, .base = {}});
    EXPECT_TRUE(contains(moment.error(), "there is no turn 500 in the trace: it has 1 to "));
}

TEST_F(Moments, WithoutATurnTheLastBusyOneIsShown) {
    const Moment moment = choose("turn", {});
    ASSERT_EQ(moment.error(), "");
    const Scene scene = moment.scene();
    bool ran = false;
    for (const trace::Record* r : scene.records)
        ran = ran || r->as<trace::rec::callback_begin>() != nullptr;
    EXPECT_TRUE(ran);
}

TEST_F(Moments, AnotherBaseMustExist) {
    EXPECT_EQ(choose("base", {.at = {}, .turn = {}, .base = "B1"}).error(), "");
    EXPECT_TRUE(contains(choose("base", {.at = {}, .turn = {}, .base = "B9"}).error(),
                         "there is no base B9: there are B1"));
}

TEST_F(Moments, TimeIsNotGuessed) {
    EXPECT_EQ(choose("heap", {}).scene().now_us, trace::kNone);  // the sample tells no time_cache
}

TEST(Moment, TimeGoesOnFromTheLoopsOwnRecords) {
    trace::testing::RecordBuilder builder;
    trace::testing::Scene loop(builder, 1);
    builder.add(trace::rec::time_cache{.base = loop.base(), .now = 5'000'000});
    builder.advance_ns(2'000'000);
    builder.add(trace::rec::time_cache{.base = loop.base(), .now = -1});
    loop.begin_loop();
    trace::Timeline timeline = trace::Timeline::of(builder.records(), builder.shared_context());
    const Moment moment = Moment::choose(timeline, *find_view("heap"), {});
    EXPECT_EQ(moment.scene().now_us, 5'002'000);
}

// malloc gives a new base the place of one that was freed: B1 and B2 have one address.
TEST(Moment, ABaseThatIsGoneIsNotTheOneInItsPlace) {
    trace::testing::RecordBuilder builder;
    std::vector<std::uint64_t> turns;
    for (int i = 0; i < 2; ++i) {
        trace::testing::Scene loop(builder, 1, 0xb000);
        loop.begin_loop();
        turns.push_back(builder.next_number());
        loop.begin_turn();
        loop.end_loop(trace::field::loopend::no_events, 1);
        builder.add(trace::rec::base_free{.base = loop.base()});
    }
    trace::Timeline timeline = trace::Timeline::of(builder.records(), builder.shared_context());
    for (const std::size_t i : {0U, 1U}) {
        const std::string name = "B" + std::to_string(i + 1);
        const Asked asked{.at = {}, .turn = 1, .base = name};
        const Moment moment = Moment::choose(timeline, *find_view("base"), asked);
        ASSERT_EQ(moment.error(), "");
        EXPECT_EQ(moment.scene().model.record(), turns[i]);
        EXPECT_EQ(moment.scene().base.ordinal, i + 1);
        const Asked whole{.at = {}, .turn = {}, .base = name};
        const Moment end = Moment::choose(timeline, *find_view("states"), whole);
        EXPECT_EQ(end.scene().base.ordinal, i + 1) << end.error();
    }
}

// A program without any event_base: its waits are drawn all the same.
TEST(Moment, AWaitNeedsNoBase) {
    trace::testing::RecordBuilder builder;
    builder.add(trace::rec::fd_name{.fd = 7, .label = "listener"});
    builder.add(
        trace::rec::sys_poll{.nfds = 2, .timeout = 50, .result = 1, .error = 0, .duration = 0});
    builder.add(trace::rec::wait_entry{.fd = 7, .asked = 1, .got = 1});
    builder.add(trace::rec::wait_entry{.fd = 8, .asked = 4, .got = 0});
    trace::Timeline timeline = trace::Timeline::of(builder.records(), builder.shared_context());
    const Moment moment = Moment::choose(timeline, *find_view("wait"), {});
    ASSERT_EQ(moment.error(), "");
    const std::string dot = find_view("wait")->draw(moment.scene());
    EXPECT_TRUE(is_drawn(dot));
    EXPECT_TRUE(contains(dot, "one wait: poll"));
    EXPECT_FALSE(contains(dot, "Not exact"));
    EXPECT_TRUE(contains(dot, "7  listener"));
    EXPECT_TRUE(contains(dot, "returns 1"));
    EXPECT_TRUE(contains(dot, "OUT"));
    EXPECT_TRUE(contains(
        Moment::choose(timeline, *find_view("wait"), {.at = 1, .turn = {}, .base = {}}).error(),
        "no select, poll or epoll_wait is told of up to record 1"));
}

// Of a loop's wait the ready descriptors are told, with what the kernel watches them for.
TEST_F(Moments, AWaitOfALoopTellsWhatIsReady) {
    const Moment last = choose("wait", {});
    std::size_t told = 0;
    for (std::uint64_t turn = 1; turn <= last.scene().model.current_base()->turn; ++turn) {
        const Moment moment = choose("wait", {.at = {}, .turn = turn, .base = {}});
        ASSERT_EQ(moment.error(), "");
        const Scene scene = moment.scene();
        const std::string dot = find_view("wait")->draw(scene);
        if (scene.records.back()->as<trace::rec::backend_ready>() == nullptr) {
            EXPECT_TRUE(contains(dot, "none is ready") || contains(dot, "returns"));
            continue;
        }
        ++told;
        EXPECT_EQ(scene.base.turn, turn);
        EXPECT_TRUE(contains(dot, "READ")) << dot;
    }
    EXPECT_GT(told, 0U);
    EXPECT_TRUE(contains(choose("wait", {.at = {}, .turn = 500, .base = {}}).error(),
                         "there is no turn 500"));
}

TEST(Moment, AnEmptyTraceSaysSo) {
    trace::testing::RecordBuilder builder;
    trace::Timeline timeline = trace::Timeline::of({}, builder.shared_context());
    EXPECT_EQ(Moment::choose(timeline, views().front(), {}).error(), "the trace holds no record");
}

}  // namespace
}  // namespace evglass::viz::graph::testing
