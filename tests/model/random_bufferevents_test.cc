// The promise for bufferevents: after each step of a random program on sockets, pairs and filters,
// with watermarks, limits and groups, each of them tells itself, and the model that replays the
// records must have the same directions enabled and the same reasons to rest.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/evglass.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <csignal>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "src/bufferevent/bufferevent_private.h"
#include "src/event/event_core.h"
#include "trace/timeline.h"

namespace evglass::testing {
namespace {

constexpr short kBoth = EV_READ | EV_WRITE;

/// Random operations on a few couples of bufferevents, reproducible from a seed but for the
/// moments at which buckets are filled.
class RandomBufferevents {
 public:
    explicit RandomBufferevents(std::uint32_t seed) : random_(seed) {
        std::signal(SIGPIPE, SIG_IGN);
        constexpr timeval kTick{0, 2000};
        small_ = ev_token_bucket_cfg_new(200, 400, 150, 300, &kTick);
        large_ = ev_token_bucket_cfg_new(5000, 5000, 5000, 5000, &kTick);
        group_ = bufferevent_rate_limit_group_new(base_, small_);
        for (int i = 0; i < kCouples; ++i) make(i);
    }
    ~RandomBufferevents() {
        for (int i = 0; i < kCouples; ++i) unmake(i);
        event_base_loop(base_, EVLOOP_NONBLOCK);
        bufferevent_rate_limit_group_free(group_);
        event_base_free(base_);
        ev_token_bucket_cfg_free(small_);
        ev_token_bucket_cfg_free(large_);
    }
    RandomBufferevents(const RandomBufferevents&) = delete;
    RandomBufferevents& operator=(const RandomBufferevents&) = delete;

    void step() {
        bufferevent* bev = any();
        const short direction = below(2) == 0 ? EV_READ : EV_WRITE;
        const auto size = static_cast<std::size_t>(below(2000));
        switch (below(12)) {
            case 0:
            case 1:
                bufferevent_enable(bev, below(3) == 0 ? kBoth : direction);
                break;
            case 2:
                bufferevent_disable(bev, direction);
                break;
            case 3:
            case 4:
                bufferevent_write(bev, bytes_.data(), size);
                break;
            case 5:
                evbuffer_drain(bufferevent_get_input(bev), size);
                break;
            case 6:
                bufferevent_setwatermark(bev, direction, 0,
                                         static_cast<std::size_t>(below(4)) * 300);
                break;
            case 7:
                limit(bev);
                break;
            case 8:
                if (below(20) == 0) replace();
                break;
            case 9:
                event_base_write_keyframe(base_);
                break;
            default:
                event_base_loop(base_, EVLOOP_NONBLOCK);
        }
        for (bufferevent* each : bevs_) tell(each);
    }

 private:
    static constexpr int kCouples = 4;

    int below(int n) { return static_cast<int>(random_() % static_cast<std::uint32_t>(n)); }
    bufferevent* any() { return bevs_[static_cast<std::size_t>(below(2 * kCouples))]; }

    /// Couples 0 and 1 are sockets, 2 a pair, 3 filters above sockets.
    void make(int couple) {
        const int options = BEV_OPT_CLOSE_ON_FREE | (below(2) != 0 ? BEV_OPT_DEFER_CALLBACKS : 0);
        bufferevent* two[2]{};
        if (couple == 2) {
            ASSERT_EQ(bufferevent_pair_new(base_, options, two), 0);
        } else {
            int fds[2];
            ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
            for (int i = 0; i < 2; ++i) {
                two[i] = bufferevent_socket_new(base_, fds[i], options);
                if (couple == 3)
                    two[i] =
                        bufferevent_filter_new(two[i], nullptr, nullptr, options, nullptr, nullptr);
            }
        }
        for (int i = 0; i < 2; ++i) {
            bufferevent_setcb(two[i], on_read, nullptr, on_event, this);
            bevs_[static_cast<std::size_t>(2 * couple + i)] = two[i];
        }
    }
    void unmake(int couple) {
        for (int i = 0; i < 2; ++i)
            bufferevent_free(bevs_[static_cast<std::size_t>(2 * couple + i)]);
    }
    void replace() {
        const int couple = below(kCouples);
        unmake(couple);
        make(couple);
    }
    void limit(bufferevent* bev) {
        switch (below(5)) {
            case 0:
                bufferevent_set_rate_limit(bev, small_);
                break;
            case 1:
                bufferevent_set_rate_limit(bev, large_);
                break;
            case 2:
                bufferevent_set_rate_limit(bev, nullptr);
                break;
            case 3:
                bufferevent_add_to_rate_limit_group(bev, group_);
                break;
            default:
                bufferevent_remove_from_rate_limit_group(bev);
        }
    }
    static void on_read(bufferevent* bev, void* arg) {
        auto* self = static_cast<RandomBufferevents*>(arg);
        evbuffer* input = bufferevent_get_input(bev);
        switch (self->below(4)) {
            case 0:
                evbuffer_drain(input, evbuffer_get_length(input) / 2);
                break;
            case 1:
                bufferevent_write(bev, self->bytes_.data(), 50);
                evbuffer_drain(input, evbuffer_get_length(input));
                break;
            case 2:
                bufferevent_disable(bev, EV_READ);
                break;
            default:
                break;
        }
    }
    static void on_event(bufferevent*, short, void*) {}
    static void tell(bufferevent* bev) {
        bufferevent_private* p = BEV_UPCAST(bev);
        p->keyframe = {};  // as if a reader had just come
        bufferevent_tell_state_(p);
    }

    std::mt19937 random_;
    event_base* base_ = event_base_new();
    ev_token_bucket_cfg* small_ = nullptr;
    ev_token_bucket_cfg* large_ = nullptr;
    bufferevent_rate_limit_group* group_ = nullptr;
    std::vector<bufferevent*> bevs_ = std::vector<bufferevent*>(2 * kCouples);
    std::string bytes_ = std::string(2000, 'x');
};

TEST(RandomBuffereventModel, equals_the_real_ones_after_every_operation) {
    for (std::uint32_t seed = 1; seed <= 3; ++seed) {
        char name[] = "/tmp/evglass-model-XXXXXX";
        const std::string directory = mkdtemp(name), path = directory + "/trace.evg";
        ASSERT_EQ(evglass_trace_start(path.c_str(), "full=256M"), 0);
        {
            RandomBufferevents program(seed);
            for (int i = 0; i < 2000; ++i) program.step();
        }
        evglass_trace_stop();
        auto opened = trace::Timeline::open(path);
        ASSERT_TRUE(opened.timeline) << opened.error;
        opened.timeline->poll();
        EXPECT_EQ(opened.timeline->reader().lost(), 0U);
        EXPECT_GT(opened.timeline->last(), 16000U) << "the test shows nothing";
        const auto& problems = opened.timeline->problems();
        EXPECT_TRUE(problems.empty())
            << "seed " << seed << ": " << problems.size() << ", first record "
            << problems.front().record << ": " << problems.front().text;
        std::filesystem::remove_all(directory);
    }
}

}  // namespace
}  // namespace evglass::testing
