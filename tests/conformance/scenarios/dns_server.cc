// Scenarios: a DNS server of the program's own, and a client that sends it packets.
// Read next: dns.cc.
#include <event2/dns_struct.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "tests/conformance/scenarios/dns.h"

using namespace evglass::conformance;

namespace {

using Answering = std::function<void(evdns_server_request*)>;

/// A server that says what it is asked, and a client.
class Serving {
 public:
    Serving(event_base* base, Answering answer)
        : base_(base),
          answer_(std::move(answer)),
          client_(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
        const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* sa = reinterpret_cast<sockaddr*>(&address);
        if (bind(fd, sa, length) != 0) say("no server");
        getsockname(fd, sa, &length);
        place_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
        if (connect(client_, sa, length) != 0) say("no client");
        port_ = evdns_add_server_port_with_base(base, fd, 0, asked, this);
        if (port_ == nullptr) close(fd);
    }
    ~Serving() { end(); }
    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;

    void end() {
        if (port_ != nullptr) evdns_close_server_port(std::exchange(port_, nullptr));
    }
    const std::string& place() const { return place_; }
    void send(const Packet& packet) {
        if (::send(client_, packet.data(), packet.size(), 0) < 0) say("send failed");
    }
    /// Sends, and says what comes back.
    void ask(const Packet& packet) {
        send(packet);
        run_for(base_, 20);
        receive();
    }
    void receive() {
        unsigned char bytes[2048];
        const ssize_t n = recv(client_, bytes, sizeof bytes, 0);
        if (n < 0) {
            say("no answer");
            return;
        }
        std::string text;
        for (ssize_t i = 0; i < n && i < 200; ++i) {
            char two[3];
            evutil_snprintf(two, sizeof two, "%02x", bytes[i]);
            text += two;
        }
        say("an answer: %s", text.c_str());
    }

 private:
    static void asked(evdns_server_request* request, void* self_) {
        auto& self = *static_cast<Serving*>(self_);
        say("asked, flags %x, %d questions", request->flags, request->nquestions);
        for (int i = 0; i < request->nquestions; ++i)
            say("  '%s' type %d class %d", request->questions[i]->name, request->questions[i]->type,
                request->questions[i]->dns_question_class);
        self.answer_(request);
    }
    event_base* base_;
    Answering answer_;
    Fd client_;
    std::string place_;
    evdns_server_port* port_ = nullptr;
};

/// A query for a name of one label.
Packet query(const char* label, int type = EVDNS_TYPE_A, int flags = 0x100) {
    Packet out = {0x12,
                  0x34,
                  static_cast<unsigned char>(flags >> 8),
                  static_cast<unsigned char>(flags),
                  0,
                  1,
                  0,
                  0,
                  0,
                  0,
                  0,
                  0};
    const std::size_t length = std::strlen(label);
    if (length != 0) out.push_back(static_cast<unsigned char>(length));
    out.insert(out.end(), label, label + length);
    for (const int byte : {0, 0, type, 0, 1}) out.push_back(static_cast<unsigned char>(byte));
    return out;
}

const unsigned char kAddress[4] = {192, 0, 2, 1};

}  // namespace

SCENARIO(T377_dns_each_query_is_told) {
    const Base base = new_base();
    Serving server(base.get(),
                   [](evdns_server_request* r) { say("drop = %d", evdns_server_request_drop(r)); });
    server.ask(query("www"));
    server.ask(query("WWW", EVDNS_QTYPE_ALL, 0x110));
    server.ask(query(""));
}

SCENARIO(T378_dns_two_questions) {
    const Base base = new_base();
    Serving server(base.get(), [](evdns_server_request* r) {
        say("respond = %d", evdns_server_request_respond(r, 0));
    });
    Packet two = query("a");
    two[5] = 2;
    two.insert(two.end(), {1, 'b', 0, 0, 28, 0, 1});
    server.ask(two);
}

SCENARIO(dns_who_asks) {
    const Base base = new_base();
    Serving server(base.get(), [](evdns_server_request* r) {
        sockaddr_in in{};
        auto* sa = reinterpret_cast<sockaddr*>(&in);
        say("too little room: %d", evdns_server_request_get_requesting_addr(r, sa, 4));
        const int length = evdns_server_request_get_requesting_addr(r, sa, sizeof in);
        say("length %s, from here %s", yes_no(length == sizeof in),
            yes_no(in.sin_addr.s_addr == htonl(INADDR_LOOPBACK)));
        evdns_server_request_drop(r);
    });
    server.ask(query("www"));
}

// Shows T380 T381 T382.
SCENARIO(dns_an_answer_of_many_records) {
    const Base base = new_base();
    Serving server(base.get(), [](evdns_server_request* r) {
        const unsigned char six[16] = {0x20, 1, 0xd, 0xb8};
        in_addr in{};
        evutil_inet_pton(AF_INET, "192.0.2.7", &in);
        say("a %d, aaaa %d, cname %d, ptr %d %d, both %d, none %d",
            evdns_server_request_add_a_reply(r, "www", 1, kAddress, 10),
            evdns_server_request_add_aaaa_reply(r, "www", 1, six, 20),
            evdns_server_request_add_cname_reply(r, "www", "alias.www", 30),
            evdns_server_request_add_ptr_reply(r, &in, nullptr, "host.www", 40),
            evdns_server_request_add_ptr_reply(r, nullptr, "9.in-addr.arpa", "host.www", 41),
            evdns_server_request_add_ptr_reply(r, &in, "9.in-addr.arpa", "host", 42),
            evdns_server_request_add_ptr_reply(r, nullptr, nullptr, "host", 43));
        say("ns %d, txt %d, no section %d",
            evdns_server_request_add_reply(r, EVDNS_AUTHORITY_SECTION, "www", EVDNS_TYPE_NS, 1, 50,
                                           -1, 1, "ns.www"),
            evdns_server_request_add_reply(r, EVDNS_ADDITIONAL_SECTION, "www", EVDNS_TYPE_TXT, 1,
                                           60, 3, 0, "\2hi"),
            evdns_server_request_add_reply(r, 9, "www", EVDNS_TYPE_TXT, 1, 60, 3, 0, "\2hi"));
        say("respond = %d", evdns_server_request_respond(r, 0));
    });
    server.ask(query("www"));
}

SCENARIO(T383_dns_flags) {
    const Base base = new_base();
    static int flags;
    Serving server(base.get(), [](evdns_server_request* r) {
        if (flags != 0) evdns_server_request_set_flags(r, flags);
        evdns_server_request_respond(r, flags == 0 ? DNS_ERR_NOTEXIST : DNS_ERR_NONE);
    });
    for (const int wish : {0, EVDNS_FLAGS_AA, EVDNS_FLAGS_RD, EVDNS_FLAGS_AA | EVDNS_FLAGS_RD}) {
        flags = wish;
        server.ask(query("www"));
    }
}

SCENARIO(T380_dns_two_addresses_in_one_call) {
    const Base base = new_base();
    Serving server(base.get(), [](evdns_server_request* r) {
        const unsigned char two[8] = {192, 0, 2, 1, 192, 0, 2, 2};
        evdns_server_request_add_a_reply(r, "www", 2, two, 10);
        evdns_server_request_respond(r, 0);
    });
    const Dns dns = new_dns(base.get(), {});
    evdns_base_nameserver_ip_add(dns.get(), server.place().c_str());
    evdns_base_set_option(dns.get(), "randomize-case", "0");
    const Asked asked(dns, "www");
    run_until(base.get(), [&] { return asked.is_told(); });
    server.ask(query("www"));
}

SCENARIO(dns_packets_that_are_no_queries) {
    const Base base = new_base();
    Serving server(base.get(), [](evdns_server_request* r) { evdns_server_request_drop(r); });
    Packet none = query("www"), more = query("www");
    none[5] = 0;
    more[5] = 9;
    server.ask(query("www", EVDNS_TYPE_A, 0x8100));
    server.ask(none);
    server.ask(more);
}

SCENARIO(dns_another_operation_is_no_query) {
    const Base base = new_base();
    Serving server(base.get(), [](evdns_server_request* r) { evdns_server_request_drop(r); });
    server.ask(query("www", EVDNS_TYPE_A, 0x2900));
}

SCENARIO(dns_answers_later) {
    const Base base = new_base();
    // What is not answered in the end is dropped, before its server goes.
    struct Out {
        ~Out() {
            for (evdns_server_request* r : requests) evdns_server_request_drop(r);
            requests.clear();
        }
        std::vector<evdns_server_request*> requests;
    };
    static Out* list;
    Out out;
    list = &out;
    Serving server(base.get(), [](evdns_server_request* r) { list->requests.push_back(r); });
    server.ask(query("one"));
    server.ask(query("two"));
    if (out.requests.size() != 2) return;
    const auto requests = std::exchange(out.requests, {});
    say("drop = %d", evdns_server_request_drop(requests[0]));
    say("respond = %d", evdns_server_request_respond(requests[1], DNS_ERR_REFUSED));
    server.receive();
    server.end();
    run_for(base.get(), 10);
}
