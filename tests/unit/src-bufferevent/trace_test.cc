// What a bufferevent tells: its life in records, the reasons for which it rests, and a story that
// the model replays without an objection, keyframes in between.
#include "src/bufferevent/bufferevent_private.h"
#include "tests/support/recorded.h"
#include "tests/unit/src-bufferevent/ends.h"
#include "trace/model.h"

namespace {

namespace trace = evglass::trace;
namespace rec = trace::rec;
using bevtest::Ends;
using bevtest::kBoth;
using bevtest::Kind;
using bevtest::run_ms;

void echo(bufferevent* bev, void*) {
    bufferevent_write_buffer(bev, bufferevent_get_input(bev));
}

TEST(Trace, a_life_in_records) {
    if (!trace::kCompiledIn) GTEST_SKIP();
    event_base* base = event_base_new();
    evglass::test::Recorded recorded("full");
    Ends ends(base, Kind::socket);
    const auto address = reinterpret_cast<std::uint64_t>(ends.bev[1]);
    bufferevent_setcb(ends.bev[1], echo, nullptr, nullptr, nullptr);
    bufferevent_setwatermark(ends.bev[0], EV_READ, 0, 3);
    bufferevent_enable(ends.bev[0], EV_READ);
    bufferevent_enable(ends.bev[1], EV_READ);
    bufferevent_write(ends.bev[0], "hello", 5);
    event_base_write_keyframe(base);
    run_ms(base, 20);
    event_base_write_keyframe(base);
    ends.free();
    event_base_write_keyframe(base);
    event_base_loop(base, EVLOOP_NONBLOCK);
    const auto& records = recorded.stop();

    const auto made = recorded.all<rec::bev_new>();
    ASSERT_EQ(made.size(), 2U);
    EXPECT_EQ(made[1].bev, address);
    EXPECT_EQ(made[1].kind, trace::field::bevkind::socket);
    EXPECT_NE(made[1].input, 0U);
    EXPECT_NE(made[1].read_event, made[1].write_event);
    EXPECT_EQ(recorded.all<rec::bev_free>().size(), 2U);
    EXPECT_EQ(recorded.all<rec::bev_callback_begin>().size(),
              recorded.all<rec::bev_callback_end>().size());
    const auto suspended = recorded.all<rec::bev_suspend>();
    ASSERT_FALSE(suspended.empty());
    EXPECT_EQ(suspended[0].reason, BEV_SUSPEND_WM);
    EXPECT_FALSE(recorded.all<rec::bev_write_soon>().empty());
    trace::Model model;
    for (const trace::Record& record : records) EXPECT_EQ(model.apply(record, nullptr).error, "");
    event_base_free(base);
}

TEST(Trace, one_that_was_there_before_tells_its_state_first) {
    if (!trace::kCompiledIn) GTEST_SKIP();
    event_base* base = event_base_new();
    Ends ends(base, Kind::pair);
    bufferevent_setwatermark(ends.bev[0], EV_READ, 2, 9);
    bufferevent_enable(ends.bev[0], EV_READ);
    evglass::test::Recorded recorded("full");
    bufferevent_disable(ends.bev[0], EV_WRITE);
    bufferevent_disable(ends.bev[0], EV_READ);
    recorded.stop();
    const auto states = recorded.all<rec::bev_state>();
    ASSERT_EQ(states.size(), 1U);
    EXPECT_EQ(states[0].enabled, EV_READ | EV_WRITE);
    EXPECT_EQ(states[0].read_low, 2U);
    EXPECT_EQ(states[0].read_high, 9U);
    EXPECT_EQ(states[0].other, reinterpret_cast<std::uint64_t>(ends.bev[1]));
    ends.free();
    event_base_free(base);
}

}  // namespace
