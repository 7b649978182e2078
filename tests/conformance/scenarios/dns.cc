// The pieces of the scenarios about DNS. Packets are put together here by hand, so that servers can
// lie.
#include "tests/conformance/scenarios/dns.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <cstring>

namespace evglass::conformance {
namespace {

constexpr int kHeader = 12;
constexpr int kLongest = 5000;

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<in_port_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

std::size_t end_of_name(const Packet& query) {
    std::size_t at = kHeader;
    while (at < query.size() && query[at] != 0) at += query[at] + 1u;
    return at + 1;
}

std::string text_of(int family, const void* address) {
    char text[INET6_ADDRSTRLEN] = "?";
    evutil_inet_ntop(family, address, text, sizeof text);
    return text;
}

}  // namespace

int dns_type_of(const Packet& query) {
    return query[end_of_name(query) + 1];
}

std::string dns_name_of(const Packet& query) {
    std::string out;
    for (std::size_t at = kHeader; at < query.size() && query[at] != 0; at += query[at] + 1u) {
        if (!out.empty()) out += '.';
        for (std::size_t i = 1; i <= query[at]; ++i)
            out += static_cast<char>(std::tolower(query[at + i]));
    }
    return out;
}

Packet dns_reply(Packet query, int rcode) {
    query[2] = 0x81;
    query[3] = static_cast<unsigned char>(0x80 | rcode);
    return query;
}

Packet dns_with(Packet answer, int type, const Packet& data, int ttl, int section) {
    ++answer[static_cast<std::size_t>(5 + 2 * section)];
    for (const int byte : {0xc0, kHeader, 0, type, 0, 1, 0, 0, ttl >> 8 & 255, ttl & 255,
                           static_cast<int>(data.size() >> 8), static_cast<int>(data.size() & 255)})
        answer.push_back(static_cast<unsigned char>(byte));
    answer.insert(answer.end(), data.begin(), data.end());
    return answer;
}

Packet dns_truth(const Packet& query) {
    if (dns_type_of(query) == EVDNS_TYPE_AAAA)
        return dns_with(dns_reply(query), EVDNS_TYPE_AAAA,
                        {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    return dns_with(dns_reply(query), EVDNS_TYPE_A, {192, 0, 2, 1});
}

Packet dns_silence(const Packet&) {
    return {};
}

DnsFake::DnsFake(event_base* base, const char* name, Answer answer, bool quiet)
    : name_(name),
      answer_(std::move(answer)),
      quiet_(quiet),
      fd_(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    if (bind(fd_, reinterpret_cast<sockaddr*>(&address), length) != 0) say("bind failed");
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    event_.reset(event_new(base, fd_, EV_READ | EV_PERSIST, readable, this));
    event_add(event_.get(), nullptr);
}

DnsFake::~DnsFake() {
    event_.reset();
}

std::string DnsFake::place() const {
    return "127.0.0.1:" + std::to_string(port_);
}

void DnsFake::send(const Packet& packet) {
    const sockaddr_in to = loopback(static_cast<int>(peer_port_));
    if (sendto(fd_, packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&to),
               sizeof to) < 0)
        say("sendto failed");
}

void DnsFake::readable(evutil_socket_t fd, short, void* self_) {
    auto& self = *static_cast<DnsFake*>(self_);
    unsigned char bytes[kLongest];
    sockaddr_in peer{};
    socklen_t length = sizeof peer;
    const ssize_t n =
        recvfrom(fd, bytes, sizeof bytes, 0, reinterpret_cast<sockaddr*>(&peer), &length);
    if (n < kHeader) return;
    self.last_.assign(bytes, bytes + n);
    self.peer_port_ = ntohs(peer.sin_port);
    ++self.asked_;
    if (!self.quiet_)
        say("%s is asked for %s, type %d", self.name_, dns_name_of(self.last_).c_str(),
            dns_type_of(self.last_));
    const Packet answer = self.answer_(self.last_);
    if (!answer.empty()) self.send(answer);
}

Dns new_dns(event_base* base, const std::vector<DnsFake*>& servers) {
    Dns dns(evdns_base_new(base, 0));
    evdns_base_set_option(dns.get(), "timeout", "0.1");
    for (const DnsFake* server : servers)
        if (evdns_base_nameserver_ip_add(dns.get(), server->place().c_str()) != 0) say("no server");
    return dns;
}

void dns_set(const Dns& dns, const char* option, const char* value) {
    say("%s=%s: %d", option, value, evdns_base_set_option(dns.get(), option, value));
}

Asked::Asked(const Dns& dns, const char* name, int type, int flags) : name_(name) {
    request_ = type == DNS_IPv4_A ? evdns_base_resolve_ipv4(dns.get(), name, flags, told, this)
                                  : evdns_base_resolve_ipv6(dns.get(), name, flags, told, this);
    if (request_ == nullptr) say("%s: no request", name);
}

void Asked::told(int result, char type, int count, int ttl, void* addresses, void* self_) {
    auto& self = *static_cast<Asked*>(self_);
    ++self.told_;
    std::string text;
    const bool six = type == DNS_IPv6_AAAA;
    for (int i = 0; addresses != nullptr && i < count; ++i)
        text += " " + text_of(six ? AF_INET6 : AF_INET,
                              static_cast<char*>(addresses) + i * (six ? 16 : 4));
    say("%s: result %d, type %d, %d records, ttl %d%s", self.name_, result, type, count, ttl,
        text.c_str());
}

Looked::Looked(const Dns& dns, const char* node, const char* service, int family, int flags,
               int socktype, int protocol)
    : name_(node != nullptr ? node : "nobody") {
    evutil_addrinfo hints{};
    hints.ai_family = family;
    hints.ai_flags = flags;
    hints.ai_socktype = socktype;
    hints.ai_protocol = protocol;
    request_ = evdns_getaddrinfo(dns.get(), node, service, &hints, told, this);
    say("%s: %s", name_.c_str(), request_ != nullptr ? "a request" : "told at once");
}

void Looked::told(int error, evutil_addrinfo* list, void* self_) {
    auto& self = *static_cast<Looked*>(self_);
    ++self.told_;
    say("%s: error %d", self.name_.c_str(), error);
    for (const evutil_addrinfo* at = list; at != nullptr; at = at->ai_next) {
        const bool six = at->ai_family == AF_INET6;
        const auto* in = reinterpret_cast<const sockaddr_in*>(at->ai_addr);
        const auto* in6 = reinterpret_cast<const sockaddr_in6*>(at->ai_addr);
        say("  %s port %d, type %d, protocol %d, length %s, canonical %s",
            text_of(at->ai_family, six ? static_cast<const void*>(&in6->sin6_addr) : &in->sin_addr)
                .c_str(),
            ntohs(in->sin_port), at->ai_socktype, at->ai_protocol,
            yes_no(at->ai_addrlen == (six ? sizeof *in6 : sizeof *in)),
            at->ai_canonname != nullptr ? at->ai_canonname : "-");
    }
    if (list != nullptr) evutil_freeaddrinfo(list);
}

void run_until(event_base* base, const std::function<bool()>& done) {
    const long end = now_ms() + 2500;
    // A timer, so that the loop comes back even where nothing happens.
    const Event tick(event_new(
        base, -1, EV_PERSIST, [](evutil_socket_t, short, void*) {}, nullptr));
    const timeval often = after(5);
    event_add(tick.get(), &often);
    while (!done() && now_ms() < end && event_base_loop(base, EVLOOP_ONCE) == 0) continue;
    if (!done()) say("it did not come");
}

void run_for(event_base* base, int milliseconds) {
    const long end = now_ms() + milliseconds;
    run_until(base, [end] { return now_ms() >= end; });
}

}  // namespace evglass::conformance
