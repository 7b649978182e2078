// Name servers: whom a resolver asks, and what it thinks of them.
// A server that kept silent too often in a row, refused, or whose port nobody listens at, counts as
// down. It is then asked only where no other is up, and probed after a while, then after three
// times that, and so on, until it answers. Read next: request.cc (what is sent), reply.cc (what
// comes back).
#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "src/event/event_core.h"
#include "src/net/dns/dns_base.h"
#include "src/net/dns/dns_log.h"
#include "src/util/evutil.h"
#include "src/util/sys.h"

namespace dns {
namespace {

/// What a datagram may have at most: answers without extensions have 512 bytes.
constexpr std::size_t kLongestPacket = 4096;
/// One server that floods us must not starve other events.
constexpr int kMostPacketsPerTurn = 32;
constexpr std::int64_t kLongestProbeWait = 3600LL * 1000 * 1000;  // microseconds

/// What evdns_base_nameserver_ip_add returns.
enum AddError { kNoSocket = 1, kNoBind = 2, kKnown = 3 };

sockaddr* address_of(const Nameserver* ns) {
    return reinterpret_cast<sockaddr*>(const_cast<sockaddr_storage*>(&ns->address));
}

/// "127.0.0.1:53", for people.
struct Place {
    char text[INET6_ADDRSTRLEN + 16];
    explicit Place(const Nameserver* ns) {
        char address[INET6_ADDRSTRLEN] = "?";
        const bool six = ns->address.ss_family == AF_INET6;
        const void* bytes =
            six ? static_cast<const void*>(
                      &reinterpret_cast<const sockaddr_in6*>(&ns->address)->sin6_addr)
                : &reinterpret_cast<const sockaddr_in*>(&ns->address)->sin_addr;
        evutil_inet_ntop(ns->address.ss_family, bytes, address, sizeof address);
        evutil_snprintf(text, sizeof text, six ? "[%s]:%u" : "%s:%u", address,
                        sys::port_of(address_of(ns), ns->length));
    }
};

/// Three times as long after each probe that failed, up to an hour.
timeval probe_wait(const Nameserver* ns) {
    const std::int64_t first = timeval_to_usec(ns->dns->options.initial_probe);
    std::int64_t usec = first;
    for (int i = 0; i < ns->probes_failed && usec < kLongestProbeWait; ++i) usec *= 3;
    return usec_to_timeval(std::min(usec, std::max(first, kLongestProbeWait)));
}

void end_probe(Nameserver* ns) {
    event_del_noblock(&ns->probe_timer);
    if (evdns_request* probe = std::exchange(ns->probe, nullptr)) request_discarded(probe);
}

void tell_state(const Nameserver* ns, const char* why) {
    TRACE(dns_server_state, .dns = ns->dns, .server = ns, .up = ns->up ? 1u : 0u,
          .probe = ns->up ? -1 : timeval_to_usec(probe_wait(ns)), .why = why);
}

/// What can't be probed would stay down for ever: without memory for the timer it counts as up.
void schedule_probe(Nameserver* ns) {
    const timeval wait = probe_wait(ns);
    if (event_add(&ns->probe_timer, &wait) == 0) return;
    ns->up = true;
    tell_state(ns, "no memory for a probe");
}

void nameserver_prod_callback(evutil_socket_t, short, void* arg) {
    auto* ns = static_cast<Nameserver*>(arg);
    TRACE_CALL(ns);
    const DnsLock lock(ns->dns);
    if (ns->removed || ns->up || ns->probe != nullptr) return;
    log_debug("Sending probe to %s", Place(ns).text);
    if (request_probe(ns) == nullptr) schedule_probe(ns);
}

/// The socket says that a packet was not delivered: nobody is there, or no way leads there.
void nameserver_unreachable(Nameserver* ns, int error) {
    if (EVUTIL_ERR_RW_RETRIABLE(error)) return;
    nameserver_failed(ns, strerrordesc_np(error));
}

void nameserver_ready_callback(evutil_socket_t fd, short, void* arg) {
    auto* ns = static_cast<Nameserver*>(arg);
    TRACE_CALL(ns);
    const DnsLock lock(ns->dns);
    for (int i = 0; i < kMostPacketsPerTurn && !ns->removed; ++i) {
        unsigned char packet[kLongestPacket];
        const ssize_t size = sys::read(fd, packet, sizeof packet);
        if (size < 0) {
            nameserver_unreachable(ns, errno);
            return;
        }
        reply_parse(ns, {packet, static_cast<std::size_t>(size)});
    }
}

/// No way out leads to a server on this machine: it needs no address to go out from.
bool is_this_machine(const Nameserver* ns) {
    if (ns->address.ss_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(
            &reinterpret_cast<const sockaddr_in6*>(&ns->address)->sin6_addr);
    const auto* in = reinterpret_cast<const sockaddr_in*>(&ns->address);
    return ntohl(in->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

/// A socket of the server's family with the options' wishes. 0, or what evdns_nameserver_add
/// returns.
int make_socket(Nameserver* ns) {
    const Options& options = ns->dns->options;
    ns->fd = evutil_socket_(ns->address.ss_family,
                            SOCK_DGRAM | EVUTIL_SOCK_NONBLOCK | EVUTIL_SOCK_CLOEXEC, 0);
    if (ns->fd < 0) return kNoSocket;
    if (options.bind_to_length != 0 && !is_this_machine(ns) &&
        sys::bind(ns->fd, reinterpret_cast<const sockaddr*>(&options.bind_to),
                  options.bind_to_length) < 0)
        return kNoBind;
    // A wish: the system may give less.
    if (options.so_rcvbuf != 0) sys::setsockopt(ns->fd, SOL_SOCKET, SO_RCVBUF, options.so_rcvbuf);
    if (options.so_sndbuf != 0) sys::setsockopt(ns->fd, SOL_SOCKET, SO_SNDBUF, options.so_sndbuf);
    return 0;
}

bool connect_socket(Nameserver* ns) {
    if (!ns->connected) ns->connected = sys::connect(ns->fd, address_of(ns), ns->length) == 0;
    return ns->connected;
}

Nameserver* find(const evdns_base* dns, const sockaddr* address) {
    for (Nameserver* ns = dns->servers.first; ns != nullptr; ns = Queue<Nameserver>::next(ns))
        if (evutil_sockaddr_cmp(address_of(ns), address, 1) == 0) return ns;
    return nullptr;
}

void free_nameserver(Nameserver* ns) {
    if (ns->fd >= 0) evutil_closesocket(ns->fd);
    mm_delete(ns);
}

/// Called by the loop: neither of the events can be running any more.
void nameserver_finalize(event_callback*, void* arg) {
    auto* ns = static_cast<Nameserver*>(arg);
    evdns_base* dns = ns->dns;
    event_debug_unassign(&ns->readable);
    event_debug_unassign(&ns->probe_timer);
    free_nameserver(ns);
    evdns_base_decref(dns);
}

}  // namespace

int evdns_nameserver_add(evdns_base* dns, const sockaddr* address, socklen_t length) {
    TRACE_CALL(dns);
    if (find(dns, address) != nullptr) return kKnown;
    mm_ptr<Nameserver> ns(mm_new<Nameserver>());
    if (!ns || length > sizeof ns->address) return -1;
    ns->dns = dns;
    ns->length = length;
    std::memcpy(&ns->address, address, length);
    const int error = make_socket(ns.get());
    if (error != 0) {
        free_nameserver(ns.release());
        return error;
    }
    connect_socket(ns.get());
    assign_event(&ns->readable, dns->base, ns->fd, EV_READ | EV_PERSIST, nameserver_ready_callback,
                 ns.get(), "dns server");
    assign_event(&ns->probe_timer, dns->base, -1, 0, nameserver_prod_callback, ns.get(),
                 "dns probe");
    if ((!dns->sleeps_when_inactive || dns->active != 0) && event_add(&ns->readable, nullptr) < 0) {
        event_debug_unassign(&ns->readable);
        event_debug_unassign(&ns->probe_timer);
        free_nameserver(ns.release());
        return -1;
    }
    ++dns->refs;
    dns->servers.insert_tail(ns.get());
    const Place place(ns.get());
    TRACE(dns_server_add, .dns = dns, .server = ns.get(), .fd = ns->fd,
          .port = sys::port_of(address_of(ns.get()), length), .address = place.text);
    log_debug("Added nameserver %s", place.text);
    ns.release();
    return 0;
}

void evdns_nameserver_remove(Nameserver* ns) {
    TRACE_CALL(ns);
    evdns_base* dns = ns->dns;
    end_probe(ns);
    ns->removed = true;
    dns->servers.remove(ns);
    dns->next_server = nullptr;
    TRACE(dns_server_gone, .dns = dns, .server = ns);
    event_callback* const callbacks[] = {event_to_event_callback(&ns->readable),
                                         event_to_event_callback(&ns->probe_timer)};
    event_callback_finalize_many_(dns->base, 2, callbacks, nameserver_finalize);
}

Nameserver* nameserver_pick(evdns_base* dns) {
    const auto take = [dns] {
        Nameserver* ns = dns->next_server != nullptr ? dns->next_server : dns->servers.first;
        if (ns != nullptr) dns->next_server = Queue<Nameserver>::next(ns);
        return ns;
    };
    for (int i = 0; i < dns->servers.length; ++i) {
        Nameserver* ns = take();
        if (ns->up) return ns;
    }
    return take();
}

bool nameserver_others_up(const Nameserver* ns) {
    for (Nameserver* other = ns->dns->servers.first; other != nullptr;
         other = Queue<Nameserver>::next(other))
        if (other != ns && other->up) return true;
    return false;
}

ssize_t nameserver_send(Nameserver* ns, Bytes packet) {
    if (!connect_socket(ns)) return -1;
    return sys::write(ns->fd, packet.data(), packet.size());
}

void nameserver_failed(Nameserver* ns, const char* why) {
    TRACE_CALL(ns);
    if (!ns->up) return;
    evdns_base* dns = ns->dns;
    ns->up = false;
    tell_state(ns, why);
    log_message("Nameserver %s has failed: %s", Place(ns).text, why);
    schedule_probe(ns);
    if (!nameserver_others_up(ns)) {
        log_message("All nameservers have failed");
        return;
    }
    evdns_request* next = nullptr;
    for (evdns_request* req = dns->in_flight.first; req != nullptr; req = next) {
        next = Queue<evdns_request>::next(req);
        if (req->server != ns || req->is_probe) continue;
        req->attempts = 0;
        request_reissue(req, nameserver_pick(dns));
    }
}

void nameserver_up(Nameserver* ns) {
    TRACE_CALL(ns);
    ns->timeouts = 0;
    if (ns->up) return;
    end_probe(ns);
    ns->up = true;
    ns->probes_failed = 0;
    tell_state(ns, "it answered");
    log_message("Nameserver %s is back up", Place(ns).text);
}

void nameserver_probe_failed(Nameserver* ns) {
    TRACE_CALL(ns);
    end_probe(ns);
    ++ns->probes_failed;
    tell_state(ns, "the probe was not answered");
    schedule_probe(ns);
}

void nameservers_wake(evdns_base* dns) {
    if (!dns->sleeps_when_inactive) return;
    for (Nameserver* ns = dns->servers.first; ns != nullptr; ns = Queue<Nameserver>::next(ns)) {
        event_add(&ns->readable, nullptr);
        if (!ns->up && ns->probe == nullptr) schedule_probe(ns);
    }
}

void nameservers_rest(evdns_base* dns) {
    if (!dns->sleeps_when_inactive) return;
    for (Nameserver* ns = dns->servers.first; ns != nullptr; ns = Queue<Nameserver>::next(ns)) {
        event_del_noblock(&ns->readable);
        end_probe(ns);
    }
}

}  // namespace dns
