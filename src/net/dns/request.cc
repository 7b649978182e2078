// The way of a request: it waits for room, flies to a server, is sent again when nothing comes
// back, to the next server if there is one, and after some attempts gives up. Who guesses our
// questions can forge their answers: transaction ids are drawn anew for each question, and so are
// the cases of its letters, which an honest server repeats. Read next: reply.cc (what comes back),
// finish.cc (the end), nameserver.cc.
#include <cctype>
#include <cerrno>

#include "src/event/event_core.h"
#include "src/net/dns/dns_base.h"
#include "src/net/dns/dns_log.h"
#include "src/util/evutil.h"
#include "src/util/log.h"

namespace dns {
namespace {

using evglass::trace::field::dnstype;
using evglass::trace::field::dnswait;

constexpr std::size_t kLongestQuery = NS_HFIXEDSZ + NS_MAXCDNAME + NS_QFIXEDSZ;

void evdns_request_timeout_callback(evutil_socket_t, short, void* arg);

/// One that no request in flight has. Fewer than 65,536 fly at a time: there is one.
std::uint16_t transaction_id_pick(const evdns_base* dns) {
    std::uint16_t id = 0;
    do evutil_secure_rng_get_bytes(&id, sizeof id);
    while (request_find_in_flight(dns, id) != nullptr);
    return id;
}

void draw_cases(WireName& name) {
    unsigned char bits[sizeof name.bytes];
    evutil_secure_rng_get_bytes(bits, name.length);
    for (std::size_t i = 0; i < name.length; ++i)
        if (std::isalpha(name.bytes[i]) != 0 && (bits[i] & 1) != 0) name.bytes[i] ^= 0x20;
}

/// The first candidate, from the present one on, that is a name.
bool choose_candidate(evdns_request* req) {
    for (; req->candidate < req->candidates; ++req->candidate)
        if (search_candidate(*req->search, req->name, req->candidate, req->candidates,
                             req->question))
            return true;
    return false;
}

void tell_sent(const evdns_request* req, ssize_t sent) {
    TextName name;
    if (!print_name(req->question, name)) name.text[0] = '\0';
    TRACE(dns_send, .dns = req->dns, .request = req, .server = req->server, .id = req->id,
          .attempt = static_cast<std::uint32_t>(req->attempts), .size = sent,
          .error = sent < 0 ? errno : 0, .name = name.text);
}

/// Sends the question, and waits.
void evdns_request_transmit(evdns_request* req) {
    TRACE_CALL(req);
    unsigned char packet[kLongestQuery];
    const std::size_t size = write_query(req->id, {req->question, req->type, ns_c_in}, packet);
    ++req->attempts;
    tell_sent(req, nameserver_send(req->server, {packet, size}));
    // Without memory for the timer nobody would ever come back to this request.
    if (event_add(&req->timer, &req->dns->options.timeout) < 0)
        request_finished(req, DNS_ERR_UNKNOWN);
}

/// A new question to a server: an id and cases that nobody has seen.
void take_off(evdns_request* req, Nameserver* ns) {
    evdns_base* dns = req->dns;
    req->id = transaction_id_pick(dns);
    req->server = ns;
    req->attempts = 0;
    if (dns->options.randomize_case != 0) draw_cases(req->question);
    req->state = evdns_request::State::in_flight;
    dns->in_flight.insert_tail(req);
    if (!req->is_probe) ++dns->flying_users;
    evdns_request_transmit(req);
}

/// Who kept silent is not asked again where another one is up.
Nameserver* another_than(Nameserver* ns) {
    Nameserver* next = nameserver_pick(ns->dns);
    return next == ns && nameserver_others_up(ns) ? nameserver_pick(ns->dns) : next;
}

/// Out of those in flight.
void land(evdns_request* req) {
    event_del_noblock(&req->timer);
    req->dns->in_flight.remove(req);
    if (!req->is_probe) --req->dns->flying_users;
}

evdns_request* request_alloc(evdns_base* dns, std::uint16_t type, const char* name) {
    mm_ptr<evdns_request> req(mm_new<evdns_request>());
    if (!req) return nullptr;
    req->name = mm_strdup(name);
    if (req->name == nullptr) return nullptr;
    req->dns = dns;
    req->type = type;
    req->search = dns->search;
    ++req->search->refs;
    ++dns->refs;
    assign_event(&req->timer, dns->base, -1, 0, evdns_request_timeout_callback, req.get(),
                 "dns request");
    request_init_deferred(req.get());
    return req.release();
}

void tell_asked(const evdns_request* req) {
    TRACE(dns_ask, .dns = req->dns, .request = req, .type = static_cast<dnstype>(req->type),
          .probe = req->is_probe ? 1u : 0u, .name = req->name);
}

void tell_waits(const evdns_request* req) {
    const evdns_base* dns = req->dns;
    TRACE(dns_wait, .dns = dns, .request = req,
          .why = dns->suspended         ? dnswait::suspended
                 : dns->servers.empty() ? dnswait::no_server
                                        : dnswait::too_many);
}

void evdns_request_timeout_callback(evutil_socket_t, short, void* arg) {
    auto* req = static_cast<evdns_request*>(arg);
    TRACE_CALL(req);
    const DnsLock lock(req->dns);
    // While we waited for the lock it may have been answered, or sent again.
    if (req->state != evdns_request::State::in_flight ||
        event_pending(&req->timer, EV_TIMEOUT, nullptr) != 0)
        return;
    request_unanswered(req, "request timed out");
}

}  // namespace

evdns_request* request_new(evdns_base* dns, std::uint16_t type, const char* name, int flags,
                           evdns_callback_type callback, void* arg) {
    evdns_request* req = request_alloc(dns, type, name);
    if (req == nullptr) return nullptr;
    req->callback = callback;
    req->arg = arg;
    const bool may_search = (flags & DNS_QUERY_NO_SEARCH) == 0 && type != ns_t_ptr;
    req->candidates = search_candidates(*req->search, req->name, may_search);
    if (choose_candidate(req)) return req;
    request_destroy(req);
    --dns->refs;
    return nullptr;
}

void request_submit(evdns_request* req) {
    TRACE_CALL(req);
    evdns_base* dns = req->dns;
    tell_asked(req);
    if (dns->active++ == 0) nameservers_wake(dns);
    dns->waiting.insert_tail(req);
    evdns_requests_pump_waiting_queue(dns);
    if (req->state == evdns_request::State::waiting) tell_waits(req);
}

evdns_request* request_probe(Nameserver* ns) {
    TRACE_CALL(ns);
    // The name that stock asks for. What the answer says is of no interest.
    evdns_request* req = request_alloc(ns->dns, ns_t_a, "google.com");
    if (req == nullptr) return nullptr;
    req->is_probe = true;
    if (!choose_candidate(req)) EVUTIL_ASSERT(false);
    ns->probe = req;
    tell_asked(req);
    take_off(req, ns);
    return ns->probe;
}

void evdns_requests_pump_waiting_queue(evdns_base* dns) {
    while (dns->flying_users < dns->options.max_inflight && !dns->waiting.empty()) {
        Nameserver* ns = nameserver_pick(dns);
        if (ns == nullptr) return;
        evdns_request* req = dns->waiting.first;
        dns->waiting.remove(req);
        take_off(req, ns);
    }
}

evdns_request* request_find_in_flight(const evdns_base* dns, std::uint16_t id) {
    evdns_request* req = dns->in_flight.first;
    while (req != nullptr && req->id != id) req = Queue<evdns_request>::next(req);
    return req;
}

void request_reissue(evdns_request* req, Nameserver* ns) {
    req->server = ns;
    evdns_request_transmit(req);
}

void request_unanswered(evdns_request* req, const char* why) {
    TRACE_CALL(req);
    evdns_base* dns = req->dns;
    Nameserver* ns = req->server;
    if (req->is_probe) {
        nameserver_probe_failed(ns);
        return;
    }
    ++ns->timeouts;
    TRACE(dns_timeout, .dns = dns, .request = req, .server = ns,
          .attempt = static_cast<std::uint32_t>(req->attempts),
          .in_a_row = static_cast<std::uint32_t>(ns->timeouts));
    const bool gives_up = req->attempts >= dns->options.attempts;
    if (gives_up) request_finished(req, DNS_ERR_TIMEOUT);
    // A server that fails hands its requests over to others; this one may be among them.
    if (ns->timeouts >= dns->options.max_timeouts) nameserver_failed(ns, why);
    if (!gives_up && req->server == ns) request_reissue(req, another_than(ns));
}

bool search_try_next(evdns_request* req) {
    TRACE_CALL(req);
    ++req->candidate;
    if (!choose_candidate(req)) return false;
    land(req);
    take_off(req, nameserver_pick(req->dns));
    return true;
}

void request_back_to_waiting(evdns_request* req) {
    land(req);
    req->state = evdns_request::State::waiting;
    req->server = nullptr;
    req->dns->waiting.insert_head(req);
    tell_waits(req);
}

void request_leave_queues(evdns_request* req) {
    if (req->state == evdns_request::State::in_flight) land(req);
    if (req->state == evdns_request::State::waiting) req->dns->waiting.remove(req);
}

}  // namespace dns
