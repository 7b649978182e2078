// Building address lists, and the part of getaddrinfo that looks nothing up.
// Read next: src/util/evutil_getaddrinfo.cc (who frees), getaddrinfo.cc.
#include "src/net/dns/addrinfo.h"

#include <ifaddrs.h>
#include <netdb.h>

#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

#include "src/util/evutil.h"
#include "src/util/memory.h"

namespace dns {
namespace {

struct Protocol {
    int socktype;
    int protocol;
};
constexpr Protocol kTcp{SOCK_STREAM, IPPROTO_TCP};
constexpr Protocol kUdp{SOCK_DGRAM, IPPROTO_UDP};

/// An entry and its address, in one block.
struct Block {
    evutil_addrinfo entry{};
    union {
        sockaddr_in in{};
        sockaddr_in6 in6;
    };
};

void fill(Block& block, int family, const void* address, std::uint16_t port) {
    block.entry.ai_family = family;
    if (family == AF_INET) {
        block.in.sin_family = AF_INET;
        block.in.sin_port = htons(port);
        std::memcpy(&block.in.sin_addr, address, sizeof block.in.sin_addr);
        block.entry.ai_addrlen = sizeof block.in;
        block.entry.ai_addr = reinterpret_cast<sockaddr*>(&block.in);
        return;
    }
    block.in6 = {};
    block.in6.sin6_family = AF_INET6;
    block.in6.sin6_port = htons(port);
    std::memcpy(&block.in6.sin6_addr, address, sizeof block.in6.sin6_addr);
    block.entry.ai_addrlen = sizeof block.in6;
    block.entry.ai_addr = reinterpret_cast<sockaddr*>(&block.in6);
}

bool parse_port(const char* text, std::uint16_t& port) {
    const std::string_view digits(text);
    const auto [end, error] = std::from_chars(text, text + digits.size(), port);
    return error == std::errc{} && *end == '\0' && !digits.empty();
}

/// /etc/services, through the C library: a file, no server.
int named_port(const char* servname, const Wanted& wanted, std::uint16_t& port) {
    evutil_addrinfo hints{};
    hints.ai_family = AF_INET;
    hints.ai_socktype = wanted.socktype;
    hints.ai_protocol = wanted.protocol;
    evutil_addrinfo* found = nullptr;
    if (evutil_getaddrinfo(nullptr, servname, &hints, &found) != 0) return EVUTIL_EAI_NONAME;
    port = ntohs(reinterpret_cast<const sockaddr_in*>(found->ai_addr)->sin_port);
    evutil_freeaddrinfo(found);
    return 0;
}

bool wants(const Wanted& wanted, int family) {
    return wanted.family == AF_UNSPEC || wanted.family == family;
}

/// No node: this machine, or for who listens any address.
bool own_addresses(const Wanted& wanted, AddrList& list) {
    const bool listens = (wanted.flags & EVUTIL_AI_PASSIVE) != 0;
    const in_addr four{htonl(listens ? INADDR_ANY : INADDR_LOOPBACK)};
    const in6_addr& six = listens ? in6addr_any : in6addr_loopback;
    return (!wants(wanted, AF_INET) || list.add(wanted, AF_INET, &four)) &&
           (!wants(wanted, AF_INET6) || list.add(wanted, AF_INET6, &six));
}

}  // namespace

bool AddrList::add_one(const Wanted& wanted, int family, const void* address, int socktype,
                       int protocol) {
    Block* block = mm_new<Block>();
    if (block == nullptr) return false;
    fill(*block, family, address, wanted.port);
    block->entry.ai_flags = kAddrinfoIsOurs;
    block->entry.ai_socktype = socktype;
    block->entry.ai_protocol = protocol;
    *last_ = &block->entry;
    last_ = &block->entry.ai_next;
    return true;
}

bool AddrList::add(const Wanted& wanted, int family, const void* address) {
    const auto entry = [&](int socktype, int protocol) {
        return add_one(wanted, family, address, socktype, protocol);
    };
    int socktype = wanted.socktype, protocol = wanted.protocol;
    if (socktype == 0 && protocol == 0)
        return entry(kTcp.socktype, kTcp.protocol) && entry(kUdp.socktype, kUdp.protocol);
    for (const Protocol& known : {kTcp, kUdp}) {
        if (socktype == 0 && protocol == known.protocol) socktype = known.socktype;
        if (protocol == 0 && socktype == known.socktype) protocol = known.protocol;
    }
    return entry(socktype, protocol);
}

bool AddrList::name_first(const char* canonical) {
    if (first_ == nullptr || *canonical == '\0') return true;
    first_->ai_canonname = mm_strdup(canonical);
    return first_->ai_canonname != nullptr;
}

void AddrList::append(AddrList& other) {
    if (other.first_ == nullptr) return;
    *last_ = other.first_;
    last_ = other.last_;
    other.first_ = nullptr;
    other.last_ = &other.first_;
}

evutil_addrinfo* AddrList::take() {
    last_ = &first_;
    return std::exchange(first_, nullptr);
}

int wanted_of(const char* nodename, const char* servname, const evutil_addrinfo* hints,
              Wanted& out) {
    if (hints != nullptr)
        out = {hints->ai_family, hints->ai_socktype, hints->ai_protocol, hints->ai_flags, 0};
    if (out.family != AF_UNSPEC && out.family != AF_INET && out.family != AF_INET6)
        return EVUTIL_EAI_FAMILY;
    if (nodename == nullptr && servname == nullptr) return EVUTIL_EAI_NONAME;
    if (servname == nullptr || parse_port(servname, out.port)) return 0;
    if ((out.flags & EVUTIL_AI_NUMERICSERV) != 0) return EVUTIL_EAI_NONAME;
    return named_port(servname, out, out.port);
}

int numeric_answer(const char* nodename, const Wanted& wanted, AddrList& list) {
    if (nodename == nullptr) return own_addresses(wanted, list) ? 0 : EVUTIL_EAI_MEMORY;
    in6_addr address{};
    int family = 0;
    if (evutil_inet_pton(AF_INET, nodename, &address) == 1) family = AF_INET;
    if (evutil_inet_pton(AF_INET6, nodename, &address) == 1) family = AF_INET6;
    if (family == 0) {
        const bool no_name = (wanted.flags & EVUTIL_AI_NUMERICHOST) != 0 || *nodename == '\0';
        return no_name ? EVUTIL_EAI_NONAME : EVUTIL_EAI_NEED_NAME;
    }
    if (!wants(wanted, family)) return EVUTIL_EAI_ADDRFAMILY;
    return list.add(wanted, family, &address) ? 0 : EVUTIL_EAI_MEMORY;
}

void narrow_to_own_families(Wanted& wanted) {
    if ((wanted.flags & EVUTIL_AI_ADDRCONFIG) == 0 || wanted.family != AF_UNSPEC) return;
    ifaddrs* all = nullptr;
    if (getifaddrs(&all) != 0) return;
    bool has_four = false, has_six = false;
    for (const ifaddrs* at = all; at != nullptr; at = at->ifa_next) {
        if (at->ifa_addr == nullptr) continue;
        if (at->ifa_addr->sa_family == AF_INET) {
            const auto* in = reinterpret_cast<const sockaddr_in*>(at->ifa_addr);
            has_four |= ntohl(in->sin_addr.s_addr) >> 24 != IN_LOOPBACKNET;
        } else if (at->ifa_addr->sa_family == AF_INET6) {
            const in6_addr& in6 = reinterpret_cast<const sockaddr_in6*>(at->ifa_addr)->sin6_addr;
            has_six |= !IN6_IS_ADDR_LOOPBACK(&in6) && !IN6_IS_ADDR_LINKLOCAL(&in6);
        }
    }
    freeifaddrs(all);
    // A machine that has neither is asking about itself.
    if (has_four != has_six) wanted.family = has_four ? AF_INET : AF_INET6;
}

}  // namespace dns
