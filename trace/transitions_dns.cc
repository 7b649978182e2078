// Transitions of DNS: whom a resolver asks, what of, and what came of it; and the queries that a
// program's own server gets. A request waits, is in flight, is done, is gone: in this order.
// Read first: model_dns.h.
#include "trace/transitions.h"

namespace evglass::trace {

namespace {

constexpr std::size_t kDeadResolvers = 16;

}  // namespace

Resolver& Transitions::resolver_at(Address a) {
    const auto [it, fresh] = model.resolvers_.try_emplace(a);
    if (fresh) {
        it->second.address = a;
        it->second.ordinal = model.next_resolver_++;
    }
    return it->second;
}

DnsServer& Transitions::dns_server_at(Resolver& dns, Address a) {
    const auto [it, fresh] = dns.servers.try_emplace(a);
    it->second.address = a;
    if (fresh) object(dns, "a server that was never added");
    return it->second;
}

DnsRequest& Transitions::dns_request_at(Resolver& dns, Address a) {
    const auto [it, fresh] = dns.requests.try_emplace(a);
    if (fresh) {
        it->second.address = a;
        it->second.ordinal = model.next_dns_request_++;
        it->second.since_ns = model.time_ns_;
    }
    return it->second;
}

DnsRequest& Transitions::known_request(Resolver& dns, Address a) {
    if (!dns.requests.contains(a)) object(dns, "a request that nobody made");
    return dns_request_at(dns, a);
}

void Transitions::object(Resolver& dns, const std::string& why) {
    if (!dns.whole) return;
    dns.whole = false;
    const RecordInfo* info = find_record(record.type);
    change.error = (info == nullptr ? std::string("record") : std::string(info->name)) + ": " + why;
    ++model.errors_;
}

void Transitions::dns_new(const rec::dns_new& r) {
    const auto it = model.resolvers_.find(r.dns);
    if (it != model.resolvers_.end() && !it->second.alive) model.resolvers_.erase(it);
    Resolver& dns = resolver_at(r.dns);
    dns.base = r.base;
    dns.whole = true;
}

void Transitions::dns_free(const rec::dns_free& r) {
    Resolver& dns = resolver_at(r.dns);
    if (!dns.servers.empty()) object(dns, "its servers are still there");
    if (!dns.requests.empty()) object(dns, "its requests are still there");
    dns.alive = false;
    model.dead_resolvers_.emplace_back(dns.address, dns.ordinal);
    prune(model.dead_resolvers_, model.resolvers_, kDeadResolvers);
}

void Transitions::dns_server_add(const rec::dns_server_add& r) {
    Resolver& dns = resolver_at(r.dns);
    DnsServer& server = dns.servers[r.server];
    if (server.address != 0) object(dns, "a server that is there already");
    server = DnsServer{};
    server.address = r.server;
    server.place = r.address.view();
    server.fd = r.fd;
}

void Transitions::dns_server_gone(const rec::dns_server_gone& r) {
    Resolver& dns = resolver_at(r.dns);
    if (dns.servers.erase(r.server) == 0) object(dns, "a server that was never added");
}

void Transitions::dns_server_state(const rec::dns_server_state& r) {
    Resolver& dns = resolver_at(r.dns);
    DnsServer& server = dns_server_at(dns, r.server);
    server.up = r.up != 0;
    if (server.up) server.silent = 0;
}

void Transitions::dns_ask(const rec::dns_ask& r) {
    Resolver& dns = resolver_at(r.dns);
    if (dns.requests.contains(r.request)) object(dns, "a request that is there already");
    dns.requests.erase(r.request);
    DnsRequest& request = dns_request_at(dns, r.request);
    request.type = static_cast<int>(r.type);
    request.probe = r.probe != 0;
    request.name = r.name.view();
    if (!request.probe) ++dns.asked;
}

void Transitions::dns_wait(const rec::dns_wait& r) {
    Resolver& dns = resolver_at(r.dns);
    DnsRequest& request = known_request(dns, r.request);
    if (request.state == DnsRequest::State::done) object(dns, "a request that is done waits");
    request.state = DnsRequest::State::waiting;
    request.server = 0;
}

void Transitions::dns_send(const rec::dns_send& r) {
    Resolver& dns = resolver_at(r.dns);
    DnsServer& server = dns_server_at(dns, r.server);
    DnsRequest& request = known_request(dns, r.request);
    if (request.state == DnsRequest::State::done) object(dns, "a request that is done is sent");
    request.state = DnsRequest::State::in_flight;
    request.server = r.server;
    request.id = r.id;
    request.attempts = r.attempt;
    ++dns.packets;
    ++server.asked;
}

void Transitions::dns_answer(const rec::dns_answer& r) {
    Resolver& dns = resolver_at(r.dns);
    DnsServer& server = dns_server_at(dns, r.server);
    if (r.verdict != field::dnsverdict::taken) {
        ++dns.ignored;
        return;
    }
    ++dns.answers;
    ++server.answered;
    const DnsRequest& request = known_request(dns, r.request);
    if (request.state != DnsRequest::State::in_flight)
        object(dns, "an answer to a request that is not in flight");
    // A failing server counts as one that kept silent; any other word ends its silence.
    constexpr std::uint32_t kServerFailed = 2, kNotImplemented = 4, kRefused = 5;
    if (r.rcode != kServerFailed && r.rcode != kNotImplemented && r.rcode != kRefused &&
        !request.probe)
        server.silent = 0;
}

void Transitions::dns_timeout(const rec::dns_timeout& r) {
    Resolver& dns = resolver_at(r.dns);
    DnsServer& server = dns_server_at(dns, r.server);
    if (known_request(dns, r.request).state != DnsRequest::State::in_flight)
        object(dns, "a request times out that is not in flight");
    server.silent = r.in_a_row;
    ++dns.timeouts;
}

void Transitions::dns_done(const rec::dns_done& r) {
    Resolver& dns = resolver_at(r.dns);
    DnsRequest& request = known_request(dns, r.request);
    if (request.state == DnsRequest::State::done) object(dns, "a request is done twice");
    request.state = DnsRequest::State::done;
    request.result = static_cast<int>(r.result);
}

void Transitions::dns_gone(const rec::dns_gone& r) {
    Resolver& dns = resolver_at(r.dns);
    if (known_request(dns, r.request).state != DnsRequest::State::done)
        object(dns, "a request goes before it is done");
    dns.requests.erase(r.request);
}

DnsPort& Transitions::dns_port_at(Address a) {
    const auto [it, fresh] = model.dns_ports_.try_emplace(a);
    if (fresh) {
        it->second.address = a;
        it->second.ordinal = model.next_dns_port_++;
    }
    return it->second;
}

void Transitions::dns_port_new(const rec::dns_port_new& r) {
    const auto it = model.dns_ports_.find(r.port);
    if (it != model.dns_ports_.end() && !it->second.alive) model.dns_ports_.erase(it);
    DnsPort& port = dns_port_at(r.port);
    port.base = r.base;
    port.fd = r.fd;
}

void Transitions::dns_port_gone(const rec::dns_port_gone& r) {
    DnsPort& port = dns_port_at(r.port);
    port.alive = false;
    model.dead_dns_ports_.emplace_back(port.address, port.ordinal);
    prune(model.dead_dns_ports_, model.dns_ports_, kDeadResolvers);
}

void Transitions::dns_question(const rec::dns_question& r) {
    ++dns_port_at(r.port).queries;
}

void Transitions::dns_respond(const rec::dns_respond& r) {
    ++dns_port_at(r.port).answers;
}

void Transitions::dns_drop(const rec::dns_drop& r) {
    ++dns_port_at(r.port).dropped;
}

}  // namespace evglass::trace
