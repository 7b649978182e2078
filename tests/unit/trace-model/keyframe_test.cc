// Keyframes: they prove a replay right or wrong, and let one begin in the middle.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/support/scene.h"
#include "tests/unit/trace-model/replay.h"

namespace evglass::trace::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr Address kBase = 0xb000;

/// Random operations on a scene, in and out of callbacks.
class RandomScene {
 public:
    RandomScene(RecordBuilder& out, std::uint32_t seed) : random_(seed), scene_(out, 3, kBase) {
        for (int i = 0; i < 24; ++i) scene_.make_event(spec(i));
        scene_.begin_loop();
    }
    void step() {
        scene_.out().advance_ns(pick(200'000'000));
        const int action = pick(12);
        if (action == 11) return turn();
        operate(action);
    }
    Scene& scene() { return scene_; }

 private:
    int pick(int n) { return static_cast<int>(random_() % static_cast<std::uint32_t>(n)); }
    EventSpec spec(int i) {
        const int persist = i % 2 == 0 ? Scene::kPersist : 0;
        if (i % 4 == 3) return {.fd = 1 + i % 3, .events = Scene::kSignal | persist, .name = {}};
        if (i % 4 == 2) return {.fd = -1, .events = persist, .name = {}, .priority = i % 3};
        const int io = i % 3 == 0 ? Scene::kRead : i % 3 == 1 ? Scene::kWrite : Scene::kClosed;
        return {.fd = 10 + i % 5, .events = io | persist, .name = {}, .priority = i % 3};
    }
    Address any() {
        const auto all = scene_.events();
        return all[static_cast<std::size_t>(pick(static_cast<int>(all.size())))];
    }
    void operate(int action) {
        const Address event = any();
        switch (action) {
            case 0:
            case 1:
            case 2:
                scene_.add(event);
                break;
            case 3:
            case 4:
            case 5:
                scene_.add(event, pick(3'000'000));
                break;
            case 6:
                scene_.del(event);
                break;
            case 7:
                scene_.activate(event, Scene::kRead);
                break;
            case 8:
                scene_.activate_later(event, Scene::kWrite);
                break;
            case 9:
                scene_.set_priority(event, pick(3));
                break;
            default:
                if (scene_.events().size() > 10) scene_.free_event(event);
                scene_.make_event(spec(pick(24)));
        }
    }
    void turn() {
        scene_.begin_turn();
        scene_.choose_wait();
        scene_.wake(2, pick(500'000));
        scene_.fd_ready(10 + pick(5), Scene::kRead | Scene::kWrite);
        if (pick(3) == 0) scene_.signal_arrived(1 + pick(3));
        scene_.expire_timers();
        scene_.phase(field::phase::process_active);
        while (scene_.begin_callback() != 0) {
            for (int n = pick(3); n > 0; --n) operate(pick(11));
            scene_.keyframe();
            scene_.end_callback();
        }
    }
    std::mt19937 random_;
    Scene scene_;
};

TEST(Keyframe, AgreesWithTheReplayAtEveryStepOfRandomScenes) {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        RecordBuilder out;
        RandomScene random(out, seed);
        for (int i = 0; i < 300; ++i) {
            random.step();
            random.scene().keyframe();
        }
        const Replay replay(out);
        EXPECT_EQ(replay.error(), "") << "seed " << seed;
        EXPECT_TRUE(replay.model.base(kBase)->exact);
    }
}

TEST(Keyframe, LetsAReplayBeginAnywhere) {
    for (std::uint32_t seed = 1; seed <= 10; ++seed) {
        RecordBuilder out;
        RandomScene random(out, seed);
        for (int i = 0; i < 200; ++i) {
            random.step();
            random.scene().keyframe();
        }
        const std::size_t from = out.records().size() / 3 + seed * 7;
        const Replay late(out, from), whole(out);
        EXPECT_EQ(late.error(), "") << "seed " << seed;
        const Base &a = *late.model.base(kBase), &b = *whole.model.base(kBase);
        EXPECT_TRUE(a.exact);
        EXPECT_EQ(a.heap, b.heap);
        EXPECT_EQ(a.active, b.active);
        EXPECT_EQ(a.later, b.later);
        EXPECT_EQ(a.io, b.io);
        EXPECT_EQ(a.signals, b.signals);
        EXPECT_EQ(a.interest, b.interest);
        EXPECT_EQ(a.turn, b.turn);
    }
}

TEST(Keyframe, MendsAReplayThatLostRecords) {
    for (std::uint32_t seed = 1; seed <= 10; ++seed) {
        RecordBuilder whole;
        RandomScene random(whole, seed);
        RecordBuilder holed;
        for (int i = 0; i < 100; ++i) random.step();
        random.scene().keyframe();
        // The same records, but for a stretch in the middle.
        Model model;
        std::vector<std::string> errors;
        const auto& records = whole.records();
        for (std::size_t i = 0; i < records.size(); ++i) {
            if (i >= records.size() / 2 && i < records.size() / 2 + 50) continue;
            if (model.record() != 0 && records[i].number != model.record() + 1) {
                model.mark_loss();
                EXPECT_FALSE(model.base(kBase)->exact);
            }
            const Change change = model.apply(records[i], nullptr);
            if (!change.error.empty()) errors.push_back(change.error);
        }
        EXPECT_THAT(errors, IsEmpty()) << "seed " << seed;
        EXPECT_TRUE(model.base(kBase)->exact);
        EXPECT_EQ(model.base(kBase)->heap, Replay(whole).model.base(kBase)->heap);
    }
}

/// One queue, one timer heap and a keyframe, of which a test falsifies one record.
class Falsified : public ::testing::Test {
 protected:
    RecordBuilder out;
    Scene scene{out, 1, kBase};
    std::vector<Address> events;

    void SetUp() override {
        for (int i = 0; i < 3; ++i) {
            events.push_back(scene.make_event(
                {.fd = 5 + i, .events = Scene::kRead | Scene::kPersist, .name = {}}));
            scene.add(events.back(), 1'000'000 * (i + 1));
        }
        scene.activate(events[0], Scene::kRead);
        scene.activate(events[1], Scene::kRead);
    }
    /// Tells the keyframe with each record changed by `change`, and gives the error.
    template <class R, class Edit>
    std::string error_after(const Edit& edit) {
        scene.keyframe();
        Model model;
        std::string error;
        for (Record record : out.records()) {
            if (auto* r = const_cast<R*>(record.as<R>())) edit(*r);
            const Change change = model.apply(record, nullptr);
            if (error.empty()) error = change.error;
        }
        EXPECT_TRUE(model.base(kBase)->exact) << "the told state is taken over";
        return error;
    }
};

TEST_F(Falsified, HeapPlacesAreCompared) {
    const Address wrong = events[2];
    EXPECT_THAT(error_after<rec::keyframe_heap>([&](auto& r) {
                    if (r.index == 1) r.event = wrong;
                }),
                StartsWith("keyframe disagrees: heap[1] is E4 at "));
}

TEST_F(Falsified, QueuesAreComparedInOrder) {
    const Address first = events[0], second = events[1];
    EXPECT_EQ(
        error_after<rec::keyframe_queue>([&](auto& r) { r.event = r.index == 0 ? second : first; }),
        "keyframe disagrees: active 0[0] is E3, replayed E2");
}

TEST_F(Falsified, FlagsAreCompared) {
    const Address event = events[2];
    EXPECT_EQ(error_after<rec::keyframe_event>([&](auto& r) {
                  if (r.event == event) r.flags = std::uint16_t{0x82};
              }),
              "keyframe disagrees: E4's flags is 130, replayed 131");
}

TEST_F(Falsified, InterestIsCompared) {
    EXPECT_EQ(error_after<rec::keyframe_interest>([](auto& r) {
                  if (r.fd == 6) r.mask = std::int16_t{6};
              }),
              "keyframe disagrees: interest in fd 6 is 6, replayed 2");
}

TEST_F(Falsified, TheTurnAndTheLoopAreCompared) {
    EXPECT_EQ(error_after<rec::keyframe_begin>([](auto& r) { r.turn = 9; }),
              "keyframe disagrees: turn is 9, replayed 0");
}

TEST_F(Falsified, AnEventThatIsNotToldMustNotBePending) {
    const Address event = events[2];
    scene.keyframe();
    Model model;
    std::string error;
    for (Record record : out.records()) {
        const auto* told = record.as<rec::keyframe_event>();
        if (told != nullptr && told->event == event) continue;
        if (auto* end = const_cast<rec::keyframe_end*>(record.as<rec::keyframe_end>()))
            --end->records;
        const Change change = model.apply(record, nullptr);
        if (error.empty()) error = change.error;
    }
    EXPECT_THAT(error, HasSubstr("keyframe disagrees: fd 7's nread is 0, replayed 1"));
}

TEST_F(Falsified, AKeyframeWithAHoleIsNotBelieved) {
    scene.keyframe();
    Model model;
    std::string error;
    for (const Record& record : out.records()) {
        if (record.as<rec::keyframe_heap>() != nullptr) continue;
        const Change change = model.apply(record, nullptr);
        if (error.empty()) error = change.error;
    }
    EXPECT_THAT(error, StartsWith("keyframe_end: the keyframe is broken: "));
    EXPECT_EQ(model.base(kBase)->heap.size(), 3U) << "what was replayed stands";
}

TEST(Keyframe, DropsWhatALateReplayThoughtPending) {
    RecordBuilder out;
    Scene scene(out, 1, kBase);
    const Address event =
        scene.make_event({.fd = 5, .events = Scene::kRead | Scene::kPersist, .name = {}});
    scene.add(event);
    const std::size_t lost = out.records().size();
    scene.del(event);
    const std::size_t after = out.records().size();
    scene.keyframe();
    Model model;
    for (std::size_t i = 0; i < out.records().size(); ++i) {
        if (i >= lost && i < after) continue;
        if (i == after) model.mark_loss();
        EXPECT_EQ(model.apply(out.records()[i], nullptr).error, "");
    }
    EXPECT_EQ(model.event(event)->state(), EventState::initialized);
}

}  // namespace
}  // namespace evglass::trace::testing
