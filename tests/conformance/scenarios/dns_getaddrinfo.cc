// Scenarios: evdns_getaddrinfo, and connecting a bufferevent by name.
// Read next: dns.cc.
#include <event2/bufferevent.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "tests/conformance/scenarios/dns.h"

using namespace evglass::conformance;

namespace {

void wait(const Base& base, const Looked& looked) {
    run_until(base.get(), [&] { return looked.is_told(); });
}

Packet only_ipv4(const Packet& q) {
    return dns_type_of(q) == EVDNS_TYPE_A ? dns_truth(q) : Packet{};
}

}  // namespace

SCENARIO(dns_both_families) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_truth);
    const Dns dns = new_dns(base.get(), {&fake});
    const Looked looked(dns, "www.example.com", "80");
    wait(base, looked);
}

SCENARIO(dns_one_family) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_truth);
    const Dns dns = new_dns(base.get(), {&fake});
    for (const int family : {AF_INET, AF_INET6}) {
        const Looked looked(dns, "www.example.com", "http", family);
        wait(base, looked);
    }
}

SCENARIO(T353_dns_types_and_protocols) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_truth, true);
    const Dns dns = new_dns(base.get(), {&fake});
    struct {
        int type, protocol;
    } const kinds[] = {{0, 0}, {SOCK_DGRAM, 0}, {0, IPPROTO_UDP}, {0, IPPROTO_TCP}};
    for (const auto& [type, protocol] : kinds) {
        const Looked looked(dns, "www.example.com", "80", AF_INET, 0, type, protocol);
        wait(base, looked);
    }
}

// Shows T347 T348 T349 T350 T351 T355.
SCENARIO(dns_what_needs_no_server) {
    const Base base = new_base();
    const Dns dns = new_dns(base.get(), {});
    const Looked nothing(dns, nullptr, nullptr);
    const Looked number(dns, "192.0.2.5", nullptr);
    const Looked six(dns, "2001:db8::5", "81");
    const Looked both_types(dns, "192.0.2.5", "81", AF_UNSPEC, 0, 0);
    const Looked here(dns, nullptr, "80");
    const Looked listen(dns, nullptr, "80", AF_UNSPEC, EVUTIL_AI_PASSIVE);
    const Looked no_name(dns, "www.example.com", "80", AF_UNSPEC, EVUTIL_AI_NUMERICHOST);
    const Looked no_service(dns, "192.0.2.5", "http", AF_UNSPEC, EVUTIL_AI_NUMERICSERV);
    const Looked unknown(dns, "192.0.2.5", "no-such-service");
    const Looked too_large(dns, "192.0.2.5", "99999");
    const Looked no_family(dns, "192.0.2.5", "80", AF_UNIX);
    const Looked canonical(dns, "192.0.2.5", "80", AF_UNSPEC, EVUTIL_AI_CANONNAME);
}

SCENARIO(dns_a_number_of_the_other_family) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", [](const Packet& q) { return dns_reply(q, 3); });
    const Dns dns = new_dns(base.get(), {&fake});
    const Looked looked(dns, "192.0.2.5", "80", AF_INET6);
    wait(base, looked);
}

SCENARIO(dns_hosts_files) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_truth);
    const Dns dns = new_dns(base.get(), {&fake});
    char path[] = "/tmp/evglass-hosts-XXXXXX";
    const int fd = mkstemp(path);
    const char text[] =
        "# a comment\n192.0.2.1 one uno # alias\n192.0.2.2 one\n2001:db8::5 one\nnonsense two\n";
    if (write(fd, text, sizeof text - 1) < 0) say("no file");
    close(fd);
    say("load = %d", evdns_base_load_hosts(dns.get(), path));
    unlink(path);
    const Looked one(dns, "one", "80");
    const Looked alias(dns, "UNO", "80");
    const Looked six(dns, "one", "80", AF_INET6);
    const Asked asked(dns, "one");  // hosts are for getaddrinfo alone
    run_until(base.get(), [&] { return asked.is_told(); });
    evdns_base_clear_host_addresses(dns.get());
    const Looked cleared(dns, "one", "80");
    wait(base, cleared);
}

SCENARIO(dns_the_other_family_keeps_silent) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", only_ipv4, true);
    const Dns dns = new_dns(base.get(), {&fake});
    dns_set(dns, "getaddrinfo-allow-skew", "0.05");
    dns_set(dns, "timeout", "1");
    const long begin = now_ms();
    const Looked looked(dns, "www.example.com", "80");
    wait(base, looked);
    say("in less than a second: %s", yes_no(now_ms() - begin < 1000));
}

SCENARIO(dns_the_other_family_has_none) {
    const Base base = new_base();
    for (const int rcode : {0, 3}) {
        DnsFake fake(
            base.get(), "server",
            [rcode](const Packet& q) {
                return dns_type_of(q) == EVDNS_TYPE_A ? dns_truth(q) : dns_reply(q, rcode);
            },
            true);
        const Dns dns = new_dns(base.get(), {&fake});
        const Looked looked(dns, "www.example.com", "80");
        wait(base, looked);
    }
}

SCENARIO(dns_failures_as_getaddrinfo_has_them) {
    for (const int rcode : {0, 1, 2, 3, 5}) {
        const Base base = new_base();
        DnsFake fake(
            base.get(), "server", [rcode](const Packet& q) { return dns_reply(q, rcode); }, true);
        const Dns dns = new_dns(base.get(), {&fake});
        const Looked looked(dns, "www.example.com", "80");
        wait(base, looked);
    }
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_silence, true);
    const Dns dns = new_dns(base.get(), {&fake});
    dns_set(dns, "attempts", "1");
    const Looked looked(dns, "www.example.com", "80");
    wait(base, looked);
}

SCENARIO(dns_a_canonical_name) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", [](const Packet& q) {
        const Packet alias = dns_with(dns_reply(q), EVDNS_TYPE_CNAME,
                                      {4, 'r', 'e', 'a', 'l', 4, 't', 'e', 's', 't', 0});
        return dns_with(alias, EVDNS_TYPE_A, {192, 0, 2, 9});
    });
    const Dns dns = new_dns(base.get(), {&fake});
    for (const int flags : {0, EVUTIL_AI_CANONNAME}) {
        const Looked looked(dns, "www.example.com", "80", AF_INET, flags);
        wait(base, looked);
    }
}

// Shows T356.
SCENARIO(dns_cancelling_getaddrinfo) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_silence, true);
    const Dns dns = new_dns(base.get(), {&fake});
    const Looked looked(dns, "www.example.com", "80");
    if (looked.request() == nullptr) return;
    evdns_getaddrinfo_cancel(looked.request());
    say("inside of the call: %s", yes_no(looked.is_told()));
    wait(base, looked);
}

SCENARIO(dns_getaddrinfo_where_the_resolver_goes) {
    for (const int fail : {1, 0}) {
        const Base base = new_base();
        DnsFake fake(base.get(), "server", dns_silence, true);
        Dns dns = new_dns(base.get(), {&fake});
        const Looked looked(dns, "www.example.com", "80");
        evdns_base_free(dns.release(), fail);
        run_for(base.get(), 20);
        say("told: %s", yes_no(looked.is_told()));
    }
}

// Shows T357.
SCENARIO(dns_arguments_may_go) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_truth);
    const Dns dns = new_dns(base.get(), {&fake});
    std::string node = "www.example.com", service = "80";
    const Looked looked(dns, node.c_str(), service.c_str(), AF_INET);
    node.assign(node.size(), 'x');
    service.assign(service.size(), '9');
    wait(base, looked);
}

namespace {

/// A bufferevent that says what happens to it, and a socket that takes connections.
class Connecting {
 public:
    explicit Connecting(event_base* base)
        : bev_(bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE)),
          listening_(socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* sa = reinterpret_cast<sockaddr*>(&address);
        if (bind(listening_, sa, length) != 0 || listen(listening_, 5) != 0) say("no listener");
        getsockname(listening_, sa, &length);
        port_ = ntohs(address.sin_port);
        bufferevent_setcb(bev_, nullptr, nullptr, happened, this);
    }
    ~Connecting() { free(); }
    Connecting(const Connecting&) = delete;
    Connecting& operator=(const Connecting&) = delete;

    void connect(const Dns& dns, const char* name) {
        say("%s: %d", name,
            bufferevent_socket_connect_hostname(bev_, dns.get(), AF_INET, name, port_));
    }
    void free() {
        if (bev_ != nullptr) bufferevent_free(std::exchange(bev_, nullptr));
    }
    bool has_happened() const { return happened_; }

 private:
    static void happened(bufferevent* bev, short what, void* self_) {
        static_cast<Connecting*>(self_)->happened_ = true;
        say("connected %s, error %s, dns error %d", yes_no((what & BEV_EVENT_CONNECTED) != 0),
            yes_no((what & BEV_EVENT_ERROR) != 0), bufferevent_socket_get_dns_error(bev));
    }
    bufferevent* bev_;
    Fd listening_;
    int port_ = 0;
    bool happened_ = false;
};

}  // namespace

SCENARIO(dns_connecting_by_name) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", [](const Packet& q) {
        return dns_with(dns_reply(q), EVDNS_TYPE_A, {127, 0, 0, 1});
    });
    const Dns dns = new_dns(base.get(), {&fake});
    for (const char* name : {"www.example.com", "127.0.0.1"}) {
        Connecting c(base.get());
        c.connect(dns, name);
        run_until(base.get(), [&] { return c.has_happened(); });
    }
}

SCENARIO(dns_connecting_to_nobody) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", [](const Packet& q) { return dns_reply(q, 3); });
    const Dns dns = new_dns(base.get(), {&fake});
    Connecting c(base.get());
    c.connect(dns, "www.example.com");
    run_until(base.get(), [&] { return c.has_happened(); });
}

SCENARIO(dns_freed_while_its_name_is_looked_up) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", dns_silence, true);
    const Dns dns = new_dns(base.get(), {&fake});
    Connecting c(base.get());
    c.connect(dns, "www.example.com");
    c.free();
    run_for(base.get(), 150);
    say("happened: %s", yes_no(c.has_happened()));
}
