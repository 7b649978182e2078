// Making a listener, and what a program may ask of it: the public functions of event2/listener.h.
// A failure leaves no socket behind, and a socket that the caller gave stays the caller's.
// Read next: listener.cc (accepting, resting, freeing).
#include <sys/socket.h>

#include "src/event/event_core.h"
#include "src/net/listener.h"
#include "src/util/evutil.h"
#include "src/util/log.h"
#include "src/util/memory.h"
#include "src/util/sys.h"
#include "trace/probe.h"

namespace {

constexpr int kDefaultBacklog = 128;

int accept4_flags_of(unsigned flags) {
    int result = 0;
    if ((flags & LEV_OPT_LEAVE_SOCKETS_BLOCKING) == 0) result |= EVUTIL_SOCK_NONBLOCK;
    if ((flags & LEV_OPT_CLOSE_ON_EXEC) != 0) result |= EVUTIL_SOCK_CLOEXEC;
    return result;
}

evconnlistener* listener_alloc(unsigned flags, evconnlistener_cb cb, void* arg) {
    mm_ptr<evconnlistener> lev(mm_new<evconnlistener>());
    if (!lev) return nullptr;
    if ((flags & LEV_OPT_THREADSAFE) != 0 && evthread_enabled()) {
        lev->lock = evthread_alloc_lock(EVTHREAD_LOCKTYPE_RECURSIVE);
        if (lev->lock == nullptr) return nullptr;
    }
    lev->flags = flags;
    lev->accept4_flags = accept4_flags_of(flags);
    lev->cb = cb;
    lev->user_data = arg;
    return lev.release();
}

/// Frees a listener that could not be enabled; its socket stays open.
void discard(evconnlistener* lev) {
    const int error = errno;
    lev->flags &= ~LEV_OPT_CLOSE_ON_FREE;
    evconnlistener_free(lev);
    errno = error;
}

evconnlistener* listener_make(event_base* base, evconnlistener_cb cb, void* arg, unsigned flags,
                              int backlog, evutil_socket_t fd, const void* creator) {
    if (backlog != 0 && sys::listen(fd, backlog > 0 ? backlog : kDefaultBacklog) < 0)
        return nullptr;
    evconnlistener* lev = listener_alloc(flags, cb, arg);
    if (lev == nullptr) return nullptr;
    event_assign_internal_(&lev->listener, base, fd, EV_READ | EV_PERSIST, listener_read_cb, lev,
                           creator);
    event_debug_note_setup_(&lev->listener);
    TRACE(event_name, .event = &lev->listener, .name = "listener");
    TRACE(listener_new, .base = base, .listener = lev, .event = &lev->listener, .fd = fd,
          .backlog = backlog);
    if ((flags & LEV_OPT_DISABLED) == 0 && evconnlistener_enable(lev) < 0) {
        discard(lev);
        return nullptr;
    }
    return lev;
}

int set_options(evutil_socket_t fd, unsigned flags) {
    // Accepted sockets inherit it: a peer that vanished is noticed at last.
    if (sys::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, 1) < 0) return -1;
    if ((flags & LEV_OPT_REUSEABLE) != 0 && evutil_make_listen_socket_reuseable(fd) < 0) return -1;
    if ((flags & LEV_OPT_REUSEABLE_PORT) != 0 && evutil_make_listen_socket_reuseable_port(fd) < 0)
        return -1;
    if ((flags & LEV_OPT_DEFERRED_ACCEPT) != 0 && evutil_make_tcp_listen_socket_deferred(fd) < 0)
        return -1;
    if ((flags & LEV_OPT_BIND_IPV6ONLY) != 0 && evutil_make_listen_socket_ipv6only(fd) < 0)
        return -1;
    return 0;
}

/// A socket that is bound; -1 on failure.
evutil_socket_t bound_socket(unsigned flags, const sockaddr* sa, int socklen) {
    int type = SOCK_STREAM | EVUTIL_SOCK_NONBLOCK;
    if ((flags & LEV_OPT_CLOSE_ON_EXEC) != 0) type |= EVUTIL_SOCK_CLOEXEC;
    const evutil_socket_t fd = evutil_socket_(sa->sa_family, type, 0);
    if (fd == EVUTIL_INVALID_SOCKET) return fd;
    if (set_options(fd, flags) == 0 && sys::bind(fd, sa, static_cast<socklen_t>(socklen)) == 0)
        return fd;
    const int error = errno;
    evutil_closesocket(fd);
    errno = error;
    return EVUTIL_INVALID_SOCKET;
}

}  // namespace

evconnlistener* evconnlistener_new(event_base* base, evconnlistener_cb cb, void* arg,
                                   unsigned flags, int backlog, evutil_socket_t fd) {
    TRACE_CALL(base);
    TRACE_API(base, nullptr);
    return listener_make(base, cb, arg, flags, backlog, fd, __builtin_return_address(0));
}

evconnlistener* evconnlistener_new_bind(event_base* base, evconnlistener_cb cb, void* arg,
                                        unsigned flags, int backlog, const sockaddr* sa,
                                        int socklen) {
    TRACE_CALL(base);
    TRACE_API(base, nullptr);
    if (backlog == 0 || sa == nullptr || socklen < static_cast<int>(sizeof sa->sa_family)) {
        errno = EINVAL;
        return nullptr;
    }
    const evutil_socket_t fd = bound_socket(flags, sa, socklen);
    if (fd == EVUTIL_INVALID_SOCKET) return nullptr;
    evconnlistener* lev =
        listener_make(base, cb, arg, flags, backlog, fd, __builtin_return_address(0));
    if (lev == nullptr) {
        const int error = errno;
        evutil_closesocket(fd);
        errno = error;
    }
    return lev;
}

void evconnlistener_free(evconnlistener* lev) {
    TRACE_CALL(lev);
    TRACE_API(event_get_base(&lev->listener), &lev->listener);
    LOCK(lev);
    lev->cb = nullptr;
    lev->errorcb = nullptr;
    listener_decref_and_unlock(lev);
}

int evconnlistener_enable(evconnlistener* lev) {
    TRACE_CALL(lev);
    TRACE_API(event_get_base(&lev->listener), &lev->listener);
    const ScopedLock lock(lev->lock);
    const int result = lev->cb != nullptr ? event_listener_enable(lev) : 0;
    if (result < 0) return api.result(result);
    lev->enabled = true;
    TRACE(listener_enable, .listener = lev, .enabled = 1);
    return api.result(result);
}

int evconnlistener_disable(evconnlistener* lev) {
    TRACE_CALL(lev);
    TRACE_API(event_get_base(&lev->listener), &lev->listener);
    const ScopedLock lock(lev->lock);
    lev->enabled = false;
    const int result = event_listener_disable(lev);
    TRACE(listener_enable, .listener = lev, .enabled = 0);
    return api.result(result);
}

void evconnlistener_set_cb(evconnlistener* lev, evconnlistener_cb cb, void* arg) {
    TRACE_CALL(lev);
    const ScopedLock lock(lev->lock);
    const bool had_cb = lev->cb != nullptr;
    lev->cb = cb;
    lev->user_data = arg;
    if (!lev->enabled || had_cb == (cb != nullptr)) return;
    const int result = cb != nullptr ? event_listener_enable(lev) : event_listener_disable(lev);
    if (result < 0) event_warn("a listener's callback is set, but its event can't be changed");
}

void evconnlistener_set_error_cb(evconnlistener* lev, evconnlistener_errorcb errorcb) {
    const ScopedLock lock(lev->lock);
    lev->errorcb = errorcb;
}

event_base* evconnlistener_get_base(evconnlistener* lev) {
    const ScopedLock lock(lev->lock);
    return event_get_base(&lev->listener);
}

evutil_socket_t evconnlistener_get_fd(evconnlistener* lev) {
    const ScopedLock lock(lev->lock);
    return event_get_fd(&lev->listener);
}
