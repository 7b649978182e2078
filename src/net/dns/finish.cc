// The end of a request: it leaves its queue at once, and its callback is called by the loop, later:
// never from within the function that a user called, and never with the resolver's lock.
// Read next: getaddrinfo.cc (a user inside of the library).
#include "src/event/event_core.h"
#include "src/net/dns/dns_base.h"

namespace dns {
namespace {

using evglass::trace::field::dnserr;

/// What a callback of a user gets besides the result.
struct Delivery {
    char type = 0;
    int count = 0;
    int ttl = 0;
    void* data = nullptr;
};

Delivery delivery_of(evdns_request* req, const char*& pointer) {
    if (req->result != DNS_ERR_NONE || !req->answer)
        return {0, 0, static_cast<int>(req->negative_ttl), nullptr};
    Answer& answer = *req->answer;
    const auto ttl = static_cast<int>(answer.ttl);
    if (req->type == ns_t_ptr) {
        pointer = answer.pointer.text;
        return {DNS_PTR, answer.count, ttl, &pointer};
    }
    return {static_cast<char>(req->type == ns_t_a ? DNS_IPv4_A : DNS_IPv6_AAAA), answer.count, ttl,
            answer.addresses};
}

/// Without the lock. The callback may do anything, but for cancelling this request.
void reply_run_callback(evdns_request* req) {
    TRACE_CALL(req);
    const char* pointer = nullptr;
    const Delivery d = delivery_of(req, pointer);
    req->callback(req->result, d.type, d.count, d.ttl, d.data, req->arg);
}

/// Called by the loop; with null when its base goes.
void request_run_deferred(event_callback* cb, void* arg) {
    auto* req = static_cast<evdns_request*>(arg);
    evdns_base* dns = req->dns;
    bool told = req->callback != nullptr;
    {
        const DnsLock lock(dns);
        // A handle ends where its callback begins: from now on nobody may cancel.
        if (req->told == Told::always) {
            if (cb == nullptr)
                req->result = kBaseGone;
            else if (req->discarded)
                req->result = kDiscarded;
        } else {
            told = told && cb != nullptr && !req->discarded;
        }
    }
    if (told) reply_run_callback(req);
    TRACE(dns_gone, .dns = dns, .request = req, .called = told ? 1u : 0u);
    request_destroy(req);
    evdns_base_decref(dns);
}

void request_ended(evdns_request* req, int result) {
    evdns_base* dns = req->dns;
    request_leave_queues(req);
    req->state = evdns_request::State::done;
    req->result = result;
    const bool good = result == DNS_ERR_NONE && req->answer;
    TRACE(dns_done, .dns = dns, .request = req, .result = static_cast<dnserr>(result),
          .count = good ? static_cast<std::uint32_t>(req->answer->count) : 0,
          .ttl = good ? req->answer->ttl : req->negative_ttl);
    event_deferred_cb_schedule_(dns->base, &req->deferred);
    if (req->is_probe) return;
    if (--dns->active == 0) nameservers_rest(dns);
    evdns_requests_pump_waiting_queue(dns);
}

}  // namespace

void request_init_deferred(evdns_request* req) {
    const int middle = req->dns->base->nactivequeues / 2;
    event_deferred_cb_init_(&req->deferred, static_cast<ev_uint8_t>(middle), request_run_deferred,
                            req, "dns callback");
}

void request_finished(evdns_request* req, int result) {
    TRACE_CALL(req);
    request_ended(req, result);
}

void request_discarded(evdns_request* req) {
    req->discarded = true;
    request_ended(req, DNS_ERR_SHUTDOWN);
}

void request_destroy(evdns_request* req) {
    event_debug_unassign(&req->timer);
    event_deferred_cb_gone_(req->dns->base, &req->deferred);
    search_list_release(req->search);
    mm_free(req->name);
    mm_delete(req);
}

}  // namespace dns
