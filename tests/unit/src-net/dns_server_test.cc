// A DNS server of the program's: queries as packets, answers as packets, and what is in between.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include <event2/dns_struct.h>

#include "src/net/dns/message.h"
#include "src/util/sys.h"
#include "tests/support/failing_memory.h"
#include "tests/unit/src-net/fake_dns.h"

namespace {

using evglass::test::FailingMemory;
using evglass::test::Packet;
using evglass::test::Told;
using testing::ElementsAre;

/// A server on the loopback and a client of it.
class DnsServer : public testing::Test {
 protected:
    DnsServer() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* sa = reinterpret_cast<sockaddr*>(&address);
        socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        EXPECT_EQ(bind(socket_, sa, length), 0);
        getsockname(socket_, sa, &length);
        place = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
        client_ = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        EXPECT_EQ(connect(client_, sa, length), 0);
        port = evdns_add_server_port_with_base(base, socket_, 0, asked, this);
        EXPECT_NE(port, nullptr);
    }
    ~DnsServer() override {
        sys::set_table(nullptr);
        if (port != nullptr) evdns_close_server_port(port);
        turn();
        close(client_);
        event_base_free(base);
    }

    static void asked(evdns_server_request* request, void* self_) {
        auto& self = *static_cast<DnsServer*>(self_);
        self.requests.push_back(request);
        for (int i = 0; i < request->nquestions; ++i) {
            const evdns_server_question& q = *request->questions[i];
            self.questions.push_back(std::string(q.name) + " " + std::to_string(q.type) + "/" +
                                     std::to_string(q.dns_question_class));
        }
        if (self.answer) self.answer(request);
    }
    void turn() { event_base_loop(base, EVLOOP_NONBLOCK); }
    void send(const Packet& packet) {
        EXPECT_GE(::send(client_, packet.data(), packet.size(), 0), 0);
    }
    Packet receive() {
        Packet out(4096);
        const ssize_t n = recv(client_, out.data(), out.size(), 0);
        out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
        return out;
    }
    static Packet query(const char* name, int type = EVDNS_TYPE_A) {
        dns::Question question;
        EXPECT_TRUE(dns::parse_name(name, question.name));
        question.type = static_cast<std::uint16_t>(type);
        question.dns_class = 1;
        Packet out(512);
        out.resize(dns::write_query(0x1234, question, out));
        return out;
    }
    /// The records of an answer: "name type ttl data".
    static std::vector<std::string> records(const Packet& packet) {
        std::vector<std::string> out;
        dns::Reader reader(packet);
        dns::Header header;
        EXPECT_TRUE(reader.header(header));
        dns::Question question;
        for (int i = 0; i < header.count[0]; ++i) EXPECT_TRUE(reader.question(question));
        for (int i = 0; i < header.count[1] + header.count[2] + header.count[3]; ++i) {
            dns::Record record;
            if (!reader.record(record)) return {"malformed"};
            dns::TextName name, data;
            EXPECT_TRUE(dns::print_name(record.name, name));
            std::string text = std::string(name.text) + " " + std::to_string(record.type) + " " +
                               std::to_string(record.ttl) + " ";
            dns::WireName target;
            const bool is_name = record.type == 5 || record.type == 12 || record.type == 2;
            if (is_name && reader.name_in(record.data, target) && dns::print_name(target, data))
                text += data.text;
            else
                for (const unsigned char byte : record.data) text += std::to_string(byte) + ".";
            out.push_back(text);
        }
        return out;
    }
    static int flags_of(const Packet& packet) { return packet[2] << 8 | packet[3]; }

    event_base* base = event_base_new();
    evdns_server_port* port = nullptr;
    std::string place;
    std::function<void(evdns_server_request*)> answer;
    std::vector<evdns_server_request*> requests;
    std::vector<std::string> questions;

 private:
    int socket_ = -1, client_ = -1;
};

// Shows T377 T378: a callback for each query; questions have a type, a class and a name.
TEST_F(DnsServer, EachQueryIsTold) {
    answer = [](evdns_server_request* r) { evdns_server_request_drop(r); };
    send(query("www.example.com"));
    send(query("WWW.example.com", EVDNS_QTYPE_ALL));
    send(query("."));
    turn();
    EXPECT_THAT(questions, ElementsAre("www.example.com 1/1", "WWW.example.com 255/1", " 1/1"));
    EXPECT_TRUE(receive().empty());
}

TEST_F(DnsServer, WhoAsksIsKnown) {
    answer = [](evdns_server_request* r) {
        EXPECT_EQ(r->flags, 0x100) << "recursion is desired";
        sockaddr_in in{};
        auto* sa = reinterpret_cast<sockaddr*>(&in);
        EXPECT_EQ(evdns_server_request_get_requesting_addr(r, sa, 4), -1);
        EXPECT_EQ(evdns_server_request_get_requesting_addr(r, sa, -1), -1);
        EXPECT_EQ(evdns_server_request_get_requesting_addr(r, sa, sizeof in),
                  static_cast<int>(sizeof in));
        EXPECT_EQ(in.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
        evdns_server_request_drop(r);
    };
    send(query("www.example.com"));
    turn();
    EXPECT_EQ(requests.size(), 1u);
}

// Shows T380 T382: what was added is sent, in its section.
TEST_F(DnsServer, AllRecordsAreSent) {
    answer = [](evdns_server_request* r) {
        const char* name = r->questions[0]->name;
        const unsigned char two[8] = {1, 2, 3, 4, 5, 6, 7, 8};
        in_addr in{};
        inet_pton(AF_INET, "192.0.2.7", &in);
        EXPECT_EQ(evdns_server_request_add_a_reply(r, name, 2, two, 10), 0);
        EXPECT_EQ(evdns_server_request_add_cname_reply(r, "alias.example.com", name, 20), 0);
        EXPECT_EQ(evdns_server_request_add_ptr_reply(r, &in, nullptr, "host.example.com", 30), 0);
        EXPECT_EQ(evdns_server_request_add_ptr_reply(r, nullptr, "x.arpa", "y.example.com", 31), 0);
        EXPECT_EQ(evdns_server_request_add_ptr_reply(r, &in, "x.arpa", "y", 31), -1);
        EXPECT_EQ(evdns_server_request_add_ptr_reply(r, nullptr, nullptr, "y", 31), -1);
        EXPECT_EQ(evdns_server_request_add_reply(r, EVDNS_ADDITIONAL_SECTION, name, EVDNS_TYPE_TXT,
                                                 1, 50, 3, 0, "\2hi"),
                  0);
        EXPECT_EQ(evdns_server_request_add_reply(r, EVDNS_AUTHORITY_SECTION, name, EVDNS_TYPE_NS, 1,
                                                 40, 0, 1, "ns.example.com"),
                  0);
        EXPECT_EQ(evdns_server_request_add_reply(r, 3, name, 1, 1, 1, 0, 0, ""), -1);
        EXPECT_EQ(evdns_server_request_add_reply(r, 0, "a..b", 1, 1, 1, 0, 0, ""), -1);
        EXPECT_EQ(evdns_server_request_add_reply(r, 0, name, 1, 1, 1, -1, 0, ""), -1);
        EXPECT_EQ(evdns_server_request_respond(r, 0), 0);
    };
    send(query("www.example.com"));
    turn();
    EXPECT_THAT(
        records(receive()),
        ElementsAre("www.example.com 1 10 1.2.3.4.", "www.example.com 1 10 5.6.7.8.",
                    "alias.example.com 5 20 www.example.com",
                    "7.2.0.192.in-addr.arpa 12 30 host.example.com", "x.arpa 12 31 y.example.com",
                    "www.example.com 2 40 ns.example.com", "www.example.com 16 50 2.104.105."));
}

TEST_F(DnsServer, T383_flags_can_be_set) {
    int wish = 0, error = 0;
    answer = [&](evdns_server_request* r) {
        if (wish != 0) evdns_server_request_set_flags(r, wish);
        evdns_server_request_respond(r, error);
    };
    const auto flags_with = [&](int flags, int err) {
        wish = flags;
        error = err;
        send(query("www.example.com"));
        turn();
        return flags_of(receive());
    };
    EXPECT_EQ(flags_with(0, 0), 0x8100);
    EXPECT_EQ(flags_with(EVDNS_FLAGS_AA, 0), 0x8500);
    EXPECT_EQ(flags_with(EVDNS_FLAGS_RD, 0), 0x8180) << "the bit that says: recursion available";
    EXPECT_EQ(flags_with(0, DNS_ERR_NOTEXIST), 0x8103);
    EXPECT_EQ(flags_with(0xffff, DNS_ERR_NONE), 0x85f0) << "not what is the library's to say";
}

TEST_F(DnsServer, WhatHasNoRoomIsLeftOutWhole) {
    answer = [](evdns_server_request* r) {
        const std::vector<unsigned char> many(400, 7);
        evdns_server_request_add_a_reply(r, r->questions[0]->name, 100, many.data(), 10);
        evdns_server_request_respond(r, 0);
    };
    send(query("www.example.com"));
    turn();
    const Packet packet = receive();
    EXPECT_LE(packet.size(), 512u);
    EXPECT_GT(packet.size(), 496u);
    EXPECT_EQ(flags_of(packet), 0x8300) << "truncated";
    EXPECT_EQ(records(packet).back(), "www.example.com 1 10 7.7.7.7.");
}

TEST_F(DnsServer, WhatIsNoQueryIsDropped) {
    Packet is_answer = query("www.example.com"), other_operation = is_answer, none = is_answer,
           more = is_answer;
    is_answer[2] |= 0x80;
    other_operation[2] |= 0x28;
    none[5] = 0;
    more[5] = 9;
    for (const Packet& packet : {is_answer, other_operation, none, more, Packet{1, 2, 3}, Packet{},
                                 Packet(is_answer.begin(), is_answer.begin() + 20)})
        send(packet);
    turn();
    EXPECT_TRUE(requests.empty());
    EXPECT_TRUE(receive().empty());
}

TEST_F(DnsServer, AnswersMayComeLaterInAnyOrderAndAfterTheEnd) {
    send(query("one.example.com"));
    send(query("two.example.com"));
    turn();
    ASSERT_EQ(requests.size(), 2u);
    evdns_close_server_port(std::exchange(port, nullptr));
    send(query("three.example.com"));
    turn();
    EXPECT_EQ(requests.size(), 2u) << "a closed port takes no more";
    EXPECT_EQ(evdns_server_request_respond(requests[1], 0), 0);
    EXPECT_EQ(evdns_server_request_drop(requests[0]), 0);
    EXPECT_FALSE(receive().empty());
}

TEST_F(DnsServer, ClosingItFromItsCallback) {
    answer = [this](evdns_server_request* r) {
        evdns_close_server_port(std::exchange(port, nullptr));
        evdns_server_request_respond(r, DNS_ERR_REFUSED);
    };
    send(query("one.example.com"));
    send(query("two.example.com"));
    turn();
    EXPECT_EQ(requests.size(), 1u);
    EXPECT_EQ(flags_of(receive()), 0x8105);
}

TEST_F(DnsServer, AFullSocketIsWaitedFor) {
    static bool full;
    full = true;
    sys::Table table = sys::kernel;
    table.sendto = [](int fd, const void* data, size_t size, const sockaddr* to, socklen_t n) {
        if (!full) return sys::kernel.sendto(fd, data, size, to, n);
        errno = EAGAIN;
        return ssize_t{-1};
    };
    sys::set_table(&table);
    std::vector<int> results;
    answer = [&](evdns_server_request* r) {
        results.push_back(evdns_server_request_respond(r, 0));
        full = false;
    };
    send(query("one.example.com"));
    send(query("two.example.com"));
    turn();
    EXPECT_THAT(results, ElementsAre(1, 1)) << "the second waits behind the first";
    EXPECT_THAT(std::string(1, static_cast<char>(receive()[13])), "o");
    EXPECT_THAT(std::string(1, static_cast<char>(receive()[13])), "t");
    sys::set_table(nullptr);
}

TEST_F(DnsServer, ASocketThatFailsIsTold) {
    sys::Table table = sys::kernel;
    table.sendto = [](int, const void*, size_t, const sockaddr*, socklen_t) {
        errno = EPERM;
        return ssize_t{-1};
    };
    sys::set_table(&table);
    event_set_log_callback([](int, const char*) {});
    int result = 0;
    answer = [&](evdns_server_request* r) { result = evdns_server_request_respond(r, 0); };
    send(query("one.example.com"));
    turn();
    EXPECT_EQ(result, -1);
    event_set_log_callback(nullptr);
    sys::set_table(nullptr);
}

TEST_F(DnsServer, FlagsAreForLater) {
    EXPECT_EQ(evdns_add_server_port_with_base(base, 0, 1, asked, this), nullptr);
}

TEST_F(DnsServer, OurResolverUnderstandsIt) {
    answer = [](evdns_server_request* r) {
        const unsigned char two[8] = {192, 0, 2, 1, 192, 0, 2, 2};
        evdns_server_request_add_a_reply(r, r->questions[0]->name, 2, two, 10);
        evdns_server_request_respond(r, 0);
    };
    evdns_base* resolver = evdns_base_new(base, 0);
    evdns_base_nameserver_ip_add(resolver, place.c_str());
    Told told;
    evdns_base_resolve_ipv4(resolver, "www.example.com", 0, Told::take, &told);
    while (told.times == 0) event_base_loop(base, EVLOOP_ONCE);
    EXPECT_EQ(told.addresses, "192.0.2.1 192.0.2.2");
    evdns_base_free(resolver, 0);
}

TEST_F(DnsServer, EveryAllocationMayFail) {
    answer = [](evdns_server_request* r) {
        const unsigned char two[8] = {192, 0, 2, 1, 192, 0, 2, 2};
        evdns_server_request_add_a_reply(r, r->questions[0]->name, 2, two, 10);
        evdns_server_request_add_cname_reply(r, "alias.test", r->questions[0]->name, 10);
        evdns_server_request_respond(r, 0);
    };
    for (long n = 1; n < 10; ++n) {
        FailingMemory memory;
        memory.fail_at(n);
        send(query("www.example.com"));
        turn();
        receive();
        EXPECT_EQ(memory.live(), 0) << "allocation " << n;
    }
}

}  // namespace
