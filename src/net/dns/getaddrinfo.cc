// Both families at once: two requests, and one callback when both have ended; or when one has, and
// the other keeps it waiting for too long.
// What is asked for is freed when both requests have ended, even if the user was told before.
// Read next: addrinfo.cc (what needs no request), finish.cc.
#include "src/net/dns/getaddrinfo.h"

#include "src/event/event_core.h"
#include "src/net/dns/addrinfo.h"
#include "src/net/dns/dns_base.h"
#include "src/net/dns/resolv_conf.h"

using dns::AddrList;
using dns::DnsLock;

/// The lock of the resolver guards it. Until both halves have ended, a request holds the resolver.
/// Invariant: the skew timer is pending only while one half has addresses and the other is out.
struct evdns_getaddrinfo_request {
    struct Half {
        evdns_getaddrinfo_request* whole = nullptr;
        int family = AF_INET;
        evdns_request* request = nullptr;  ///< null: never asked, or ended
        int error = EVUTIL_EAI_NONAME;
        AddrList found;
    };

    evdns_base* dns = nullptr;
    dns::Wanted wanted;
    evdns_getaddrinfo_cb cb = nullptr;
    void* arg = nullptr;
    dns::Told told = dns::Told::if_wanted;
    bool cancelled = false;
    bool delivered = false;
    Half four, six;
    dns::TextName canonical;
    event skew{};
};

namespace {

using Gai = evdns_getaddrinfo_request;
using Half = Gai::Half;

/// An error of a request as getaddrinfo has it.
int evdns_err_to_getaddrinfo_err(int error) {
    switch (error) {
        case DNS_ERR_NONE:
            return 0;
        case DNS_ERR_CANCEL:
            return EVUTIL_EAI_CANCEL;
        case DNS_ERR_NOTEXIST:
            return EVUTIL_EAI_NONAME;
        case DNS_ERR_NODATA:
            return EVUTIL_EAI_NODATA;
        case DNS_ERR_TIMEOUT:
        case DNS_ERR_SERVERFAILED:
            return EVUTIL_EAI_AGAIN;
        case dns::kBaseGone:
            return dns::kEaiBaseGone;
        default:
            return EVUTIL_EAI_FAIL;
    }
}

/// Of two failures, the one that says more: "no such host" only if both say so.
int worse(int a, int b) {
    if (a == b) return a;
    for (const int error : {dns::kEaiBaseGone, EVUTIL_EAI_CANCEL, EVUTIL_EAI_MEMORY,
                            EVUTIL_EAI_FAIL, EVUTIL_EAI_AGAIN, EVUTIL_EAI_NODATA})
        if (a == error || b == error) return error;
    return a;
}

void getaddrinfo_destroy(Gai* gai) {
    event_debug_unassign(&gai->skew);
    mm_delete(gai);
}

/// What the user is told; then the lock may go.
struct Verdict {
    int error = 0;
    evutil_addrinfo* found = nullptr;
};

Verdict verdict_of(Gai* gai) {
    if (gai->cancelled) return {EVUTIL_EAI_CANCEL, nullptr};
    AddrList all;
    all.append(gai->four.found);
    all.append(gai->six.found);
    if (all.empty()) {
        const bool both = gai->wanted.family == AF_UNSPEC;
        const Half& one = gai->wanted.family == AF_INET6 ? gai->six : gai->four;
        return {both ? worse(gai->four.error, gai->six.error) : one.error, nullptr};
    }
    const bool names = (gai->wanted.flags & EVUTIL_AI_CANONNAME) != 0;
    if (names && !all.name_first(gai->canonical.text)) return {EVUTIL_EAI_MEMORY, nullptr};
    return {0, all.take()};
}

void cancel_half(Half& half) {
    if (half.request != nullptr) evdns_cancel_request(nullptr, half.request);
}

/// On the loop's thread, without the lock: tells the user, once.
void deliver(Gai* gai, bool discarded) {
    Verdict verdict;
    {
        const DnsLock lock(gai->dns);
        if (std::exchange(gai->delivered, true)) return;
        event_del_noblock(&gai->skew);
        verdict = verdict_of(gai);
        cancel_half(gai->four);
        cancel_half(gai->six);
    }
    if (!discarded || gai->told == dns::Told::always)
        gai->cb(verdict.error, verdict.found, gai->arg);
    else
        evutil_freeaddrinfo(verdict.found);
}

void skew_is_over(evutil_socket_t, short, void* arg) {
    auto* gai = static_cast<Gai*>(arg);
    TRACE_CALL(gai);
    deliver(gai, false);
}

/// A half has ended with `result`; addresses are still its request's.
void take_answer(Half& half, int result, int count, const void* addresses) {
    Gai* gai = half.whole;
    half.error = evdns_err_to_getaddrinfo_err(result);
    if (result != DNS_ERR_NONE || gai->delivered) return;
    const std::size_t size = half.family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr);
    const auto* bytes = static_cast<const unsigned char*>(addresses);
    for (int i = 0; i < count; ++i)
        if (!half.found.add(gai->wanted, half.family, bytes + static_cast<std::size_t>(i) * size)) {
            half.error = EVUTIL_EAI_MEMORY;
            return;
        }
    const dns::TextName& canonical = half.request->answer->canonical;
    if (gai->canonical.text[0] == '\0') gai->canonical = canonical;
}

/// Called by the loop for each half, whatever came of it.
void evdns_getaddrinfo_gotresolve(int result, char, int count, int, void* addresses, void* arg) {
    Half& half = *static_cast<Half*>(arg);
    Gai* gai = half.whole;
    TRACE_CALL(gai);
    bool other_is_out = false, waits = false;
    {
        const DnsLock lock(gai->dns);
        take_answer(half, result, count, addresses);
        half.request = nullptr;
        other_is_out = gai->four.request != nullptr || gai->six.request != nullptr;
        // Addresses of one family wait for the other's, but not for long.
        waits = other_is_out && !gai->delivered;
        if (waits && !half.found.empty() && !gai->cancelled)
            waits = event_add(&gai->skew, &gai->dns->options.allow_skew) == 0;
    }
    const bool discarded = result == dns::kDiscarded || result == dns::kBaseGone;
    if (!waits) deliver(gai, discarded);
    if (!other_is_out) getaddrinfo_destroy(gai);
}

bool ask(Half& half, const char* nodename) {
    Gai* gai = half.whole;
    half.request = dns::resolve_told_always(gai->dns, half.family == AF_INET ? ns_t_a : ns_t_aaaa,
                                            nodename, evdns_getaddrinfo_gotresolve, &half);
    return half.request != nullptr;
}

/// The hosts file's answer; false if it has none.
bool find_in_hosts(evdns_base* dns, const char* nodename, const dns::Wanted& wanted, int& error,
                   AddrList& list) {
    const DnsLock lock(dns);
    for (const dns::HostEntry* entry = dns->hosts.find(nodename); entry != nullptr;
         entry = dns->hosts.find(nodename, entry)) {
        if (wanted.family != AF_UNSPEC && wanted.family != entry->family) continue;
        if (!list.add(wanted, entry->family, &entry->address)) error = EVUTIL_EAI_MEMORY;
    }
    return error != 0 || !list.empty();
}

/// Asks for what is wanted. Null and `error`: nothing could be asked.
Gai* begin(evdns_base* dns, const char* nodename, const dns::Wanted& wanted, dns::Told told,
           evdns_getaddrinfo_cb cb, void* arg, int& error) {
    Gai* gai = mm_new<Gai>();
    error = EVUTIL_EAI_MEMORY;
    if (gai == nullptr) return nullptr;
    gai->dns = dns;
    gai->wanted = wanted;
    gai->told = told;
    gai->cb = cb;
    gai->arg = arg;
    gai->four.whole = gai->six.whole = gai;
    gai->six.family = AF_INET6;
    dns::assign_event(&gai->skew, dns->base, -1, 0, skew_is_over, gai, "dns skew");
    // Until both are asked, the loop's thread must not see that one has ended.
    const DnsLock lock(dns);
    const bool asked_four = wanted.family != AF_INET6 && ask(gai->four, nodename);
    const bool asked_six = wanted.family != AF_INET && ask(gai->six, nodename);
    if (asked_four || asked_six) return gai;
    getaddrinfo_destroy(gai);
    error = EVUTIL_EAI_NONAME;
    return nullptr;
}

Gai* getaddrinfo_as(dns::Told told, evdns_base* dns, const char* nodename, const char* servname,
                    const evutil_addrinfo* hints, evdns_getaddrinfo_cb cb, void* arg) {
    dns::Wanted wanted;
    AddrList list;
    int error = wanted_of(nodename, servname, hints, wanted);
    if (error == 0) error = numeric_answer(nodename, wanted, list);
    if (error == dns::EVUTIL_EAI_NEED_NAME) {
        narrow_to_own_families(wanted);
        error = 0;
        if (!find_in_hosts(dns, nodename, wanted, error, list)) {
            Gai* gai = begin(dns, nodename, wanted, told, cb, arg, error);
            if (gai != nullptr) return gai;
        }
    }
    cb(error, error == 0 ? list.take() : nullptr, arg);
    return nullptr;
}

}  // namespace

namespace dns {

evdns_getaddrinfo_request* getaddrinfo_told_always(evdns_base* dns, const char* nodename,
                                                   const char* servname,
                                                   const evutil_addrinfo* hints,
                                                   evdns_getaddrinfo_cb cb, void* arg) {
    return getaddrinfo_as(Told::always, dns, nodename, servname, hints, cb, arg);
}

}  // namespace dns

evdns_getaddrinfo_request* evdns_getaddrinfo(evdns_base* dns_base, const char* nodename,
                                             const char* servname, const evutil_addrinfo* hints_in,
                                             evdns_getaddrinfo_cb cb, void* arg) {
    if (dns_base == nullptr) dns_base = dns::global_base_made();
    TRACE_CALL(dns_base);
    if (dns_base == nullptr) {
        cb(EVUTIL_EAI_FAIL, nullptr, arg);
        return nullptr;
    }
    TRACE_API(dns_base->base, nullptr);
    return getaddrinfo_as(dns::Told::if_wanted, dns_base, nodename, servname, hints_in, cb, arg);
}

void evdns_getaddrinfo_cancel(evdns_getaddrinfo_request* gai) {
    TRACE_CALL(gai);
    TRACE_API(gai->dns->base, nullptr);
    const DnsLock lock(gai->dns);
    if (gai->delivered) return;
    gai->cancelled = true;
    event_del_noblock(&gai->skew);
    cancel_half(gai->four);
    cancel_half(gai->six);
}
