// Name servers of a test's own on the loopback: each query goes through a function of the test,
// which makes of it what comes back: the truth, a lie, nothing. And a base with a resolver that
// asks them, on the virtual clock: where nothing happens, time passes at once. Read next:
// dns_resolver_test.cc.
#pragma once

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <event2/dns.h>
#include <event2/event.h>
#include <event2/evglass.h>

namespace evglass::test {

using Packet = std::vector<unsigned char>;

/// An answer without records to a query.
inline Packet reply_to(Packet query, int rcode = 0) {
    query[2] = 0x81;
    query[3] = static_cast<unsigned char>(0x80 | rcode);
    return query;
}
/// The answer with one more record, of the question's name.
inline Packet with_record(Packet answer, int type, const Packet& data, int ttl = 60) {
    ++answer[7];
    const auto low = [](int n) { return static_cast<unsigned char>(n & 0xff); };
    for (const int byte :
         {0xc0, 12, 0, type, 0, 1, 0, 0, ttl >> 8, ttl, 0, static_cast<int>(data.size())})
        answer.push_back(low(byte));
    answer.insert(answer.end(), data.begin(), data.end());
    return answer;
}
/// The question's type.
inline int type_of(const Packet& query) {
    return query[query.size() - 3];
}
/// The question's name in wire form, in small letters, with dots.
inline std::string name_of(const Packet& query) {
    std::string out;
    for (std::size_t at = 12; at < query.size() && query[at] != 0; at += query[at] + 1u) {
        if (!out.empty()) out += '.';
        for (std::size_t i = 1; i <= query[at]; ++i)
            out += static_cast<char>(tolower(query[at + i]));
    }
    return out;
}
/// 192.0.2.1, or its like of IPv6.
inline Packet truth(const Packet& query) {
    if (type_of(query) == ns_t_aaaa)
        return with_record(reply_to(query), ns_t_aaaa,
                           {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    return with_record(reply_to(query), ns_t_a, {192, 0, 2, 1});
}
inline Packet silence(const Packet&) {
    return {};
}

class FakeDns {
 public:
    using Answer = std::function<Packet(const Packet&)>;

    FakeDns(event_base* base, Answer answer) : answer_(std::move(answer)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* sa = reinterpret_cast<sockaddr*>(&address);
        fd_ = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        EXPECT_EQ(bind(fd_, sa, length), 0);
        EXPECT_EQ(getsockname(fd_, sa, &length), 0);
        port_ = ntohs(address.sin_port);
        event_ = event_new(base, fd_, EV_READ | EV_PERSIST, asked, this);
        event_add(event_, nullptr);
    }
    ~FakeDns() { leave(); }
    FakeDns(const FakeDns&) = delete;
    FakeDns& operator=(const FakeDns&) = delete;

    /// Nobody listens at the port any more.
    void leave() {
        if (event_ == nullptr) return;
        event_free(std::exchange(event_, nullptr));
        close(fd_);
    }
    std::string place() const { return "127.0.0.1:" + std::to_string(port_); }
    void answer_with(Answer answer) { answer_ = std::move(answer); }
    /// A packet to whoever asked last.
    void send(const Packet& packet) {
        sendto(fd_, packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&peer_),
               sizeof peer_);
    }
    const std::vector<Packet>& queries() const { return queries_; }
    std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (const Packet& query : queries_) out.push_back(name_of(query));
        return out;
    }

 private:
    static void asked(evutil_socket_t fd, short, void* self_) {
        auto& self = *static_cast<FakeDns*>(self_);
        unsigned char bytes[1024];
        socklen_t length = sizeof self.peer_;
        const ssize_t n =
            recvfrom(fd, bytes, sizeof bytes, 0, reinterpret_cast<sockaddr*>(&self.peer_), &length);
        if (n < 12) return;
        self.queries_.emplace_back(bytes, bytes + n);
        const Packet answer = self.answer_(self.queries_.back());
        if (!answer.empty()) self.send(answer);
    }

    Answer answer_;
    int fd_ = -1;
    int port_ = 0;
    sockaddr_in peer_{};
    event* event_ = nullptr;
    std::vector<Packet> queries_;
};

/// What a callback of evdns was told.
struct Told {
    int times = 0;
    int result = -1;
    int type = 0;
    int count = 0;
    int ttl = 0;
    std::string addresses;

    static void take(int result, char type, int count, int ttl, void* addresses, void* self_) {
        auto& self = *static_cast<Told*>(self_);
        ++self.times;
        self.result = result;
        self.type = type;
        self.count = count;
        self.ttl = ttl;
        self.addresses.clear();
        if (addresses == nullptr) return;
        if (type == DNS_PTR) {
            self.addresses = *static_cast<char**>(addresses);
            return;
        }
        const bool six = type == DNS_IPv6_AAAA;
        for (int i = 0; i < count; ++i) {
            char text[INET6_ADDRSTRLEN];
            inet_ntop(six ? AF_INET6 : AF_INET, static_cast<char*>(addresses) + i * (six ? 16 : 4),
                      text, sizeof text);
            self.addresses += (i > 0 ? " " : "") + std::string(text);
        }
    }
};

class Resolving : public testing::Test {
 protected:
    Resolving() { evglass_use_virtual_clock(1); }
    ~Resolving() override {
        if (dns != nullptr) evdns_base_free(dns, 0);
        servers.clear();
        event_base_free(base);
        evglass_use_virtual_clock(0);
    }

    FakeDns& server(FakeDns::Answer answer) {
        servers.push_back(std::make_unique<FakeDns>(base, std::move(answer)));
        EXPECT_EQ(evdns_base_nameserver_ip_add(dns, servers.back()->place().c_str()), 0);
        return *servers.back();
    }
    evdns_request* ask(const char* name, Told& told, int flags = 0) {
        return evdns_base_resolve_ipv4(dns, name, flags, Told::take, &told);
    }
    void set(const char* option, const char* value) {
        EXPECT_EQ(evdns_base_set_option(dns, option, value), 0) << option;
    }
    /// Lets the loop run for so long, on the clock that it has.
    void run(int milliseconds) {
        const timeval time{milliseconds / 1000, milliseconds % 1000 * 1000};
        event_base_loopexit(base, &time);
        event_base_dispatch(base);
    }
    /// The loop's time, in milliseconds since it was first asked.
    long now_ms() {
        timeval now{};
        event_base_gettimeofday_cached(base, &now);
        const long ms = now.tv_sec * 1000 + now.tv_usec / 1000;
        if (first_ms_ == 0) first_ms_ = ms;
        return ms - first_ms_;
    }

    event_base* base = event_base_new();
    evdns_base* dns = evdns_base_new(base, 0);
    std::vector<std::unique_ptr<FakeDns>> servers;

 private:
    long first_ms_ = 0;
};

}  // namespace evglass::test
