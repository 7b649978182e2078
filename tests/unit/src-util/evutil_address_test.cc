// src/util/evutil_address and evutil_getaddrinfo: what is an address, and what only looks like one.
// The texts that are refused are those that stock libevent takes and should not, and nonsense.
// Numbers alone: no name server is asked.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>
#include <string>

#include <event2/util.h>

namespace {

/// "address port scope", or "no".
std::string parsed(const char* text) {
    sockaddr_storage storage;
    std::memset(&storage, 0xee, sizeof storage);
    int length = sizeof storage;
    char address[64];
    if (evutil_parse_sockaddr_port(text, reinterpret_cast<sockaddr*>(&storage), &length) != 0)
        return "no";
    if (storage.ss_family == AF_INET) {
        EXPECT_EQ(length, static_cast<int>(sizeof(sockaddr_in)));
        const auto& in = reinterpret_cast<const sockaddr_in&>(storage);
        evutil_inet_ntop(AF_INET, &in.sin_addr, address, sizeof address);
        return address + (" " + std::to_string(ntohs(in.sin_port)));
    }
    EXPECT_EQ(length, static_cast<int>(sizeof(sockaddr_in6)));
    const auto& in6 = reinterpret_cast<const sockaddr_in6&>(storage);
    evutil_inet_ntop(AF_INET6, &in6.sin6_addr, address, sizeof address);
    return address + (" " + std::to_string(ntohs(in6.sin6_port))) + " " +
           std::to_string(in6.sin6_scope_id);
}

TEST(EvutilAddress, ParseSockaddrPort) {
    EXPECT_EQ(parsed("1.2.3.4"), "1.2.3.4 0");
    EXPECT_EQ(parsed("1.2.3.4:80"), "1.2.3.4 80");
    EXPECT_EQ(parsed("1.2.3.4:65535"), "1.2.3.4 65535");
    EXPECT_EQ(parsed("::1"), "::1 0 0");
    EXPECT_EQ(parsed("[::1]"), "::1 0 0");
    EXPECT_EQ(parsed("[::1]:80"), "::1 80 0");
    EXPECT_EQ(parsed("[::1]:080"), "::1 80 0");
    const std::string lo = std::to_string(if_nametoindex("lo"));
    EXPECT_EQ(parsed("fe80::1%lo"), "fe80::1 0 " + lo);
    EXPECT_EQ(parsed("[fe80::1%lo]:80"), "fe80::1 80 " + lo);
    EXPECT_EQ(parsed("[fe80::1%77]:80"), "fe80::1 80 77");
}

TEST(EvutilAddress, ParseRefusesWhatIsNoAddress) {
    for (const char* text : {"",
                             ":80",
                             "1.2.3",
                             "1.2.3.4:",
                             "1.2.3.4:0",
                             "1.2.3.4:65536",
                             "1.2.3.4:80x",
                             "1.2.3.4: 80",
                             "1.2.3.4:+80",
                             "1.2.3.4:-1",
                             "1.2.3.4:18446744073709551696",
                             " 1.2.3.4",
                             "1.2.3.4 ",
                             "1.2.3.256",
                             "01.2.3.4",
                             "[::1",
                             "::1]:80",
                             "[::1]x",
                             "[::1]:",
                             "[]:80",
                             "[1.2.3.4]:80",
                             "fe80::1%nosuchinterface",
                             "fe80::1%1x",
                             "fe80::1%4294967297",
                             "fe80::1%",
                             "1.2.3.4%lo",
                             "localhost",
                             "localhost:80"}) {
        EXPECT_EQ(parsed(text), "no") << text;
    }
    const std::string endless(100000, ':');
    EXPECT_EQ(parsed(endless.c_str()), "no");
    EXPECT_EQ(parsed(("[" + endless + "]:80").c_str()), "no");
}

TEST(EvutilAddress, ParseNeedsRoom) {
    sockaddr_in6 room{};
    int length = sizeof(sockaddr_in) - 1;
    auto* out = reinterpret_cast<sockaddr*>(&room);
    EXPECT_EQ(evutil_parse_sockaddr_port("1.2.3.4", out, &length), -1);
    length = sizeof(sockaddr_in);
    EXPECT_EQ(evutil_parse_sockaddr_port("1.2.3.4", out, &length), 0);
    EXPECT_EQ(evutil_parse_sockaddr_port("::1", out, &length), -1);
    length = -1;
    EXPECT_EQ(evutil_parse_sockaddr_port("1.2.3.4", out, &length), -1);
}

TEST(EvutilAddress, Pton) {
    unsigned char bytes[16];
    EXPECT_EQ(evutil_inet_pton(AF_INET, "1.2.3.4", bytes), 1);
    EXPECT_EQ(bytes[3], 4);
    for (const char* text : {"1.2.3", "1.2.3.4.5", "01.2.3.4", "+1.2.3.4", " 1.2.3.4", "1.2.3.4x",
                             "1.2.3.4294967298", "0x1.2.3.4"})
        EXPECT_EQ(evutil_inet_pton(AF_INET, text, bytes), 0) << text;
    EXPECT_EQ(evutil_inet_pton(AF_INET6, "64:ff9b::1.2.3.4", bytes), 1);
    EXPECT_EQ(bytes[15], 4);
    for (const char* text : {"", ":", ":::", "1:::2", "12345::", "::0x1", "g::", "::1%lo",
                             "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:1.2.3.4"})
        EXPECT_EQ(evutil_inet_pton(AF_INET6, text, bytes), 0) << text;
    EXPECT_EQ(evutil_inet_pton(AF_UNIX, "x", bytes), -1);
}

TEST(EvutilAddress, PtonScope) {
    in6_addr address;
    unsigned index = 99;
    EXPECT_EQ(evutil_inet_pton_scope(AF_INET6, "fe80::1%lo", &address, &index), 1);
    EXPECT_EQ(index, if_nametoindex("lo"));
    EXPECT_EQ(evutil_inet_pton_scope(AF_INET6, "fe80::1", &address, &index), 1);
    EXPECT_EQ(index, 0u);
    index = 99;
    EXPECT_EQ(evutil_inet_pton_scope(AF_INET6, "fe80::x%lo", &address, &index), 0);
    EXPECT_EQ(index, 0u);
    EXPECT_EQ(evutil_inet_pton_scope(AF_INET, "1.2.3.4%lo", &address, &index), 0);
    EXPECT_EQ(evutil_inet_pton_scope(AF_UNIX, "x", &address, &index), -1);
}

TEST(EvutilAddress, Ntop) {
    char text[64];
    const in_addr address{htonl(0x01020304)};
    EXPECT_STREQ(evutil_inet_ntop(AF_INET, &address, text, sizeof text), "1.2.3.4");
    EXPECT_EQ(evutil_inet_ntop(AF_INET, &address, text, 7), nullptr);
    EXPECT_EQ(evutil_inet_ntop(AF_UNIX, &address, text, sizeof text), nullptr);
    in6_addr v6{};
    v6.s6_addr[15] = 1;
    EXPECT_STREQ(evutil_inet_ntop(AF_INET6, &v6, text, SIZE_MAX), "::1");
}

sockaddr_storage address(const char* text) {
    sockaddr_storage storage{};
    int length = sizeof storage;
    EXPECT_EQ(evutil_parse_sockaddr_port(text, reinterpret_cast<sockaddr*>(&storage), &length), 0);
    return storage;
}

int compare(const char* a, const char* b, bool port) {
    const sockaddr_storage x = address(a), y = address(b);
    const int order = evutil_sockaddr_cmp(reinterpret_cast<const sockaddr*>(&x),
                                          reinterpret_cast<const sockaddr*>(&y), port);
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

TEST(EvutilAddress, Compare) {
    EXPECT_EQ(compare("1.2.3.4:80", "1.2.3.4:80", true), 0);
    EXPECT_EQ(compare("1.2.3.4:80", "1.2.3.4:255", true), -1);
    EXPECT_EQ(compare("1.2.3.4:256", "1.2.3.4:255", true), 1) << "the bytes order them otherwise";
    EXPECT_EQ(compare("1.2.3.4:80", "1.2.3.4:81", false), 0);
    EXPECT_EQ(compare("1.2.3.4:80", "1.2.3.5:79", true), -1);
    EXPECT_EQ(compare("[::1]:80", "[::1]:80", true), 0);
    EXPECT_EQ(compare("[::2]:80", "[::1]:80", true), 1);
    EXPECT_EQ(compare("[::1]:80", "[::1]:81", true), -1);
    EXPECT_EQ(compare("1.2.3.4", "::1", true), -1) << "by family";
    sockaddr_un a{};
    a.sun_family = AF_UNIX;
    const auto* un = reinterpret_cast<const sockaddr*>(&a);
    EXPECT_NE(evutil_sockaddr_cmp(un, un, 0), 0) << "nobody can compare these";
}

// ---- getaddrinfo: numbers alone, so that no name server is asked
// ----------------------------------------

int lookup(const char* node, const char* service, evutil_addrinfo** list) {
    evutil_addrinfo hints{};
    hints.ai_flags = EVUTIL_AI_NUMERICHOST;
    hints.ai_socktype = SOCK_STREAM;
    return evutil_getaddrinfo(node, service, &hints, list);
}

TEST(EvutilGetaddrinfo, Numbers) {
    evutil_addrinfo* list = nullptr;
    ASSERT_EQ(lookup("127.0.0.1", "80", &list), 0);
    ASSERT_NE(list, nullptr);
    EXPECT_EQ(list->ai_family, AF_INET);
    EXPECT_EQ(ntohs(reinterpret_cast<const sockaddr_in*>(list->ai_addr)->sin_port), 80);
    evutil_freeaddrinfo(list);
    ASSERT_EQ(evutil_getaddrinfo("127.0.0.1", "80", nullptr, &list), 0);
    evutil_freeaddrinfo(list);
    evutil_freeaddrinfo(nullptr);
}

TEST(EvutilGetaddrinfo, ErrorsAreTheInterfacesAndLeaveNoList) {
    evutil_addrinfo junk{};
    evutil_addrinfo* list = &junk;
    EXPECT_EQ(lookup("nosuch", "80", &list), EVUTIL_EAI_NONAME);
    EXPECT_EQ(list, nullptr);
    EXPECT_EQ(lookup(nullptr, nullptr, &list), EVUTIL_EAI_NONAME);
    EXPECT_EQ(lookup("127.0.0.1", "nosuchservice", &list), EVUTIL_EAI_SERVICE);
    EXPECT_EQ(lookup("127.0.0.1", "99999", &list), EVUTIL_EAI_SERVICE);
    EXPECT_EQ(lookup("127.0.0.1", "-1", &list), EVUTIL_EAI_SERVICE);
    EXPECT_EQ(lookup("127.0.0.1", "99999999999999999999999", &list), EVUTIL_EAI_SERVICE);
}

TEST(EvutilGetaddrinfo, EveryErrorHasItsWords) {
    for (const int error :
         {EVUTIL_EAI_BADFLAGS, EVUTIL_EAI_NONAME, EVUTIL_EAI_AGAIN, EVUTIL_EAI_FAIL,
          EVUTIL_EAI_FAMILY, EVUTIL_EAI_SOCKTYPE, EVUTIL_EAI_SERVICE, EVUTIL_EAI_MEMORY,
          EVUTIL_EAI_SYSTEM, EVUTIL_EAI_ADDRFAMILY, EVUTIL_EAI_NODATA, EVUTIL_EAI_CANCEL, 0, -901,
          -907})
        EXPECT_STRNE(evutil_gai_strerror(error), "unknown error") << error;
    EXPECT_STREQ(evutil_gai_strerror(4711), "unknown error");
}

}  // namespace
