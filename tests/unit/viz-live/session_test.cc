// Time: following, scrubbing, turns, matches, playing, bookmarks. On records in memory; a session
// that controls a process is tested in tests/live.
#include "viz/live/session.h"

#include <gtest/gtest.h>

#include "tests/support/sample_model.h"
#include "tests/support/scene.h"

namespace evglass::viz {
namespace {

using namespace std::chrono_literals;

class SessionTest : public ::testing::Test {
 protected:
    SessionTest() : session_(sample_.timeline()) {}
    Moment moment() { return session_.moment(9, 0); }
    trace::RecordId type_at_hand() { return moment().record->id(); }
    static trace::Filter filter(const std::string& text) {
        std::string error;
        trace::Filter parsed = trace::Filter::parse(text, error);
        EXPECT_EQ(error, "");
        return parsed;
    }

    /// Client A's callback has begun.
    std::uint64_t in_callback() const {
        for (const trace::Record& record : sample_.builder.records()) {
            const auto* begin = record.as<trace::rec::callback_begin>();
            if (begin != nullptr && begin->event == sample_.client_a) return record.number;
        }
        return 0;
    }

    trace::testing::Sample sample_ = trace::testing::make_finished_sample();
    std::uint64_t last_ = sample_.builder.records().back().number;
    Session session_;
};

TEST_F(SessionTest, BeginsAtTheNewestRecord) {
    EXPECT_EQ(session_.position(), last_);
    EXPECT_EQ(session_.time(), ViewTime::now);
    EXPECT_EQ(session_.state(), ProgramState::file);
    EXPECT_EQ(moment().last, last_);
}

TEST_F(SessionTest, StepsBackAndForward) {
    session_.back();
    session_.back();
    EXPECT_EQ(session_.position(), last_ - 2);
    EXPECT_EQ(session_.time(), ViewTime::back);
    session_.forward();
    EXPECT_EQ(session_.time(), ViewTime::back);
    session_.forward();
    EXPECT_EQ(session_.position(), last_);
    EXPECT_EQ(session_.time(), ViewTime::now);
    EXPECT_EQ(session_.forward().text, "this is the newest record");
}

TEST_F(SessionTest, StopsAtTheOldestRecord) {
    session_.first();
    EXPECT_EQ(session_.position(), 1U);
    EXPECT_EQ(session_.back().text, "this is the oldest record kept");
    EXPECT_EQ(session_.position(), 1U);
}

TEST_F(SessionTest, TheModelIsThatOfThePosition) {
    session_.go(in_callback());
    const Moment m = moment();
    EXPECT_EQ(m.model->record(), in_callback());
    EXPECT_EQ(m.model->event(sample_.client_a)->state(), trace::EventState::running);
    ASSERT_NE(m.base, nullptr);
    EXPECT_EQ(m.base->turn, 3U);
    session_.first();
    EXPECT_EQ(moment().model->event(sample_.client_a), nullptr);
}

TEST_F(SessionTest, GoesFromTurnToTurn) {
    session_.first();
    for (std::uint64_t turn = 1; turn <= 3; ++turn) {
        session_.turn_forward();
        EXPECT_EQ(type_at_hand(), trace::RecordId::turn_begin);
        EXPECT_EQ(moment().base->turn, turn);
    }
    session_.turn_back();
    EXPECT_EQ(moment().base->turn, 2U);
    session_.turn_back();
    session_.turn_back();
    EXPECT_EQ(session_.position(), 1U);
    session_.now();
    EXPECT_NE(session_.turn_forward().text, "");
}

TEST_F(SessionTest, FindsMatchesBothWays) {
    session_.first();
    EXPECT_TRUE(session_.next_match(true).is_error);
    EXPECT_EQ(session_.run_to(filter("name=epoll_ctl fd=7"), "name=epoll_ctl fd=7").text, "");
    EXPECT_EQ(type_at_hand(), trace::RecordId::sys_epoll_ctl);
    const std::uint64_t add = session_.position();
    EXPECT_NE(session_.next_match(true).text, "");
    session_.now();
    session_.next_match(false);
    EXPECT_EQ(session_.position(), add);
}

TEST_F(SessionTest, AFilterMayNameAnEventByItsAlias) {
    session_.go(in_callback());
    session_.set_filter(filter("name=callback_begin event=E5"), "name=callback_begin event=E5");
    session_.now();
    session_.next_match(false);
    EXPECT_EQ(session_.position(), in_callback());
}

TEST_F(SessionTest, PlaysAtItsRate) {
    session_.first();
    session_.play(10);
    EXPECT_EQ(session_.time(), ViewTime::playing);
    const auto begin = Session::Clock::now();
    session_.poll(begin + 250ms);
    EXPECT_GE(session_.position(), 3U);
    EXPECT_LE(session_.position(), 4U);
    session_.play(0);
    EXPECT_EQ(session_.time(), ViewTime::back);
}

TEST_F(SessionTest, PlayingEndsAtTheEnd) {
    session_.go(last_ - 2);
    session_.play(1000);
    session_.poll(Session::Clock::now() + 900ms);
    EXPECT_EQ(session_.position(), last_);
    EXPECT_EQ(session_.time(), ViewTime::now);
    session_.play(10);  // again, from the start
    EXPECT_EQ(session_.position(), 1U);
}

TEST_F(SessionTest, SpeedGoesOneTwoFive) {
    session_.first();
    session_.play(10);
    std::vector<int> rates;
    for (int i = 0; i < 4; ++i) {
        session_.faster(true);
        rates.push_back(moment().play_rate);
    }
    for (int i = 0; i < 8; ++i) {
        session_.faster(false);
        rates.push_back(moment().play_rate);
    }
    const std::vector<int> expected{20, 50, 100, 200, 100, 50, 20, 10, 5, 2, 1, 1};
    EXPECT_EQ(rates, expected);
}

TEST_F(SessionTest, BookmarksGoRound) {
    EXPECT_TRUE(session_.next_bookmark().is_error);
    session_.go(10);
    session_.toggle_bookmark();
    session_.go(20);
    session_.toggle_bookmark();
    session_.next_bookmark();
    EXPECT_EQ(session_.position(), 10U);
    session_.next_bookmark();
    EXPECT_EQ(session_.position(), 20U);
    session_.toggle_bookmark();
    session_.next_bookmark();
    EXPECT_EQ(session_.position(), 10U);
}

TEST_F(SessionTest, TheLogSurroundsThePosition) {
    session_.go(50);
    const Moment m = moment();
    ASSERT_EQ(m.log.size(), 9U + 3U);
    EXPECT_EQ(m.log.front().number, 42U);
    EXPECT_EQ(m.log.back().number, 53U);
    for (const LogLine& line : m.log) {
        EXPECT_EQ(line.current, line.number == 50);
        EXPECT_NE(line.sentence, "");
    }
}

TEST_F(SessionTest, TellsWhatWokeTheLoop) {
    session_.go(in_callback());
    const Moment m = moment();
    ASSERT_EQ(m.wake.ready.size(), 2U);
    EXPECT_EQ(m.wake.ready[0].first, 7);
    EXPECT_EQ(m.wake.ready[1].first, 8);
    EXPECT_EQ(m.wake.timers, 0U);
    session_.set_filter(filter("name=event_activate cause=timeout"), "");
    session_.next_match(false);
    EXPECT_EQ(moment().wake.timers, 1U);
}

TEST(SessionTime, DeadlinesAreToldOnTheirOwnClock) {
    // The clock of deadlines began long before the trace did.
    constexpr std::int64_t kBoot = 5'000'000'000;
    trace::testing::RecordBuilder builder;
    trace::testing::Scene scene(builder);
    builder.advance_ns(1'000'000'000);
    builder.add(trace::rec::time_cache{.base = scene.base(), .now = kBoot + 1'000'000});
    builder.advance_ns(500'000'000);
    scene.begin_loop();
    Session session(trace::Timeline::of(builder.records(), builder.shared_context()));
    const Moment m = session.moment(1, 0);
    ASSERT_TRUE(m.now_usec);
    EXPECT_NEAR(static_cast<double>(*m.now_usec), kBoot + 1'500'000, 2);
}

TEST_F(SessionTest, ARecordingCantBeHeld) {
    EXPECT_TRUE(session_.hold_or_release().is_error);
    EXPECT_FALSE(session_.can_control());
    EXPECT_EQ(session_.step().text, "this is the newest record");
    session_.first();
    session_.step();
    EXPECT_EQ(session_.position(), 2U);
    session_.step_turn();
    EXPECT_EQ(type_at_hand(), trace::RecordId::turn_begin);
    session_.run();
    EXPECT_EQ(session_.position(), last_);
}

TEST(EmptySession, HasAMomentAndTakesEveryKey) {
    trace::testing::RecordBuilder builder;
    Session session(trace::Timeline::of({}, builder.shared_context()));
    session.back();
    session.forward();
    session.turn_back();
    session.turn_forward();
    session.first();
    session.now();
    session.play(10);
    session.poll();
    session.play(0);
    session.toggle_bookmark();
    session.next_base();
    const Moment m = session.moment(9, 9);
    EXPECT_EQ(m.record, nullptr);
    ASSERT_NE(m.model, nullptr);
    EXPECT_EQ(m.base, nullptr);
}

}  // namespace
}  // namespace evglass::viz
