// Sentences of DNS: who asks whom, how it goes on, and what came of it.
// Read first: text_sentence.cc.
#include <fmt/format.h>

#include "trace/text_teller.h"

namespace evglass::trace {

namespace {

std::string times(std::uint32_t n) {
    return n == 1 ? "once" : fmt::format("{} times", n);
}

std::string records(std::uint32_t n) {
    return n == 1 ? "1 record" : fmt::format("{} records", n);
}

/// One line for each record type, as in text_sentence.cc.
struct DnsTeller : Teller {
    std::string dns(Address a) const { return names.resolver(a); }
    std::string request(Address dns, Address a) const { return names.dns_request(dns, a); }
    std::string server(Address dns, Address a) const {
        const Resolver* resolver = model.resolver(dns);
        if (resolver != nullptr)
            if (const auto it = resolver->servers.find(a); it != resolver->servers.end())
                return "server " + safe(it->second.place);
        return "server " + hex_text(a);
    }
    static std::string type(int value) { return enum_text("dnstype", value); }
    static std::string result(field::dnserr value) { return enum_text("dnserr", value); }

    std::string tell(const rec::dns_new& r) const {
        return fmt::format("{} is made: a resolver on {}", dns(r.dns), base(r.base));
    }
    std::string tell(const rec::dns_free& r) const { return dns(r.dns) + " is gone"; }
    std::string tell(const rec::dns_server_add& r) const {
        return fmt::format("{} has one more name server: {}, on fd {}", dns(r.dns),
                           safe(r.address.view()), r.fd.value);
    }
    std::string tell(const rec::dns_server_gone& r) const {
        return fmt::format("{} asks {} no more: it is removed", dns(r.dns), hex_text(r.server));
    }
    std::string tell(const rec::dns_server_state& r) const {
        const std::string who = server(r.dns, r.server), why = safe(r.why.view());
        if (r.up != 0) return fmt::format("{} is up again: {}", who, why);
        return fmt::format("{} counts as down: {}; it is probed in {}", who, why,
                           usec_text(r.probe));
    }
    std::string tell(const rec::dns_ask& r) const {
        const std::string what = fmt::format("the {} records of {}", type(static_cast<int>(r.type)),
                                             safe(r.name.view()));
        const std::string who = request(r.dns, r.request);
        return r.probe != 0
                   ? fmt::format("{} asks for {}, to see whether a server lives", who, what)
                   : fmt::format("{}: {} is asked for {}", who, dns(r.dns), what);
    }
    std::string tell(const rec::dns_wait& r) const {
        const std::string who = request(r.dns, r.request);
        switch (r.why) {
            case field::dnswait::too_many:
                return who + " waits: too many requests are in flight";
            case field::dnswait::no_server:
                return who + " waits: there is no server to ask";
            case field::dnswait::suspended:
                return who + " waits: the resolver is suspended";
        }
        return who + " waits";
    }
    std::string tell(const rec::dns_send& r) const {
        const std::string what =
            fmt::format("{}, attempt {}: '{}' to {} as number {}", request(r.dns, r.request),
                        r.attempt, safe(r.name.view()), server(r.dns, r.server), r.id);
        return r.size < 0 ? what + " could not be sent: " + errno_text(r.error) : what;
    }
    std::string tell(const rec::dns_answer& r) const {
        const std::string from = server(r.dns, r.server);
        switch (r.verdict) {
            case field::dnsverdict::taken:
                return fmt::format("{} answers {}: {}", from, request(r.dns, r.request),
                                   r.rcode == 0 ? records(r.count) : enum_text("dnserr", r.rcode));
            case field::dnsverdict::not_asked:
                return fmt::format(
                    "a packet from {} is ignored: no request in flight to it has "
                    "the number {}",
                    from, r.id);
            case field::dnsverdict::other_question:
                return fmt::format("a packet from {} is ignored: number {} asked something else",
                                   from, r.id);
            case field::dnsverdict::malformed:
                return fmt::format("a packet from {} is ignored: its {} bytes are no message", from,
                                   r.size);
            case field::dnsverdict::no_answer:
                return "a packet from " + from + " is ignored: it is a question";
        }
        return "a packet from " + from;
    }
    std::string tell(const rec::dns_timeout& r) const {
        return fmt::format("{}: no answer to attempt {}; {} kept silent {} in a row",
                           request(r.dns, r.request), r.attempt, server(r.dns, r.server),
                           times(r.in_a_row));
    }
    std::string tell(const rec::dns_done& r) const {
        const std::string who = request(r.dns, r.request);
        if (r.result != field::dnserr::none)
            return fmt::format("{} has come to {}; the loop will tell", who, result(r.result));
        return fmt::format("{} has come to {}, good for {} s; the loop will tell", who,
                           records(r.count), r.ttl);
    }
    std::string tell(const rec::dns_gone& r) const {
        return fmt::format("a request of {} is gone; {}", dns(r.dns),
                           r.called != 0 ? "its callback was called" : "nobody was told");
    }
    std::string tell(const rec::dns_port_new& r) const {
        return fmt::format("{} answers DNS queries at fd {}", names.dns_port(r.port), r.fd.value);
    }
    std::string tell(const rec::dns_port_gone& r) const {
        return names.dns_port(r.port) + " is gone";
    }
    std::string tell(const rec::dns_question& r) const {
        return fmt::format("{} is asked for the {} records of {}", names.dns_port(r.port),
                           type(static_cast<int>(r.type)), safe(r.name.view()));
    }
    std::string tell(const rec::dns_respond& r) const {
        return fmt::format("{} answers: {}, {} bytes{}", names.dns_port(r.port), result(r.result),
                           r.size, r.truncated != 0 ? ", cut short" : "");
    }
    std::string tell(const rec::dns_drop& r) const {
        return names.dns_port(r.port) + " leaves a query without an answer";
    }
};

}  // namespace

std::string dns_sentence(const Teller& teller) {
    return sentence_of(DnsTeller{teller});
}

}  // namespace evglass::trace
