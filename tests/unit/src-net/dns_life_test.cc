// src/net/dns: how requests and resolvers end, wait, and are taken up again: cancelled, freed,
// suspended, out of memory. On the virtual clock.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <event2/dns_compat.h>
#include <event2/event_compat.h>

#include "tests/support/failing_memory.h"
#include "tests/unit/src-net/fake_dns.h"

namespace {

using evglass::test::FailingMemory;
using evglass::test::FakeDns;
using evglass::test::Packet;
using evglass::test::Resolving;
using evglass::test::silence;
using evglass::test::Told;
using evglass::test::truth;

class DnsLife : public Resolving {};

TEST_F(DnsLife, T375_cancelling_is_told) {
    FakeDns& fake = server(silence);
    Told told;
    evdns_request* request = ask("www.example.com", told);
    run(10);
    evdns_cancel_request(dns, request);
    EXPECT_EQ(told.times, 0) << "by the loop, not from within the call";
    fake.send(truth(fake.queries()[0]));
    run(10);
    EXPECT_EQ(told.times, 1);
    EXPECT_EQ(told.result, DNS_ERR_CANCEL);
}

TEST_F(DnsLife, WhoCancelsBetweenTheAnswerAndTheCallbackIsObeyed) {
    struct Both {
        evdns_base* dns;
        evdns_request* other = nullptr;
        int times = 0;
        int other_result = -1;
    } both{dns};
    server(truth);
    // The two answers come in one turn: the first callback cancels the second request.
    evdns_base_resolve_ipv4(
        dns, "one.example.com", 0,
        [](int, char, int, int, void*, void* p) {
            auto* b = static_cast<Both*>(p);
            ++b->times;
            evdns_cancel_request(b->dns, b->other);
        },
        &both);
    both.other = evdns_base_resolve_ipv4(
        dns, "two.example.com", 0,
        [](int result, char, int, int, void*, void* p) {
            static_cast<Both*>(p)->other_result = result;
        },
        &both);
    run(10);
    EXPECT_EQ(both.times, 1);
    EXPECT_EQ(both.other_result, DNS_ERR_CANCEL);
}

TEST_F(DnsLife, T359_pending_requests_are_told_that_the_base_goes) {
    server(silence);
    Told flying, waiting;
    set("max-inflight", "1");
    ask("www.example.com", flying);
    ask("www.example.com", waiting);
    evdns_base_free(std::exchange(dns, nullptr), 1);
    EXPECT_EQ(flying.times + waiting.times, 0);
    run(10);
    EXPECT_EQ(flying.result, DNS_ERR_SHUTDOWN);
    EXPECT_EQ(waiting.result, DNS_ERR_SHUTDOWN);
}

TEST_F(DnsLife, OrTheyAreNotToldAnything) {
    server(silence);
    Told told;
    ask("www.example.com", told);
    evdns_base_free(std::exchange(dns, nullptr), 0);
    run(20000);
    EXPECT_EQ(told.times, 0);
}

TEST_F(DnsLife, AFreedBaseTakesWhatIsLeftWithIt) {
    const FailingMemory memory;
    event_base* own = event_base_new();
    evdns_base* resolver = evdns_base_new(own, 0);
    evdns_base_nameserver_ip_add(resolver, "127.0.0.1:9");
    Told told;
    evdns_base_resolve_ipv4(resolver, "www.example.com", 0, Told::take, &told);
    evdns_base_free(resolver, 1);
    event_base_free(own);
    EXPECT_EQ(told.times, 0) << "no loop, no callback";
    EXPECT_EQ(memory.live(), 0);
}

TEST_F(DnsLife, ItMayBeFreedFromACallback) {
    server(truth);
    struct All {
        evdns_base* dns;
        int results[2]{-1, -1};
    } all{std::exchange(dns, nullptr)};
    evdns_base_resolve_ipv4(
        all.dns, "one.example.com", 0,
        [](int result, char, int, int, void*, void* p) {
            auto* a = static_cast<All*>(p);
            a->results[0] = result;
            evdns_base_free(a->dns, 1);
        },
        &all);
    evdns_base_resolve_ipv4(
        all.dns, "two.example.com", 0,
        [](int result, char, int, int, void*, void* p) {
            static_cast<All*>(p)->results[1] = result;
        },
        &all);
    run(10);
    EXPECT_EQ(all.results[0], DNS_ERR_NONE);
    EXPECT_NE(all.results[1], -1);
}

TEST_F(DnsLife, T376_suspending_keeps_requests) {
    FakeDns& old = server(silence);
    std::vector<Told> told(3);
    for (Told& t : told) ask("www.example.com", t);
    run(10);
    EXPECT_EQ(evdns_base_clear_nameservers_and_suspend(dns), 0);
    EXPECT_EQ(evdns_base_count_nameservers(dns), 0);
    run(60000);
    EXPECT_EQ(told[0].times, 0);
    FakeDns& other = server(truth);
    run(10);
    EXPECT_EQ(other.queries().size(), 0u) << "until it is resumed";
    EXPECT_EQ(evdns_base_resume(dns), 0);
    run(10);
    for (const Told& t : told) EXPECT_EQ(t.addresses, "192.0.2.1");
    EXPECT_EQ(old.queries().size(), 3u);
}

TEST_F(DnsLife, WithoutServersRequestsWaitForOne) {
    Told told;
    ASSERT_NE(ask("www.example.com", told), nullptr);
    run(60000);
    EXPECT_EQ(told.times, 0);
    server(truth);
    run(10);
    EXPECT_EQ(told.addresses, "192.0.2.1");
}

TEST_F(DnsLife, ItKeepsTheLoopAliveUnlessAskedNotTo) {
    const auto ends_by_itself = [&](int flags) {
        event_base* own = event_base_new();
        evdns_base* resolver = evdns_base_new(own, flags);
        evdns_base_nameserver_ip_add(resolver, "127.0.0.1:9");
        const bool ends = event_base_loop(own, EVLOOP_NONBLOCK) == 1;
        Told told;
        evdns_base_resolve_ipv4(resolver, "www.example.com", 0, Told::take, &told);
        EXPECT_EQ(event_base_loop(own, EVLOOP_NONBLOCK), 0) << "a request keeps it alive";
        EXPECT_EQ(told.times, 0);
        evdns_base_free(resolver, 0);
        event_base_free(own);
        return ends;
    };
    EXPECT_FALSE(ends_by_itself(0));
    EXPECT_TRUE(ends_by_itself(EVDNS_BASE_DISABLE_WHEN_INACTIVE));
}

TEST_F(DnsLife, AnIdleOneRestsAfterEachRequest) {
    event_base* own = event_base_new();
    evdns_base* resolver = evdns_base_new(own, EVDNS_BASE_DISABLE_WHEN_INACTIVE);
    FakeDns fake(own, truth);
    evdns_base_nameserver_ip_add(resolver, fake.place().c_str());
    const int before = event_base_get_num_events(own, EVENT_BASE_COUNT_ADDED);
    for (int i = 0; i < 3; ++i) {
        Told told;
        evdns_base_resolve_ipv4(resolver, "www.example.com", 0, Told::take, &told);
        EXPECT_EQ(event_base_get_num_events(own, EVENT_BASE_COUNT_ADDED), before + 2);
        while (told.times == 0) event_base_loop(own, EVLOOP_ONCE);
        EXPECT_EQ(told.addresses, "192.0.2.1");
        EXPECT_EQ(event_base_get_num_events(own, EVENT_BASE_COUNT_ADDED), before);
    }
    evdns_base_free(resolver, 0);
    event_base_loop(own, EVLOOP_NONBLOCK);
    fake.leave();
    event_base_free(own);
}

// Each allocation of a whole story fails once: nothing leaks, and a request is refused or told.
TEST_F(DnsLife, EveryAllocationMayFail) {
    for (long n = 1;; ++n) {
        FailingMemory memory;
        event_base* own = event_base_new();
        ASSERT_NE(own, nullptr);
        const long before = memory.allocations();
        memory.fail_at(n);
        evdns_base* resolver = evdns_base_new(own, 0);
        Told told;
        if (resolver != nullptr) {
            evdns_base_search_add(resolver, "one.test");
            evdns_base_load_hosts(resolver, nullptr);
            evdns_base_nameserver_ip_add(resolver, "127.0.0.1:9");
            const bool asked = evdns_base_resolve_ipv4(resolver, "www.example.com", 0, Told::take,
                                                       &told) != nullptr;
            event_base_loop(own, EVLOOP_NONBLOCK);
            evdns_base_free(resolver, 1);
            event_base_loop(own, EVLOOP_NONBLOCK);
            EXPECT_EQ(told.times, asked ? 1 : 0) << "allocation " << n;
        }
        memory.heal();
        const bool all_tried = memory.allocations() - before < n;
        event_base_free(own);
        EXPECT_EQ(memory.live(), 0) << "allocation " << n;
        if (all_tried) break;
    }
}

// The types of callbacks, spelt as users spell them; and two functions that do nothing any more.
TEST_F(DnsLife, CallbacksHaveTypes) {
    const evdns_callback_type answered = Told::take;
    const evdns_getaddrinfo_cb found = [](int, evutil_addrinfo* list, void* times) {
        ++*static_cast<int*>(times);
        evutil_freeaddrinfo(list);
    };
    const evdns_debug_log_fn_type logged = [](int, const char*) {};
    const evdns_request_callback_fn_type asked = [](evdns_server_request* r, void*) {
        evdns_server_request_drop(r);
    };
    evdns_set_log_fn(logged);
    evdns_set_transaction_id_fn([]() -> ev_uint16_t { return 7; });
    evdns_set_random_bytes_fn([](char* bytes, size_t n) { std::fill(bytes, bytes + n, 0); });
    FakeDns& fake = server(truth);
    Told told;
    int times = 0;
    for (int i = 0; i < 20; ++i)
        evdns_base_resolve_ipv4(dns, "www.example.com", 0, answered, &told);
    evdns_getaddrinfo(dns, "192.0.2.1", nullptr, nullptr, found, &times);
    run(10);
    evdns_set_log_fn(nullptr);
    EXPECT_EQ(told.times, 20);
    EXPECT_EQ(times, 1);
    int sevens = 0;
    for (const Packet& query : fake.queries()) sevens += query[0] == 0 && query[1] == 7;
    EXPECT_LT(sevens, 3) << "the numbers are the library's own";
    event_base* current = event_init();
    evdns_server_port* port =
        evdns_add_server_port(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), 0, asked, nullptr);
    ASSERT_NE(port, nullptr);
    evdns_close_server_port(port);
    EXPECT_EQ(evdns_init(), 0);
    EXPECT_GE(evdns_count_nameservers(), 1);
    evdns_shutdown(0);
    event_base_loop(current, EVLOOP_NONBLOCK);
    event_base_free(current);
}

}  // namespace
