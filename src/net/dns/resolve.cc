// Asking for one type of record, and taking the question back.
// Read next: request.cc (its way), getaddrinfo.cc (both families at once).
#include <cstdio>

#include "src/event/event_core.h"
#include "src/net/dns/dns_base.h"

namespace {

using namespace dns;

evdns_request* resolve(evdns_base* dns, std::uint16_t type, const char* name, int flags,
                       evdns_callback_type callback, void* arg) {
    const DnsLock lock(dns);
    evdns_request* req = request_new(dns, type, name, flags, callback, arg);
    if (req != nullptr) request_submit(req);
    return req;
}

}  // namespace

namespace dns {

evdns_request* resolve_told_always(evdns_base* dns, std::uint16_t type, const char* name,
                                   evdns_callback_type callback, void* arg) {
    const DnsLock lock(dns);
    evdns_request* req = request_new(dns, type, name, 0, callback, arg);
    if (req == nullptr) return nullptr;
    req->told = Told::always;
    request_submit(req);
    return req;
}

}  // namespace dns

evdns_request* evdns_base_resolve_ipv4(evdns_base* dns, const char* name, int flags,
                                       evdns_callback_type callback, void* ptr) {
    TRACE_CALL(dns);
    TRACE_API(dns->base, nullptr);
    return resolve(dns, ns_t_a, name, flags, callback, ptr);
}

evdns_request* evdns_base_resolve_ipv6(evdns_base* dns, const char* name, int flags,
                                       evdns_callback_type callback, void* ptr) {
    TRACE_CALL(dns);
    TRACE_API(dns->base, nullptr);
    return resolve(dns, ns_t_aaaa, name, flags, callback, ptr);
}

evdns_request* evdns_base_resolve_reverse(evdns_base* dns, const in_addr* in, int flags,
                                          evdns_callback_type callback, void* ptr) {
    TRACE_CALL(dns);
    TRACE_API(dns->base, nullptr);
    char name[sizeof "255.255.255.255.in-addr.arpa"];
    const auto* a = reinterpret_cast<const unsigned char*>(in);
    std::snprintf(name, sizeof name, "%u.%u.%u.%u.in-addr.arpa", a[3], a[2], a[1], a[0]);
    return resolve(dns, ns_t_ptr, name, flags, callback, ptr);
}

evdns_request* evdns_base_resolve_reverse_ipv6(evdns_base* dns, const in6_addr* in, int flags,
                                               evdns_callback_type callback, void* ptr) {
    TRACE_CALL(dns);
    TRACE_API(dns->base, nullptr);
    constexpr char kDigits[] = "0123456789abcdef";
    constexpr std::size_t kBytes = sizeof in->s6_addr;
    char name[4 * kBytes + sizeof "ip6.arpa"];
    char* end = name;
    for (std::size_t i = kBytes; i-- > 0;)
        for (const int digit : {in->s6_addr[i] & 15, in->s6_addr[i] >> 4}) {
            *end++ = kDigits[digit];
            *end++ = '.';
        }
    std::snprintf(end, sizeof "ip6.arpa", "ip6.arpa");
    return resolve(dns, ns_t_ptr, name, flags, callback, ptr);
}

void evdns_cancel_request(evdns_base*, evdns_request* req) {
    evdns_base* dns = req->dns;
    TRACE_CALL(dns);
    TRACE_API(dns->base, nullptr);
    const DnsLock lock(dns);
    if (req->state != evdns_request::State::done) {
        request_finished(req, DNS_ERR_CANCEL);
        return;
    }
    // The answer is there already, but nobody was told: the user's word is the last one.
    req->result = DNS_ERR_CANCEL;
    req->answer.reset();
}
