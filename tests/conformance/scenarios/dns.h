// A name server for scenarios, on the loopback, in the scenario's own loop; and what evdns's
// callbacks say. Names are said in small letters: the cases of a question's letters are drawn.
// Read next: dns_client.cc.
#pragma once

#include <event2/dns.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/conformance/scenarios/scenario.h"

namespace evglass::conformance {

using Packet = std::vector<unsigned char>;

int dns_type_of(const Packet& query);
std::string dns_name_of(const Packet& query);
/// An answer without records.
Packet dns_reply(Packet query, int rcode = 0);
/// With one more record, of the question's name, in the answers (1) or behind (2, 3).
Packet dns_with(Packet answer, int type, const Packet& data, int ttl = 60, int section = 1);
/// 192.0.2.1 or 2001:db8::1.
Packet dns_truth(const Packet& query);
Packet dns_silence(const Packet& query);

/// Says what it is asked, unless it is quiet.
class DnsFake {
 public:
    using Answer = std::function<Packet(const Packet&)>;
    DnsFake(event_base* base, const char* name, Answer answer, bool quiet = false);
    ~DnsFake();
    DnsFake(const DnsFake&) = delete;
    DnsFake& operator=(const DnsFake&) = delete;

    std::string place() const;
    /// To whoever asked last.
    void send(const Packet& packet);
    const Packet& last() const { return last_; }
    int asked() const { return asked_; }

 private:
    static void readable(evutil_socket_t fd, short, void* self);
    const char* name_;
    Answer answer_;
    bool quiet_;
    Fd fd_;
    int port_ = 0;
    unsigned peer_port_ = 0;
    int asked_ = 0;
    Packet last_ = Packet(17);  ///< so that who looks too early finds a question
    Event event_;
};

struct FreeDns {
    void operator()(evdns_base* dns) const { evdns_base_free(dns, 0); }
};
using Dns = std::unique_ptr<evdns_base, FreeDns>;
/// A resolver that waits for 100 ms, with these servers.
Dns new_dns(event_base* base, const std::vector<DnsFake*>& servers);
/// Says what an option is set to, and what comes of it.
void dns_set(const Dns& dns, const char* option, const char* value);

/// A question that says what it is told.
class Asked {
 public:
    Asked(const Dns& dns, const char* name, int type = DNS_IPv4_A, int flags = 0);
    Asked(const Asked&) = delete;
    Asked& operator=(const Asked&) = delete;
    bool is_told() const { return told_ != 0; }
    evdns_request* request() const { return request_; }

 private:
    static void told(int result, char type, int count, int ttl, void* addresses, void* self);
    const char* name_;
    int told_ = 0;
    evdns_request* request_ = nullptr;
};

/// evdns_getaddrinfo, and what it says.
class Looked {
 public:
    Looked(const Dns& dns, const char* node, const char* service, int family = AF_UNSPEC,
           int flags = 0, int socktype = SOCK_STREAM, int protocol = 0);
    Looked(const Looked&) = delete;
    Looked& operator=(const Looked&) = delete;
    bool is_told() const { return told_ != 0; }
    evdns_getaddrinfo_request* request() const { return request_; }

 private:
    static void told(int error, evutil_addrinfo* list, void* self);
    std::string name_;
    int told_ = 0;
    evdns_getaddrinfo_request* request_ = nullptr;
};

/// Runs the loop until `done`, or for more than two seconds (then it says so).
void run_until(event_base* base, const std::function<bool()>& done);
/// Runs the loop for so long.
void run_for(event_base* base, int milliseconds);

}  // namespace evglass::conformance
