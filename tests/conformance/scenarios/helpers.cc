// Scenarios: the rest of event2/util.h: integer types, times, sockets with their options, orders of
// addresses, random numbers.
// Read next: old_names.cc.
#include <arpa/inet.h>
#include <event2/event_struct.h>
#include <event2/util.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstring>

#include "tests/conformance/scenarios/scenario.h"

using namespace evglass::conformance;

namespace {

sockaddr_in v4(const char* host, int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<unsigned short>(port));
    evutil_inet_pton(AF_INET, host, &address.sin_addr);
    return address;
}

int compare(const sockaddr_in& a, const sockaddr_in& b, int with_port) {
    const int order = evutil_sockaddr_cmp(reinterpret_cast<const sockaddr*>(&a),
                                          reinterpret_cast<const sockaddr*>(&b), with_port);
    return (order > 0) - (order < 0);
}

int formatted(char* text, size_t size, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length = evutil_vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length;
}

int option(int fd, int name) {
    int value = -1;
    socklen_t length = sizeof value;
    getsockopt(fd, SOL_SOCKET, name, &value, &length);
    return value;
}

}  // namespace

SCENARIO(T201_integer_types_have_the_widths_of_their_names) {
    say("%zu %zu %zu %zu", sizeof(ev_uint64_t), sizeof(ev_uint32_t), sizeof(ev_uint16_t),
        sizeof(ev_uint8_t));
    say("%zu %zu %zu %zu", sizeof(ev_int64_t), sizeof(ev_int32_t), sizeof(ev_int16_t),
        sizeof(ev_int8_t));
    say("%zu %zu %zu %zu", sizeof(ev_ssize_t), sizeof(ev_off_t), sizeof(ev_intptr_t),
        sizeof(ev_uintptr_t));
    say("%s %s", yes_no(static_cast<ev_intptr_t>(-1) < 0),
        yes_no(static_cast<ev_uintptr_t>(-1) > 0));
}

SCENARIO(T201_limits_of_the_integer_types) {
    say("%s", yes_no(EV_UINT64_MAX == ULLONG_MAX && EV_INT64_MAX == LLONG_MAX &&
                     EV_INT64_MIN == LLONG_MIN));
    say("%s",
        yes_no(EV_UINT32_MAX == UINT_MAX && EV_INT32_MAX == INT_MAX && EV_INT32_MIN == INT_MIN));
    say("%s", yes_no(EV_UINT16_MAX == 65535 && EV_INT16_MAX == 32767 && EV_INT16_MIN == -32768));
    say("%s", yes_no(EV_UINT8_MAX == 255 && EV_INT8_MAX == 127 && EV_INT8_MIN == -128));
    say("%s", yes_no(EV_SIZE_MAX == SIZE_MAX && EV_SSIZE_MAX == SSIZE_MAX &&
                     EV_SSIZE_MIN == -SSIZE_MAX - 1));
}

SCENARIO(T202_times_carry_and_borrow) {
    for (const timeval& a : {timeval{0, 0}, timeval{1, 999999}, timeval{5, 1}})
        for (const timeval& b : {timeval{0, 1}, timeval{2, 999999}, timeval{3, 500000}}) {
            timeval sum{}, difference{};
            evutil_timeradd(&a, &b, &sum);
            evutil_timersub(&a, &b, &difference);
            say("%ld.%06ld %ld.%06ld", static_cast<long>(sum.tv_sec),
                static_cast<long>(sum.tv_usec), static_cast<long>(difference.tv_sec),
                static_cast<long>(difference.tv_usec));
        }
}

SCENARIO(T203_a_time_is_set_or_cleared) {
    for (timeval tv : {timeval{0, 0}, timeval{0, 1}, timeval{1, 0}, timeval{-1, 0}}) {
        const bool set = evutil_timerisset(&tv);
        evutil_timerclear(&tv);
        say("%s then %s", yes_no(set), yes_no(evutil_timerisset(&tv)));
    }
}

SCENARIO(T204_times_compare_with_each_operator) {
    const timeval times[] = {{1, 0}, {1, 1}, {2, 0}};
    for (const timeval& a : times)
        for (const timeval& b : times)
            say("%d%d%d%d%d%d", evutil_timercmp(&a, &b, <), evutil_timercmp(&a, &b, <=),
                evutil_timercmp(&a, &b, ==), evutil_timercmp(&a, &b, !=),
                evutil_timercmp(&a, &b, >=), evutil_timercmp(&a, &b, >));
}

SCENARIO(T205_the_time_of_day_needs_no_zone) {
    timeval one{}, two{};
    say("%d", evutil_gettimeofday(&one, nullptr));
    gettimeofday(&two, nullptr);
    say("close %s", yes_no(two.tv_sec - one.tv_sec <= 1));
}

SCENARIO(T206_socket_errors_are_errno) {
    errno = EAGAIN;
    say("%s", yes_no(EVUTIL_SOCKET_ERROR() == EAGAIN));
    EVUTIL_SET_SOCKET_ERROR(ECONNRESET);
    say("%s", yes_no(errno == ECONNRESET));
    say("same words %s", yes_no(std::strcmp(evutil_socket_error_to_string(ECONNRESET),
                                            std::strerror(ECONNRESET)) == 0));
}

SCENARIO(T206_the_error_of_a_socket_is_told) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockaddr_in nobody = v4("127.0.0.1", 1);
    int result = connect(fd, reinterpret_cast<sockaddr*>(&nobody), sizeof nobody);
    int error = result < 0 ? errno : 0;
    if (error == EINPROGRESS) {
        usleep(20000);
        error = evutil_socket_geterror(fd);
    }
    say("refused %s", yes_no(error == ECONNREFUSED));
    close(fd);
}

SCENARIO(T207_nonblocking_sets_the_status_flag) {
    int fds[2];
    if (pipe(fds) != 0) return;
    say("before %s", yes_no((fcntl(fds[0], F_GETFL) & O_NONBLOCK) != 0));
    for (int i = 0; i < 2; ++i) {
        say("= %d", evutil_make_socket_nonblocking(fds[0]));
        say("after %s", yes_no((fcntl(fds[0], F_GETFL) & O_NONBLOCK) != 0));
    }
    close(fds[0]);
    close(fds[1]);
}

SCENARIO(T208_reuseable_sets_its_option) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    say("= %d, option %s", evutil_make_listen_socket_reuseable(fd),
        yes_no(option(fd, SO_REUSEADDR) != 0));
    say("port = %d, option %s", evutil_make_listen_socket_reuseable_port(fd),
        yes_no(option(fd, SO_REUSEPORT) != 0));
    say("deferred = %d", evutil_make_tcp_listen_socket_deferred(fd));
    say("ipv6 only = %d", evutil_make_listen_socket_ipv6only(fd));
    say("nothing = %d", evutil_make_listen_socket_reuseable(-1));
    close(fd);
}

SCENARIO(T093_a_reuseable_address_can_be_bound_again) {
    const int first = socket(AF_INET, SOCK_STREAM, 0);
    evutil_make_listen_socket_reuseable(first);
    sockaddr_in address = v4("127.0.0.1", 0);
    socklen_t length = sizeof address;
    auto* name = reinterpret_cast<sockaddr*>(&address);
    say("bind %d", bind(first, name, length));
    listen(first, 5);
    getsockname(first, name, &length);
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    say("connect %d", connect(client, name, length));
    const int served = accept(first, nullptr, nullptr);
    close(served);  // who closes first keeps the address busy for a while
    close(first);
    close(client);
    const int plain = socket(AF_INET, SOCK_STREAM, 0);
    const int again = socket(AF_INET, SOCK_STREAM, 0);
    evutil_make_listen_socket_reuseable(again);
    say("without %d", bind(plain, name, length));
    say("with %d", bind(again, name, length));
    close(plain);
    close(again);
}

SCENARIO(T096_after_listen_it_is_too_late) {
    const int first = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = v4("127.0.0.1", 0);
    socklen_t length = sizeof address;
    auto* name = reinterpret_cast<sockaddr*>(&address);
    bind(first, name, length);
    listen(first, 5);
    getsockname(first, name, &length);
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    say("connect %d", connect(client, name, length));
    const int served = accept(first, nullptr, nullptr);
    close(served);
    close(first);
    close(client);
    const int again = socket(AF_INET, SOCK_STREAM, 0);
    say("bind %d", bind(again, name, length));
    say("reuseable %d", evutil_make_listen_socket_reuseable(again));
    close(again);
}

SCENARIO(T209_closeonexec_sets_the_descriptor_flag) {
    int fds[2];
    if (pipe(fds) != 0) return;
    say("= %d", evutil_make_socket_closeonexec(fds[0]));
    say("%s %s", yes_no((fcntl(fds[0], F_GETFD) & FD_CLOEXEC) != 0),
        yes_no((fcntl(fds[1], F_GETFD) & FD_CLOEXEC) != 0));
    close(fds[0]);
    close(fds[1]);
    say("nothing = %d", evutil_make_socket_closeonexec(-1));
}

SCENARIO(T210_a_socketpair_is_connected) {
    evutil_socket_t pair[2];
    say("= %d", evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    char text[4] = "";
    say("write %zd", write(pair[0], "abc", 3));
    say("read %zd %.3s", read(pair[1], text, 3), text);
    say("write %zd", write(pair[1], "xyz", 3));
    say("read %zd %.3s", read(pair[0], text, 3), text);
    evutil_closesocket(pair[0]);
    say("end %zd", read(pair[1], text, 3));
    evutil_closesocket(pair[1]);
}

SCENARIO(T211_strtoll_has_64_bits) {
    for (const char* text : {"9223372036854775807", "-9223372036854775808", "4294967296"})
        say("%lld", static_cast<long long>(evutil_strtoll(text, nullptr, 10)));
    for (const int base : {0, 2, 8, 16, 36}) {
        char* end = nullptr;
        const long long value = evutil_strtoll("0110zz!", &end, base);
        say("base %d: %lld, rest '%s'", base, value, end);
    }
}

SCENARIO(T212_snprintf_tells_the_length_of_the_whole) {
    char text[6];
    for (const char* word : {"", "abc", "abcde", "abcdef", "abcdefghij"})
        say("%d '%s'", evutil_snprintf(text, sizeof text, "%s", word), text);
    say("%d '%s'", formatted(text, sizeof text, "%d-%d", 12345, 67890), text);
    say("%d '%s'", formatted(text, 1, "%s", "x"), text);
}

SCENARIO(T213_ascii_comparison_knows_no_locale) {
    say("%d", evutil_ascii_strcasecmp("HeLLo", "hEllO"));
    say("%d", evutil_ascii_strncasecmp("HeLLo world", "hEllO there", 6));
    say("%s", yes_no(evutil_ascii_strcasecmp("\xc4", "\xe4") != 0));
    say("%d %d", evutil_ascii_strncasecmp("a", "b", 0), evutil_ascii_strcasecmp("", ""));
}

SCENARIO(T214_ntop_gives_null_where_it_cannot) {
    const unsigned char bytes[16] = {255, 255, 255, 255};
    char text[64];
    say("%s", evutil_inet_ntop(12345, bytes, text, sizeof text) == nullptr ? "null" : "text");
    for (const size_t room : {1u, 8u, 15u, 16u, 17u}) {
        const char* said = evutil_inet_ntop(AF_INET, bytes, text, room);
        say("room %zu: %s", room, said == nullptr ? "null" : said);
    }
    for (const size_t room : {2u, 10u, 45u}) {
        const char* said = evutil_inet_ntop(AF_INET6, bytes, text, room);
        say("room %zu: %s", room, said == nullptr ? "null" : said);
    }
}

SCENARIO(T215_pton_says_1_for_an_address) {
    unsigned char bytes[16];
    say("%d %d", evutil_inet_pton(AF_INET, "127.0.0.1", bytes),
        evutil_inet_pton(AF_INET, "127.0.0", bytes));
    say("%d %d", evutil_inet_pton(AF_INET6, "::1", bytes),
        evutil_inet_pton(AF_INET6, ":::", bytes));
    say("%d", evutil_inet_pton(12345, "127.0.0.1", bytes));
}

SCENARIO(T217_the_length_of_a_parsed_address) {
    sockaddr_storage storage{};
    auto* address = reinterpret_cast<sockaddr*>(&storage);
    for (const char* text : {"1.2.3.4:5", "[::1]:5", "::1"}) {
        int length = sizeof storage;
        say("%s = %d", text, evutil_parse_sockaddr_port(text, address, &length));
        say("length right %s", yes_no(length == (address->sa_family == AF_INET
                                                     ? static_cast<int>(sizeof(sockaddr_in))
                                                     : static_cast<int>(sizeof(sockaddr_in6)))));
        length = 3;
        say("no room = %d", evutil_parse_sockaddr_port(text, address, &length));
    }
}

// Shows T216 T218: the forms of an address, and that without a port it has port 0.
SCENARIO(T216_five_forms_of_an_address) {
    sockaddr_storage storage{};
    for (const char* text : {"[ffff::1]:99", "ffff::1", "[ffff::1]", "1.2.3.4:99", "1.2.3.4"}) {
        int length = sizeof storage;
        const int result =
            evutil_parse_sockaddr_port(text, reinterpret_cast<sockaddr*>(&storage), &length);
        const auto* in = reinterpret_cast<const sockaddr_in*>(&storage);
        say("%s = %d, IPv4 %s, port %d", text, result, yes_no(in->sin_family == AF_INET),
            ntohs(in->sin_port));
    }
}

// Shows T219 T220: the order of addresses is total, and may leave out the ports.
SCENARIO(T219_the_order_of_addresses) {
    const sockaddr_in list[] = {v4("1.2.3.4", 80), v4("1.2.3.4", 81), v4("1.2.3.5", 80)};
    for (const sockaddr_in& a : list)
        for (const sockaddr_in& b : list)
            say("%d %d, opposite %s", compare(a, b, 0) == 0, compare(a, b, 1) == 0,
                yes_no(compare(a, b, 1) == -compare(b, a, 1)));
}

SCENARIO(T221_offsetof_is_the_place_of_a_member) {
    struct Pair {
        char first;
        struct event second;
    };
    Pair pair{};
    const auto base = reinterpret_cast<const char*>(&pair);
    say("%s", yes_no(reinterpret_cast<const char*>(&pair.second) - base ==
                     static_cast<long>(evutil_offsetof(Pair, second))));
}

// Shows T222 T223: the generator starts, fills, and takes more entropy.
SCENARIO(T222_random_bytes_differ) {
    say("init %d", evutil_secure_rng_init());
    unsigned char one[32] = {}, two[32] = {};
    evutil_secure_rng_get_bytes(one, sizeof one);
    evutil_secure_rng_add_bytes("more", 4);
    evutil_secure_rng_get_bytes(two, sizeof two);
    say("differ %s", yes_no(std::memcmp(one, two, sizeof one) != 0));
    unsigned char guard[3] = {7, 7, 7};
    evutil_secure_rng_get_bytes(guard + 1, 0);
    say("%d %d %d", guard[0], guard[1], guard[2]);
}

SCENARIO(util_scopes_of_addresses) {
    unsigned char bytes[16];
    unsigned scope = 77;
    for (const char* text : {"fe80::1%1", "::1", "fe80::1%lo"}) {
        char copy[64];
        evutil_snprintf(copy, sizeof copy, "%s", text);
        const int result = evutil_inet_pton_scope(AF_INET6, copy, bytes, &scope);
        say("%s = %d, scope %u", text, result, scope);
    }
}

SCENARIO(util_getaddrinfo_passive_and_families) {
    for (const int family : {AF_INET, AF_INET6}) {
        evutil_addrinfo hints{};
        hints.ai_family = family;
        hints.ai_socktype = SOCK_STREAM;
        hints.ai_protocol = IPPROTO_TCP;
        hints.ai_flags = EVUTIL_AI_PASSIVE | EVUTIL_AI_NUMERICSERV;
        evutil_addrinfo* found = nullptr;
        say("= %d", evutil_getaddrinfo(nullptr, "8080", &hints, &found));
        for (const evutil_addrinfo* a = found; a != nullptr; a = a->ai_next)
            say("family right %s, type %d", yes_no(a->ai_family == family), a->ai_socktype);
        if (found != nullptr) evutil_freeaddrinfo(found);
    }
}

SCENARIO(util_the_wait_of_a_monotonic_timer) {
    evutil_monotonic_timer* timer = evutil_monotonic_timer_new();
    for (const int flags : {EV_MONOT_PRECISE, 0}) {
        say("configure %d", evutil_configure_monotonic_time(timer, flags));
        timeval one{}, two{}, passed{};
        evutil_gettime_monotonic(timer, &one);
        usleep(30000);
        evutil_gettime_monotonic(timer, &two);
        evutil_timersub(&two, &one, &passed);
        say("about right %s", yes_no(passed.tv_sec == 0 && passed.tv_usec >= 20000));
    }
    evutil_monotonic_timer_free(timer);
}
