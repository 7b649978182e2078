// What the model knows of DNS: resolvers with their servers and requests, and the DNS servers that
// a program runs. Read next: transitions_dns.cc.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace evglass::trace {

/// A name server that a resolver asks.
struct DnsServer {
    std::uint64_t address = 0;
    std::string place;  ///< "127.0.0.1:53"
    int fd = -1;
    bool up = true;
    std::uint32_t silent = 0;  ///< how often in a row it kept silent
    std::uint64_t asked = 0, answered = 0;
    bool operator==(const DnsServer&) const = default;
};

/// A question of the program, or a probe, until its callback was called.
struct DnsRequest {
    enum class State { waiting, in_flight, done };
    std::uint64_t address = 0;
    std::uint32_t ordinal = 0;  ///< Q1, Q2, ...
    State state = State::waiting;
    int type = 0;  ///< field::dnstype
    bool probe = false;
    std::string name;          ///< as the program gave it
    std::uint64_t server = 0;  ///< whom it was last sent to; 0: nobody
    std::uint32_t id = 0, attempts = 0;
    int result = 0;  ///< field::dnserr, once it is done
    std::int64_t since_ns = 0;
    bool operator==(const DnsRequest&) const = default;
};

struct Resolver {
    std::uint64_t address = 0, base = 0;
    std::uint32_t ordinal = 0;  ///< D1, D2, ...
    bool alive = true;
    bool whole = false;  ///< its creation was seen, and no record lost since
    std::map<std::uint64_t, DnsServer> servers;
    std::map<std::uint64_t, DnsRequest> requests;
    std::uint64_t asked = 0, packets = 0, timeouts = 0, answers = 0, ignored = 0;
};

/// A DNS server of the program's own.
struct DnsPort {
    std::uint64_t address = 0, base = 0;
    std::uint32_t ordinal = 0;  ///< P1, P2, ...
    int fd = -1;
    bool alive = true;
    std::uint64_t queries = 0, answers = 0, dropped = 0;
};

}  // namespace evglass::trace
