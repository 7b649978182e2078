// A resolver's life, and its settings.
// Freeing it ends its requests and servers, but they are the loop's to free: what is left of the
// resolver goes with the last of them.
// Read next: resolve.cc (asking), resolv_conf.cc (settings from a file).
#include "src/net/dns/dns_base.h"

#include <event2/dns_compat.h>

#include <cstring>

#include "src/event/event_core.h"
#include "src/net/dns/dns_log.h"
#include "src/net/dns/resolv_conf.h"
#include "src/util/evutil.h"
#include "src/util/sys.h"

namespace {

using namespace dns;

constexpr int kKnownFlags = EVDNS_BASE_INITIALIZE_NAMESERVERS | EVDNS_BASE_DISABLE_WHEN_INACTIVE |
                            EVDNS_BASE_NAMESERVERS_NO_DEFAULT;
constexpr int kUnparsable = 4;
constexpr in_port_t kDnsPort = 53;

evdns_base* evdns_base_alloc(event_base* base, int flags) {
    mm_ptr<evdns_base> dns(mm_new<evdns_base>());
    if (!dns) return nullptr;
    if (evthread_enabled()) {
        dns->lock = evthread_alloc_lock(EVTHREAD_LOCKTYPE_RECURSIVE);
        if (dns->lock == nullptr) return nullptr;
    }
    dns->search = search_list_new(1);
    if (dns->search == nullptr) {
        evthread_free_lock(dns->lock, EVTHREAD_LOCKTYPE_RECURSIVE);
        return nullptr;
    }
    dns->base = base;
    dns->sleeps_when_inactive = (flags & EVDNS_BASE_DISABLE_WHEN_INACTIVE) != 0;
    TRACE(dns_new, .base = base, .dns = dns.get(), .flags = static_cast<std::uint32_t>(flags));
    return dns.release();
}

void destroy(evdns_base* dns) {
    search_list_release(dns->search);
    TRACE(dns_free, .dns = dns);
    if (dns->lock != nullptr) evthread_free_lock(dns->lock, EVTHREAD_LOCKTYPE_RECURSIVE);
    mm_delete(dns);
}

/// All requests that are not done, the probes aside: these go with their servers.
template <class Use>
void for_each_request(evdns_base* dns, const Use& use) {
    while (!dns->waiting.empty()) use(dns->waiting.first);
    evdns_request* next = nullptr;
    for (evdns_request* req = dns->in_flight.first; req != nullptr; req = next) {
        next = Queue<evdns_request>::next(req);
        if (!req->is_probe) use(req);
    }
}

void remove_nameservers(evdns_base* dns) {
    while (!dns->servers.empty()) evdns_nameserver_remove(dns->servers.first);
}

/// The system's configuration. A system without one has its resolver on this machine.
void configure(evdns_base* dns, int flags) {
    int options = DNS_OPTIONS_ALL;
    if ((flags & EVDNS_BASE_NAMESERVERS_NO_DEFAULT) != 0)
        options |= DNS_OPTION_NAMESERVERS_NO_DEFAULT;
    if (evdns_base_resolv_conf_parse(dns, options, "/etc/resolv.conf") != 0 &&
        (flags & EVDNS_BASE_NAMESERVERS_NO_DEFAULT) == 0 && evdns_base_count_nameservers(dns) == 0)
        evdns_base_nameserver_ip_add(dns, "127.0.0.1");
}

}  // namespace

namespace dns {

void evdns_lock(evdns_base* dns) {
    evlock_lock(dns->lock);
    evglass::trace::clock_join(dns->trace_stamp);
}

void evdns_unlock(evdns_base* dns) {
    evglass::trace::clock_publish(dns->trace_stamp);
    evlock_unlock(dns->lock);
}

void evdns_base_decref(evdns_base* dns) {
    evdns_lock(dns);
    const int refs = --dns->refs;
    evdns_unlock(dns);
    if (refs == 0) destroy(dns);
}

void assign_event(event* ev, event_base* base, int fd, short what, event_callback_fn callback,
                  void* arg, const char* name) {
    event_assign_internal_(ev, base, fd, what, callback, arg,
                           reinterpret_cast<const void*>(callback));
    event_debug_note_setup_(ev);
    TRACE(event_name, .event = ev, .name = name);
}

}  // namespace dns

evdns_base* evdns_base_new(event_base* event_base, int flags) {
    TRACE_CALL(event_base);
    TRACE_API(event_base, nullptr);
    if (event_base == nullptr) return nullptr;
    if ((flags & ~kKnownFlags) != 0) {
        log_warn(
            "evdns_base_new: a flag is not known; taken as "
            "EVDNS_BASE_INITIALIZE_NAMESERVERS");
        flags = EVDNS_BASE_INITIALIZE_NAMESERVERS;
    }
    evdns_base* dns = evdns_base_alloc(event_base, flags);
    if (dns != nullptr && (flags & EVDNS_BASE_INITIALIZE_NAMESERVERS) != 0) configure(dns, flags);
    return dns;
}

void evdns_base_free(evdns_base* dns, int fail_requests) {
    TRACE_CALL(dns);
    if (dns == nullptr) dns = evdns_take_global_base();
    if (dns == nullptr) return;
    TRACE_API(dns->base, nullptr);
    {
        const DnsLock lock(dns);
        // Without servers, nothing that waits is sent when something else ends.
        remove_nameservers(dns);
        for_each_request(dns, [&](evdns_request* req) {
            if (fail_requests != 0)
                request_finished(req, DNS_ERR_SHUTDOWN);
            else
                request_discarded(req);
        });
    }
    evdns_base_decref(dns);
}

int evdns_base_nameserver_sockaddr_add(evdns_base* dns, const sockaddr* sa, ev_socklen_t len,
                                       unsigned) {
    TRACE_CALL(dns);
    TRACE_API(dns->base, nullptr);
    const bool known =
        sa != nullptr && ((sa->sa_family == AF_INET && len >= sizeof(sockaddr_in)) ||
                          (sa->sa_family == AF_INET6 && len >= sizeof(sockaddr_in6)));
    if (!known) return api.result(-1);
    const DnsLock lock(dns);
    const int result = evdns_nameserver_add(dns, sa, len);
    if (result == 0 && !dns->suspended) evdns_requests_pump_waiting_queue(dns);
    return api.result(result);
}

int evdns_base_nameserver_add(evdns_base* dns, unsigned long address) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(kDnsPort);
    in.sin_addr.s_addr = static_cast<in_addr_t>(address);
    return evdns_base_nameserver_sockaddr_add(dns, reinterpret_cast<sockaddr*>(&in), sizeof in, 0);
}

int evdns_base_nameserver_ip_add(evdns_base* dns, const char* ip_as_string) {
    sockaddr_storage address{};
    int length = sizeof address;
    auto* sa = reinterpret_cast<sockaddr*>(&address);
    if (evutil_parse_sockaddr_port(ip_as_string, sa, &length) < 0) {
        log_warn("Unable to parse nameserver address %s", ip_as_string);
        return kUnparsable;
    }
    if (sys::port_of(sa, static_cast<socklen_t>(length)) == 0) {
        if (sa->sa_family == AF_INET6)
            reinterpret_cast<sockaddr_in6*>(sa)->sin6_port = htons(kDnsPort);
        else
            reinterpret_cast<sockaddr_in*>(sa)->sin_port = htons(kDnsPort);
    }
    return evdns_base_nameserver_sockaddr_add(dns, sa, static_cast<socklen_t>(length), 0);
}

int evdns_base_count_nameservers(evdns_base* dns) {
    const DnsLock lock(dns);
    return dns->servers.length;
}

int evdns_base_get_nameserver_addr(evdns_base* dns, int idx, sockaddr* sa, ev_socklen_t len) {
    const DnsLock lock(dns);
    Nameserver* ns = idx >= 0 ? dns->servers.first : nullptr;
    for (int i = 0; i < idx && ns != nullptr; ++i) ns = Queue<Nameserver>::next(ns);
    if (ns == nullptr) return -1;
    if (len >= ns->length) std::memcpy(static_cast<void*>(sa), &ns->address, ns->length);
    return static_cast<int>(ns->length);
}

int evdns_base_clear_nameservers_and_suspend(evdns_base* dns) {
    TRACE_CALL(dns);
    TRACE_API(dns->base, nullptr);
    const DnsLock lock(dns);
    dns->suspended = true;
    remove_nameservers(dns);
    // The last one first: in the end they stand in the order in which they flew.
    while (!dns->in_flight.empty()) request_back_to_waiting(dns->in_flight.back());
    return api.result(0);
}

int evdns_base_resume(evdns_base* dns) {
    TRACE_CALL(dns);
    TRACE_API(dns->base, nullptr);
    const DnsLock lock(dns);
    dns->suspended = false;
    evdns_requests_pump_waiting_queue(dns);
    return api.result(0);
}

void evdns_base_clear_host_addresses(evdns_base* dns) {
    const DnsLock lock(dns);
    dns->hosts.clear();
}

int evdns_base_load_hosts(evdns_base* dns, const char* hosts_fname) {
    TRACE_CALL(dns);
    if (dns == nullptr) dns = evdns_get_global_base();
    if (dns == nullptr) return -1;
    const DnsLock lock(dns);
    if (hosts_fname != nullptr && dns->hosts.load(hosts_fname)) return 0;
    const bool added = dns->hosts.add_localhost();
    return hosts_fname == nullptr && added ? 0 : -1;
}
