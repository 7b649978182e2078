// Seeking: the model at any record is the one that a replay from the start gives, in any order of
// asking, bounded or not, with losses and without.
#include "trace/timeline.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/sample_model.h"
#include "tests/support/scene.h"
#include "trace/text.h"

namespace evglass::trace::testing {
namespace {

/// A long story: timers that come and go, some thousand records of it.
RecordBuilder long_story() {
    RecordBuilder out;
    Scene scene(out, 1);
    std::vector<Address> timers;
    for (int i = 0; i < 20; ++i)
        timers.push_back(scene.make_event({.fd = -1, .events = Scene::kPersist, .name = {}}));
    scene.begin_loop();
    std::mt19937 random(3);
    for (int turn = 0; turn < 600; ++turn) {
        scene.begin_turn();
        scene.add(timers[random() % timers.size()], 1000 + random() % 100'000);
        scene.choose_wait();
        scene.wake(0, 5000);
        scene.expire_timers();
        scene.phase(field::phase::process_active);
        while (scene.begin_callback() != 0) scene.end_callback();
        if (turn % 50 == 0) scene.keyframe();
    }
    return out;
}

/// What two models must share to be the same moment.
std::string digest(const Model& model) {
    std::string text = std::to_string(model.record()) + "@" + std::to_string(model.time_ns());
    for (const auto& [address, base] : model.bases()) {
        text += " B" + std::to_string(base.ordinal) + " turn " + std::to_string(base.turn) +
                " phase " + std::to_string(base.phase) + (base.exact ? " exact" : "") + " heap";
        for (const HeapItem& item : base.heap)
            text += " " + std::to_string(item.event) + ":" + std::to_string(item.deadline);
    }
    for (const auto& [address, event] : model.events())
        text += " " + std::to_string(event.ordinal) + std::string(state_name(event.state())) +
                std::to_string(event.fires);
    return text;
}

TEST(Timeline, AnyMomentInAnyOrder) {
    const RecordBuilder out = long_story();
    ASSERT_GT(out.records().size(), 9000U) << "several copies must be made";
    Timeline timeline = Timeline::of(out.records(), out.shared_context());
    EXPECT_TRUE(timeline.problems().empty());
    std::map<std::uint64_t, std::string> true_moments;
    Model model;
    for (const Record& record : out.records()) {
        static_cast<void>(model.apply(record, &out.shared_context()->sites()[record.site - 1U]));
        if (record.number % 97 == 0) true_moments[record.number] = digest(model);
    }
    std::vector<std::uint64_t> order;
    for (const auto& [number, text] : true_moments) order.push_back(number);
    std::shuffle(order.begin(), order.end(), std::mt19937(5));
    order.resize(60);
    for (const std::uint64_t number : order)
        EXPECT_EQ(digest(timeline.model(number)), true_moments[number]) << number;
    EXPECT_EQ(digest(timeline.model(timeline.last())), digest(model));
}

TEST(Timeline, ABoundedOneKeepsTheNewest) {
    const RecordBuilder out = long_story();
    Timeline whole = Timeline::of(out.records(), out.shared_context());
    Timeline bounded = Timeline::of(out.records(), out.shared_context(), 1000);
    EXPECT_EQ(bounded.last(), whole.last());
    EXPECT_LE(bounded.last() - bounded.first(), 1000U);
    EXPECT_GE(bounded.last() - bounded.first(), 500U);
    for (const std::uint64_t number : {bounded.first(), bounded.first() + 300, bounded.last() - 1})
        EXPECT_EQ(digest(bounded.model(number)), digest(whole.model(number)));
    EXPECT_EQ(bounded.model(1).record(), bounded.first()) << "clamped";
    EXPECT_EQ(bounded.before(bounded.first()), nullptr);
}

TEST(Timeline, NeighboursAndGaps) {
    RecordBuilder out;
    out.add(rec::mark{.text = "a"});
    out.lose(10);
    out.add(rec::mark{.text = "b"});
    const Timeline timeline = Timeline::of(out.records(), out.shared_context());
    EXPECT_EQ(timeline.first(), 1U);
    EXPECT_EQ(timeline.last(), 12U);
    EXPECT_EQ(timeline.at(5)->number, 12U);
    EXPECT_EQ(timeline.after(1)->number, 12U);
    EXPECT_EQ(timeline.before(12)->number, 1U);
    EXPECT_EQ(timeline.before(1), nullptr);
    EXPECT_EQ(timeline.after(12), nullptr);
    EXPECT_EQ(timeline.at(13), nullptr);
}

TEST(Timeline, LossesMakeABaseInexactUntilAKeyframe) {
    RecordBuilder out;
    Scene scene(out, 1);
    const Address event = scene.make_event({.fd = 5, .events = Scene::kRead, .name = {}});
    scene.add(event);
    const std::uint64_t before = out.next_number() - 1;
    out.lose(3);
    scene.activate(event, Scene::kRead);
    const std::uint64_t after = out.next_number() - 1;
    scene.keyframe();
    Timeline timeline = Timeline::of(out.records(), out.shared_context());
    EXPECT_TRUE(timeline.model(before).base(scene.base())->exact);
    EXPECT_FALSE(timeline.model(after).base(scene.base())->exact);
    EXPECT_TRUE(timeline.model(timeline.last()).base(scene.base())->exact);
    EXPECT_TRUE(timeline.problems().empty());
}

TEST(Timeline, FindsForwardAndBack) {
    const RecordBuilder out = long_story();
    Timeline timeline = Timeline::of(out.records(), out.shared_context());
    std::string error;
    for (const char* text : {"name=callback_begin", "name=callback_begin event=E5", "turn=77"}) {
        const Filter filter = Filter::parse(text, error);
        ASSERT_EQ(error, "");
        std::vector<std::uint64_t> there, back;
        for (auto at = timeline.find(filter, 0, true); at; at = timeline.find(filter, *at, true))
            there.push_back(*at);
        for (auto at = timeline.find(filter, UINT64_MAX, false); at;
             at = timeline.find(filter, *at, false))
            back.push_back(*at);
        std::reverse(back.begin(), back.end());
        EXPECT_EQ(there, back) << text;
        EXPECT_FALSE(there.empty()) << text;
    }
}

TEST(Timeline, FindsTurns) {
    const Sample s = make_sample();
    Timeline timeline = s.timeline();
    const auto at = timeline.turn(3);
    ASSERT_TRUE(at);
    EXPECT_EQ(timeline.at(*at)->as<rec::turn_begin>()->turn, 3U);
    EXPECT_FALSE(timeline.turn(4));
    EXPECT_FALSE(timeline.turn(3, 0x999));
}

TEST(Timeline, CollectsProblems) {
    RecordBuilder out;
    Scene scene(out, 1);
    out.add(rec::heap_place{.base = scene.base(), .event = Address{0xe000}, .index = 4});
    const Timeline timeline = Timeline::of(out.records(), out.shared_context());
    ASSERT_EQ(timeline.problems().size(), 1U);
    EXPECT_EQ(timeline.problems()[0].record, timeline.last());
    EXPECT_EQ(timeline.problems()[0].text, "heap_place: E1 is not looking for a place");
}

}  // namespace
}  // namespace evglass::trace::testing
