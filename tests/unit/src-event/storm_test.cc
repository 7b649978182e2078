// Storms: sixteen threads that make events of one loop active, and signals that come faster than
// they are read. Nothing that was asked for is lost: after the last question the loop has answered.
// `make storm` asks ten million times, `make test` two hundred thousand times.
// Read next: src/event/wakeup.cc.
#include <event2/event.h>
#include <event2/thread.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "src/event/event_core.h"

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int kThreads = 16;
constexpr long kTogether = 500;  ///< so often a thread asks before it waits for its answer

long wanted() {
    const char* wish = std::getenv("EVGLASS_STORM");
    return wish != nullptr ? std::strtol(wish, nullptr, 10) : 200000;
}

/// What one thread asks of the loop, and what the loop has answered.
struct Asker {
    event* ev = nullptr;
    std::atomic<long> asked{0}, answered{0};
    std::atomic<long> once_asked{0}, once_answered{0};
    bool is_answered() const { return answered == asked && once_answered == once_asked; }
};

/// Waits for the loop; false if it has forgotten something.
bool answered_in_time(const Asker& asker) {
    const auto end = Clock::now() + 20s;
    while (!asker.is_answered()) {
        if (Clock::now() > end) return false;
        std::this_thread::sleep_for(50us);
    }
    return true;
}

class Storm : public ::testing::Test {
 protected:
    Storm() {
        evthread_use_pthreads();
        base_ = event_base_new();
    }
    ~Storm() override { event_base_free(base_); }
    void start_loop() {
        loop_ = std::thread([this] { event_base_loop(base_, EVLOOP_NO_EXIT_ON_EMPTY); });
    }
    void stop_loop() {
        event_base_loopexit(base_, nullptr);
        loop_.join();
    }
    void ask(Asker& asker, long times) {
        for (long i = 1; i <= times && !lost_; ++i) {
            if (i % 16 == 0) {
                ++asker.once_asked;
                event_base_once(
                    base_, -1, EV_TIMEOUT,
                    [](int, short, void* arg) { ++static_cast<Asker*>(arg)->once_answered; },
                    &asker, nullptr);
            } else {
                ++asker.asked;
                event_active(asker.ev, EV_READ, 1);
            }
            if (i % kTogether == 0 && !answered_in_time(asker)) lost_ = true;
        }
        if (!answered_in_time(asker)) lost_ = true;
    }
    event_base* base_;
    std::thread loop_;
    std::atomic<bool> lost_{false};
};

TEST_F(Storm, NoActivationOfSixteenThreadsIsLost) {
    std::vector<std::unique_ptr<Asker>> askers;
    for (int i = 0; i < kThreads; ++i) {
        askers.push_back(std::make_unique<Asker>());
        Asker& asker = *askers.back();
        asker.ev = event_new(
            base_, -1, EV_PERSIST,
            [](int, short, void* arg) {
                auto& self = *static_cast<Asker*>(arg);
                self.answered = self.asked.load();
            },
            &asker);
        ASSERT_NE(asker.ev, nullptr);
    }
    start_loop();
    std::vector<std::thread> threads;
    for (auto& asker : askers) threads.emplace_back([&] { ask(*asker, wanted() / kThreads); });
    for (std::thread& t : threads) t.join();
    stop_loop();
    EXPECT_FALSE(lost_) << "a thread waited 20 s for an answer";
    long total = 0;
    for (auto& asker : askers) {
        EXPECT_TRUE(asker->is_answered());
        total += asker->asked + asker->once_asked;
        event_free(asker->ev);
    }
    EXPECT_EQ(total, wanted() / kThreads * kThreads);
    event_base_assert_ok_nolock_(base_);
}

TEST_F(Storm, TimersAddedAndDeletedByEightThreads) {
    start_loop();
    std::atomic<long> fired{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&, i] {
            event* ev = event_new(
                base_, -1, 0,
                [](int, short, void* arg) { ++*static_cast<std::atomic<long>*>(arg); }, &fired);
            for (int n = 0; n < 2000; ++n) {
                const timeval tv{0, (n * 7 + i) % 50};
                event_add(ev, &tv);
                if (n % 3 == 0) event_del(ev);
            }
            event_del(ev);
            event_free(ev);
        });
    }
    for (std::thread& t : threads) t.join();
    stop_loop();
    event_base_assert_ok_nolock_(base_);
    EXPECT_EQ(event_base_get_num_events(base_, EVENT_BASE_COUNT_ADDED), 0);
}

TEST_F(Storm, SignalsFasterThanTheyAreRead) {
    std::atomic<long> calls{0};
    event* ev = evsignal_new(
        base_, SIGUSR1, [](int, short, void* arg) { ++*static_cast<std::atomic<long>*>(arg); },
        &calls);
    ASSERT_EQ(event_add(ev, nullptr), 0);
    start_loop();
    std::thread sender([&] {
        for (int i = 0; i < 20000; ++i) kill(getpid(), SIGUSR1);
    });
    sender.join();
    // The last one is seen, whatever was joined before it.
    const long before = calls;
    kill(getpid(), SIGUSR1);
    const auto end = Clock::now() + 10s;
    while (calls == before && Clock::now() < end) std::this_thread::sleep_for(1ms);
    EXPECT_GT(calls, before);
    EXPECT_LE(calls, 20001);
    stop_loop();
    event_free(ev);
}

}  // namespace
