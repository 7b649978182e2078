// Connecting: the socket is made, the connection begun, and its end awaited by ev_write. Until then
// nothing is read or written. A host's name is looked up first: through a resolver, or without one
// by a call that blocks. Read next: socket.cc (connection_made).
#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>

#include "src/bufferevent/bufferevent_private.h"
#include "src/event/event_core.h"
#include "src/net/dns/getaddrinfo.h"
#include "src/util/evutil.h"
#include "src/util/sys.h"

namespace {

using evglass::trace::field::bevconnect;

enum class Begun { in_progress, connected, refused, failed };

Begun evutil_socket_connect_(evutil_socket_t fd, const sockaddr* addr, int socklen) {
    if (sys::connect(fd, addr, static_cast<socklen_t>(socklen)) == 0) return Begun::connected;
    if (errno == EINPROGRESS || errno == EINTR) return Begun::in_progress;
    return errno == ECONNREFUSED ? Begun::refused : Begun::failed;
}

/// From now on the connection is awaited. ev_write waits even where writing is disabled.
int await(bufferevent* bev, Begun begun) {
    bufferevent_private* p = BEV_UPCAST(bev);
    p->connecting = true;
    TRACE(bev_connect, .bev = bev, .fd = bufferevent_getfd(bev), .state = bevconnect::connecting,
          .error = 0);
    if (begun == Begun::in_progress || begun == Begun::connected) {
        // A socket that is connected is ready to be written to: one way for both.
        if (bufferevent_add_event_(&bev->ev_write, &bev->timeout_write) == 0) return 0;
        p->connecting = false;
        return -1;
    }
    p->connection_refused = true;
    event_active(&bev->ev_write, EV_WRITE, 1);
    return 0;
}

/// The socket to connect: the one that it has, or a new one. -1 on failure.
evutil_socket_t socket_to_connect(bufferevent* bev, const sockaddr* addr, bool& ours) {
    const evutil_socket_t fd = bufferevent_getfd(bev);
    if (fd >= 0 || addr == nullptr) return fd;
    ours = true;
    return evutil_socket_(addr->sa_family, SOCK_STREAM | EVUTIL_SOCK_NONBLOCK, 0);
}

int give_up(bufferevent* bev, evutil_socket_t fd, bool ours) {
    const int error = errno;
    TRACE(bev_connect, .bev = bev, .fd = fd, .state = bevconnect::failed, .error = error);
    if (ours) evutil_closesocket(fd);
    errno = error;
    return -1;
}

/// The lookup has ended with `error`, or found `found`.
void bufferevent_connect_getaddrinfo_cb(bufferevent* bev, int error, const addrinfo* found) {
    bufferevent_unsuspend_write_(bev, BEV_SUSPEND_LOOKUP);
    bufferevent_unsuspend_read_(bev, BEV_SUSPEND_LOOKUP);
    BEV_UPCAST(bev)->dns_error = error;
    if (error == 0 &&
        bufferevent_socket_connect(bev, found->ai_addr, static_cast<int>(found->ai_addrlen)) == 0)
        return;
    bufferevent_run_eventcb_(bev, BEV_EVENT_ERROR, 0);
}

/// A resolver has ended the lookup, which held a reference. The loop calls, or the resolver at
/// once.
void lookup_ended(int error, evutil_addrinfo* found, void* arg) {
    auto* bev = static_cast<bufferevent*>(arg);
    TRACE_CALL(bev);
    BEV_LOCK(bev);
    bufferevent_checkpoint_(bev);
    BEV_UPCAST(bev)->lookup = nullptr;
    if (error != dns::kEaiBaseGone) bufferevent_connect_getaddrinfo_cb(bev, error, found);
    evutil_freeaddrinfo(found);
    bufferevent_decref_and_unlock_(bev);
}

/// Looks a name up, now or with a resolver later.
void look_up(bufferevent* bev, evdns_base* dns, const char* hostname, const char* service,
             const evutil_addrinfo& hints) {
    if (dns == nullptr) {
        evutil_addrinfo* found = nullptr;
        const int error = evutil_getaddrinfo(hostname, service, &hints, &found);
        bufferevent_connect_getaddrinfo_cb(bev, error, found);
        evutil_freeaddrinfo(found);
        return;
    }
    ++BEV_UPCAST(bev)->refcnt;
    evdns_getaddrinfo_request* lookup =
        dns::getaddrinfo_told_always(dns, hostname, service, &hints, lookup_ended, bev);
    // Null: it has ended already.
    if (lookup != nullptr) BEV_UPCAST(bev)->lookup = lookup;
}

}  // namespace

Connecting bufferevent_finish_connecting_(bufferevent* bev, int fd) {
    TRACE_CALL(bev);
    bufferevent_private* p = BEV_UPCAST(bev);
    int error = 0;
    if (p->connection_refused) {
        p->connection_refused = false;
        error = ECONNREFUSED;
    } else if (sys::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error) < 0) {
        error = errno;
    }
    if (error == EINTR || error == EINPROGRESS) return Connecting::pending;
    p->connecting = false;
    TRACE(bev_connect, .bev = bev, .fd = fd,
          .state = error == 0 ? bevconnect::connected : bevconnect::failed, .error = error);
    if (error == 0) return Connecting::connected;
    errno = error;
    return Connecting::failed;
}

int bufferevent_socket_connect(bufferevent* bev, const sockaddr* addr, int socklen) {
    TRACE_CALL(bev);
    const BevHold hold(bev);
    bool ours = false;
    const evutil_socket_t fd = socket_to_connect(bev, addr, ours);
    if (fd < 0) return -1;
    Begun begun = Begun::in_progress;
    if (addr != nullptr) begun = evutil_socket_connect_(fd, addr, socklen);
    if (begun == Begun::failed) return give_up(bev, fd, ours);
    // Before the fd is known, so that nothing is written to it yet.
    BEV_UPCAST(bev)->connecting = true;
    if (bufferevent_setfd(bev, fd) < 0 || await(bev, begun) < 0) {
        BEV_UPCAST(bev)->connecting = false;
        bufferevent_setfd(bev, ours ? -1 : fd);
        return give_up(bev, fd, ours);
    }
    return 0;
}

int bufferevent_socket_connect_hostname(bufferevent* bev, evdns_base* dns, int family,
                                        const char* hostname, int port) {
    TRACE_CALL(bev);
    if (family != AF_INET && family != AF_INET6 && family != AF_UNSPEC) return -1;
    if (port < 1 || port > 65535) return -1;
    const BevHold hold(bev);
    if (BEV_UPCAST(bev)->lookup != nullptr) return -1;
    BEV_UPCAST(bev)->dns_error = 0;
    char service[8]{};
    std::to_chars(service, service + sizeof service - 1, port);
    bufferevent_suspend_write_(bev, BEV_SUSPEND_LOOKUP);
    bufferevent_suspend_read_(bev, BEV_SUSPEND_LOOKUP);
    TRACE(bev_connect, .bev = bev, .fd = -1, .state = bevconnect::resolving, .error = 0);
    evutil_addrinfo hints{};
    hints.ai_family = family;
    hints.ai_protocol = IPPROTO_TCP;
    hints.ai_socktype = SOCK_STREAM;
    look_up(bev, dns, hostname, service, hints);
    return 0;
}

void bufferevent_stop_lookup_(bufferevent* bev) {
    if (BEV_UPCAST(bev)->lookup != nullptr) evdns_getaddrinfo_cancel(BEV_UPCAST(bev)->lookup);
}

int bufferevent_socket_get_dns_error(bufferevent* bev) {
    const BevLook look(bev);
    return BEV_UPCAST(bev)->dns_error;
}
