// src/net/dns: the way of a request, with servers that answer, keep silent, lie, are late, refuse,
// or are not there. On the virtual clock: a timeout of five seconds takes no time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <set>

#include "tests/unit/src-net/fake_dns.h"

namespace {

using evglass::test::FakeDns;
using evglass::test::name_of;
using evglass::test::Packet;
using evglass::test::reply_to;
using evglass::test::Resolving;
using evglass::test::silence;
using evglass::test::Told;
using evglass::test::truth;
using evglass::test::with_record;
using testing::ElementsAre;

class DnsResolver : public Resolving {};

TEST_F(DnsResolver, T372_a_records_come_as_four_bytes_each) {
    server([](const Packet& q) {
        return with_record(with_record(reply_to(q), ns_t_a, {1, 2, 3, 4}, 60), ns_t_a, {5, 6, 7, 8},
                           50);
    });
    Told told;
    ask("www.example.com", told);
    EXPECT_EQ(told.times, 0) << "never from within the call that asks";
    run(10);
    EXPECT_EQ(told.times, 1);
    EXPECT_EQ(told.result, DNS_ERR_NONE);
    EXPECT_EQ(told.type, DNS_IPv4_A);
    EXPECT_EQ(told.addresses, "1.2.3.4 5.6.7.8");
    EXPECT_EQ(told.ttl, 50) << "the shorter life of the two";
}

TEST_F(DnsResolver, AddressesOfSixteenBytesAndNames) {
    FakeDns& fake = server([](const Packet& q) {
        return evglass::test::type_of(q) == ns_t_ptr
                   ? with_record(reply_to(q), ns_t_ptr, {4, 'h', 'o', 's', 't', 0})
                   : truth(q);
    });
    Told six, pointer, pointer6;
    in_addr in{};
    inet_pton(AF_INET, "192.0.2.7", &in);
    in6_addr in6{};
    inet_pton(AF_INET6, "2001:db8::7", &in6);
    evdns_base_resolve_ipv6(dns, "www.example.com", 0, Told::take, &six);
    evdns_base_resolve_reverse(dns, &in, 0, Told::take, &pointer);
    evdns_base_resolve_reverse_ipv6(dns, &in6, 0, Told::take, &pointer6);
    run(10);
    EXPECT_EQ(six.addresses, "2001:db8::1");
    EXPECT_EQ(pointer.addresses, "host");
    EXPECT_EQ(pointer.type, DNS_PTR);
    EXPECT_EQ(pointer6.addresses, "host");
    EXPECT_THAT(fake.names(),
                ElementsAre("www.example.com", "7.2.0.192.in-addr.arpa",
                            "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
                            "ip6.arpa"));
}

// Shows T362 T365: five seconds, three times.
TEST_F(DnsResolver, ASilentServerIsAskedThreeTimesFiveSecondsApart) {
    std::vector<long> times;
    server([&](const Packet&) {
        times.push_back(now_ms());
        return Packet{};
    });
    Told told;
    ask("www.example.com", told);
    run(24900);
    ASSERT_EQ(times.size(), 3u);
    EXPECT_NEAR(static_cast<double>(times[1] - times[0]), 5000, 50);
    EXPECT_NEAR(static_cast<double>(times[2] - times[1]), 5000, 50);
    EXPECT_EQ(told.result, DNS_ERR_TIMEOUT);
    run(200);
    EXPECT_EQ(times.size(), 4u) << "a probe, ten seconds later: the server counts as down";
    EXPECT_EQ(told.times, 1);
}

TEST_F(DnsResolver, ALateAnswerStillCounts) {
    FakeDns& fake = server(silence);
    Told told;
    ask("www.example.com", told);
    run(7000);
    ASSERT_EQ(fake.queries().size(), 2u) << "asked again meanwhile, with the same number";
    EXPECT_EQ(fake.queries()[0], fake.queries()[1]);
    fake.send(truth(fake.queries()[0]));
    run(10);
    EXPECT_EQ(told.addresses, "192.0.2.1");
    fake.send(truth(fake.queries()[0]));
    run(10);
    EXPECT_EQ(told.times, 1) << "what comes twice is ignored";
}

TEST_F(DnsResolver, LiesAreIgnored) {
    FakeDns& fake = server(silence);
    Told told;
    ask("www.example.com", told);
    run(10);
    ASSERT_EQ(fake.queries().size(), 1u);
    const Packet good = truth(fake.queries()[0]);
    const auto changed = [&](std::size_t at, int bits) {
        Packet lie = good;
        lie[at] ^= static_cast<unsigned char>(bits);
        return lie;
    };
    fake.send(changed(0, 1));                        // another number
    fake.send(changed(13, 0x20));                    // another case of a letter
    fake.send(changed(13, 0x02));                    // another name
    fake.send(changed(2, 0x80));                     // a question
    fake.send(changed(good.size() - 16 - 3, 0x40));  // another type
    fake.send(changed(4, 1));                        // 257 questions
    fake.send({});
    fake.send({good[0]});
    fake.send(Packet(good.begin(), good.begin() + 12));
    run(10);
    EXPECT_EQ(told.times, 0);
    fake.send(good);
    run(10);
    EXPECT_EQ(told.addresses, "192.0.2.1") << "the truth still comes through";
}

TEST_F(DnsResolver, OnlyTheServerThatWasAskedMayAnswer) {
    FakeDns& asked = server(silence);
    FakeDns& other = server(silence);
    Told first, second;
    ask("one.example.com", first);
    ask("two.example.com", second);
    run(10);
    ASSERT_EQ(asked.queries().size(), 1u);
    ASSERT_EQ(other.queries().size(), 1u);
    other.send(truth(asked.queries()[0]));
    run(10);
    EXPECT_EQ(first.times, 0);
    asked.send(truth(asked.queries()[0]));
    run(10);
    EXPECT_EQ(first.times, 1);
}

TEST_F(DnsResolver, WithoutRandomCasesAnyCaseWillDo) {
    set("randomize-case", "0");
    FakeDns& fake = server(silence);
    Told told;
    ask("www.Example.com", told);
    run(10);
    Packet loud = truth(fake.queries()[0]);
    EXPECT_EQ(std::string(loud.begin() + 13, loud.begin() + 16), "www");
    EXPECT_EQ(loud[17], 'E') << "as it was asked";
    loud[13] = 'W';
    fake.send(loud);
    run(10);
    EXPECT_EQ(told.times, 1);
}

TEST_F(DnsResolver, NumbersAndCasesAreDrawn) {
    FakeDns& fake = server(truth);
    Told told;
    std::set<int> numbers;
    std::set<Packet> spellings;
    for (int i = 0; i < 50; ++i) ask("a-long-name.example.com", told);
    run(10);
    for (const Packet& query : fake.queries()) {
        numbers.insert(query[0] * 256 + query[1]);
        spellings.insert(Packet(query.begin() + 12, query.end()));
    }
    EXPECT_EQ(told.times, 50);
    EXPECT_GT(numbers.size(), 45u);
    EXPECT_GT(spellings.size(), 45u);
}

TEST_F(DnsResolver, AnErrorIsTheServersWord) {
    int rcode = 0;
    server([&](const Packet& q) { return reply_to(q, rcode); });
    const auto result_of = [&](int code) {
        rcode = code;
        Told told;
        ask("www.example.com", told);
        run(100);
        EXPECT_EQ(told.times, 1);
        EXPECT_EQ(told.addresses, "");
        return told.result;
    };
    EXPECT_EQ(result_of(0), DNS_ERR_NODATA);
    EXPECT_EQ(result_of(1), DNS_ERR_FORMAT);
    EXPECT_EQ(result_of(3), DNS_ERR_NOTEXIST);
    EXPECT_EQ(result_of(9), DNS_ERR_UNKNOWN);
    EXPECT_EQ(result_of(4), DNS_ERR_NOTIMPL);
    EXPECT_EQ(result_of(5), DNS_ERR_REFUSED);
}

TEST_F(DnsResolver, TruncatedAndMalformedAnswersAreToldAsSuch) {
    Packet (*how)(const Packet&) = nullptr;
    server([&](const Packet& q) { return how(q); });
    const auto result_with = [&](Packet (*answer)(const Packet&)) {
        how = answer;
        Told told;
        ask("www.example.com", told);
        run(10);
        return told.result;
    };
    EXPECT_EQ(result_with([](const Packet& q) {
                  Packet cut = truth(q);
                  cut[2] |= 2;
                  return cut;
              }),
              DNS_ERR_TRUNCATED);
    EXPECT_EQ(result_with([](const Packet& q) {
                  Packet lies = truth(q);
                  lies[7] = 9;  // answers
                  return lies;
              }),
              DNS_ERR_TRUNCATED);
    EXPECT_EQ(result_with([](const Packet& q) {
                  return with_record(reply_to(q), ns_t_a, {1, 2, 3});
              }),
              DNS_ERR_TRUNCATED)
        << "an address of three bytes";
    EXPECT_EQ(result_with([](const Packet& q) { return truth(q); }), DNS_ERR_NONE);
}

TEST_F(DnsResolver, NoMoreAddressesThanThereIsRoomFor) {
    server([](const Packet& q) {
        Packet many = reply_to(q);
        for (unsigned char i = 0; i < 100; ++i) many = with_record(many, ns_t_a, {10, 0, 0, i});
        return many;
    });
    Told told;
    ask("www.example.com", told);
    run(10);
    EXPECT_EQ(told.count, 32);
}

// Shows T363: three timeouts in a row.
TEST_F(DnsResolver, ASilentServerIsPassedOverAndProbed) {
    FakeDns& silent = server(silence);
    FakeDns& good = server(truth);
    std::vector<Told> told(8);
    for (Told& t : told) ask("www.example.com", t);
    run(5100);
    for (const Told& t : told) EXPECT_EQ(t.addresses, "192.0.2.1");
    EXPECT_EQ(silent.queries().size(), 4u) << "half of them, once each";
    EXPECT_EQ(good.queries().size(), 8u);
    Told later;
    ask("later.example.com", later);
    ask("later.example.com", later);
    run(100);
    EXPECT_EQ(silent.queries().size(), 4u) << "it counts as down";
    EXPECT_EQ(later.times, 2);

    run(10000);
    ASSERT_EQ(silent.queries().size(), 5u) << "a probe, ten seconds after it went down";
    EXPECT_EQ(name_of(silent.queries()[4]), "google.com");
    run(36000);
    ASSERT_EQ(silent.queries().size(), 6u) << "the next after thirty more";
    silent.answer_with(truth);
    run(96000);
    ASSERT_EQ(silent.queries().size(), 7u) << "and after ninety";
    ask("after.example.com", later);
    ask("after.example.com", later);
    run(100);
    EXPECT_EQ(silent.queries().size(), 8u) << "it is up again";
    run(1000000);
    EXPECT_EQ(silent.queries().size(), 8u) << "and no longer probed";
}

TEST_F(DnsResolver, WhereNoServerIsUpTheyAreAskedAllTheSame) {
    FakeDns& fake = server(silence);
    set("attempts", "1");
    set("max-timeouts", "1");
    Told first, second;
    ask("www.example.com", first);
    run(6000);
    EXPECT_EQ(first.result, DNS_ERR_TIMEOUT);
    fake.answer_with(truth);
    ask("www.example.com", second);
    run(10);
    EXPECT_EQ(second.addresses, "192.0.2.1");
}

TEST_F(DnsResolver, AServerThatRefusesHandsItsRequestsOver) {
    FakeDns& unwilling = server([](const Packet& q) { return reply_to(q, 5); });
    server(truth);
    Told told;
    ask("www.example.com", told);
    const long before = now_ms();
    run(10);
    EXPECT_EQ(told.addresses, "192.0.2.1");
    EXPECT_LE(now_ms() - before, 20) << "at once, not after a timeout";
    EXPECT_EQ(unwilling.queries().size(), 1u);
}

TEST_F(DnsResolver, AServerThatFailsIsAskedAgain) {
    int failures = 2;
    FakeDns& fake =
        server([&](const Packet& q) { return failures-- > 0 ? reply_to(q, 2) : truth(q); });
    Told told;
    ask("www.example.com", told);
    run(10);
    EXPECT_EQ(told.addresses, "192.0.2.1");
    EXPECT_EQ(fake.queries().size(), 3u);
}

TEST_F(DnsResolver, APortWhereNobodyListensIsNoticed) {
    FakeDns& gone = server(silence);
    server(truth);
    gone.leave();
    Told told;
    ask("www.example.com", told);
    run(10);
    EXPECT_EQ(told.addresses, "192.0.2.1") << "the other one, without a timeout";
}

// Shows T364: 64, and fewer where that is wished.
TEST_F(DnsResolver, OnlySoManyRequestsFlyAtOnce) {
    FakeDns& fake = server(silence);
    std::vector<Told> told(70);
    for (Told& t : told) ask("www.example.com", t);
    run(10);
    EXPECT_EQ(fake.queries().size(), 64u);
    fake.send(truth(fake.queries()[0]));
    run(10);
    EXPECT_EQ(fake.queries().size(), 65u) << "one has landed, one flies";
    set("max-inflight", "66");
    run(10);
    EXPECT_EQ(fake.queries().size(), 67u);
    EXPECT_EQ(told[0].times, 1);
}

TEST_F(DnsResolver, ShortNamesAreSearchedFor) {
    FakeDns& fake = server(
        [](const Packet& q) { return name_of(q) == "www.two.test" ? truth(q) : reply_to(q, 3); });
    evdns_base_search_add(dns, "two.test");
    evdns_base_search_add(dns, "..one.test");
    Told www, dotted, absolute, alone;
    ask("www", www);
    run(10);
    EXPECT_THAT(fake.names(), ElementsAre("www.one.test", "www.two.test"));
    EXPECT_EQ(www.addresses, "192.0.2.1");
    ask("a.b", dotted);
    run(10);
    EXPECT_EQ(dotted.result, DNS_ERR_NOTEXIST);
    ask("www.", absolute);
    ask("www", alone, DNS_QUERY_NO_SEARCH);
    run(10);
    EXPECT_THAT(fake.names(), ElementsAre("www.one.test", "www.two.test", "a.b", "a.b.one.test",
                                          "a.b.two.test", "www", "www"));
}

TEST_F(DnsResolver, AChangedSearchListIsForLaterRequests) {
    FakeDns& fake = server([](const Packet& q) { return reply_to(q, 3); });
    evdns_base_search_add(dns, "two.test");
    evdns_base_search_add(dns, "one.test");
    Told told;
    ask("www", told);
    evdns_base_search_clear(dns);
    run(10);
    EXPECT_THAT(fake.names(), ElementsAre("www.one.test", "www.two.test", "www"));
}

TEST_F(DnsResolver, NamesThatAreNoneAreRefusedAtOnce) {
    server(truth);
    Told told;
    EXPECT_EQ(ask("a..b", told), nullptr);
    EXPECT_EQ(ask(std::string(300, 'x').c_str(), told), nullptr);
    run(10);
    EXPECT_EQ(told.times, 0);
    evdns_base_search_add(dns, std::string(240, 'd').c_str());
    EXPECT_NE(ask("www", told), nullptr) << "a domain that makes it too long is passed over";
    run(10);
    EXPECT_EQ(told.times, 1);
}

}  // namespace
