// Addresses as text and back. Every part is checked: a port is digits and 1 to 65535, a scope is an
// interface or a number, and nothing may follow. Text comes from users and peers.
// Read next: evutil_getaddrinfo.cc (names, not numbers).
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

#include "src/util/evutil.h"

namespace {

/// A decimal number with nothing before or after it.
template <class T>
bool parse_number(std::string_view text, T& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

/// A text of bounded length with the NUL that the C library asks for.
class CText {
 public:
    explicit CText(std::string_view text) : fits_(text.size() < sizeof bytes_) {
        if (fits_) text.copy(bytes_, text.size());
    }
    bool fits() const { return fits_; }
    const char* get() const { return bytes_; }

 private:
    char bytes_[128] = {};
    bool fits_;
};

bool parse_scope(std::string_view text, unsigned& index) {
    const CText name(text);
    if (!name.fits() || text.empty()) return false;
    index = if_nametoindex(name.get());
    return index != 0 || parse_number(text, index);
}

int pton_scope(int af, std::string_view text, void* dst, unsigned& index) {
    index = 0;
    if (af != AF_INET && af != AF_INET6) return -1;
    const auto percent = af == AF_INET6 ? text.find('%') : text.npos;
    if (percent != text.npos && !parse_scope(text.substr(percent + 1), index)) return 0;
    const CText address(text.substr(0, percent));
    return address.fits() ? inet_pton(af, address.get(), dst) : 0;
}

/// An address and a port as they stand in a text.
struct Parts {
    std::string_view address;
    std::string_view port;
    bool has_port = false;
    bool ipv6 = false;
};

bool split(std::string_view text, Parts& parts) {
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == text.npos) return false;
        const std::string_view rest = text.substr(close + 1);
        if (!rest.empty() && rest[0] != ':') return false;
        parts = {text.substr(1, close - 1), rest.empty() ? rest : rest.substr(1), !rest.empty(),
                 true};
        return true;
    }
    const auto colon = text.find(':');
    if (colon == text.npos)
        parts = {text, {}, false, false};
    else if (text.find(':', colon + 1) != text.npos)
        parts = {text, {}, false, true};
    else
        parts = {text.substr(0, colon), text.substr(colon + 1), true, false};
    return true;
}

/// Copies an address out, if there is room. The rest of the room is zeroed.
template <class Sockaddr>
int deliver(const Sockaddr& address, sockaddr* out, int* outlen) {
    if (*outlen < static_cast<int>(sizeof address)) return -1;
    std::memset(static_cast<void*>(out), 0, static_cast<std::size_t>(*outlen));
    std::memcpy(out, &address, sizeof address);
    *outlen = static_cast<int>(sizeof address);
    return 0;
}

/// The caller's memory need not be aligned, nor be what its type says.
template <class Sockaddr>
Sockaddr copy_as(const sockaddr* address) {
    Sockaddr copy;
    std::memcpy(&copy, address, sizeof copy);
    return copy;
}

int order_ports(in_port_t a, in_port_t b) {
    return int{ntohs(a)} - int{ntohs(b)};
}

}  // namespace

const char* evutil_inet_ntop(int af, const void* src, char* dst, size_t len) {
    return inet_ntop(af, src, dst, static_cast<socklen_t>(std::min<size_t>(len, INT32_MAX)));
}

int evutil_inet_pton_scope(int af, const char* src, void* dst, unsigned* indexp) {
    unsigned index = 0;
    const int result = pton_scope(af, src, dst, index);
    *indexp = result == 1 ? index : 0;
    return result;
}

int evutil_inet_pton(int af, const char* src, void* dst) {
    if (af != AF_INET && af != AF_INET6) return -1;
    return inet_pton(af, src, dst);
}

int evutil_parse_sockaddr_port(const char* str, sockaddr* out, int* outlen) {
    Parts parts;
    if (!split(str, parts)) return -1;
    std::uint16_t port = 0;
    if (parts.has_port && (!parse_number(parts.port, port) || port == 0)) return -1;
    unsigned scope = 0;
    if (parts.ipv6) {
        sockaddr_in6 in6{};
        in6.sin6_family = AF_INET6;
        in6.sin6_port = htons(port);
        if (pton_scope(AF_INET6, parts.address, &in6.sin6_addr, scope) != 1) return -1;
        in6.sin6_scope_id = scope;
        return deliver(in6, out, outlen);
    }
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    if (pton_scope(AF_INET, parts.address, &in.sin_addr, scope) != 1) return -1;
    return deliver(in, out, outlen);
}

int evutil_sockaddr_cmp(const sockaddr* sa1, const sockaddr* sa2, int include_port) {
    if (sa1->sa_family != sa2->sa_family) return int{sa1->sa_family} - int{sa2->sa_family};
    if (sa1->sa_family == AF_INET) {
        const auto a = copy_as<sockaddr_in>(sa1);
        const auto b = copy_as<sockaddr_in>(sa2);
        const int order = std::memcmp(&a.sin_addr, &b.sin_addr, sizeof a.sin_addr);
        return order != 0 || !include_port ? order : order_ports(a.sin_port, b.sin_port);
    }
    if (sa1->sa_family == AF_INET6) {
        const auto a = copy_as<sockaddr_in6>(sa1);
        const auto b = copy_as<sockaddr_in6>(sa2);
        const int order = std::memcmp(&a.sin6_addr, &b.sin6_addr, sizeof a.sin6_addr);
        return order != 0 || !include_port ? order : order_ports(a.sin6_port, b.sin6_port);
    }
    return 1;  // nobody knows how to compare them: not equal
}
