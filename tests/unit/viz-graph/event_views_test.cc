// Pictures of one event, of the configuration, of signals; what changed; films that stand still.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/support/hostile.h"
#include "tests/support/scene.h"
#include "tests/unit/viz-graph/pictures.h"
#include "viz/graph/card.h"
#include "viz/graph/changes.h"
#include "viz/graph/event_story.h"
#include "viz/graph/frames.h"
#include "viz/graph/moment.h"
#include "viz/graph/sequence_steps.h"
#include "viz/graph/series.h"

namespace evglass::viz::graph::testing {
namespace {

class EventViews : public ::testing::Test {
 protected:
    trace::testing::Sample sample_ = trace::testing::make_sample();
    Scene scene_ = scene_of(sample_.model, sample_.builder);
};

TEST_F(EventViews, AnEventsPictureSaysWhereItStandsAndHowItCameThere) {
    scene_.event = sample_.client_b;
    const std::string dot = event_dot(scene_);
    for (const char* part : {"activequeues[0]", "timeheap", "io, fd 8", "where it stands"})
        EXPECT_TRUE(contains(dot, part)) << part;
    const std::vector<EventStep> story = event_story(scene_);
    ASSERT_GE(story.size(), 3U);
    EXPECT_EQ(story.front().before, trace::EventState::unknown);
    for (std::size_t i = 1; i < story.size(); ++i) EXPECT_EQ(story[i].before, story[i - 1].after);
    EXPECT_EQ(story.back().after, sample_.model.event(sample_.client_b)->state());
}

TEST_F(EventViews, TheStoryEndsInTheModelsStateForEveryEvent) {
    for (const auto& [address, event] : sample_.model.events()) {
        scene_.event = address;
        const std::vector<EventStep> story = event_story(scene_);
        ASSERT_FALSE(story.empty());
        EXPECT_EQ(story.back().after, event.state()) << event.name;
    }
}

TEST_F(EventViews, ASequenceGoesFromTheAddToTheCallback) {
    scene_.event = sample_.listener;
    const std::vector<SequenceStep> steps = sequence_steps(scene_);
    ASSERT_GE(steps.size(), 6U);
    EXPECT_EQ(steps.front().text, "event_add");
    const auto has = [&](const char* part, Party from, Party to) {
        return std::ranges::any_of(steps, [&](const SequenceStep& step) {
            return contains(step.text, part) && step.from == from && step.to == to;
        });
    };
    EXPECT_TRUE(has("epoll_ctl", Party::backend, Party::kernel));
    EXPECT_TRUE(has("epoll_wait", Party::kernel, Party::backend));
    EXPECT_TRUE(has("fd 6 is ready", Party::backend, Party::base));
    EXPECT_TRUE(has("event_active_nolock_", Party::base, Party::event));
    EXPECT_TRUE(has("callback: READ", Party::base, Party::program));
    for (std::size_t i = 1; i < steps.size(); ++i)
        if (steps[i].gap == 0 && steps[i - 1].gap == 0) {
            EXPECT_GT(steps[i].record, steps[i - 1].record);
        }
    EXPECT_TRUE(is_drawn(sequence_dot(scene_)));
}

// A persistent timer is added anew before each of its callbacks. Its story begins where the program
// added it, or, where that is not in the trace, with the pending that led to the callback.
TEST(Sequence, OfAPersistentTimerBeginsWithTheAddNotInTheMiddle) {
    trace::testing::RecordBuilder builder;
    trace::testing::Scene loop(builder, 1);
    const trace::testing::Address tick = loop.make_event({.events = 0x10, .name = "tick"});
    loop.add(tick, 1000);
    loop.begin_loop();
    for (int turn = 0; turn < 3; ++turn) {
        loop.begin_turn();
        loop.choose_wait();
        loop.wake(0, 1000);
        loop.expire_timers();
        ASSERT_EQ(loop.begin_callback(), tick);
        loop.end_callback();
    }
    trace::Timeline timeline = trace::Timeline::of(builder.records(), builder.shared_context());
    const Moment moment = Moment::choose(timeline, *find_view("sequence"), {});
    Scene scene = moment.scene();
    const auto count = [](const std::vector<SequenceStep>& steps, const char* text) {
        return std::ranges::count_if(
            steps, [&](const SequenceStep& step) { return contains(step.text, text); });
    };
    const std::vector<SequenceStep> whole = sequence_steps(scene);
    EXPECT_EQ(whole.front().text, "event_add");
    EXPECT_EQ(count(whole, "its callback ran 2"), 1);
    EXPECT_EQ(count(whole, "callback: TIMEOUT"), 1);
    std::erase_if(scene.records, [](const trace::Record* r) {
        return r->as<trace::rec::api_begin>() != nullptr || r->as<trace::rec::api_end>() != nullptr;
    });
    const std::vector<SequenceStep> part = sequence_steps(scene);
    EXPECT_EQ(count(part, "callback: TIMEOUT"), 1);
    EXPECT_EQ(count(part, "its callback ran 1"), 1) << "the one that it was added anew for";
}

TEST_F(EventViews, ASequenceOfAnEventThatNeverRanEndsWithItsAdd) {
    scene_.event = sample_.sigint;
    const std::vector<SequenceStep> steps = sequence_steps(scene_);
    ASSERT_FALSE(steps.empty());
    for (const SequenceStep& step : steps) EXPECT_FALSE(contains(step.text, "callback"));
    scene_.event = sample_.spare;
    EXPECT_TRUE(contains(sequence_dot(scene_), "does not tell"));
    scene_.event = 0;
    EXPECT_TRUE(contains(sequence_dot(scene_), "No event is chosen"));
}

TEST_F(EventViews, ConfigNamesTheBackendsAndWhy) {
    const std::string dot = config_dot(scene_);
    EXPECT_TRUE(contains(dot, "epoll"));
    EXPECT_TRUE(contains(dot, "the first that is allowed and works"));
}

TEST_F(EventViews, SignalsShowTheWholePath) {
    const std::string dot = signals_dot(scene_);
    for (const char* part : {"evsig_handler", "self-pipe", "evsig_cb", "SIGINT", "E1 signal pipe"})
        EXPECT_TRUE(contains(dot, part)) << part;
}

TEST_F(EventViews, WhatChangedIsMarkedAndNothingElse) {
    EXPECT_EQ(count_of(base_dot(scene_), "\u25c6"), 0U);
    trace::Timeline timeline = sample_.timeline();
    const trace::Model before = timeline.model(sample_.in_callback - 1);
    scene_.before = &before;
    EXPECT_EQ(change_of(scene_, sample_.client_a), "was active");
    EXPECT_EQ(change_of(scene_, sample_.listener), "");
    EXPECT_TRUE(contains(base_dot(scene_), "\u25c6 was active"));
    const trace::Model same = sample_.model;
    scene_.before = &same;
    EXPECT_EQ(count_of(base_dot(scene_), "\u25c6"), 0U);
}

// What Graphviz says of where a node of an SVG picture stands: its first text's place.
std::string place_of(const std::string& svg, const std::string& id) {
    const std::size_t node = svg.find("<title>" + id + "</title>");
    const std::size_t at = node == std::string::npos ? node : svg.find("<polygon", node);
    return at == std::string::npos ? "" : svg.substr(at, svg.find("/>", at) - at);
}

TEST_F(EventViews, WhatTwoFramesShareStandsAtOnePlace) {
    trace::Timeline timeline = trace::testing::make_finished_sample().timeline();
    Series series;
    std::vector<std::string> alone;
    for (const std::uint64_t turn : {1, 2, 3}) {
        Asked asked;
        asked.turn = turn;
        const Moment moment = Moment::choose(timeline, *find_view("base"), asked);
        ASSERT_EQ(moment.error(), "");
        series.add(base_dot(moment.scene()));
    }
    ASSERT_EQ(series.lay_out(), "");
    const std::string node = event_id(scene_, sample_.listener);
    const Rendered first = series.draw(0, Format::svg), last = series.draw(2, Format::svg);
    ASSERT_EQ(first.error + last.error, "");
    const RenderedAll all = series.draw_all(Format::svg);
    ASSERT_EQ(all.pictures.size(), 3U) << all.error;
    for (const std::string& picture : all.pictures) {
        EXPECT_TRUE(picture.starts_with("<?xml"));
        EXPECT_TRUE(picture.ends_with("</svg>\n"));
    }
    EXPECT_EQ(place_of(all.pictures[0], node), place_of(first.bytes, node));
    EXPECT_EQ(place_of(all.pictures[2], node), place_of(last.bytes, node));
    const auto centre = [&](std::size_t frame) {
        const std::string dot = series.placed(frame);
        const std::size_t at = dot.find("pos=", dot.find("\"" + node + "\" ["));
        return dot.substr(at, dot.find(']', at) - at);
    };
    EXPECT_EQ(centre(0), centre(2));
    EXPECT_TRUE(contains(centre(0), "pos=\""));
    EXPECT_NE(place_of(first.bytes, node), "");
}

TEST(FilmFrames, AreTheTurnsOrTheRecords) {
    const trace::testing::Sample sample = trace::testing::make_finished_sample();
    trace::Timeline timeline = sample.timeline();
    const Frames turns = frames(timeline, "turn", {});
    ASSERT_GE(turns.moments.size(), 3U);
    EXPECT_EQ(turns.moments[0].number, 1U);
    Asked late;
    late.turn = 2;
    EXPECT_EQ(frames(timeline, "turn", late).moments.size(), turns.moments.size() - 1);
    EXPECT_EQ(frames(timeline, "record", {}).moments.size(), sample.builder.records().size());
    late.turn = 99;
    EXPECT_EQ(frames(timeline, "turn", late).error, "the trace holds no turn from there on");
}

// A thousand names through DOT: nothing raw leaves, and Graphviz takes all of them at once.
TEST(HostileDot, AThousandNamesStayTextInEveryView) {
    const std::vector<std::string> names = trace::testing::hostile_texts();
    std::string io;
    for (const std::string& name : names) {
        trace::testing::RecordBuilder builder;
        trace::testing::Scene loop(builder, 1);
        const auto event = loop.make_event({.fd = 7, .events = 0x12, .name = name});
        loop.add(event, 1'000'000);
        loop.begin_loop();
        loop.begin_turn();
        loop.phase(trace::field::phase::dispatch);
        loop.fd_ready(7, 2);
        loop.phase(trace::field::phase::process_active);
        loop.begin_callback();
        builder.add(trace::rec::mark{.text = name.c_str()}, name);
        loop.end_callback();
        const trace::Model model = trace::testing::replay(builder);
        Scene scene = scene_of(model, builder);
        scene.program = scene.moment = name;
        scene.event = event;
        for (const View& view : views()) {
            const std::string dot = view.draw(scene);
            EXPECT_FALSE(trace::testing::acts_on_terminal(dot)) << view.name;
        }
        io += io_dot(scene);
    }
    const Rendered all = render(io, Format::svg);
    EXPECT_EQ(all.error, "");
    EXPECT_EQ(count_of(all.bytes, "</svg>"), names.size());
}

}  // namespace
}  // namespace evglass::viz::graph::testing
