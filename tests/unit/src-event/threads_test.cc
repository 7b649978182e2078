// Other threads and a running loop: they wake it, end it, and event_del waits for a running
// callback.
#include <event2/event.h>
#include <event2/thread.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace {

using namespace std::chrono_literals;

class Threads : public ::testing::Test {
 protected:
    static void SetUpTestSuite() { evthread_use_pthreads(); }
    Threads() : base_(event_base_new()) {}
    ~Threads() override { event_base_free(base_); }

    std::thread loop(int flags) {
        return std::thread([this, flags] { result_ = event_base_loop(base_, flags); });
    }
    /// A loop that runs until it is told to stop, and certainly runs when this returns: a
    /// loopbreak that comes before the loop has begun is forgotten, as the manual says.
    std::thread endless_loop() {
        std::atomic<bool> runs{false};
        event_base_once(
            base_, -1, EV_TIMEOUT,
            [](int, short, void* arg) { *static_cast<std::atomic<bool>*>(arg) = true; }, &runs,
            nullptr);
        std::thread thread = loop(EVLOOP_NO_EXIT_ON_EMPTY);
        while (!runs) std::this_thread::yield();
        return thread;
    }
    event_base* base_;
    std::atomic<int> result_{-2};
};

TEST_F(Threads, loopbreak_wakes_a_sleeping_loop) {
    std::thread thread = endless_loop();
    std::this_thread::sleep_for(20ms);  // by now it sleeps
    EXPECT_EQ(event_base_loopbreak(base_), 0);
    thread.join();
    EXPECT_EQ(result_, 0);
    EXPECT_EQ(event_base_got_break(base_), 1);
}

TEST_F(Threads, an_earlier_timer_shortens_the_sleep) {
    event* late = event_new(
        base_, -1, 0, [](int, short, void*) {}, nullptr);
    const timeval minute{60, 0};
    event_add(late, &minute);
    std::thread thread = loop(EVLOOP_ONCE);
    std::this_thread::sleep_for(20ms);
    const auto began = std::chrono::steady_clock::now();
    const timeval soon{0, 10000};
    event_base_once(
        base_, -1, EV_TIMEOUT, [](int, short, void*) {}, nullptr, &soon);
    thread.join();
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
    event_free(late);
}

TEST_F(Threads, deleting_the_last_event_lets_the_loop_end) {
    event* only = event_new(
        base_, -1, 0, [](int, short, void*) {}, nullptr);
    const timeval minute{60, 0};
    event_add(only, &minute);
    std::thread thread = loop(0);
    std::this_thread::sleep_for(20ms);
    event_del(only);
    thread.join();
    EXPECT_EQ(result_, 1);
    event_free(only);
}

TEST_F(Threads, event_del_waits_for_the_running_callback) {
    struct State {
        std::atomic<bool> entered{false}, left{false};
    } state;
    event* ev = event_new(
        base_, -1, 0,
        [](int, short, void* arg) {
            auto* s = static_cast<State*>(arg);
            s->entered = true;
            std::this_thread::sleep_for(50ms);
            s->left = true;
        },
        &state);
    event_active(ev, EV_READ, 1);
    std::thread thread = loop(0);
    while (!state.entered) std::this_thread::yield();
    event_del(ev);
    EXPECT_TRUE(state.left) << "event_del came back while the callback was running";
    thread.join();
    event_free(ev);
}

TEST_F(Threads, a_second_loop_on_the_same_base_is_refused) {
    event_set_log_callback([](int, const char*) {});
    std::thread thread = endless_loop();
    EXPECT_EQ(event_base_loop(base_, 0), -1);
    event_base_loopbreak(base_);
    thread.join();
    event_set_log_callback(nullptr);
}

TEST_F(Threads, adds_and_deletes_from_four_threads_keep_the_base_whole) {
    std::thread runner = endless_loop();
    std::atomic<int> fired{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([this, &fired, t] {
            for (int i = 0; i < 500; ++i) {
                event* ev = event_new(
                    base_, -1, 0,
                    [](int, short, void* arg) { ++*static_cast<std::atomic<int>*>(arg); }, &fired);
                const timeval soon{0, (t * 37 + i) % 900};
                event_add(ev, &soon);
                if (i % 3 == 0) event_active(ev, EV_READ, 1);
                event_free(ev);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    event_base_loopbreak(base_);
    runner.join();
    EXPECT_EQ(event_base_get_num_events(base_, EVENT_BASE_COUNT_ADDED), 0);
}

}  // namespace
