// Scenarios: how a resolver is set up: options, servers, resolv.conf, and the old names.
// Read next: dns.cc.
#include <event2/dns.h>
// Stock's dns_compat.h does not stand alone.

#include <event2/dns_compat.h>
#include <event2/event_compat.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "tests/conformance/scenarios/dns.h"

using namespace evglass::conformance;

namespace {

/// A file with this text, for as long as the object lives.
class File {
 public:
    explicit File(const char* text) {
        const int fd = mkstemp(path_);
        if (write(fd, text, std::strlen(text)) < 0) say("no file");
        close(fd);
    }
    ~File() { unlink(path_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    const char* path() const { return path_; }

 private:
    char path_[32] = "/tmp/evglass-dns-XXXXXX";
};

void parse(const char* text, int flags) {
    const Base base = new_base();
    const Dns dns = new_dns(base.get(), {});
    const File file(text);
    const int result = evdns_base_resolv_conf_parse(dns.get(), flags, file.path());
    say("flags %d: %d, %d servers", flags, result, evdns_base_count_nameservers(dns.get()));
}

}  // namespace

SCENARIO(T370_dns_options) {
    const Base base = new_base();
    const Dns dns = new_dns(base.get(), {});
    struct {
        const char* option;
        const char* value;
    } const options[] = {{"no-such-option", "1"},
                         {"timeout", "2.5"},
                         {"timeout:", "2"},
                         {"timeout", "x"},
                         {"timeout", "0"},
                         {"timeout", "-1"},
                         {"timeout", ""},
                         {"ndots", "2"},
                         {"ndots", "-1"},
                         {"max-timeouts", "0"},
                         {"max-timeouts", "300"},
                         {"max-inflight", "0"},
                         {"max-inflight", "100000"},
                         {"attempts", "0"},
                         {"attempts", "3x"},
                         {"randomize-case", "0"},
                         {"randomize-case", "2"},
                         {"bind-to", "x"},
                         {"bind-to", "127.0.0.1"},
                         {"initial-probe-timeout", "0"},
                         {"initial-probe-timeout", "99999"},
                         {"getaddrinfo-allow-skew", "0"},
                         {"getaddrinfo-allow-skew", "1.25"},
                         {"so-rcvbuf", "100"},
                         {"so-rcvbuf", "x"},
                         {"so-sndbuf", "5"}};
    for (const auto& [option, value] : options) dns_set(dns, option, value);
}

// Shows T358 T360.
SCENARIO(dns_servers) {
    const Base base = new_base();
    const Dns dns = new_dns(base.get(), {});
    say("%d servers", evdns_base_count_nameservers(dns.get()));
    for (const char* place : {"192.0.2.1", "192.0.2.1:53", "192.0.2.1:54", "x", "192.0.2.1:0"})
        say("%s: %d", place, evdns_base_nameserver_ip_add(dns.get(), place));
    say("by number: %d", evdns_base_nameserver_add(dns.get(), htonl(0x7f000001)));
    sockaddr_in in{};
    auto* sa = reinterpret_cast<sockaddr*>(&in);
    for (const int i : {0, 1, 2, 3}) {
        const int length = evdns_base_get_nameserver_addr(dns.get(), i, sa, sizeof in);
        say("%d: %d, port %d", i, length, ntohs(in.sin_port));
    }
    say("too little room: %d", evdns_base_get_nameserver_addr(dns.get(), 0, sa, 4));
    in.sin_port = htons(99);
    say("by address: %d", evdns_base_nameserver_sockaddr_add(dns.get(), sa, sizeof in, 0));
    say("%d servers", evdns_base_count_nameservers(dns.get()));
}

SCENARIO(dns_resolv_conf) {
    const char* all =
        "# a comment\n; another\nnameserver 192.0.2.1 # trailing\n  nameserver 192.0.2.2:99\n"
        "nameserver\nnameserver nonsense\nsearch one.test two.test\noptions ndots:2 timeout:1\n";
    for (const int flags :
         {DNS_OPTION_SEARCH, DNS_OPTION_NAMESERVERS, DNS_OPTION_MISC, DNS_OPTIONS_ALL})
        parse(all, flags);
    parse("", DNS_OPTIONS_ALL);
    parse("", DNS_OPTION_NAMESERVERS);
    parse("", DNS_OPTION_NAMESERVERS | DNS_OPTION_NAMESERVERS_NO_DEFAULT);
    parse("nameserver 192.0.2.1", DNS_OPTION_NAMESERVERS);
}

SCENARIO(dns_search_domains_of_a_file) {
    const Base base = new_base();
    DnsFake fake(base.get(), "server", [](const Packet& q) { return dns_reply(q, 3); });
    const Dns dns = new_dns(base.get(), {&fake});
    const File file("domain zero.test\nsearch one.test two.test\n");
    say("%d", evdns_base_resolv_conf_parse(dns.get(), DNS_OPTION_SEARCH, file.path()));
    const Asked asked(dns, "www");
    run_until(base.get(), [&] { return asked.is_told(); });
}

SCENARIO(dns_files_that_cannot_be_read) {
    const Base base = new_base();
    const Dns dns = new_dns(base.get(), {});
    say("resolv.conf: %d",
        evdns_base_resolv_conf_parse(dns.get(), DNS_OPTION_MISC, "/no/such/file"));
    say("hosts: %d", evdns_base_load_hosts(dns.get(), "/no/such/file"));
    say("no hosts: %d", evdns_base_load_hosts(dns.get(), nullptr));
}

SCENARIO(dns_old_names) {
    say("global: %s", yes_no(evdns_get_global_base() != nullptr));
    // What the scenario leaves behind goes with it.
    struct Current {
        ~Current() {
            if (evdns_get_global_base() != nullptr) evdns_shutdown(0);
            event_base_free(base);
        }
        event_base* base = event_init();
    } const current;
    event_base* base = current.base;
    say("add = %d", evdns_nameserver_ip_add("127.0.0.1:9"));
    say("%d servers", evdns_count_nameservers());
    say("global: %s", yes_no(evdns_get_global_base() != nullptr));
    say("option = %d", evdns_set_option("timeout", "1", 0));
    evdns_search_add("one.test");
    evdns_search_ndots_set(1);
    evdns_search_clear();
    static int told;
    told = 0;
    const auto callback = [](int result, char, int, int, void*, void*) {
        ++told;
        say("result %d", result);
    };
    say("resolve = %d", evdns_resolve_ipv4("www.example.com", 0, callback, nullptr));
    say("suspend = %d", evdns_clear_nameservers_and_suspend());
    say("resume = %d", evdns_resume());
    evdns_shutdown(1);
    say("global: %s", yes_no(evdns_get_global_base() != nullptr));
    run_until(base, [] { return told == 1; });
}
