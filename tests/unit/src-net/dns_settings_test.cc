// src/net/dns: options, resolv.conf, hosts files, and the list of servers. Files are made for each
// test, and go with it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include <event2/dns_compat.h>
#include <event2/event_compat.h>

#include "src/net/dns/dns_base.h"
#include "tests/unit/src-net/fake_dns.h"

namespace {

using evglass::test::FakeDns;
using evglass::test::Packet;
using evglass::test::reply_to;
using evglass::test::Resolving;
using evglass::test::Told;
using evglass::test::truth;
using testing::ElementsAre;

/// A file with this text, for as long as the object lives.
class File {
 public:
    explicit File(const std::string& text) {
        const int fd = mkstemp(path_.data());
        EXPECT_EQ(write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
        close(fd);
    }
    ~File() { unlink(path_.c_str()); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    const char* path() const { return path_.c_str(); }

 private:
    std::string path_ = "/tmp/evglass-dns-XXXXXX";
};

class DnsSettings : public Resolving {
 protected:
    int parse(const std::string& text, int flags) {
        return evdns_base_resolv_conf_parse(dns, flags, File(text).path());
    }
    std::vector<std::string> places() const {
        std::vector<std::string> out;
        sockaddr_storage address{};
        auto* sa = reinterpret_cast<sockaddr*>(&address);
        for (int i = 0; evdns_base_get_nameserver_addr(dns, i, sa, sizeof address) > 0; ++i) {
            char text[INET6_ADDRSTRLEN];
            const bool six = sa->sa_family == AF_INET6;
            const auto* in = reinterpret_cast<sockaddr_in*>(sa);
            const auto* in6 = reinterpret_cast<sockaddr_in6*>(sa);
            inet_ntop(sa->sa_family,
                      six ? static_cast<const void*>(&in6->sin6_addr) : &in->sin_addr, text,
                      sizeof text);
            out.push_back(text + std::string("#") + std::to_string(ntohs(in->sin_port)));
        }
        return out;
    }
    int try_option(const char* name, const char* value) {
        return evdns_base_set_option(dns, name, value);
    }
};

// Shows T358: none, and no domains.
TEST_F(DnsSettings, ABaseWithoutInitialisingKnowsNothing) {
    EXPECT_EQ(evdns_base_count_nameservers(dns), 0);
    EXPECT_EQ(dns->search->count, 0);
    EXPECT_EQ(dns->hosts.find("localhost"), nullptr);
}

TEST_F(DnsSettings, T360_an_address_may_have_a_port) {
    for (const char* place :
         {"192.0.2.1", "192.0.2.1:54", "2001:db8::1", "[2001:db8::2]:99", "[2001:db8::3]"})
        EXPECT_EQ(evdns_base_nameserver_ip_add(dns, place), 0) << place;
    EXPECT_THAT(places(), ElementsAre("192.0.2.1#53", "192.0.2.1#54", "2001:db8::1#53",
                                      "2001:db8::2#99", "2001:db8::3#53"));
    EXPECT_EQ(evdns_base_nameserver_ip_add(dns, "192.0.2.1:53"), 3) << "it is there already";
    for (const char* bad : {"", "x", "192.0.2.1:0", "192.0.2.1:x", "[2001:db8::2"})
        EXPECT_EQ(evdns_base_nameserver_ip_add(dns, bad), 4) << bad;
    EXPECT_EQ(evdns_base_count_nameservers(dns), 5);
}

TEST_F(DnsSettings, AddressesAreGivenWhereTheyHaveRoom) {
    EXPECT_EQ(evdns_base_nameserver_add(dns, htonl(INADDR_LOOPBACK)), 0);
    sockaddr_in in{};
    auto* sa = reinterpret_cast<sockaddr*>(&in);
    EXPECT_EQ(evdns_base_get_nameserver_addr(dns, 0, sa, 4), static_cast<int>(sizeof in));
    EXPECT_EQ(in.sin_family, 0) << "nothing was written";
    EXPECT_EQ(evdns_base_get_nameserver_addr(dns, 0, sa, sizeof in), static_cast<int>(sizeof in));
    EXPECT_EQ(ntohs(in.sin_port), 53);
    EXPECT_EQ(evdns_base_get_nameserver_addr(dns, 1, sa, sizeof in), -1);
    EXPECT_EQ(evdns_base_get_nameserver_addr(dns, -1, sa, sizeof in), -1);
    in.sin_family = AF_UNIX;
    EXPECT_NE(evdns_base_nameserver_sockaddr_add(dns, sa, sizeof in, 0), 0);
    in.sin_family = AF_INET;
    EXPECT_NE(evdns_base_nameserver_sockaddr_add(dns, sa, 4, 0), 0);
}

// Shows T370: unknown options.
TEST_F(DnsSettings, OptionsAreSetWithinTheirBounds) {
    EXPECT_EQ(try_option("no-such-option", "1"), 0);
    EXPECT_EQ(try_option("timeout", "1.5"), 0);
    EXPECT_EQ(dns->options.timeout.tv_sec, 1);
    EXPECT_EQ(dns->options.timeout.tv_usec, 500000);
    for (const char* bad : {"", "x", "0", "-1", "1x", "nan", "inf", "1e"})
        EXPECT_EQ(try_option("timeout", bad), -1) << bad;
    EXPECT_EQ(dns->options.timeout.tv_sec, 1) << "as it was";
    EXPECT_EQ(try_option("max-timeouts:", "300"), 0);
    EXPECT_EQ(dns->options.max_timeouts, 255);
    EXPECT_EQ(try_option("max-inflight", "0"), 0);
    EXPECT_EQ(dns->options.max_inflight, 1);
    EXPECT_EQ(try_option("max-inflight", "100000"), 0);
    EXPECT_EQ(dns->options.max_inflight, 65000);
    EXPECT_EQ(try_option("attempts", "2"), 0);
    EXPECT_EQ(try_option("attempts", "2x"), -1);
    EXPECT_EQ(try_option("attempts", "99999999999"), -1);
    EXPECT_EQ(dns->options.attempts, 2);
    EXPECT_EQ(try_option("ndots", "3"), 0);
    EXPECT_EQ(try_option("ndots", "-1"), -1);
    EXPECT_EQ(dns->search->ndots, 3);
    EXPECT_EQ(try_option("bind-to", "no address"), -1);
    EXPECT_EQ(try_option("so-rcvbuf", "20000"), 0);
    EXPECT_EQ(try_option("initial-probe-timeout", "0.25"), 0);
    EXPECT_EQ(dns->options.initial_probe.tv_usec, 250000);
}

TEST_F(DnsSettings, AResolvConfIsRead) {
    EXPECT_EQ(parse("# a comment\n"
                    "nameserver 192.0.2.1 # trailing\n"
                    "nameserver 192.0.2.2:99\r\n"
                    "  nameserver 2001:db8::1\n"
                    "nameserver\n"
                    "nameserver nonsense\n"
                    "domain old.test\n"
                    "search one.test two.test ; three.test\n"
                    "options ndots:2 timeout:1 rotate no-such:9 attempts:\n"
                    "options max-inflight:7",
                    DNS_OPTIONS_ALL & ~DNS_OPTION_HOSTSFILE),
              0);
    EXPECT_THAT(places(), ElementsAre("192.0.2.1#53", "192.0.2.2#99", "2001:db8::1#53"));
    EXPECT_EQ(std::string(dns->search->domains(), dns->search->bytes),
              std::string("one.test\0two.test\0", 18));
    EXPECT_EQ(dns->search->ndots, 2);
    EXPECT_EQ(dns->options.timeout.tv_sec, 1);
    EXPECT_EQ(dns->options.attempts, 3) << "an option without its value";
    EXPECT_EQ(dns->options.max_inflight, 7);
}

TEST_F(DnsSettings, OnlyWhatIsAskedForIsTaken) {
    const std::string all = "nameserver 192.0.2.1\nsearch one.test\noptions ndots:2 timeout:1\n";
    EXPECT_EQ(parse(all, DNS_OPTION_SEARCH), 0);
    EXPECT_EQ(dns->search->count, 1);
    EXPECT_EQ(dns->search->ndots, 2);
    EXPECT_EQ(dns->options.timeout.tv_sec, 5);
    EXPECT_EQ(evdns_base_count_nameservers(dns), 0);
    EXPECT_EQ(parse(all, DNS_OPTION_MISC), 0);
    EXPECT_EQ(dns->options.timeout.tv_sec, 1);
    EXPECT_EQ(parse(all, DNS_OPTION_NAMESERVERS), 0);
    EXPECT_EQ(evdns_base_count_nameservers(dns), 1);
}

TEST_F(DnsSettings, AFileWithoutServersMeansThisMachine) {
    EXPECT_EQ(parse("", DNS_OPTION_NAMESERVERS | DNS_OPTION_NAMESERVERS_NO_DEFAULT), 0);
    EXPECT_EQ(evdns_base_count_nameservers(dns), 0);
    EXPECT_EQ(parse("\n\n", DNS_OPTION_NAMESERVERS), 6);
    EXPECT_THAT(places(), ElementsAre("127.0.0.1#53"));
}

TEST_F(DnsSettings, FilesThatCannotBeRead) {
    EXPECT_EQ(evdns_base_resolv_conf_parse(dns, DNS_OPTIONS_ALL, "/no/such/file"), 1);
    EXPECT_EQ(evdns_base_resolv_conf_parse(dns, DNS_OPTION_SEARCH, "/tmp"), 2);
    EXPECT_EQ(evdns_base_load_hosts(dns, "/no/such/file"), -1);
    EXPECT_NE(dns->hosts.find("localhost"), nullptr);
}

TEST_F(DnsSettings, BytesOfAnyKindDoNoHarm) {
    std::string noise;
    for (int i = 0; i < 50000; ++i) noise += static_cast<char>(i * 7919 >> 3);
    parse(noise, DNS_OPTIONS_ALL);
    parse("nameserver " + std::string(5000, '1') + "\nsearch " + std::string(5000, 'x') +
              "\noptions " + std::string(5000, ':') + "\n",
          DNS_OPTIONS_ALL);
    EXPECT_EQ(evdns_base_load_hosts(dns, File("1.2.3.4 " + std::string(5000, 'x')).path()), 0);
}

TEST_F(DnsSettings, AHostsFileIsRead) {
    const File file(
        "# a comment\n"
        "192.0.2.1  one uno # an alias\n"
        "\t2001:db8::1 one\n"
        "192.0.2.2 one\n"
        "nonsense one\n"
        "192.0.2.9\n");
    EXPECT_EQ(evdns_base_load_hosts(dns, file.path()), 0);
    const dns::HostEntry* entry = dns->hosts.find("ONE");
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->family, AF_INET);
    entry = dns->hosts.find("one", entry);
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->family, AF_INET6);
    entry = dns->hosts.find("one", entry);
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(dns->hosts.find("one", entry), nullptr);
    EXPECT_NE(dns->hosts.find("uno"), nullptr);
    evdns_base_clear_host_addresses(dns);
    EXPECT_EQ(dns->hosts.find("one"), nullptr);
    EXPECT_EQ(evdns_base_load_hosts(dns, nullptr), 0);
    EXPECT_NE(dns->hosts.find("localhost"), nullptr);
}

TEST_F(DnsSettings, ASocketMayBeBoundToAnAddress) {
    EXPECT_EQ(try_option("bind-to", "203.0.113.1"), 0);
    EXPECT_EQ(evdns_base_nameserver_ip_add(dns, "192.0.2.1"), 2)
        << "an address that this machine does not have";
    EXPECT_EQ(evdns_base_nameserver_ip_add(dns, "127.0.0.1"), 0) << "no way out leads there";
}

TEST_F(DnsSettings, MessagesGoWhereTheyAreWanted) {
    static std::vector<std::string> told;
    told.clear();
    evdns_set_log_fn([](int is_warning, const char* text) {
        told.push_back((is_warning != 0 ? "warning " : "") + std::string(text));
    });
    evdns_base_nameserver_ip_add(dns, "nonsense");
    evdns_set_log_fn(nullptr);
    EXPECT_THAT(told, ElementsAre("warning Unable to parse nameserver address nonsense"));
}

TEST_F(DnsSettings, EachErrorHasItsWords) {
    for (const int error : {0, 1, 2, 3, 4, 5, 65, 66, 67, 68, 69, 70})
        EXPECT_NE(std::string(evdns_err_to_string(error)), evdns_err_to_string(99)) << error;
    EXPECT_NE(evdns_err_to_string(-1), nullptr);
}

TEST_F(DnsSettings, TheOldNamesShareOneResolver) {
    EXPECT_EQ(evdns_get_global_base(), nullptr);
    EXPECT_EQ(evdns_count_nameservers(), -1);
    event_base* current = event_init();
    FakeDns fake(current, truth);
    EXPECT_EQ(evdns_nameserver_ip_add(fake.place().c_str()), 0);
    EXPECT_NE(evdns_get_global_base(), nullptr);
    EXPECT_EQ(evdns_nameserver_add(htonl(INADDR_LOOPBACK)), 0);
    EXPECT_EQ(evdns_count_nameservers(), 2);
    EXPECT_EQ(evdns_set_option("timeout", "1", 0), 0);
    evdns_search_add("one.test");
    evdns_search_ndots_set(1);
    evdns_search_clear();
    EXPECT_EQ(evdns_resolv_conf_parse(DNS_OPTION_MISC, File("").path()), 0);
    Told told;
    in_addr in{};
    in6_addr in6{};
    EXPECT_EQ(evdns_resolve_ipv4("www.example.com", 0, Told::take, &told), 0);
    EXPECT_EQ(evdns_resolve_ipv6("www.example.com", 0, Told::take, &told), 0);
    EXPECT_EQ(evdns_resolve_reverse(&in, 0, Told::take, &told), 0);
    EXPECT_EQ(evdns_resolve_reverse_ipv6(&in6, 0, Told::take, &told), 0);
    EXPECT_EQ(evdns_resolve_ipv4("a..b", 0, Told::take, &told), -1);
    EXPECT_EQ(evdns_clear_nameservers_and_suspend(), 0);
    EXPECT_EQ(evdns_resume(), 0);
    evdns_shutdown(1);
    EXPECT_EQ(evdns_get_global_base(), nullptr);
    event_base_loop(current, EVLOOP_NONBLOCK);
    EXPECT_EQ(told.times, 4);
    EXPECT_EQ(told.result, DNS_ERR_SHUTDOWN);
    fake.leave();
    event_base_free(current);
}

}  // namespace
