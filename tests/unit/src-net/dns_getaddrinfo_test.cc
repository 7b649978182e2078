// evdns_getaddrinfo: both families at once, what needs no server, cancelling; and a bufferevent
// that connects by a name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <cstring>

#include <event2/bufferevent.h>
#include <event2/listener.h>

#include "tests/support/failing_memory.h"
#include "tests/unit/src-net/fake_dns.h"

namespace {

using evglass::test::FailingMemory;
using evglass::test::FakeDns;
using evglass::test::Packet;
using evglass::test::reply_to;
using evglass::test::Resolving;
using evglass::test::silence;
using evglass::test::truth;
using evglass::test::type_of;
using evglass::test::with_record;

/// What the callback was told: "1.2.3.4 tcp 80".
struct Found {
    int times = 0;
    int error = -1;
    std::string addresses;
    std::string canonical;

    static void take(int error, evutil_addrinfo* list, void* self_) {
        auto& self = *static_cast<Found*>(self_);
        ++self.times;
        self.error = error;
        self.addresses.clear();
        for (const evutil_addrinfo* at = list; at != nullptr; at = at->ai_next) {
            char host[INET6_ADDRSTRLEN], port[8];
            getnameinfo(at->ai_addr, at->ai_addrlen, host, sizeof host, port, sizeof port,
                        NI_NUMERICHOST | NI_NUMERICSERV);
            if (!self.addresses.empty()) self.addresses += ", ";
            self.addresses += std::string(host) + " " + port + " " +
                              std::to_string(at->ai_socktype) + "/" +
                              std::to_string(at->ai_protocol);
        }
        if (list != nullptr && list->ai_canonname != nullptr) self.canonical = list->ai_canonname;
        evutil_freeaddrinfo(list);
    }
};

class DnsGetaddrinfo : public Resolving {
 protected:
    evdns_getaddrinfo_request* find(Found& found, const char* node, const char* service,
                                    int family = AF_UNSPEC, int flags = 0,
                                    int socktype = SOCK_STREAM) {
        evutil_addrinfo hints{};
        hints.ai_family = family;
        hints.ai_socktype = socktype;
        hints.ai_flags = flags;
        return evdns_getaddrinfo(dns, node, service, &hints, Found::take, &found);
    }
    /// What is told before the call returns.
    Found at_once(const char* node, const char* service, int family = AF_UNSPEC, int flags = 0,
                  int socktype = SOCK_STREAM) {
        Found found;
        EXPECT_EQ(find(found, node, service, family, flags, socktype), nullptr);
        EXPECT_EQ(found.times, 1);
        return found;
    }
};

TEST_F(DnsGetaddrinfo, BothFamiliesAreAskedForAtOnce) {
    FakeDns& fake = server(truth);
    Found found;
    ASSERT_NE(find(found, "www.example.com", "80"), nullptr);
    EXPECT_EQ(found.times, 0);
    run(10);
    EXPECT_EQ(fake.queries().size(), 2u);
    EXPECT_EQ(found.error, 0);
    EXPECT_EQ(found.addresses, "192.0.2.1 80 1/6, 2001:db8::1 80 1/6");
}

// Shows T353: without a type there are two entries for each address.
TEST_F(DnsGetaddrinfo, ASocketTypeKeepsDuplicatesOut) {
    server(truth);
    Found found;
    find(found, "www.example.com", "80", AF_INET, 0, 0);
    run(10);
    EXPECT_EQ(found.addresses, "192.0.2.1 80 1/6, 192.0.2.1 80 2/17");
}

// Shows T347 T348 T349 T350 T351 T355: what needs no server is told at once, and NULL is returned.
TEST_F(DnsGetaddrinfo, WhatNeedsNoServerIsToldAtOnce) {
    EXPECT_EQ(at_once(nullptr, nullptr).error, EVUTIL_EAI_NONAME);
    EXPECT_EQ(at_once("192.0.2.5", nullptr).addresses, "192.0.2.5 0 1/6");
    EXPECT_EQ(at_once("2001:db8::5", "81").addresses, "2001:db8::5 81 1/6");
    EXPECT_EQ(at_once(nullptr, "80").addresses, "127.0.0.1 80 1/6, ::1 80 1/6");
    EXPECT_EQ(at_once(nullptr, "80", AF_INET, EVUTIL_AI_PASSIVE).addresses, "0.0.0.0 80 1/6");
    EXPECT_EQ(at_once("www.example.com", "80", AF_UNSPEC, EVUTIL_AI_NUMERICHOST).error,
              EVUTIL_EAI_NONAME);
    EXPECT_EQ(at_once("192.0.2.5", "http", AF_UNSPEC, EVUTIL_AI_NUMERICSERV).error,
              EVUTIL_EAI_NONAME);
    EXPECT_EQ(at_once("192.0.2.5", "no-such-service").error, EVUTIL_EAI_NONAME);
    EXPECT_EQ(at_once("192.0.2.5", "65536").error, EVUTIL_EAI_NONAME);
    EXPECT_EQ(at_once("192.0.2.5", "80", AF_INET6).error, EVUTIL_EAI_ADDRFAMILY);
    EXPECT_EQ(at_once("www.example.com", "80", AF_UNIX).error, EVUTIL_EAI_FAMILY);
    EXPECT_EQ(at_once("", "80").error, EVUTIL_EAI_NONAME);
    EXPECT_EQ(at_once("a..b", "80").error, EVUTIL_EAI_NONAME);
}

TEST_F(DnsGetaddrinfo, ServicesHaveNames) {
    EXPECT_EQ(at_once("192.0.2.5", "http").addresses, "192.0.2.5 80 1/6");
}

TEST_F(DnsGetaddrinfo, TheHostsFileIsAskedFirst) {
    FakeDns& fake = server(truth);
    EXPECT_EQ(evdns_base_load_hosts(dns, nullptr), 0);
    EXPECT_EQ(at_once("LocalHost", "80").addresses, "127.0.0.1 80 1/6, ::1 80 1/6");
    EXPECT_EQ(at_once("localhost", "80", AF_INET6).addresses, "::1 80 1/6");
    EXPECT_EQ(fake.queries().size(), 0u);
}

// Shows T357: names, services and hints are copied.
TEST_F(DnsGetaddrinfo, ArgumentsMayGo) {
    server(truth);
    Found found;
    {
        std::string node = "www.example.com", service = "80";
        find(found, node.c_str(), service.c_str());
        node.assign(node.size(), 'x');
        service.assign(service.size(), '9');
    }
    run(10);
    EXPECT_EQ(found.addresses, "192.0.2.1 80 1/6, 2001:db8::1 80 1/6");
}

TEST_F(DnsGetaddrinfo, OneFamilyWaitsThreeSecondsForTheOther) {
    server([](const Packet& q) { return type_of(q) == ns_t_a ? truth(q) : Packet{}; });
    Found found;
    find(found, "www.example.com", "80");
    run(2900);
    EXPECT_EQ(found.times, 0);
    run(200);
    EXPECT_EQ(found.addresses, "192.0.2.1 80 1/6");
    run(60000);
    EXPECT_EQ(found.times, 1);
}

TEST_F(DnsGetaddrinfo, OrForItsNo) {
    server([](const Packet& q) { return type_of(q) == ns_t_a ? truth(q) : reply_to(q, 3); });
    Found found;
    find(found, "www.example.com", "80");
    run(10);
    EXPECT_EQ(found.addresses, "192.0.2.1 80 1/6");
}

TEST_F(DnsGetaddrinfo, AFailureIsToldInItsWords) {
    int rcode = 3;
    server([&](const Packet& q) { return rcode < 0 ? Packet{} : reply_to(q, rcode); });
    const auto error_of = [&](int code) {
        rcode = code;
        Found found;
        find(found, "www.example.com", "80");
        run(60000);
        EXPECT_EQ(found.times, 1);
        return found.error;
    };
    EXPECT_EQ(error_of(3), EVUTIL_EAI_NONAME);
    EXPECT_EQ(error_of(0), EVUTIL_EAI_NODATA);
    EXPECT_EQ(error_of(1), EVUTIL_EAI_FAIL);
    EXPECT_EQ(error_of(-1), EVUTIL_EAI_AGAIN);
}

TEST_F(DnsGetaddrinfo, TheCanonicalNameIsTheLastOne) {
    server([](const Packet& q) {
        const Packet alias = with_record(reply_to(q), ns_t_cname, {4, 'r', 'e', 'a', 'l', 0});
        return with_record(alias, ns_t_a, {192, 0, 2, 9});
    });
    Found with, without;
    find(with, "www.example.com", "80", AF_INET, EVUTIL_AI_CANONNAME);
    find(without, "www.example.com", "80", AF_INET);
    run(10);
    EXPECT_EQ(with.canonical, "real");
    EXPECT_EQ(without.canonical, "");
}

// Shows T356: the callback always comes, after cancelling too.
TEST_F(DnsGetaddrinfo, CancellingIsTold) {
    server(silence);
    Found found;
    evdns_getaddrinfo_cancel(find(found, "www.example.com", "80"));
    EXPECT_EQ(found.times, 0);
    run(10);
    EXPECT_EQ(found.times, 1);
    EXPECT_EQ(found.error, EVUTIL_EAI_CANCEL);
}

TEST_F(DnsGetaddrinfo, CancellingWhileOneFamilyWaitsForTheOther) {
    server([](const Packet& q) { return type_of(q) == ns_t_a ? truth(q) : Packet{}; });
    Found found;
    evdns_getaddrinfo_request* request = find(found, "www.example.com", "80");
    run(100);
    evdns_getaddrinfo_cancel(request);
    run(60000);
    EXPECT_EQ(found.times, 1);
    EXPECT_EQ(found.error, EVUTIL_EAI_CANCEL);
    EXPECT_EQ(found.addresses, "");
}

TEST_F(DnsGetaddrinfo, NothingIsLeftWhereTheResolverGoes) {
    for (const int fail : {0, 1}) {
        const FailingMemory memory;
        event_base* own = event_base_new();
        evdns_base* resolver = evdns_base_new(own, 0);
        evdns_base_nameserver_ip_add(resolver, "127.0.0.1:9");
        Found found;
        evdns_getaddrinfo(resolver, "www.example.com", "80", nullptr, Found::take, &found);
        evdns_base_free(resolver, fail);
        event_base_loop(own, EVLOOP_NONBLOCK);
        EXPECT_EQ(found.times, fail);
        event_base_free(own);
        EXPECT_EQ(memory.live(), 0);
    }
}

// ---- a bufferevent that connects by name ----

class DnsConnect : public DnsGetaddrinfo {
 protected:
    DnsConnect() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        listener_ = evconnlistener_new_bind(
            base, [](evconnlistener*, evutil_socket_t fd, sockaddr*, int, void*) { close(fd); },
            nullptr, LEV_OPT_CLOSE_ON_FREE, -1, reinterpret_cast<sockaddr*>(&address),
            sizeof address);
        socklen_t length = sizeof address;
        getsockname(evconnlistener_get_fd(listener_), reinterpret_cast<sockaddr*>(&address),
                    &length);
        port = ntohs(address.sin_port);
        bufferevent_setcb(
            bev, nullptr, nullptr,
            [](bufferevent*, short what, void* p) { *static_cast<short*>(p) |= what; }, &events);
    }
    ~DnsConnect() override {
        if (bev != nullptr) bufferevent_free(bev);
        evconnlistener_free(listener_);
    }

    bufferevent* bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    int port = 0;
    short events = 0;

 private:
    evconnlistener* listener_ = nullptr;
};

TEST_F(DnsConnect, ByANameThatAServerKnows) {
    server([](const Packet& q) { return with_record(reply_to(q), ns_t_a, {127, 0, 0, 1}); });
    EXPECT_EQ(bufferevent_socket_connect_hostname(bev, dns, AF_INET, "www.example.com", port), 0);
    EXPECT_EQ(events, 0);
    EXPECT_EQ(bufferevent_socket_connect_hostname(bev, dns, AF_INET, "www.example.com", port), -1)
        << "one at a time";
    run(10);
    EXPECT_EQ(events & BEV_EVENT_CONNECTED, BEV_EVENT_CONNECTED);
    EXPECT_EQ(bufferevent_socket_get_dns_error(bev), 0);
}

TEST_F(DnsConnect, ByANumber) {
    EXPECT_EQ(bufferevent_socket_connect_hostname(bev, dns, AF_INET, "127.0.0.1", port), 0);
    run(10);
    EXPECT_EQ(events & BEV_EVENT_CONNECTED, BEV_EVENT_CONNECTED);
}

TEST_F(DnsConnect, ANameThatNobodyKnowsIsAnError) {
    server([](const Packet& q) { return reply_to(q, 3); });
    EXPECT_EQ(bufferevent_socket_connect_hostname(bev, dns, AF_INET, "www.example.com", port), 0);
    run(10);
    EXPECT_EQ(events, BEV_EVENT_ERROR);
    EXPECT_EQ(bufferevent_socket_get_dns_error(bev), EVUTIL_EAI_NONAME);
}

TEST_F(DnsConnect, FreeingItStopsTheLookup) {
    server(silence);
    EXPECT_EQ(bufferevent_socket_connect_hostname(bev, dns, AF_UNSPEC, "www.example.com", port), 0);
    bufferevent_free(std::exchange(bev, nullptr));
    run(60000);
    EXPECT_EQ(events, 0);
}

TEST_F(DnsConnect, WithoutItsResolverTheLookupHasFailed) {
    server(silence);
    EXPECT_EQ(bufferevent_socket_connect_hostname(bev, dns, AF_INET, "www.example.com", port), 0);
    evdns_base_free(std::exchange(dns, nullptr), 0);
    run(10);
    EXPECT_EQ(events, BEV_EVENT_ERROR) << "it would wait for ever";
    EXPECT_EQ(bufferevent_socket_get_dns_error(bev), EVUTIL_EAI_FAIL);
}

}  // namespace
