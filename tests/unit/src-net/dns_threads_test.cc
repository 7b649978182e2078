// src/net/dns from several threads, while the loop of one of them runs: requests are made,
// cancelled, suspended and taken up again, and each is told once, on the loop's thread. For a build
// with SAN=thread, which sees what is touched without the lock. Locks are set for a whole process,
// so each scenario runs in a process of its own, with lock debugging: a lock that is misused aborts
// it.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <event2/thread.h>

#include "tests/unit/src-net/fake_dns.h"

namespace {

using evglass::test::FakeDns;
using evglass::test::Packet;
using evglass::test::reply_to;
using evglass::test::truth;

/// What all requests of a test are told, counted.
struct Counts {
    std::atomic<int> told{0}, good{0}, cancelled{0};
    std::atomic<bool> elsewhere{false};  ///< a callback ran on another thread than the loop's
    std::thread::id loop;

    static void take(int result, char, int, int, void*, void* self_) {
        auto& self = *static_cast<Counts*>(self_);
        if (std::this_thread::get_id() != self.loop) self.elsewhere = true;
        self.good += result == DNS_ERR_NONE;
        self.cancelled += result == DNS_ERR_CANCEL;
        ++self.told;
    }
    static void found(int result, evutil_addrinfo* list, void* self_) {
        evutil_freeaddrinfo(list);
        take(result == 0                   ? DNS_ERR_NONE
             : result == EVUTIL_EAI_CANCEL ? DNS_ERR_CANCEL
                                           : DNS_ERR_UNKNOWN,
             0, 0, 0, nullptr, self_);
    }
};

class DnsThreadsDeathTest : public testing::Test {
 protected:
    static constexpr int kThreads = 3;

    /// Runs the scenario where nobody else's locks are.
    template <class Scenario>
    void in_a_process(const Scenario& scenario) {
        const auto whole = [&] {
            begin();
            scenario();
            end();
            std::_Exit(HasFailure() ? 9 : 0);
        };
        EXPECT_EXIT(whole(), testing::ExitedWithCode(0), "");
    }
    void begin() {
        EXPECT_EQ(evthread_use_pthreads(), 0);
        evthread_enable_lock_debugging();
        base = event_base_new();
        dns = evdns_base_new(base, 0);
        fake = std::make_unique<FakeDns>(base, truth);
        evdns_base_nameserver_ip_add(dns, fake->place().c_str());
        counts.loop = std::this_thread::get_id();
    }
    void end() {
        if (dns != nullptr) evdns_base_free(dns, 0);
        event_base_loop(base, EVLOOP_NONBLOCK);
        fake.reset();
        event_base_free(base);
    }

    /// Each thread does `work`; the loop runs here until all have ended and `wanted` were told.
    void run(const std::function<void(int)>& work, int wanted) {
        std::atomic<int> running{kThreads};
        std::vector<std::thread> threads;
        for (int i = 0; i < kThreads; ++i)
            threads.emplace_back([&, i] {
                work(i);
                --running;
            });
        event* tick = event_new(
            base, -1, EV_PERSIST, [](evutil_socket_t, short, void*) {}, nullptr);
        const timeval often{0, 2000};
        event_add(tick, &often);
        while (running > 0 || counts.told < wanted) event_base_loop(base, EVLOOP_ONCE);
        event_free(tick);
        for (std::thread& thread : threads) thread.join();
    }

    event_base* base = nullptr;
    evdns_base* dns = nullptr;
    std::unique_ptr<FakeDns> fake;
    Counts counts;
};

TEST_F(DnsThreadsDeathTest, RequestsFromAnyThreadAreToldOnTheLoops) {
    in_a_process([this] {
        constexpr int kEach = 200;
        run(
            [&](int) {
                for (int i = 0; i < kEach; ++i)
                    evdns_base_resolve_ipv4(dns, "www.example.com", 0, Counts::take, &counts);
            },
            kThreads * kEach);
        EXPECT_EQ(counts.told, kThreads * kEach);
        EXPECT_EQ(counts.good, kThreads * kEach);
        EXPECT_FALSE(counts.elsewhere);
    });
}

TEST_F(DnsThreadsDeathTest, GetaddrinfoToo) {
    in_a_process([this] {
        constexpr int kEach = 100;
        run(
            [&](int) {
                for (int i = 0; i < kEach; ++i)
                    evdns_getaddrinfo(dns, "www.example.com", "80", nullptr, Counts::found,
                                      &counts);
            },
            kThreads * kEach);
        EXPECT_EQ(counts.good, kThreads * kEach);
    });
}

// A handle is good until its callback begins: a request that nobody answers can be cancelled.
TEST_F(DnsThreadsDeathTest, CancellingFromAnyThread) {
    in_a_process([this] {
        fake->answer_with(evglass::test::silence);
        constexpr int kEach = 100;
        run(
            [&](int) {
                for (int i = 0; i < kEach; ++i) {
                    evdns_request* request =
                        evdns_base_resolve_ipv4(dns, "www.example.com", 0, Counts::take, &counts);
                    std::this_thread::yield();
                    evdns_cancel_request(dns, request);
                    evdns_getaddrinfo_cancel(evdns_getaddrinfo(dns, "www.example.com", "80",
                                                               nullptr, Counts::found, &counts));
                }
            },
            2 * kThreads * kEach);
        EXPECT_EQ(counts.cancelled, 2 * kThreads * kEach);
        EXPECT_FALSE(counts.elsewhere);
    });
}

TEST_F(DnsThreadsDeathTest, SettingsChangeWhileRequestsFly) {
    in_a_process([this] {
        constexpr int kEach = 100;
        const std::string place = fake->place();
        run(
            [&](int which) {
                for (int i = 0; i < kEach; ++i) {
                    evdns_base_resolve_ipv4(dns, "www", 0, Counts::take, &counts);
                    if (which == 0) {
                        evdns_base_clear_nameservers_and_suspend(dns);
                        evdns_base_nameserver_ip_add(dns, place.c_str());
                        evdns_base_resume(dns);
                    } else if (which == 1) {
                        evdns_base_search_clear(dns);
                        evdns_base_search_add(dns, "one.test");
                        evdns_base_set_option(dns, "max-inflight", i % 2 != 0 ? "1" : "64");
                    }
                }
            },
            kThreads * kEach);
        EXPECT_EQ(counts.good, kThreads * kEach);
    });
}

TEST_F(DnsThreadsDeathTest, FreedByAnotherThread) {
    in_a_process([this] {
        fake->answer_with(evglass::test::silence);
        constexpr int kRequests = 50;
        for (int i = 0; i < kRequests; ++i)
            evdns_base_resolve_ipv4(dns, "www.example.com", 0, Counts::take, &counts);
        std::atomic<bool> first{true};
        run(
            [&](int) {
                if (first.exchange(false)) evdns_base_free(dns, 1);
            },
            kRequests);
        dns = nullptr;
        EXPECT_EQ(counts.told, kRequests);
        EXPECT_FALSE(counts.elsewhere);
    });
}

}  // namespace
