// The frames of what stands beside the queues, and of buffers: common timeouts, once events,
// watchers, locks, changelists, bars with watermarks, chains.
#include <gtest/gtest.h>

#include "tests/unit/viz-live/moments.h"
#include "viz/live/view.h"

namespace evglass::viz {
namespace {

using testing::fill;
using testing::SampleMoment;
namespace rec = trace::rec;
namespace field = trace::field;

bool has(const std::string& frame, const std::string& text) {
    return frame.find(text) != std::string::npos;
}

/// The sample, and some records more.
class RestFrame : public ::testing::Test {
 protected:
    RestFrame() { fill(s); }
    template <class R>
    void add(const R& r) {
        s.sample.builder.add(r);
    }
    std::string frame(Screen screen, int selected = 0, bool unicode = true) {
        s.sample.model = trace::testing::replay(s.sample.builder);
        s.moment.model = &s.sample.model;
        s.moment.base = s.sample.model.base(s.sample.base);
        s.moment.record = &s.sample.builder.records().back();
        ViewState view;
        view.screen = screen;
        view.selected = selected;
        view.unicode = unicode;
        return draw_frame(s.moment, view, 110, 30).text();
    }
    void make_bufferevent() {
        add(rec::buffer_new{.buffer = std::uint64_t{0xf1}, .creator = 0});
        add(rec::buffer_new{.buffer = std::uint64_t{0xf2}, .creator = 0});
        add(rec::bev_new{.base = s.sample.base,
                         .bev = std::uint64_t{0x51},
                         .kind = field::bevkind::socket,
                         .fd = 7,
                         .options = 0,
                         .input = std::uint64_t{0xf1},
                         .output = std::uint64_t{0xf2},
                         .read_event = 0,
                         .write_event = 0,
                         .deferred = 0,
                         .other = std::uint64_t{0}});
        add(rec::bev_watermark{
            .bev = std::uint64_t{0x51}, .direction = field::bevdir::read, .low = 100, .high = 400});
        add(rec::chain_link{.buffer = std::uint64_t{0xf1},
                            .chain = std::uint64_t{0xc1},
                            .after = std::uint64_t{0},
                            .size = 1000,
                            .misalign = 0,
                            .used = 400,
                            .length = 400,
                            .refs = 1,
                            .flags = 0,
                            .how = field::bytesfrom::read});
        add(rec::bev_suspend{.bev = std::uint64_t{0x51},
                             .direction = field::bevdir::read,
                             .reason = 1,
                             .reasons = 1});
    }
    SampleMoment s;
};

TEST_F(RestFrame, QueuesShowWatchersCommonTimeoutsAndLocks) {
    add(rec::common_queue{
        .base = s.sample.base, .timer = s.sample.spare, .duration = 5000, .queue = 0});
    add(rec::watcher_new{.base = s.sample.base,
                         .watcher = std::uint64_t{0x77},
                         .callback = 1,
                         .arg = std::uint64_t{0},
                         .kind = field::watcherkind::check,
                         .length = 1});
    add(rec::base_lock{
        .base = s.sample.base, .lock = std::uint64_t{0x10c}, .cond = std::uint64_t{0}});
    EXPECT_FALSE(has(frame(Screen::queues), "the lock of B1")) << "nothing was told of its holder";
    add(rec::lock_take{.lock = std::uint64_t{0x10c}, .waited = 0});
    const std::string text = frame(Screen::queues);
    EXPECT_TRUE(has(text, "common 0 (5 ms)")) << text;
    EXPECT_TRUE(has(text, "timer E7 spare"));
    EXPECT_TRUE(has(text, "after the sleep"));
    EXPECT_TRUE(has(text, "W1"));
    EXPECT_TRUE(has(text, "the lock of B1"));
    EXPECT_TRUE(has(text, "held by thread 0"));
}

TEST_F(RestFrame, FdsShowWhatTheKernelIsYetToBeTold) {
    add(rec::change_queued{.base = s.sample.base, .fd = 7, .before = 2, .after = 6});
    const std::string text = frame(Screen::fds);
    EXPECT_TRUE(has(text, "1 change waiting")) << text;
    EXPECT_TRUE(has(text, "changelist: READ -> READ|WRITE"));
}

TEST_F(RestFrame, BuffersShowLevelsReasonsAndChains) {
    make_bufferevent();
    const std::string text = frame(Screen::buffers, 0, false);
    EXPECT_TRUE(has(text, "1 bufferevent, 2 buffers")) << text;
    EXPECT_TRUE(has(text, "S1 socket fd 7"));
    EXPECT_TRUE(has(text, "[########|#####################]")) << text;
    EXPECT_TRUE(has(text, "400/400"));
    EXPECT_TRUE(has(text, "rests: WATERMARK"));
    EXPECT_TRUE(has(text, "Chains of V1"));
    EXPECT_TRUE(has(text, "400 used of 1000, 0 in front, 600 room, read"));
}

TEST_F(RestFrame, BuffersThatToldNothingAreSaidToHaveToldNothing) {
    EXPECT_TRUE(has(frame(Screen::buffers), "no buffer is known yet"));
    add(rec::bev_enable{.bev = std::uint64_t{0x51}, .what = 2, .enabled = 6});
    const std::string text = frame(Screen::buffers);
    EXPECT_TRUE(has(text, "not exact")) << text;
    EXPECT_TRUE(has(text, "this buffer has told nothing yet"));
}

}  // namespace
}  // namespace evglass::viz
