// What is gathered by looking back: histories and histograms against a story whose durations are
// known, and the keys of the screens that show them.
#include "viz/live/history.h"

#include <gtest/gtest.h>

#include "tests/support/sample_model.h"
#include "tests/support/scene.h"
#include "viz/live/app.h"
#include "viz/live/durations.h"

namespace evglass::viz {
namespace {

using trace::EventState;
using trace::testing::RecordBuilder;
using trace::testing::Scene;

TEST(Histogram, CountsAndQuantiles) {
    Histogram h;
    EXPECT_EQ(h.summary(), "none");
    for (int i = 1; i <= 100; ++i) h.add(i * 1000);
    h.add(-1);
    EXPECT_EQ(h.count(), 100U);
    EXPECT_EQ(h.quantile(0.5), 50'000);
    EXPECT_EQ(h.quantile(0.99), 99'000);
    EXPECT_EQ(h.quantile(1), 100'000);
    EXPECT_EQ(Histogram::bound(0), 100);
    EXPECT_EQ(Histogram::bound(4), 2'000);
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < Histogram::kBuckets; ++i) all += h.in(i);
    EXPECT_EQ(all, 100U);
    EXPECT_EQ(h.in(3), 1U) << "1 us is in the bucket that begins with it";
    Histogram near;
    for (int i = 0; i < 1000; ++i) near.add(1'000'000 + i * 100);
    EXPECT_NEAR(static_cast<double>(near.quantile(0.5)), 1'050'000, 1'050'000 / 64.0);
    h.add(INT64_MAX);
    EXPECT_EQ(h.quantile(1), INT64_MAX);
    EXPECT_EQ(h.in(Histogram::kBuckets - 1), 1U);
}

History history_of(const RecordBuilder& out) {
    HistoryMaker maker(*out.shared_context());
    for (const trace::Record& record : out.records()) maker.see(record);
    return maker.take();
}

TEST(History, TellsStatesAndDurations) {
    RecordBuilder out;
    Scene scene(out);
    const auto event =
        scene.make_event({.fd = 7, .events = Scene::kRead | Scene::kPersist, .name = {}});
    scene.add(event);
    scene.begin_loop();
    scene.begin_turn();
    scene.choose_wait();
    scene.wake(1, 1'000);
    scene.fd_ready(7, Scene::kRead);
    scene.phase(trace::field::phase::process_active);
    out.advance_ns(5'000);
    scene.begin_callback();
    out.advance_ns(20'000);
    scene.end_callback();
    scene.begin_turn();
    const History h = history_of(out);
    EXPECT_EQ(h.records, out.records().size());
    const EventHistory& told = h.events.at(event);
    std::vector<EventState> states;
    for (const Span& span : told.spans) states.push_back(span.state);
    using enum EventState;
    EXPECT_EQ(states, (std::vector{initialized, pending, active, running, pending}));
    EXPECT_EQ(told.spans[1].why, "event_add");
    EXPECT_EQ(told.spans[2].why, "the backend: READ");
    EXPECT_EQ(histogram_of(told.callback).quantile(1), 20'000);
    EXPECT_EQ(histogram_of(told.delay).quantile(1), 5'000);
    Durations all;
    for (const trace::Record& record : out.records()) all.see(record);
    const auto of = [all = all.until(out.records().size())](Duration what) {
        return all[static_cast<std::size_t>(what)];
    };
    EXPECT_EQ(of(Duration::callback).count(), 1U);
    EXPECT_EQ(of(Duration::callback).quantile(1), 20'000);
    EXPECT_EQ(of(Duration::sleep).quantile(1), 1'000'000);
    EXPECT_EQ(of(Duration::awake).quantile(1), 25'000);
    EXPECT_EQ(of(Duration::wake).quantile(1), 5'000);
}

TEST(Durations, ATimerIsAsLateAsTheClockOfItsLoopSays) {
    RecordBuilder out;
    namespace rec = trace::rec;
    const std::uint64_t base = 0xb, event = 0xe;
    out.advance_ns(3'000'000);
    out.add(rec::time_cache{.base = base, .now = 500'000});
    out.add(rec::heap_insert{.base = base, .event = event, .deadline = 502'000, .size = 1});
    out.advance_ns(2'250'000);
    out.add(rec::event_activate{.base = base,
                                .event = event,
                                .what = 1,
                                .ncalls = 1,
                                .cause = trace::field::cause::timeout});
    Durations all;
    for (const trace::Record& record : out.records()) all.see(record);
    const Histograms told = all.until(out.records().size());
    const Histogram& late = told[static_cast<std::size_t>(Duration::lateness)];
    EXPECT_EQ(late.count(), 1U);
    EXPECT_EQ(late.quantile(1), 250'000);
}

/// However far it was read, and however few it keeps one by one: at each record it says what one
/// that was read up to there says.
TEST(Durations, AreThoseOfAllRecordsUpToTheMoment) {
    trace::testing::Sample sample = trace::testing::make_finished_sample();
    const auto& records = sample.builder.records();
    Durations whole, few(4);
    for (const trace::Record& record : records) whole.see(record), few.see(record);
    EXPECT_TRUE(whole.reaches_back_to(1));
    EXPECT_FALSE(few.reaches_back_to(1));
    Durations grows;
    std::uint64_t found = 0;
    for (const trace::Record& record : records) {
        grows.see(record);
        const Histograms want = grows.until(record.number), got = whole.until(record.number);
        for (std::size_t i = 0; i < want.size(); ++i) {
            EXPECT_EQ(got[i].summary(), want[i].summary()) << record.number;
            EXPECT_EQ(got[i].count(), want[i].count()) << record.number;
            found = std::max(found, want[i].count());
            if (!few.reaches_back_to(record.number)) continue;
            EXPECT_EQ(few.until(record.number)[i].summary(), want[i].summary());
        }
    }
    EXPECT_GT(found, 1U);
}

/// Read in stretches, it is at each record what the records up to there say.
TEST(History, OfOneEventIsThatOfAllCutOffAtAnyRecord) {
    trace::testing::Sample sample = trace::testing::make_finished_sample();
    HistoryMaker one(sample.builder.context(), sample.client_a);
    for (const trace::Record& record : sample.builder.records()) one.see(record);
    EXPECT_EQ(one.history().events.size(), 1U);
    const EventHistory& life = one.history().events.at(sample.client_a);
    for (std::size_t n = 1; n <= sample.builder.records().size(); ++n) {
        HistoryMaker all(sample.builder.context());
        for (std::size_t i = 0; i < n; ++i) all.see(sample.builder.records()[i]);
        const History history = all.take();
        const auto found = history.events.find(sample.client_a);
        const EventHistory want = found == history.events.end() ? EventHistory{} : found->second;
        const EventHistory got = life.until(n);
        EXPECT_EQ(got.callback.size(), want.callback.size()) << n;
        EXPECT_EQ(got.delay.size(), want.delay.size()) << n;
        // Of a queue that it leaves to be called, it is known only at the call that this was no
        // state of its own.
        if (got.spans.size() == want.spans.size()) continue;
        EXPECT_EQ(got.spans.size() + 1, want.spans.size()) << n;
        EXPECT_EQ(want.spans[want.spans.size() - 2].state, EventState::active) << n;
    }
}

class LookBack : public ::testing::Test {
 protected:
    LookBack() : session_(sample_.timeline()), app_(session_, true) {
        session_.go(sample_.in_callback);
    }
    void press(const std::string& text) {
        std::string error;
        const auto keys = parse_keys(text, error);
        ASSERT_TRUE(keys) << error;
        for (const Key& key : *keys) app_.press(key);
    }
    std::string frame() { return app_.frame(80, 24).text(); }
    bool shows(const std::string& text) { return frame().find(text) != std::string::npos; }

    trace::testing::Sample sample_ = trace::testing::make_finished_sample();
    Session session_;
    App app_;
};

TEST_F(LookBack, JumpsToRecordsAndTurns) {
    press(":12<Enter>");
    EXPECT_EQ(session_.position(), 12U);
    press(":+5<Enter>");
    EXPECT_EQ(session_.position(), 17U);
    press(":-10<Enter>");
    EXPECT_EQ(session_.position(), 7U);
    press(":t2<Enter>");
    EXPECT_TRUE(shows("turn 2"));
    press(":nonsense<Enter>");
    EXPECT_TRUE(shows("write a record's number (480)"));
    press("<Esc>:999999<Enter>");
    EXPECT_TRUE(shows("is not kept"));
    press("<Esc>:t99<Enter>");
    EXPECT_TRUE(shows("turn 99 is not among"));
}

TEST_F(LookBack, GoesFromChangeToChangeOfTheChosenEvent) {
    press("2.");
    EXPECT_TRUE(shows("choose an event first"));
    press("<Down><Down><Down><Down>,");
    const std::uint64_t before = session_.position();
    EXPECT_LT(before, sample_.in_callback);
    EXPECT_NE(session_.moment(1, 0).sentence.find("E5"), std::string::npos);
    press(".");
    EXPECT_GT(session_.position(), before);
}

TEST_F(LookBack, SortsAndFiltersEventsWhileOneTypes) {
    press("2ooo");
    EXPECT_TRUE(shows("state▼"));
    press("O");
    EXPECT_TRUE(shows("state▲"));
    press("fCLIENT");
    EXPECT_TRUE(shows("2 events with \"CLIENT\""));
    press(" fd 8");
    EXPECT_TRUE(shows("1 event with"));
    press("xyz");
    EXPECT_TRUE(shows("no event has that in its row"));
    press("<Esc>");
    EXPECT_EQ(app_.view().only, "");
    press("fclient<Enter><Esc>");
    EXPECT_EQ(app_.view().only, "");
}

TEST_F(LookBack, ARowBecomesAFilterToRunTo) {
    press("4<Down>x");
    EXPECT_TRUE(app_.view().prompt.text.starts_with("event=E")) << frame();
    press("<Esc>5x");
    EXPECT_TRUE(app_.view().prompt.open);
    press("<Esc><Down><Down>x");
    EXPECT_EQ(app_.view().prompt.text, "name=io_add fd=6");
    press("<Esc>2<Down><Down>x");
    EXPECT_EQ(app_.view().prompt.text, "event=E3");
    press("<Enter>");
    EXPECT_FALSE(app_.view().prompt.open);
    press("6<Up>x");
    EXPECT_TRUE(app_.view().prompt.text.starts_with("name=")) << app_.view().prompt.text;
    press("<Esc>3<Down>x");
    EXPECT_EQ(app_.view().prompt.text, "event=E3");
}

TEST_F(LookBack, EnterShowsARowsEventAndEscGoesBack) {
    for (const std::string screen : {"2", "3", "4", "5", "0"}) {
        press(screen + "<Down><Enter>");
        EXPECT_EQ(app_.view().screen, Screen::detail) << screen;
        EXPECT_TRUE(shows("History")) << frame();
        press("<Up><Up><Down>");
        press("<Esc>");
        EXPECT_NE(app_.view().screen, Screen::detail);
        press("<Esc>");
    }
    const std::uint64_t before = session_.position();
    press("6<Up><Up><Enter>");
    EXPECT_LT(session_.position(), before);
}

TEST_F(LookBack, LanesZoomAndChangeTheirAxis) {
    press("0");
    EXPECT_TRUE(shows("a column is 2 records"));
    press("+");
    EXPECT_TRUE(shows("a column is 1 record"));
    press("---");
    EXPECT_FALSE(shows("a column is 2 records"));
    press("o");
    EXPECT_TRUE(shows("ms") || shows(" s")) << frame();
}

TEST_F(LookBack, LintsAreSwitchedAndTheirRecordsGoneTo) {
    press("L");
    EXPECT_TRUE(shows("0 findings"));
    EXPECT_TRUE(shows("[x] slow-callback"));
    press("o");
    EXPECT_TRUE(shows("[ ] slow-callback"));
    press("o<Down><Enter>");
    EXPECT_TRUE(shows("this lint has found nothing"));
    EXPECT_FALSE(session_.gathering());
}

TEST(LintScreen, LeadsToTheEvidence) {
    RecordBuilder out;
    Scene scene(out);
    const auto event =
        scene.make_event({.fd = 7, .events = Scene::kRead | Scene::kPersist, .name = {}});
    scene.add(event);
    scene.begin_loop();
    scene.begin_turn();
    scene.choose_wait();
    scene.wake(1, 1'000);
    scene.fd_ready(7, Scene::kRead);
    scene.phase(trace::field::phase::process_active);
    const std::uint64_t begin = out.next_number();
    scene.begin_callback();
    out.advance_ns(70'000'000);
    scene.end_callback();
    Session session(trace::Timeline::of(out.records(), out.shared_context()));
    App app(session, true);
    app.press({Key::Code::character, U'L'});
    EXPECT_NE(app.frame(118, 24).text().find("its callback took 70 ms"), std::string::npos);
    app.press({Key::Code::enter, 0});
    EXPECT_GE(session.position(), begin);
    EXPECT_LE(session.position(), begin + 2);
}

}  // namespace
}  // namespace evglass::viz
