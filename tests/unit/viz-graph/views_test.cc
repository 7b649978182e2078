// What each picture says of the sample: an echo server in the middle of a turn.
#include <gtest/gtest.h>

#include "tests/unit/viz-graph/pictures.h"
#include "viz/graph/card.h"

namespace evglass::viz::graph::testing {
namespace {

class Views : public ::testing::Test {
 protected:
    trace::testing::Sample sample_ = trace::testing::make_sample();
    Scene scene_ = scene_of(sample_.model, sample_.builder);
};

TEST_F(Views, AllAreValidAndNamedOnce) {
    for (const View& view : views()) {
        EXPECT_TRUE(is_drawn(view.draw(scene_))) << view.name;
        EXPECT_EQ(find_view(view.name), &view);
    }
    EXPECT_EQ(find_view("nosuch"), nullptr);
}

TEST_F(Views, TitleTellsProgramRecordAndTurn) {
    const std::string dot = base_dot(scene_);
    EXPECT_TRUE(contains(dot, "event_base B1"));
    EXPECT_TRUE(contains(dot, "echo-server"));
    EXPECT_TRUE(contains(dot, "record " + std::to_string(sample_.model.record())));
    EXPECT_TRUE(contains(dot, "turn 3"));
    EXPECT_FALSE(contains(dot, "Not exact"));
}

TEST_F(Views, LossesAreSaidInTheTitle) {
    scene_.lost = 7;
    EXPECT_TRUE(contains(heap_dot(scene_), "7 records of this trace lost"));
    trace::Model broken = sample_.model;
    broken.mark_loss();
    Scene scene = scene_of(broken, sample_.builder);
    EXPECT_TRUE(contains(heap_dot(scene), "Not exact"));
}

TEST_F(Views, BaseHasOneCardForEachEventInAContainer) {
    const std::string dot = base_dot(scene_);
    for (const auto event : {sample_.signal_pipe, sample_.listener, sample_.timer, sample_.sigint,
                             sample_.client_a, sample_.client_b})
        EXPECT_EQ(count_of(dot, "\n  \"" + event_id(scene_, event) + "\" [label"), 1U);
    EXPECT_EQ(count_of(dot, "\n  \"" + event_id(scene_, sample_.spare) + "\" [label"), 0U);
    EXPECT_TRUE(contains(dot, "process_active"));
    EXPECT_TRUE(contains(dot, "epoll"));
}

TEST_F(Views, HeapShowsTheArrayInOrderWithTimesFromNow) {
    const std::string dot = heap_dot(scene_);
    EXPECT_TRUE(contains(dot, "2 timers"));
    const auto& heap = sample_.model.current_base()->heap;
    ASSERT_EQ(heap.size(), 2U);
    EXPECT_TRUE(contains(dot, deadline_text(scene_, heap[0].deadline)));
    EXPECT_TRUE(contains(dot, "\"h0\" -> \"h1\""));
    EXPECT_FALSE(contains(dot, "\"h1\" -> "));
}

TEST_F(Views, QueuesKeepTheOrderAndShowWhatRuns) {
    const std::string dot = queues_dot(scene_);
    EXPECT_TRUE(contains(dot, "running now"));
    EXPECT_TRUE(contains(dot, "activequeues[0]"));
    EXPECT_TRUE(contains(dot, "active_later_queue"));
    EXPECT_TRUE(contains(dot, "client B"));
}

TEST_F(Views, IoMarksWhatTheBackendDoesNotWatch) {
    EXPECT_FALSE(contains(io_dot(scene_), "is wanted"));
    trace::testing::RecordBuilder& builder = sample_.builder;
    builder.add(trace::rec::interest{.base = sample_.base, .fd = 7, .before = 0x02, .after = 0x04});
    trace::Model model = sample_.model;
    model.apply(builder.records().back(), nullptr);
    Scene scene = scene_of(model, builder);
    EXPECT_TRUE(contains(io_dot(scene), "WRITE but READ is wanted"));
}

TEST_F(Views, SignalsGoThroughTheInternalEvent) {
    const std::string dot = signals_dot(scene_);
    EXPECT_TRUE(contains(dot, "SIGINT"));
    EXPECT_TRUE(contains(dot, "\"pipe\" -> \"" + event_id(scene_, sample_.signal_pipe) + "\""));
    EXPECT_TRUE(contains(dot, "\"s2\" -> \"" + event_id(scene_, sample_.sigint) + "\""));
}

TEST_F(Views, TurnTellsThePhasesInOrder) {
    std::uint64_t begin = 0;
    for (const trace::Record* r : scene_.records)
        if (r->as<trace::rec::turn_begin>() != nullptr) begin = r->number;
    std::erase_if(scene_.records, [&](const trace::Record* r) { return r->number < begin; });
    const std::string dot = turn_dot(scene_);
    EXPECT_TRUE(contains(dot, "turn 3 of B1"));
    const std::size_t dispatch = dot.find("dispatch"), process = dot.find("process_active");
    EXPECT_LT(dispatch, process);
    EXPECT_TRUE(contains(dot, "fd 7 is ready: READ"));
    EXPECT_TRUE(contains(dot, "callback of E5 client A"));
    EXPECT_TRUE(contains(dot, "310 ms"));
}

TEST(TurnView, AnotherThreadsSystemCallsAreNotOfTheTurn) {
    trace::testing::RecordBuilder builder;
    trace::testing::Scene loop(builder, 1);
    loop.begin_loop();
    loop.begin_turn();
    loop.choose_wait();
    builder.thread(1);
    builder.add(trace::rec::sys_epoll_wait{
        .epfd = 9, .maxevents = 32, .timeout = 777, .result = 1, .error = 0, .duration = 1});
    builder.thread(0);
    loop.wake(1, 100);
    const trace::Model model = trace::testing::replay(builder);
    const std::string dot = turn_dot(scene_of(model, builder));
    EXPECT_TRUE(contains(dot, "epoll_wait"));
    EXPECT_FALSE(contains(dot, "777 ms"));
}

TEST_F(Views, CallsWithoutRecordsOfCallsSaySo) {
    EXPECT_FALSE(has_calls(scene_));
    EXPECT_TRUE(contains(calls_dot(scene_), "record with --only all"));
}

TEST_F(Views, ADamagedMomentIsDrawnAllTheSame) {
    trace::Model empty;
    const trace::Base base;
    Scene scene(empty, base);
    for (const View& view : views()) EXPECT_TRUE(is_drawn(view.draw(scene))) << view.name;
}

// ---- many events --------------------------------------------------------------------------------

TEST(ManyEvents, ContainersAreCutAndSayHowMuchIsLeft) {
    trace::testing::RecordBuilder builder;
    trace::testing::Scene loop(builder, 1);
    for (int i = 0; i < 60; ++i) {
        const auto event = loop.make_event({.fd = 100 + i, .events = 0x12, .name = {}});
        loop.add(event, 1'000'000 + 1000 * i);
    }
    const trace::Model model = trace::testing::replay(builder);
    Scene scene = scene_of(model, builder);
    const std::string base = base_dot(scene), heap = heap_dot(scene), io = io_dot(scene);
    EXPECT_TRUE(contains(base, "60 timers"));
    EXPECT_TRUE(contains(base, "+ 48 more"));
    EXPECT_EQ(count_of(base, "READ|PERSIST"), kShown);
    EXPECT_TRUE(contains(heap, "+ 39 more"));
    EXPECT_FALSE(contains(heap, "\"h21\""));
    EXPECT_TRUE(contains(io, "+ 36 more"));
}

TEST(ManyEvents, AHeapThatIsNoHeapIsMarked) {
    trace::testing::RecordBuilder builder;
    trace::testing::Scene loop(builder, 1);
    for (int i = 0; i < 5; ++i)
        loop.add(loop.make_event({.fd = -1, .events = 0, .name = {}}), 1'000'000 + i);
    const trace::Model model = trace::testing::replay(builder);
    trace::Base wrong = *model.current_base();
    Scene right(model, *model.current_base());
    EXPECT_FALSE(contains(heap_dot(right), "penwidth"));
    wrong.heap.set(3, {wrong.heap[3].event, 1});
    Scene scene(model, wrong);
    EXPECT_EQ(count_of(heap_dot(scene), "penwidth"), 1U);
}

}  // namespace
}  // namespace evglass::viz::graph::testing
