// What the pictures say of common timeouts, once events, watchers, locks, buffers and bufferevents.
#include <gtest/gtest.h>

#include "tests/unit/viz-graph/pictures.h"

namespace evglass::viz::graph::testing {
namespace {

namespace rec = trace::rec;
namespace field = trace::field;

class RestViews : public ::testing::Test {
 protected:
    template <class R>
    void add(const R& r) {
        sample_.builder.add(r);
    }
    std::string picture(std::string_view view, trace::Address object = 0) {
        model_ = trace::testing::replay(sample_.builder);
        Scene scene = scene_of(model_, sample_.builder);
        scene.object = object;
        const std::string dot = find_view(view)->draw(scene);
        EXPECT_TRUE(is_drawn(dot)) << view;
        return dot;
    }
    trace::testing::Sample sample_ = trace::testing::make_sample();
    trace::Model model_;
};

TEST_F(RestViews, QueuesAndHeapShowCommonTimeouts) {
    add(rec::common_queue{
        .base = sample_.base, .timer = sample_.timer, .duration = 5000, .queue = 0});
    EXPECT_TRUE(contains(picture("queues"), "common timeout 5 ms"));
    EXPECT_TRUE(contains(picture("heap"), ", for 0 of 5 ms"));
    EXPECT_TRUE(contains(picture("base"), "common_timeout_queues"));
}

TEST_F(RestViews, BaseShowsOnceEventsWatchersAndTheLock) {
    add(rec::once_add{
        .base = sample_.base, .event = sample_.timer, .callback = 0x4711, .length = 1});
    add(rec::watcher_new{.base = sample_.base,
                         .watcher = std::uint64_t{0x77},
                         .callback = 1,
                         .arg = std::uint64_t{0},
                         .kind = field::watcherkind::check,
                         .length = 1});
    add(rec::base_lock{
        .base = sample_.base, .lock = std::uint64_t{0x10c}, .cond = std::uint64_t{0}});
    const std::string dot = picture("base");
    EXPECT_TRUE(contains(dot, "once_events"));
    EXPECT_TRUE(contains(dot, "0 prepare, 1 check"));
    EXPECT_TRUE(contains(dot, "who holds it is not recorded"));
}

TEST_F(RestViews, BuffersAreRowsOfChains) {
    EXPECT_TRUE(contains(picture("buffer"), "no buffer is known"));
    add(rec::buffer_new{.buffer = std::uint64_t{0xf1}, .creator = 0});
    add(rec::chain_link{.buffer = std::uint64_t{0xf1},
                        .chain = std::uint64_t{0xc1},
                        .after = std::uint64_t{0},
                        .size = 1000,
                        .misalign = 0,
                        .used = 400,
                        .length = 400,
                        .refs = 1,
                        .flags = 2,
                        .how = field::bytesfrom::reference});
    const std::string dot = picture("buffer");
    EXPECT_TRUE(contains(dot, "V1"));
    EXPECT_TRUE(contains(dot, "misalign 0  used 400  room 600"));
    EXPECT_TRUE(contains(dot, "REFERENCE"));
    EXPECT_FALSE(contains(dot, "not exact"));
    add(rec::buffer_new{.buffer = std::uint64_t{0xf2}, .creator = 0});
    EXPECT_TRUE(contains(picture("buffer"), "2 buffers"));
    EXPECT_TRUE(contains(picture("buffer", 0xf1), "1 buffer,"));
    EXPECT_FALSE(contains(picture("buffer", 0xf1), "V2"));
}

TEST_F(RestViews, AFilterStandsAboveWhatItWorksOn) {
    const auto make = [&](std::uint64_t bev, field::bevkind kind, int fd, std::uint64_t other) {
        add(rec::bev_new{.base = sample_.base,
                         .bev = bev,
                         .kind = kind,
                         .fd = fd,
                         .options = 0,
                         .input = std::uint64_t{0},
                         .output = std::uint64_t{0},
                         .read_event = 0,
                         .write_event = 0,
                         .deferred = 0,
                         .other = other});
    };
    make(0x51, field::bevkind::socket, 9, 0);
    make(0x52, field::bevkind::filter, -1, 0x51);
    add(rec::bev_suspend{.bev = std::uint64_t{0x51},
                         .direction = field::bevdir::read,
                         .reason = 0x10,
                         .reasons = 0x10});
    const std::string dot = picture("bufferevent");
    EXPECT_TRUE(contains(dot, "S1  socket  fd 9"));
    EXPECT_TRUE(contains(dot, "\"S2\" -> \"S1\""));
    EXPECT_TRUE(contains(dot, "rests: FILTER"));
    EXPECT_TRUE(contains(dot, "its buffer was not told of yet"));
    // Strangers stand in rows of three; of many, those that hold something are shown.
    for (std::uint64_t i = 0; i < 20; ++i)
        make(0x60 + i, field::bevkind::socket, 20 + static_cast<int>(i), 0);
    const std::string many = picture("bufferevent");
    EXPECT_TRUE(contains(many, "22 bufferevents"));
    EXPECT_TRUE(contains(many, "+ 10 more"));
    EXPECT_TRUE(contains(many, "rests: FILTER"));
    EXPECT_TRUE(contains(many, "\"S3\" -> \"S6\" [style=\"invis\"]"));
    for (std::uint64_t i = 0; i < 20; ++i) add(rec::bev_free{.bev = 0x60 + i});
    // Asked for alone, a filter brings what it works on; a stranger stays out.
    make(0x53, field::bevkind::socket, 10, 0);
    EXPECT_TRUE(contains(picture("bufferevent"), "socket  fd 10"));
    for (const std::uint64_t asked : {0x51, 0x52}) {
        const std::string alone = picture("bufferevent", asked);
        EXPECT_TRUE(contains(alone, "2 bufferevents"));
        EXPECT_TRUE(contains(alone, "\"S2\" -> \"S1\""));
        EXPECT_FALSE(contains(alone, "fd 10"));
    }
    EXPECT_TRUE(contains(picture("bufferevent", 0x53), "1 bufferevent"));
}

}  // namespace
}  // namespace evglass::viz::graph::testing
