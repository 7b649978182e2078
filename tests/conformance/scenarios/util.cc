// Scenarios: the helpers of event2/util.h that give the same answer everywhere: addresses, numbers,
// strings, dates, error texts. No network is used.
// Read next: main.cc.
#include <arpa/inet.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "tests/conformance/scenarios/scenario.h"

using namespace evglass::conformance;

namespace {

std::string address_text(const sockaddr* address) {
    char text[128] = "?";
    int port = 0;
    if (address->sa_family == AF_INET) {
        const auto* in = reinterpret_cast<const sockaddr_in*>(address);
        evutil_inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
        port = ntohs(in->sin_port);
    } else if (address->sa_family == AF_INET6) {
        const auto* in = reinterpret_cast<const sockaddr_in6*>(address);
        evutil_inet_ntop(AF_INET6, &in->sin6_addr, text, sizeof text);
        port = ntohs(in->sin6_port);
    }
    return std::string(text) + " port " + std::to_string(port);
}

void tell_parsed(const char* text) {
    sockaddr_storage storage{};
    int length = sizeof storage;
    const int result =
        evutil_parse_sockaddr_port(text, reinterpret_cast<sockaddr*>(&storage), &length);
    const std::string said =
        result == 0 ? address_text(reinterpret_cast<sockaddr*>(&storage)) : "-";
    say("'%s' = %d: %s, length %d", text, result, said.c_str(), result == 0 ? length : -1);
}

void tell_pton(int family, const char* text) {
    unsigned char bytes[16] = {};
    const int result = evutil_inet_pton(family, text, bytes);
    char back[64] = "-";
    if (result == 1) evutil_inet_ntop(family, bytes, back, sizeof back);
    say("'%s' = %d: %s", text, result, back);
}

void tell_lookup(const char* host, const char* service, int flags) {
    evutil_addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    evutil_addrinfo* found = nullptr;
    const int result = evutil_getaddrinfo(host, service, &hints, &found);
    say("%s %s = %d", host == nullptr ? "null" : host, service == nullptr ? "null" : service,
        result);
    for (const evutil_addrinfo* a = found; a != nullptr; a = a->ai_next)
        say("  %s, type %d", address_text(a->ai_addr).c_str(), a->ai_socktype);
    if (found != nullptr) evutil_freeaddrinfo(found);
}

}  // namespace

SCENARIO(util_addresses_with_ports) {
    for (const char* text : {"1.2.3.4",
                             "1.2.3.4:80",
                             "1.2.3.4:0",
                             "1.2.3.4:65535",
                             "1.2.3.4:65536",
                             "1.2.3.4:",
                             "1.2.3:80",
                             "256.1.1.1",
                             "[::1]:80",
                             "[::1]",
                             "::1",
                             "[::1]:99999",
                             "[fe80::1",
                             "[]",
                             "",
                             "::",
                             "1::2:3",
                             "[1.2.3.4]:80",
                             "::ffff:1.2.3.4",

                             "1.2.3.4:-1",
                             "abc",
                             ":80"})
        tell_parsed(text);
}

SCENARIO(util_an_address_with_a_tail) {
    tell_parsed("[::1]x");
}

SCENARIO(util_inet_pton_4) {
    for (const char* text : {"1.2.3.4", "0.0.0.0", "255.255.255.255", "256.0.0.1", "1.2.3",
                             "1.2.3.4.5", "1.2.3.4x", "", "a.b.c.d", "-1.2.3.4"})
        tell_pton(AF_INET, text);
}

SCENARIO(util_inet_pton_6) {
    for (const char* text :
         {"::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3",
          "::ffff:1.2.3.4", "::1.2.3.4", "fe80::1", "12345::", "g::", ":", "",
          "1:2:3:4:5:6:1.2.3.4", "2001:db8:0:0:0:0:0:1", "1:0:0:2:0:0:0:3"})
        tell_pton(AF_INET6, text);
}

SCENARIO(util_inet_of_another_family) {
    tell_pton(AF_UNIX, "1.2.3.4");
    char text[4];
    const unsigned char bytes[4] = {192, 168, 100, 200};
    say("too short: %s",
        evutil_inet_ntop(AF_INET, bytes, text, sizeof text) == nullptr ? "null" : "text");
}

SCENARIO(util_strtoll) {
    for (const char* text :
         {"0", "12", "-12", "12x", "x", "", "9223372036854775807", " 7", "0x1f"}) {
        char* end = nullptr;
        const long long value = evutil_strtoll(text, &end, 10);
        say("'%s' = %lld, rest '%s'", text, value, end);
    }
    say("base 16: %lld", static_cast<long long>(evutil_strtoll("ff", nullptr, 16)));
}

SCENARIO(util_snprintf) {
    char text[8];
    say("%d '%s'", evutil_snprintf(text, sizeof text, "%s", "short"), "");
    say("%s", text);
    const int needed = evutil_snprintf(text, sizeof text, "%d-%s", 42, "much too long");
    say("%d '%s'", needed, text);
}

SCENARIO(util_snprintf_without_room) {
    say("%d", evutil_snprintf(nullptr, 0, "abc"));
}

SCENARIO(util_ascii_comparisons) {
    const char* words[] = {"abc", "ABC", "abd", "ab", "", "ABCD", "[", "{"};
    const auto sign = [](int n) { return (n > 0) - (n < 0); };
    for (const char* a : words)
        for (const char* b : words)
            say("%s %s: %d %d", a, b, sign(evutil_ascii_strcasecmp(a, b)),
                sign(evutil_ascii_strncasecmp(a, b, 2)));
}

SCENARIO(util_timer_macros) {
    const timeval a{1, 900000}, b{2, 200000};
    timeval sum{}, difference{};
    evutil_timeradd(&a, &b, &sum);
    evutil_timersub(&b, &a, &difference);
    say("sum %ld.%06ld, difference %ld.%06ld", static_cast<long>(sum.tv_sec),
        static_cast<long>(sum.tv_usec), static_cast<long>(difference.tv_sec),
        static_cast<long>(difference.tv_usec));
    say("%d %d %d %d", evutil_timercmp(&a, &b, <), evutil_timercmp(&a, &b, ==),
        evutil_timercmp(&a, &b, !=), evutil_timercmp(&a, &b, >=));
    evutil_timerclear(&sum);
    say("set %d", evutil_timerisset(&sum) != 0);
}

SCENARIO(util_date_rfc1123) {
    for (const time_t when : {time_t{0}, time_t{951782400}, time_t{1700000000}}) {
        tm broken{};
        gmtime_r(&when, &broken);
        char text[64];
        const int length = evutil_date_rfc1123(text, sizeof text, &broken);
        say("%d '%s'", length, text);
    }
    char small[10];
    const time_t zero = 0;
    tm broken{};
    gmtime_r(&zero, &broken);
    say("too small: %s", yes_no(evutil_date_rfc1123(small, sizeof small, &broken) >= 10));
}

SCENARIO(util_socket_errors) {
    for (const int error : {0, EAGAIN, ECONNRESET, 9999})
        say("%d: %s", error, evutil_socket_error_to_string(error));
    Ends ends;
    say("error of a good socket: %d", evutil_socket_geterror(ends.a()));
}

SCENARIO(util_gai_errors) {
    for (const int error :
         {0, EVUTIL_EAI_ADDRFAMILY, EVUTIL_EAI_AGAIN, EVUTIL_EAI_BADFLAGS, EVUTIL_EAI_FAIL,
          EVUTIL_EAI_FAMILY, EVUTIL_EAI_MEMORY, EVUTIL_EAI_NODATA, EVUTIL_EAI_NONAME,
          EVUTIL_EAI_SERVICE, EVUTIL_EAI_SOCKTYPE, EVUTIL_EAI_SYSTEM, EVUTIL_EAI_CANCEL})
        say("%d has words: %s", error, yes_no(evutil_gai_strerror(error)[0] != '\0'));
}

SCENARIO(util_getaddrinfo_of_numbers) {
    tell_lookup("127.0.0.1", "80", EVUTIL_AI_NUMERICHOST);
    tell_lookup("::1", "8080", EVUTIL_AI_NUMERICHOST);
    tell_lookup("1.2.3.4", nullptr, EVUTIL_AI_NUMERICHOST);
    tell_lookup("no number", "80", EVUTIL_AI_NUMERICHOST);
    tell_lookup("127.0.0.1", "99999x", EVUTIL_AI_NUMERICHOST | EVUTIL_AI_NUMERICSERV);
    tell_lookup(nullptr, nullptr, 0);
}

SCENARIO(util_sockets) {
    evutil_socket_t pair[2] = {-1, -1};
    say("socketpair = %d", evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    say("nonblocking = %d", evutil_make_socket_nonblocking(pair[0]));
    say("closeonexec = %d", evutil_make_socket_closeonexec(pair[0]));
    say("close = %d %d", evutil_closesocket(pair[0]), evutil_closesocket(pair[1]));
    say("nonblocking of nothing = %d", evutil_make_socket_nonblocking(-1));
    say("close nothing = %d", evutil_closesocket(-1));
}

SCENARIO(util_monotonic_timer) {
    evutil_monotonic_timer* timer = evutil_monotonic_timer_new();
    timeval one{}, two{};
    say("configure = %d", evutil_configure_monotonic_time(timer, 0));
    say("get = %d", evutil_gettime_monotonic(timer, &one));
    evutil_gettime_monotonic(timer, &two);
    say("not backwards %s", yes_no(!evutil_timercmp(&two, &one, <)));
    evutil_monotonic_timer_free(timer);
}

SCENARIO(util_random_bytes) {
    say("init = %d", evutil_secure_rng_init());
    unsigned char bytes[64] = {};
    evutil_secure_rng_get_bytes(bytes, sizeof bytes);
    int zeros = 0;
    for (const unsigned char b : bytes) zeros += b == 0;
    say("few are zero: %s", yes_no(zeros < 16));
}
