// Sockets and pipes: made with their flags in one call, so that no other thread's fork can come
// between, and options set on descriptors that exist. Nothing here knows of events.
// Read next: src/util/sys.h (the calls), src/net/listener.cc (who accepts).
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "src/util/evutil.h"
#include "src/util/log.h"
#include "src/util/sys.h"
#include "trace/probe.h"

namespace {

/// Adds a flag to those that a command of fcntl gets; no call if it is there already.
int add_flag(evutil_socket_t fd, int get, int set, int flag, const char* get_name,
             const char* set_name) {
    const int flags = sys::fcntl(fd, get, 0);
    if (flags < 0) {
        event_warn("fcntl(%d, %s)", fd, get_name);
        return -1;
    }
    if ((flags & flag) != 0) return 0;
    if (sys::fcntl(fd, set, flags | flag) == -1) {
        event_warn("fcntl(%d, %s)", fd, set_name);
        return -1;
    }
    return 0;
}

}  // namespace

int evutil_socketpair(int domain, int type, int protocol, evutil_socket_t sv[2]) {
    return sys::socketpair(domain, type, protocol, sv);
}

int evutil_make_socket_nonblocking(evutil_socket_t sock) {
    return add_flag(sock, F_GETFL, F_SETFL, O_NONBLOCK, "F_GETFL", "F_SETFL");
}

int evutil_make_socket_closeonexec(evutil_socket_t sock) {
    return add_flag(sock, F_GETFD, F_SETFD, FD_CLOEXEC, "F_GETFD", "F_SETFD");
}

int evutil_make_listen_socket_reuseable(evutil_socket_t sock) {
    return sys::setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, 1);
}

int evutil_make_listen_socket_reuseable_port(evutil_socket_t sock) {
    return sys::setsockopt(sock, SOL_SOCKET, SO_REUSEPORT, 1);
}

int evutil_make_listen_socket_ipv6only(evutil_socket_t sock) {
    return sys::setsockopt(sock, IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

int evutil_make_tcp_listen_socket_deferred(evutil_socket_t sock) {
    return sys::setsockopt(sock, IPPROTO_TCP, TCP_DEFER_ACCEPT, 1);
}

int evutil_closesocket(evutil_socket_t sock) {
    return sys::close(sock);
}

evutil_socket_t evutil_socket_(int domain, int type, int protocol) {
    return sys::socket(domain, type, protocol);
}

evutil_socket_t evutil_accept4_(evutil_socket_t fd, sockaddr* addr, ev_socklen_t* length,
                                int flags) {
    TRACE_CALL(nullptr);
    return sys::accept4(fd, addr, length, flags);
}

int evutil_make_internal_pipe_(evutil_socket_t fds[2]) {
    if (sys::pipe2(fds, O_NONBLOCK | O_CLOEXEC) == 0) return 0;
    event_warn("pipe2");
    fds[0] = fds[1] = EVUTIL_INVALID_SOCKET;
    return -1;
}

evutil_socket_t evutil_eventfd_(unsigned count) {
    return sys::eventfd(count, EFD_NONBLOCK | EFD_CLOEXEC);
}
