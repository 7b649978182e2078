// Spans: what the sample's records become, that they nest, and what a loss does to open ones.
#include "viz/export/chronicle.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/sample_model.h"
#include "tests/support/scene.h"

namespace evglass::viz::exports {
namespace {

struct Kept : Listener {
    void turn(const TurnSpan& t) override { turns.push_back(t); }
    void phase(const PhaseSpan& p) override { phases.push_back(p); }
    void callback(const CallbackSpan& c) override { callbacks.push_back(c); }
    void state(const StateSpan& s) override { states.push_back(s); }
    void syscall(const SyscallSpan& s) override { syscalls.push_back(s); }
    void activation(const Activation& a) override { activations.push_back(a); }
    void life(const EventLife& l) override { lives.push_back(l); }
    std::vector<TurnSpan> turns;
    std::vector<PhaseSpan> phases;
    std::vector<CallbackSpan> callbacks;
    std::vector<StateSpan> states;
    std::vector<SyscallSpan> syscalls;
    std::vector<Activation> activations;
    std::vector<EventLife> lives;
};

class ChronicleTest : public ::testing::Test {
 protected:
    ChronicleTest() { tell(sample_.builder.records(), sample_.builder.context(), kept_); }
    trace::testing::Sample sample_ = trace::testing::make_finished_sample();
    Kept kept_;
};

TEST_F(ChronicleTest, EveryTurnPhaseAndCallbackIsToldOnce) {
    std::size_t turns = 0, phases = 0, callbacks = 0;
    for (const trace::Record& r : sample_.builder.records()) {
        turns += r.as<trace::rec::turn_begin>() != nullptr;
        phases += r.as<trace::rec::loop_phase>() != nullptr;
        callbacks += r.as<trace::rec::callback_begin>() != nullptr;
    }
    EXPECT_EQ(kept_.turns.size(), turns);
    EXPECT_EQ(kept_.phases.size(), phases);
    EXPECT_EQ(kept_.callbacks.size(), callbacks);
    for (const TurnSpan& turn : kept_.turns) EXPECT_FALSE(turn.span.open);
}

TEST_F(ChronicleTest, PhasesLieInTheirTurnsAndCallsInPhases) {
    for (const PhaseSpan& phase : kept_.phases) {
        bool inside = false;
        for (const TurnSpan& turn : kept_.turns)
            inside = inside || (turn.span.first <= phase.span.first &&
                                phase.span.last <= turn.span.last && turn.turn == phase.turn);
        EXPECT_TRUE(inside) << phase.phase;
    }
}

TEST_F(ChronicleTest, AnEventsStatesFollowEachOtherWithoutHoles) {
    std::map<std::string, const StateSpan*> last;
    for (const StateSpan& state : kept_.states) {
        if (const auto before = last.find(state.event); before != last.end()) {
            EXPECT_EQ(before->second->span.last, state.span.first) << state.event;
            EXPECT_EQ(before->second->state, state.before) << state.event;
        }
        last[state.event] = &state;
    }
    EXPECT_GE(last.size(), 6U);
}

TEST_F(ChronicleTest, ACallbackKnowsWhatLedToIt) {
    ASSERT_FALSE(kept_.callbacks.empty());
    std::size_t with_word = 0;
    for (const CallbackSpan& callback : kept_.callbacks) {
        const auto found =
            std::ranges::find(kept_.activations, callback.activate_record, &Activation::record);
        ASSERT_NE(found, kept_.activations.end()) << callback.title;
        EXPECT_EQ(found->event, callback.event);
        EXPECT_LT(found->record, callback.span.first);
        if (found->ready_record != 0) {
            EXPECT_LT(found->ready_record, found->record);
            ++with_word;
        }
    }
    EXPECT_GT(with_word, 0U);
}

TEST_F(ChronicleTest, EachEventIsToldOfOnce) {
    std::set<std::string> names;
    for (const EventLife& life : kept_.lives) EXPECT_TRUE(names.insert(life.name).second);
    EXPECT_GE(names.size(), 7U);
}

TEST(Chronicle, ALossClosesWhatIsOpen) {
    trace::testing::RecordBuilder builder;
    trace::testing::Scene loop(builder, 1);
    const auto event = loop.make_event({.fd = 7, .events = 0x12, .name = "x"});
    loop.add(event);
    loop.begin_loop();
    loop.begin_turn();
    loop.phase(trace::field::phase::process_active);
    loop.activate(event, 2);
    loop.begin_callback();
    builder.lose(5);
    loop.begin_turn();
    Kept kept;
    tell(builder.records(), builder.context(), kept);
    ASSERT_EQ(kept.callbacks.size(), 1U);
    EXPECT_TRUE(kept.callbacks[0].span.open);
    ASSERT_EQ(kept.turns.size(), 2U);
    EXPECT_TRUE(kept.turns[0].span.open);
}

// A ring that has lost its beginning: an event that only keyframes tell of is where they say.
TEST(Chronicle, AKeyframeTellsWhereAnEventIs) {
    trace::testing::RecordBuilder builder;
    trace::testing::Scene loop(builder, 1);
    loop.add(loop.make_event({.fd = 7, .events = 0x12, .name = "door"}));
    const std::size_t lost = builder.records().size();
    loop.begin_loop();
    loop.keyframe();
    const std::size_t told = builder.records().size();
    builder.advance_ns(1'000'000);
    loop.begin_turn();
    loop.keyframe();
    const std::vector<trace::Record>& all = builder.records();
    Kept kept;
    tell({all.begin() + static_cast<std::ptrdiff_t>(lost), all.end()}, builder.context(), kept);
    const auto pending = std::ranges::count_if(kept.states, [&](const StateSpan& span) {
        return span.state == trace::EventState::pending &&
               span.before == trace::EventState::unknown && span.span.first <= told &&
               span.span.open;
    });
    EXPECT_EQ(pending, 1) << "once, and to the end";
}

TEST(Chronicle, ALoopThatSleepsAtTheEndDoesNotWork) {
    trace::testing::RecordBuilder builder;
    trace::testing::Scene loop(builder, 1);
    loop.begin_loop();
    loop.begin_turn();
    loop.choose_wait();
    builder.advance_ns(3'000'000);
    builder.thread(1);
    builder.add(trace::rec::mark{.text = {}});
    Kept kept;
    tell(builder.records(), builder.context(), kept);
    ASSERT_EQ(kept.turns.size(), 1U);
    EXPECT_GE(kept.turns[0].waited_ns, 3'000'000);
    EXPECT_LE(kept.turns[0].waited_ns, kept.turns[0].span.duration_ns());
}

TEST(Chronicle, WhatTheTraceEndsInIsOpen) {
    const trace::testing::Sample sample = trace::testing::make_sample();
    trace::testing::Sample copy = sample;
    Kept kept;
    tell(sample.builder.records(), copy.builder.context(), kept);
    ASSERT_FALSE(kept.callbacks.empty());
    EXPECT_TRUE(kept.callbacks.back().span.open);
    EXPECT_TRUE(kept.turns.back().span.open);
}

}  // namespace
}  // namespace evglass::viz::exports
