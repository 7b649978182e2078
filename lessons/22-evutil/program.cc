// Lesson 22: evutil, the portable layer. Five acts, each begins with a mark in the trace:
//   flags      a socket is made non-blocking, by the library and as a published demo does it
//   pair       evutil_socketpair, and closing
//   addresses  evutil_inet_pton, and texts that evutil_parse_sockaddr_port takes or refuses
//   text       evutil_snprintf, evutil_ascii_strcasecmp
//   time       the timeval macros
// Time is virtual, so every run is the same.
#include <event2/event.h>
#include <event2/evglass.h>
#include <event2/util.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <initializer_list>

namespace {

void flags_act() {
    evglass_mark("flags");
    const int file = socket(AF_INET, SOCK_STREAM, 0);
    fcntl(file, F_SETFL, O_APPEND);
    evutil_make_socket_nonblocking(file);
    std::printf("the library keeps O_APPEND: %s\n",
                (fcntl(file, F_GETFL) & O_APPEND) != 0 ? "yes" : "no");
    evglass_mark("demo");
    const int other = socket(AF_INET, SOCK_STREAM, 0);
    fcntl(other, F_SETFL, O_APPEND);
    // As published: the flags of the descriptor are read, and written as those of the file.
    fcntl(other, F_SETFL, fcntl(other, F_GETFD, 0) | O_NONBLOCK);
    std::printf("the demo keeps O_APPEND: %s\n",
                (fcntl(other, F_GETFL) & O_APPEND) != 0 ? "yes" : "no");
    evutil_closesocket(file);
    evutil_closesocket(other);
}

void pair_act() {
    evglass_mark("pair");
    evutil_socket_t ends[2] = {-1, -1};
    std::printf("socketpair: %d\n", evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    evutil_make_socket_closeonexec(ends[0]);
    evutil_closesocket(ends[0]);
    evutil_closesocket(ends[1]);
}

void try_address(const char* text) {
    sockaddr_storage address{};
    int size = sizeof address;
    const int result =
        evutil_parse_sockaddr_port(text, reinterpret_cast<sockaddr*>(&address), &size);
    std::printf("parse %s: %s\n", text, result == 0 ? "taken" : "refused");
}

void addresses_act() {
    evglass_mark("addresses");
    in_addr v4{};
    in6_addr v6{};
    std::printf("pton of an address: %d\n", evutil_inet_pton(AF_INET, "127.0.0.1", &v4));
    std::printf("pton of nonsense: %d\n", evutil_inet_pton(AF_INET, "127.0.0", &v4));
    std::printf("pton of no family: %d\n", evutil_inet_pton(AF_UNIX, "127.0.0.1", &v4));
    std::printf("pton of six: %d\n", evutil_inet_pton(AF_INET6, "::1", &v6));
    for (const char* text : {"1.2.3.4:80", "[::1]:80", "::1", "[ffff::]:80", "[ffff:]:80",
                             "ffff:", "1.2.3.4:80x", "1.2.3.4:99999"})
        try_address(text);
}

void text_act() {
    evglass_mark("text");
    char room[8];
    const int wanted = evutil_snprintf(room, sizeof room, "%s", "longer than that");
    std::printf("snprintf wanted: %d\n", wanted);
    std::printf("snprintf wrote: %s\n", room);
    std::printf("strcasecmp: %d\n", evutil_ascii_strcasecmp("Content-Length", "content-length"));
}

void time_act() {
    evglass_mark("time");
    const timeval a{1, 700'000}, b{0, 500'000};
    timeval sum{}, difference{};
    evutil_timeradd(&a, &b, &sum);
    evutil_timersub(&a, &b, &difference);
    std::printf("1.7 s + 0.5 s: %ld s %ld us\n", static_cast<long>(sum.tv_sec),
                static_cast<long>(sum.tv_usec));
    std::printf("1.7 s - 0.5 s: %ld s %ld us\n", static_cast<long>(difference.tv_sec),
                static_cast<long>(difference.tv_usec));
    std::printf("a comes before b: %s\n", evutil_timercmp(&a, &b, <) ? "yes" : "no");
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();  // nobody uses it
    flags_act();
    pair_act();
    addresses_act();
    text_act();
    time_act();
    event_base_free(base);
    return 0;
}
