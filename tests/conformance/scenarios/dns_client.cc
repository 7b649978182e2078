// Scenarios: asking for one type of record. Servers answer, err, keep silent, and lie.
// Read next: dns.cc.
#include <netinet/in.h>

#include <cstring>

#include "tests/conformance/scenarios/dns.h"

using namespace evglass::conformance;

namespace {

/// Asks one server one question, and waits for what is told.
void ask_once(const DnsFake::Answer& answer, const char* name = "www.example.com",
              int type = DNS_IPv4_A) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", answer);
    const Dns dns = new_dns(base.get(), {&fake});
    const Asked asked(dns, name, type);
    run_until(base.get(), [&] { return asked.is_told(); });
}

}  // namespace

SCENARIO(T372_dns_addresses_of_four_bytes) {
    ask_once([](const Packet& q) {
        Packet two = dns_with(dns_reply(q), EVDNS_TYPE_A, {1, 2, 3, 4}, 60);
        return dns_with(two, EVDNS_TYPE_A, {5, 6, 7, 8}, 50);
    });
}

SCENARIO(dns_addresses_of_sixteen_bytes) {
    ask_once(dns_truth, "www.example.com", DNS_IPv6_AAAA);
}

SCENARIO(dns_no_more_than_32_addresses) {
    ask_once([](const Packet& q) {
        Packet many = dns_reply(q);
        for (unsigned char i = 0; i < 40; ++i) many = dns_with(many, EVDNS_TYPE_A, {10, 0, 0, i});
        return many;
    });
}

SCENARIO(T373_dns_a_name_for_an_address) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", [](const Packet& q) {
        return dns_with(dns_reply(q), EVDNS_TYPE_PTR, {4, 'h', 'o', 's', 't', 2, 'd', 'e', 0});
    });
    const Dns dns = new_dns(base.get(), {&fake});
    static int told;
    told = 0;
    const auto callback = [](int result, char type, int count, int ttl, void* addresses, void*) {
        ++told;
        say("result %d, type %d, count %d, ttl %d: %s", result, type, count, ttl,
            addresses != nullptr ? *static_cast<char**>(addresses) : "-");
    };
    in_addr in{};
    in6_addr in6{};
    evutil_inet_pton(AF_INET, "192.0.2.7", &in);
    evutil_inet_pton(AF_INET6, "2001:db8::7", &in6);
    evdns_base_resolve_reverse(dns.get(), &in, 0, callback, nullptr);
    run_until(base.get(), [] { return told == 1; });
    evdns_base_resolve_reverse_ipv6(dns.get(), &in6, 0, callback, nullptr);
    run_until(base.get(), [] { return told == 2; });
}

SCENARIO(dns_what_servers_say) {
    for (const int rcode : {0, 1, 3, 4, 5, 9}) {
        say("rcode %d", rcode);
        ask_once([rcode](const Packet& q) { return dns_reply(q, rcode); });
    }
}

SCENARIO(dns_how_long_a_no_may_be_kept) {
    const Packet soa = {0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 33};
    for (const int rcode : {0, 3})
        ask_once([&](const Packet& q) { return dns_with(dns_reply(q, rcode), 6, soa, 77, 2); });
}

SCENARIO(dns_a_truncated_answer) {
    ask_once([](const Packet& q) {
        Packet cut = dns_truth(q);
        cut[2] |= 2;
        return cut;
    });
}

// Shows T365: three times.
SCENARIO(dns_a_silent_server) {
    ask_once(dns_silence);
}

SCENARIO(dns_fewer_attempts) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_silence);
    const Dns dns = new_dns(base.get(), {&fake});
    dns_set(dns, "attempts", "1");
    const Asked asked(dns, "www.example.com");
    run_until(base.get(), [&] { return asked.is_told(); });
}

SCENARIO(dns_a_server_that_fails_is_asked_again) {
    int failures = 2;
    ask_once([&](const Packet& q) { return failures-- > 0 ? dns_reply(q, 2) : dns_truth(q); });
}

SCENARIO(dns_a_late_answer) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_silence);
    const Dns dns = new_dns(base.get(), {&fake});
    const Asked asked(dns, "www.example.com");
    run_until(base.get(), [&] { return fake.asked() == 2; });
    fake.send(dns_truth(fake.last()));
    run_until(base.get(), [&] { return asked.is_told(); });
}

SCENARIO(dns_numbers_that_nobody_asked_with) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_silence);
    const Dns dns = new_dns(base.get(), {&fake});
    dns_set(dns, "timeout", "1");
    const Asked asked(dns, "www.example.com");
    run_until(base.get(), [&] { return fake.asked() == 1; });
    Packet lie = dns_truth(fake.last());
    lie[0] ^= 1;
    fake.send(lie);
    fake.send({1, 2, 3});
    run_for(base.get(), 20);
    fake.send(dns_truth(fake.last()));
    run_until(base.get(), [&] { return asked.is_told(); });
}

SCENARIO(dns_another_spelling_is_no_answer) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_silence);
    const Dns dns = new_dns(base.get(), {&fake});
    dns_set(dns, "timeout", "1");
    const Asked asked(dns, "www.example.com");
    run_until(base.get(), [&] { return fake.asked() == 1; });
    Packet lie = dns_with(dns_reply(fake.last()), EVDNS_TYPE_A, {6, 6, 6, 6});
    lie[13] ^= 0x20;
    fake.send(lie);
    run_for(base.get(), 20);
    if (!asked.is_told()) fake.send(dns_truth(fake.last()));
    run_until(base.get(), [&] { return asked.is_told(); });
}

// Shows T363 T364: a silent server is passed over, and how many may fly.
SCENARIO(dns_the_other_server_answers) {
    const Base base = new_base();
    DnsFake silent(base.get(), "silent", dns_silence, true), good(base.get(), "good", dns_truth);
    const Dns dns = new_dns(base.get(), {&silent, &good});
    dns_set(dns, "max-timeouts", "1");
    const Asked first(dns, "one.example.com");
    run_until(base.get(), [&] { return first.is_told(); });
    const int asked = silent.asked();
    for (int i = 0; i < 4; ++i) {
        const Asked next(dns, "next.example.com");
        run_until(base.get(), [&] { return next.is_told(); });
    }
    say("asked again %d times", silent.asked() - asked);
}

SCENARIO(dns_only_so_many_fly) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_silence);
    const Dns dns = new_dns(base.get(), {&fake});
    dns_set(dns, "timeout", "1");
    dns_set(dns, "max-inflight", "1");
    const Asked one(dns, "one.example.com");
    const Asked two(dns, "two.example.com");
    run_until(base.get(), [&] { return fake.asked() == 1; });
    run_for(base.get(), 20);
    fake.send(dns_truth(fake.last()));
    run_until(base.get(), [&] { return fake.asked() == 2; });
    fake.send(dns_truth(fake.last()));
    run_until(base.get(), [&] { return two.is_told(); });
}

namespace {
void search_with(const char* name, int flags, int rcode) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", [rcode](const Packet& q) { return dns_reply(q, rcode); });
    const Dns dns = new_dns(base.get(), {&fake});
    evdns_base_search_add(dns.get(), "one.test");
    evdns_base_search_add(dns.get(), ".two.test");
    const Asked asked(dns, name, DNS_IPv4_A, flags);
    run_until(base.get(), [&] { return asked.is_told(); });
}
}  // namespace

SCENARIO(dns_short_names_are_searched_for) {
    search_with("www", 0, 3);
}
SCENARIO(dns_names_with_a_dot_are_tried_first) {
    search_with("a.b", 0, 3);
}
SCENARIO(dns_names_without_records_are_searched_for_too) {
    search_with("www", 0, 0);
}
SCENARIO(dns_an_error_does_not_end_the_search) {
    search_with("www", 0, 5);
}
SCENARIO(dns_one_request_need_not_search) {
    search_with("www", DNS_QUERY_NO_SEARCH, 3);
}
SCENARIO(dns_a_final_dot_ends_a_name) {
    search_with("abs.", 0, 3);
}

SCENARIO(dns_ndots_and_clearing) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", [](const Packet& q) { return dns_reply(q, 3); });
    const Dns dns = new_dns(base.get(), {&fake});
    evdns_base_search_add(dns.get(), "one.test");
    evdns_base_search_ndots_set(dns.get(), 2);
    const Asked before(dns, "a.b");
    run_until(base.get(), [&] { return before.is_told(); });
    evdns_base_search_clear(dns.get());
    const Asked cleared(dns, "a");
    run_until(base.get(), [&] { return cleared.is_told(); });
}

SCENARIO(T375_dns_cancelling) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_silence, true);
    const Dns dns = new_dns(base.get(), {&fake});
    const Asked asked(dns, "www.example.com");
    evdns_cancel_request(dns.get(), asked.request());
    say("inside of the call: %s", yes_no(asked.is_told()));
    run_until(base.get(), [&] { return asked.is_told(); });
}

SCENARIO(T359_dns_pending_requests_are_failed) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_silence, true);
    Dns dns = new_dns(base.get(), {&fake});
    const Asked asked(dns, "www.example.com");
    evdns_base_free(dns.release(), 1);
    say("inside of the call: %s", yes_no(asked.is_told()));
    run_until(base.get(), [&] { return asked.is_told(); });
}

SCENARIO(dns_or_they_are_not) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_silence, true);
    Dns dns = new_dns(base.get(), {&fake});
    const Asked asked(dns, "www.example.com");
    dns.reset();
    run_for(base.get(), 150);
    say("told: %s", yes_no(asked.is_told()));
}

SCENARIO(T376_dns_suspending) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_silence, true);
    const Dns dns = new_dns(base.get(), {&fake});
    const Asked asked(dns, "www.example.com");
    say("clear = %d, %d servers", evdns_base_clear_nameservers_and_suspend(dns.get()),
        evdns_base_count_nameservers(dns.get()));
    run_for(base.get(), 150);
    DnsFake other(base.get(), "other", dns_truth);
    evdns_base_nameserver_ip_add(dns.get(), other.place().c_str());
    say("resume = %d, told: %s", evdns_base_resume(dns.get()), yes_no(asked.is_told()));
    run_until(base.get(), [&] { return asked.is_told(); });
}

SCENARIO(dns_without_servers_requests_wait) {
    const Base base = new_base();
    const Dns dns = new_dns(base.get(), {});
    const Asked asked(dns, "www.example.com");
    run_for(base.get(), 150);
    say("told: %s", yes_no(asked.is_told()));
}

SCENARIO(dns_names_that_are_none) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_silence, true);
    const Dns dns = new_dns(base.get(), {&fake});
    const Asked label(dns,
                      "a-label-of-more-than-sixty-three-bytes-is-no-label-of-a-name-of-dns.test");
    const Asked empty(dns, "two..dots");
}

SCENARIO(dns_a_loop_that_may_end) {
    const Base base = new_base();
    for (const int flags : {EVDNS_BASE_DISABLE_WHEN_INACTIVE, 0}) {
        const Dns dns(evdns_base_new(base.get(), flags));
        evdns_base_nameserver_ip_add(dns.get(), "127.0.0.1:9");
        loop(base.get(), EVLOOP_NONBLOCK);
    }
}
