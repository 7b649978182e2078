// src/net/dns with the trace on: a request's story in records and in sentences; and, over random
// programs, the model beside the real resolver: at each mark both know the same servers, up or
// down, and the same requests, waiting or in flight.
// The records pass through the real writer and reader.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <tuple>

#include "src/net/dns/dns_base.h"
#include "tests/support/recorded.h"
#include "tests/unit/src-net/fake_dns.h"
#include "trace/model.h"
#include "trace/text.h"

namespace {

namespace trace = evglass::trace;
namespace rec = trace::rec;
using evglass::test::FakeDns;
using evglass::test::Packet;
using evglass::test::Recorded;
using evglass::test::reply_to;
using evglass::test::Resolving;
using evglass::test::silence;
using evglass::test::Told;
using evglass::test::truth;

class DnsTrace : public Resolving {
 protected:
    void SetUp() override {
        if (!trace::kCompiledIn) GTEST_SKIP() << "built without the trace";
    }
};

/// Replays what was recorded; `at_mark` is called at each mark. Every record must be legal.
template <class AtMark>
void replay(const std::vector<trace::Record>& records, const AtMark& at_mark) {
    trace::Model model;
    for (const trace::Record& record : records) {
        const trace::Change change = model.apply(record, nullptr);
        ASSERT_EQ(change.error, "") << "record " << record.number;
        if (record.as<rec::mark>() != nullptr) at_mark(model);
    }
}

std::vector<std::string> story(const Recorded& recorded,
                               const std::vector<trace::Record>& records) {
    trace::Model model;
    std::vector<std::string> out;
    for (const trace::Record& record : records) {
        model.apply(record, nullptr);
        const auto* info = trace::find_record(record.type);
        if (info != nullptr && info->name.starts_with("dns_"))
            out.push_back(trace::record_sentence(record, recorded.reader(), model));
    }
    return out;
}

TEST_F(DnsTrace, ARequestTellsItsStory) {
    Recorded recorded("full=4M,only=net");
    evdns_base* own = evdns_base_new(base, 0);
    int silent = 1;
    FakeDns fake(base, [&](const Packet& q) { return silent-- > 0 ? Packet{} : truth(q); });
    evdns_base_nameserver_ip_add(own, fake.place().c_str());
    evdns_base_set_option(own, "randomize-case", "0");
    Told told;
    evdns_base_resolve_ipv4(own, "www.example.com", 0, Told::take, &told);
    run(5100);
    EXPECT_EQ(told.times, 1);
    evdns_base_free(own, 0);
    run(10);
    const auto& records = recorded.stop();
    const std::string server = "server " + fake.place();
    const auto number = std::to_string(recorded.all<rec::dns_send>().at(0).id);
    EXPECT_THAT(story(recorded, records),
                testing::ElementsAre(
                    testing::StartsWith("D1 is made: a resolver on "),
                    testing::StartsWith("D1 has one more name server: " + fake.place()),
                    "Q1: D1 is asked for the A records of www.example.com",
                    "Q1, attempt 1: 'www.example.com' to " + server + " as number " + number,
                    "Q1: no answer to attempt 1; " + server + " kept silent once in a row",
                    "Q1, attempt 2: 'www.example.com' to " + server + " as number " + number,
                    server + " answers Q1: 1 record",
                    "Q1 has come to 1 record, good for 60 s; the loop will tell",
                    "a request of D1 is gone; its callback was called",
                    testing::StartsWith("D1 asks "), "D1 is gone"));
}

TEST_F(DnsTrace, WhatWasIgnoredIsToldToo) {
    Recorded recorded("full=4M,only=net");
    FakeDns& fake = server(silence);
    Told told;
    ask("www.example.com", told);
    run(10);
    Packet lie = truth(fake.queries()[0]);
    lie[0] ^= 1;
    fake.send(lie);
    lie[0] ^= 1;
    lie[13] ^= 0x20;
    fake.send(lie);
    fake.send({1});
    run(10);
    recorded.stop();
    std::vector<trace::field::dnsverdict> verdicts;
    for (const auto& answer : recorded.all<rec::dns_answer>()) verdicts.push_back(answer.verdict);
    using trace::field::dnsverdict;
    EXPECT_THAT(verdicts, testing::ElementsAre(dnsverdict::not_asked, dnsverdict::other_question,
                                               dnsverdict::malformed));
}

TEST_F(DnsTrace, TheWalkOfARequest) {
    server(truth);
    Recorded recorded("full=4M,only=call");
    Told told;
    ask("www.example.com", told);
    run(10);
    recorded.stop();
    std::vector<std::string> walk;
    for (const std::string& name : recorded.entered())
        if (name.find("dns") != std::string::npos || name.starts_with("reply") ||
            name.starts_with("request") || name.starts_with("nameserver"))
            walk.push_back(name);
    EXPECT_THAT(walk, testing::ElementsAre("evdns_base_resolve_ipv4", "request_submit",
                                           "evdns_request_transmit", "nameserver_ready_callback",
                                           "reply_parse", "reply_handle", "nameserver_up",
                                           "request_finished", "reply_run_callback"));
}

/// What both sides know: servers with (up, silences), requests with (in flight, server, attempts).
struct Known {
    std::map<std::uint64_t, std::tuple<bool, int>> servers;
    std::map<std::uint64_t, std::tuple<bool, std::uint64_t, int>> requests;
    bool operator==(const Known&) const = default;
};

std::uint64_t address_of(const void* object) {
    return reinterpret_cast<std::uint64_t>(object);
}

Known known_by(const evdns_base* resolver) {
    Known out;
    using dns::Nameserver;
    for (Nameserver* ns = resolver->servers.first; ns != nullptr;
         ns = dns::Queue<Nameserver>::next(ns))
        out.servers[address_of(ns)] = {ns->up, ns->timeouts};
    for (const auto* queue : {&resolver->waiting, &resolver->in_flight})
        for (evdns_request* r = queue->first; r != nullptr;
             r = dns::Queue<evdns_request>::next(r)) {
            const bool flies = r->state == evdns_request::State::in_flight;
            out.requests[address_of(r)] = {flies, address_of(r->server), flies ? r->attempts : 0};
        }
    return out;
}

Known known_by(const trace::Resolver& resolver) {
    Known out;
    for (const auto& [address, server] : resolver.servers)
        out.servers[address] = {server.up, static_cast<int>(server.silent)};
    for (const auto& [address, request] : resolver.requests) {
        if (request.state == trace::DnsRequest::State::done) continue;
        const bool flies = request.state == trace::DnsRequest::State::in_flight;
        out.requests[address] = {flies, request.server,
                                 flies ? static_cast<int>(request.attempts) : 0};
    }
    return out;
}

/// A resolver, some servers of moods that change, and steps that a seed chooses.
class RandomDns : public DnsTrace {
 protected:
    int pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

    Packet moody(const Packet& q) {
        switch (pick(7)) {
            case 0:
                return {};
            case 1:
                return reply_to(q, 2);
            case 2:
                return reply_to(q, pick(6));
            case 3: {
                Packet lie = truth(q);
                lie[static_cast<std::size_t>(pick(static_cast<int>(lie.size())))] ^= 0x21;
                return lie;
            }
            default:
                return truth(q);
        }
    }
    void step(evdns_base* resolver) {
        static constexpr const char* kNames[] = {"www", "a.b", "www.example.com", "x."};
        switch (pick(10)) {
            case 0:
                fakes_.push_back(
                    std::make_unique<FakeDns>(base, [this](const Packet& q) { return moody(q); }));
                evdns_base_nameserver_ip_add(resolver, fakes_.back()->place().c_str());
                break;
            case 1:
                evdns_base_clear_nameservers_and_suspend(resolver);
                break;
            case 2:
                evdns_base_resume(resolver);
                break;
            case 3:
                evdns_base_set_option(resolver, "max-inflight", pick(2) != 0 ? "2" : "9");
                break;
            case 4:
                run(pick(20000));
                break;
            default:
                evdns_request* request =
                    evdns_base_resolve_ipv4(resolver, kNames[pick(4)], 0, Told::take, &told_);
                if (request != nullptr) ++asked_;
                if (request != nullptr && pick(5) == 0) evdns_cancel_request(resolver, request);
        }
        run(pick(3) == 0 ? pick(6000) : 0);
    }
    void play(unsigned seed) {
        random_.seed(seed);
        asked_ = 0;
        told_ = {};
        std::vector<Known> truth_at_marks;
        Recorded recorded("full=64M,only=net+state");
        evdns_base* resolver = evdns_base_new(base, 0);
        evdns_base_search_add(resolver, "one.test");
        for (int i = 0; i < 60; ++i) {
            step(resolver);
            truth_at_marks.push_back(known_by(resolver));
            evglass_mark("look");
        }
        evdns_base_free(resolver, 1);
        run(10);
        EXPECT_EQ(told_.times, asked_) << "each is told once";
        std::size_t mark = 0;
        replay(recorded.stop(), [&](const trace::Model& model) {
            const trace::Resolver* known = model.resolver(address_of(resolver));
            ASSERT_NE(known, nullptr);
            ASSERT_LT(mark, truth_at_marks.size());
            EXPECT_TRUE(known_by(*known) == truth_at_marks[mark]) << "mark " << mark;
            ++mark;
        });
        EXPECT_EQ(mark, truth_at_marks.size());
        fakes_.clear();
    }

 private:
    std::mt19937 random_;
    std::vector<std::unique_ptr<FakeDns>> fakes_;
    Told told_;
    int asked_ = 0;
};

TEST_F(RandomDns, TheModelKnowsWhatTheResolverKnows) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        play(seed);
        if (HasFailure()) FAIL() << "seed " << seed;
    }
}

}  // namespace
