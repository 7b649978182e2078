// The port of a DNS server: queries come in, and answers that the socket would not take wait here.
// The callback runs without the lock, and may close the port: a reference keeps it until it
// returns. Read next: server_request.cc (one query).
#include <cerrno>
#include <cstring>

#include "src/event/event_core.h"
#include "src/net/dns/dns_log.h"
#include "src/net/dns/server.h"
#include "src/util/evutil.h"
#include "src/util/sys_datagram.h"

namespace {

using namespace dns;

constexpr std::size_t kLongestQuery = 1500;
/// One server that is flooded must not starve other events.
constexpr int kMostQueriesPerTurn = 32;

void free_port(evdns_server_port* port) {
    event_debug_unassign(&port->readable);
    event_debug_unassign(&port->writable);
    if (port->fd >= 0) evutil_closesocket(port->fd);
    TRACE(dns_port_gone, .port = port);
    if (port->lock != nullptr) evthread_free_lock(port->lock, EVTHREAD_LOCKTYPE_RECURSIVE);
    mm_delete(port);
}

/// Called by the loop: neither of the events can be running any more.
void server_port_finalize(event_callback*, void* arg) {
    free_port(static_cast<evdns_server_port*>(arg));
}

void tell_question(const ServerRequest* req) {
    const bool any = req->nquestions > 0;
    TRACE(dns_question, .port = req->port, .request = req,
          .type = any ? static_cast<std::uint32_t>(req->questions[0]->type) : 0,
          .questions = static_cast<std::uint32_t>(req->nquestions),
          .name = any ? req->questions[0]->name : "");
}

/// Takes one query. False if there is no more to read, or the port was closed.
bool server_port_read_one(evdns_server_port* port) {
    unsigned char packet[kLongestQuery];
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    const ssize_t size =
        sys::recvfrom(port->fd, packet, sizeof packet, reinterpret_cast<sockaddr*>(&peer), &length);
    if (size < 0) {
        if (!EVUTIL_ERR_RW_RETRIABLE(errno))
            log_warn("can't read from the socket of a DNS server: %s", strerrordesc_np(errno));
        return false;
    }
    ServerRequest* req = server_request_of({packet, static_cast<std::size_t>(size)});
    if (req == nullptr) return true;
    req->port = port;
    req->peer = peer;
    req->peer_length = length;
    {
        const ScopedLock lock(port->lock);
        ++port->refs;
    }
    tell_question(req);
    port->callback(req, port->user_data);
    const ScopedLock lock(port->lock);
    return !port->closed;
}

void server_port_ready_callback(evutil_socket_t, short, void* arg) {
    auto* port = static_cast<evdns_server_port*>(arg);
    TRACE_CALL(port);
    {
        const ScopedLock lock(port->lock);
        if (port->closed) return;
        ++port->refs;
    }
    int left = kMostQueriesPerTurn;
    while (left > 0 && server_port_read_one(port)) --left;
    server_port_decref(port);
}

/// Answers that the socket would not take get lost with it, as datagrams may. The owner's reference
/// is there yet.
void drop_unsent(evdns_server_port* port) {
    event_del_noblock(&port->writable);
    while (!port->unsent.empty()) {
        ServerRequest* req = port->unsent.first;
        port->unsent.remove(req);
        server_request_free(req);
        --port->refs;
    }
}

/// The socket takes packets again.
void server_port_flush(evutil_socket_t, short, void* arg) {
    auto* port = static_cast<evdns_server_port*>(arg);
    TRACE_CALL(port);
    int sent = 0;
    {
        const ScopedLock lock(port->lock);
        while (!port->unsent.empty()) {
            ServerRequest* req = port->unsent.first;
            if (server_send(req) == 1) break;
            port->unsent.remove(req);
            server_request_free(req);
            ++sent;
        }
        if (port->unsent.empty()) event_del_noblock(&port->writable);
    }
    while (sent-- > 0) server_port_decref(port);
}

}  // namespace

namespace dns {

void server_port_decref(evdns_server_port* port) {
    {
        const ScopedLock lock(port->lock);
        if (--port->refs > 0) return;
    }
    event_callback* const callbacks[] = {event_to_event_callback(&port->readable),
                                         event_to_event_callback(&port->writable)};
    event_callback_finalize_many_(port->base, 2, callbacks, server_port_finalize);
}

int server_send(ServerRequest* req) {
    const ssize_t sent =
        sys::sendto(req->port->fd, req->packet, req->size,
                    reinterpret_cast<const sockaddr*>(&req->peer), req->peer_length);
    if (sent >= 0) return 0;
    if (EVUTIL_ERR_RW_RETRIABLE(errno)) return 1;
    log_warn("can't send the answer to a DNS query: %s", strerrordesc_np(errno));
    return -1;
}

}  // namespace dns

evdns_server_port* evdns_add_server_port_with_base(event_base* base, evutil_socket_t socket,
                                                   int flags,
                                                   evdns_request_callback_fn_type callback,
                                                   void* user_data) {
    TRACE_CALL(base);
    TRACE_API(base, nullptr);
    if (flags != 0) return nullptr;
    mm_ptr<evdns_server_port> port(mm_new<evdns_server_port>());
    if (!port) return nullptr;
    if (evthread_enabled()) {
        port->lock = evthread_alloc_lock(EVTHREAD_LOCKTYPE_RECURSIVE);
        if (port->lock == nullptr) return nullptr;
    }
    port->base = base;
    port->fd = socket;
    port->callback = callback;
    port->user_data = user_data;
    assign_event(&port->readable, base, socket, EV_READ | EV_PERSIST, server_port_ready_callback,
                 port.get(), "dns port");
    assign_event(&port->writable, base, socket, EV_WRITE | EV_PERSIST, server_port_flush,
                 port.get(), "dns port full");
    TRACE(dns_port_new, .base = base, .port = port.get(), .fd = socket);
    if (event_add(&port->readable, nullptr) == 0) return port.release();
    // The socket stays the caller's.
    port->fd = -1;
    free_port(port.release());
    return nullptr;
}

void evdns_close_server_port(evdns_server_port* port) {
    TRACE_CALL(port);
    TRACE_API(port->base, nullptr);
    {
        const ScopedLock lock(port->lock);
        port->closed = true;
        event_del_noblock(&port->readable);
        drop_unsent(port);
    }
    server_port_decref(port);
}
