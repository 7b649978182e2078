// The inside of a DNS server: a port at which queries arrive, and the queries that are out with the
// program, each with the records that were added to its answer.
// Only server_port.cc and server_request.cc include this header. Read next: server_port.cc.
#pragma once

#include <event2/dns.h>
#include <event2/dns_struct.h>
#include <event2/event_struct.h>

#include "src/net/dns/dns_base.h"

namespace dns {

/// A record of an answer. Its data follow the struct; a name is in wire form.
struct AnswerRecord {
    AnswerRecord* next = nullptr;
    Section section = kAnswers;
    bool is_name = false;
    std::uint16_t type = 0;
    std::uint16_t dns_class = 0;
    std::uint32_t ttl = 0;
    std::size_t size = 0;
    WireName name;

    unsigned char* data() { return reinterpret_cast<unsigned char*>(this + 1); }
};

/// A query, from its arrival until it is answered or dropped. What users see of it comes first.
struct ServerRequest : evdns_server_request {
    evdns_server_port* port = nullptr;
    std::uint16_t id = 0;
    int answer_flags = 0;
    sockaddr_storage peer{};
    socklen_t peer_length = 0;
    AnswerRecord* first = nullptr;
    AnswerRecord** last = &first;
    std::size_t size = 0;  ///< of `packet`: an answer that waits until the socket takes it
    unsigned char packet[kUdpSize]{};
    Links<ServerRequest> links{};
};

}  // namespace dns

/// `lock` guards everything but base, fd and callback, which don't change.
/// Invariants: it lives while refs > 0; `writable` is pending if and only if `unsent` is not empty.
struct evdns_server_port {
    event_base* base = nullptr;
    evutil_socket_t fd = -1;
    void* lock = nullptr;
    int refs = 1;  ///< the owner, and each query that is out
    bool closed = false;
    evdns_request_callback_fn_type callback = nullptr;
    void* user_data = nullptr;
    dns::Queue<dns::ServerRequest> unsent;
    event readable{};
    event writable{};
};

namespace dns {

/// Drops a reference, and ends the port with the last one. Without the lock.
void server_port_decref(evdns_server_port* port);
/// Sends what a request has in `packet`. 0; 1 if the socket is full; -1 on failure.
int server_send(ServerRequest* req);
/// Frees a query and what was added to it; not the reference to its port.
void server_request_free(ServerRequest* req);
/// The query in a packet, as users see it. Null if it is none, or without memory.
ServerRequest* server_request_of(Bytes packet);

}  // namespace dns
