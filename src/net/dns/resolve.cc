// Asking for one type of record, and taking the question back.
// Read next: request.cc (its way), getaddrinfo.cc (both families at once).
#include "src/event/event_core.h"
#include "src/net/dns/dns_base.h"

namespace {

using namespace dns;

evdns_request* resolve(evdns_base* dns, std::uint16_t type, const char* name, int flags,
                       evdns_callback_type callback, void* arg, Told told = Told::if_wanted) {
    const DnsLock lock(dns);
    evdns_request* req = request_new(dns, type, name, flags, callback, arg);
    if (req == nullptr) return nullptr;
    req->told = told;
    request_submit(req);
    return req;
}

}  // namespace

namespace dns {

evdns_request* resolve_told_always(evdns_base* dns, std::uint16_t type, const char* name,
                                   evdns_callback_type callback, void* arg) {
    return resolve(dns, type, name, 0, callback, arg, Told::always);
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
    return resolve(dns, ns_t_ptr, ArpaName(*in).text, flags, callback, ptr);
}

evdns_request* evdns_base_resolve_reverse_ipv6(evdns_base* dns, const in6_addr* in, int flags,
                                               evdns_callback_type callback, void* ptr) {
    TRACE_CALL(dns);
    TRACE_API(dns->base, nullptr);
    return resolve(dns, ns_t_ptr, ArpaName(*in).text, flags, callback, ptr);
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
