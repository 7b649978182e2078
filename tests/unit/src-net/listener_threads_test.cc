// src/net/listener from several threads: freed and disabled while connections come in.
// Locks are set for a whole process, so each scenario runs in a process of its own, with lock
// debugging: a lock that is misused aborts it.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include <event2/thread.h>

#include "src/net/listener.h"
#include "tests/unit/src-net/loopback.h"

namespace {

using evglass::test::Client;
using evglass::test::Loopback;

class ListenerThreadsDeathTest : public Loopback {
 protected:
    struct Shared {
        std::atomic<int> calls{0};
        std::atomic<bool> hold{false};
        std::atomic<bool> inside{false};
    };
    static void on_connection(evconnlistener*, evutil_socket_t fd, sockaddr*, int, void* arg) {
        auto* shared = static_cast<Shared*>(arg);
        close(fd);
        ++shared->calls;
        shared->inside = true;
        while (shared->hold) std::this_thread::yield();
        shared->inside = false;
    }
    /// A base whose loop runs in a thread, with locks.
    void start() {
        evthread_use_pthreads();
        evthread_enable_lock_debugging();
        event_base_free(base);
        base = event_base_new();
        loop = std::thread([this] { event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY); });
    }
    void stop() {
        event_base_loopbreak(base);
        loop.join();
    }
    evconnlistener* listen() {
        return bind_listener(on_connection, &shared, LEV_OPT_THREADSAFE | LEV_OPT_CLOSE_ON_FREE);
    }
    static void wait_for(const std::atomic<bool>& flag) {
        while (!flag) std::this_thread::yield();
    }
    Shared shared;
    std::thread loop;
};

TEST_F(ListenerThreadsDeathTest, FreedWhileConnectionsComeIn) {
    auto scenario = [this] {
        start();
        for (int round = 0; round < 100; ++round) {
            evconnlistener* lev = listen();
            {
                const Client a(lev), b(lev), c(lev);
                if (round % 3 == 1) evconnlistener_disable(lev);
                if (round % 3 == 2) evconnlistener_set_cb(lev, nullptr, nullptr);
            }
            evconnlistener_free(lev);
        }
        stop();
        std::_Exit(event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED) > 1 ? 9 : 0);
    };
    EXPECT_EXIT(scenario(), testing::ExitedWithCode(0), "");
}

TEST_F(ListenerThreadsDeathTest, FreedWhileItsCallbackRuns) {
    auto scenario = [this] {
        start();
        shared.hold = true;
        evconnlistener* lev = listen();
        const Client client(lev);
        wait_for(shared.inside);
        evconnlistener_free(lev);  // does not wait: the callback holds a reference
        shared.hold = false;
        stop();
        std::_Exit(shared.calls == 1 ? 0 : 9);
    };
    EXPECT_EXIT(scenario(), testing::ExitedWithCode(0), "");
}

TEST_F(ListenerThreadsDeathTest, DisabledWhileItsCallbackRunsWithoutDeadlock) {
    auto scenario = [this] {
        start();
        shared.hold = true;
        evconnlistener* lev = listen();
        const Client a(lev), b(lev);
        wait_for(shared.inside);
        evconnlistener_disable(lev);
        shared.hold = false;
        while (shared.inside) std::this_thread::yield();
        evconnlistener_free(lev);
        stop();
        std::_Exit(shared.calls == 1 ? 0 : 9);
    };
    EXPECT_EXIT(scenario(), testing::ExitedWithCode(0), "");
}

TEST_F(ListenerThreadsDeathTest, AnotherThreadDisablesAndEnablesWhileConnectionsComeIn) {
    auto scenario = [this] {
        start();
        evconnlistener* lev = listen();
        constexpr int kClients = 50;
        std::thread switcher([lev] {
            for (int i = 0; i < 500; ++i) {
                evconnlistener_disable(lev);
                evconnlistener_enable(lev);
            }
        });
        for (int i = 0; i < kClients; ++i) const Client client(lev);
        switcher.join();
        // Enabled in the end: whoever waits is accepted, although the loop sleeps.
        while (shared.calls < kClients) std::this_thread::yield();
        evconnlistener_free(lev);
        stop();
        std::_Exit(shared.calls == kClients ? 0 : 9);
    };
    alarm(60);
    EXPECT_EXIT(scenario(), testing::ExitedWithCode(0), "");
    alarm(0);
}

}  // namespace
