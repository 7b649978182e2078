// The inside of a resolver: its servers, its requests, and the functions that its walk goes
// through, under libevent's names where accounts of libevent name them.
//
// A request waits, is in flight, or is done; it is freed by the loop, after its callback. A server
// is up or down, and freed by the loop too. So a timer's callback that waits for the lock while
// another thread ends what it is about finds the memory still there, and nothing to do.
// Locks are taken in this order: a bufferevent's, a resolver's, a base's. No user is called with a
// resolver's lock held; evdns_set_log_fn's callback alone is.
// Only files of this folder include this header.
// Read next: dns_base.cc (life), request.cc (the way of a request), nameserver.cc, reply.cc.
#pragma once

#include <event2/dns.h>
#include <event2/event_struct.h>
#include <netinet/in.h>

#include "src/event/deferred.h"
#include "src/event/lists.h"
#include "src/net/dns/hosts.h"
#include "src/net/dns/message.h"
#include "src/net/dns/options.h"
#include "src/net/dns/search.h"
#include "src/util/memory.h"
#include "src/util/threads.h"
#include "trace/probe.h"

namespace dns {

template <class T>
struct Links {
    T* tqe_next;
    T** tqe_prev;
};
struct LinkOf {
    template <class T>
    static Links<T>& of(T* x) {
        return x->links;
    }
};
template <class T>
using Queue = TailQueue<T, LinkOf>;

/// A server and the socket by which it is asked: connected, so that the kernel drops what others
/// send, and tells when nobody is there.
/// Invariants: probe_timer is pending, or a probe is in flight, only while the server is down.
struct Nameserver {
    evdns_base* dns = nullptr;
    evutil_socket_t fd = -1;
    sockaddr_storage address{};
    socklen_t length = 0;
    bool connected = false;  ///< else it is tried again with each packet
    bool up = true;
    bool removed = false;
    int timeouts = 0;       ///< in a row, since it last answered
    int probes_failed = 0;  ///< since it went down
    evdns_request* probe = nullptr;
    event readable{};
    event probe_timer{};
    Links<Nameserver> links{};
};

/// What an answer holds. More addresses than these are left out, as stock does.
struct Answer {
    static constexpr int kMostAddresses = 32;
    int count = 0;
    std::uint32_t ttl = 0;
    unsigned char addresses[kMostAddresses * sizeof(in6_addr)]{};
    TextName pointer;    ///< of a PTR record
    TextName canonical;  ///< where the last CNAME leads; empty: there was none
};

/// `result` for a caller inside of the library (Told::always) where a user is told nothing.
inline constexpr int kDiscarded = -1;  ///< the resolver was freed, and was not to fail requests
inline constexpr int kBaseGone = -2;   ///< the loop's base is being freed: call no user
enum class Told { if_wanted, always };

}  // namespace dns

/// One question of a user, until its callback: it may be asked under several names, and each of
/// them several times.
/// Invariants: in `waiting` or `in_flight` of its resolver, as `state` says, or in neither; `timer`
/// is pending if and only if it is in flight; it holds a reference to its resolver.
struct evdns_request {
    enum class State { waiting, in_flight, done };

    evdns_base* dns = nullptr;
    State state = State::waiting;
    std::uint16_t type = 0;  ///< ns_t_a, ns_t_aaaa or ns_t_ptr
    bool is_probe = false;
    bool discarded = false;  ///< nobody wants to know
    dns::Told told = dns::Told::if_wanted;
    evdns_callback_type callback = nullptr;
    void* arg = nullptr;

    // --- what is asked ---
    char* name = nullptr;  ///< the user's
    dns::SearchList* search = nullptr;
    int candidates = 1;
    int candidate = 0;
    dns::WireName question;  ///< as it is sent: the cases of its letters are drawn
    std::uint16_t id = 0;
    dns::Nameserver* server = nullptr;
    int attempts = 0;  ///< how often this question was sent
    event timer{};

    // --- what came of it ---
    int result = DNS_ERR_NONE;
    std::uint32_t negative_ttl = 0;  ///< how long a "no" may be kept
    mm_ptr<dns::Answer> answer;
    event_callback deferred{};
    dns::Links<evdns_request> links{};
};

/// A resolver. `lock` guards everything but base and sleeps_when_inactive, which don't change.
struct evdns_base {
    event_base* base = nullptr;
    void* lock = nullptr;
    int refs = 1;  ///< the owner, requests, and servers, until the loop has freed them
    ev_uint64_t trace_stamp = 0;  ///< travels with the lock from thread to thread
    bool sleeps_when_inactive = false;
    bool suspended = false;
    int active = 0;  ///< users' requests that wait or are in flight
    dns::Options options;
    dns::SearchList* search = nullptr;
    dns::Hosts hosts;
    dns::Queue<dns::Nameserver> servers;
    dns::Nameserver* next_server = nullptr;  ///< whose turn it is; null: the first one's
    dns::Queue<evdns_request> in_flight;
    dns::Queue<evdns_request> waiting;
    int flying_users = 0;  ///< of those in flight, the users'; the others are probes
};

namespace dns {

void evdns_lock(evdns_base* dns);
void evdns_unlock(evdns_base* dns);
/// Holds a resolver's lock for a scope, in which nobody frees it.
class DnsLock {
 public:
    explicit DnsLock(evdns_base* dns) : dns_(dns) { evdns_lock(dns_); }
    ~DnsLock() { evdns_unlock(dns_); }
    DnsLock(const DnsLock&) = delete;
    DnsLock& operator=(const DnsLock&) = delete;

 private:
    evdns_base* dns_;
};

// What follows wants the lock, unless it says otherwise.

// --- dns_base.cc ---
/// Drops a reference. Without the lock.
void evdns_base_decref(evdns_base* dns);
/// event_assign of an event of our own.
void assign_event(event* ev, event_base* base, int fd, short what, event_callback_fn callback,
                  void* arg, const char* name);

// --- nameserver.cc ---
int evdns_nameserver_add(evdns_base* dns, const sockaddr* address, socklen_t length);
/// Out of the list, with what was asked of it still in flight.
void evdns_nameserver_remove(Nameserver* ns);
/// The next one that is up; if none is, the next one. Null: there are none.
Nameserver* nameserver_pick(evdns_base* dns);
bool nameserver_others_up(const Nameserver* ns);
/// Bytes sent; -1 with errno. A packet that can't be sent counts as lost on its way.
ssize_t nameserver_send(Nameserver* ns, Bytes packet);
/// It counts as down: requests go to others, if others are up.
void nameserver_failed(Nameserver* ns, const char* why);
/// It has answered.
void nameserver_up(Nameserver* ns);
/// Its probe went unanswered, or what it said was no good.
void nameserver_probe_failed(Nameserver* ns);
/// Where a resolver may sleep: the first request wakes its servers, the last one lets them rest.
void nameservers_wake(evdns_base* dns);
void nameservers_rest(evdns_base* dns);

// --- request.cc ---
/// A request that nobody knows yet. Null without memory, or if no candidate is a name.
evdns_request* request_new(evdns_base* dns, std::uint16_t type, const char* name, int flags,
                           evdns_callback_type callback, void* arg);
void request_submit(evdns_request* req);
/// A probe of one server, in flight at once. Null without memory.
evdns_request* request_probe(Nameserver* ns);
/// Sends waiting requests as long as there is room in flight, and a server.
void evdns_requests_pump_waiting_queue(evdns_base* dns);
/// Sends a question once more, to another server or the same.
void request_reissue(evdns_request* req, Nameserver* ns);
/// No answer came, or one that is no better. The request may be done afterwards.
void request_unanswered(evdns_request* req, const char* why);
/// The request in flight that has this id; null: none.
evdns_request* request_find_in_flight(const evdns_base* dns, std::uint16_t id);
/// Goes on with the next name of the search list. False if there is none.
bool search_try_next(evdns_request* req);
/// In flight no more, and before all others of those that wait.
void request_back_to_waiting(evdns_request* req);
void request_leave_queues(evdns_request* req);

// --- finish.cc ---
void request_init_deferred(evdns_request* req);
/// Done: the loop will call the callback.
void request_finished(evdns_request* req, int result);
/// Done, and nobody is told.
void request_discarded(evdns_request* req);
/// Frees what request_new made. Without the lock, and of a request that is in no queue.
void request_destroy(evdns_request* req);

// --- reply.cc ---
/// A packet came from a server.
void reply_parse(Nameserver* ns, Bytes packet);

// --- resolve.cc ---
/// Without the lock: a request of the library's own, which is told in any case.
evdns_request* resolve_told_always(evdns_base* dns, std::uint16_t type, const char* name,
                                   evdns_callback_type callback, void* arg);

}  // namespace dns
