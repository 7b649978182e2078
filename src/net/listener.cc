// Accepting: what happens when a listening socket is readable, and when accepting fails.
// The callback runs without the lock and may disable or free the listener: a reference keeps the
// memory until it returns. After an error the listener rests, because the connection is still
// waiting and the socket still readable: trying again at once would spin.
// Threads: with a lock, any may free; the callbacks run on the loop's.
// Read next: src/util/evutil_sockets.cc (evutil_accept4_), listener_new.cc.
#include "src/net/listener.h"

#include <algorithm>

#include "src/event/event_core.h"
#include "src/util/evutil.h"
#include "src/util/log.h"
#include "src/util/memory.h"
#include "src/util/sys.h"
#include "trace/probe.h"

namespace {

/// One busy listener must not starve the other events: the loop goes on after this many.
constexpr int kMaxAcceptsPerCallback = 64;
// The first rest allows 20 attempts a second; the longest brings the listener back within a second.
constexpr int kFirstDelayMs = 50;
constexpr int kLongestDelayMs = 1000;
constexpr long kSecondsBetweenWarnings = 10;

void listener_resume_cb(evutil_socket_t, short, void* p);

timeval delay_of(const evconnlistener* lev) {
    return {lev->delay_ms / 1000, lev->delay_ms % 1000 * 1000};
}

/// The timer is made at the first rest: most listeners never need it.
void assign_resume(evconnlistener* lev) {
    if (event_initialized(&lev->resume)) return;
    event_assign_internal_(&lev->resume, lev->listener.ev_base, -1, 0, listener_resume_cb, lev,
                           reinterpret_cast<const void*>(listener_resume_cb));
    event_debug_note_setup_(&lev->resume);
    TRACE(event_name, .event = &lev->resume, .name = "listener rest");
}

/// Stops accepting for a while, each time twice as long.
void listener_rest(evconnlistener* lev, int error) {
    TRACE_CALL(lev);
    lev->delay_ms = std::clamp(2 * lev->delay_ms, kFirstDelayMs, kLongestDelayMs);
    assign_resume(lev);
    const timeval delay = delay_of(lev);
    // Without memory even for the timer, to spin is better than never to accept again.
    if (event_add(&lev->resume, &delay) < 0) return;
    event_del_noblock(&lev->listener);
    lev->resting = true;
    TRACE(listener_backoff, .listener = lev, .error = error, .delay = lev->delay_ms * 1000LL);
}

void listener_resume_cb(evutil_socket_t, short, void* p) {
    auto* lev = static_cast<evconnlistener*>(p);
    TRACE_CALL(lev);
    LOCK(lev);
    // At 0 another thread is freeing the listener, and waits for this function to return.
    if (lev->refcnt > 0 && lev->resting) {
        lev->resting = false;
        TRACE(listener_resume, .listener = lev);
        if (lev->enabled && lev->cb != nullptr && event_listener_enable(lev) < 0) {
            listener_rest(lev, errno);
        }
    }
    UNLOCK(lev);
}

bool warning_due(evconnlistener* lev) {
    timespec now{};
    sys::clock(CLOCK_MONOTONIC_COARSE, &now);
    if (lev->last_warning != 0 && now.tv_sec < lev->last_warning + kSecondsBetweenWarnings)
        return false;
    lev->last_warning = std::max<long>(now.tv_sec, 1);
    return true;
}

/// Tells of a failed accept and gives the lock back. The listener may be gone afterwards.
void accept_failed_and_unlock(evconnlistener* lev, evutil_socket_t fd, int error) {
    if (EVUTIL_ERR_ACCEPT_RETRIABLE(error)) {
        UNLOCK(lev);
        return;
    }
    listener_rest(lev, error);
    errno = error;
    if (lev->errorcb == nullptr) {
        if (warning_due(lev))
            event_sock_warn(fd, "accept failed; the listener rests and tries again");
        UNLOCK(lev);
        return;
    }
    ++lev->refcnt;
    const evconnlistener_errorcb errorcb = lev->errorcb;
    void* user_data = lev->user_data;
    UNLOCK(lev);
    errno = error;
    errorcb(lev, user_data);
    LOCK(lev);
    listener_decref_and_unlock(lev);
}

/// Calls the callback without the lock. False if the listener is gone (and its lock with it).
bool hand_over(evconnlistener* lev, evutil_socket_t fd, sockaddr_storage& peer,
               ev_socklen_t length) {
    auto* addr = reinterpret_cast<sockaddr*>(&peer);
    TRACE(listener_accept, .listener = lev, .fd = fd, .port = sys::port_of(addr, length));
    lev->delay_ms = 0;
    ++lev->refcnt;
    const evconnlistener_cb cb = lev->cb;
    void* user_data = lev->user_data;
    UNLOCK(lev);
    cb(lev, fd, addr, static_cast<int>(length), user_data);
    LOCK(lev);
    if (lev->refcnt == 1) {
        const int freed = listener_decref_and_unlock(lev);
        EVUTIL_ASSERT(freed);
        return false;
    }
    --lev->refcnt;
    return true;
}

}  // namespace

void listener_read_cb(evutil_socket_t fd, short, void* p) {
    auto* lev = static_cast<evconnlistener*>(p);
    TRACE_CALL(lev);
    LOCK(lev);
    // Whoever freed the listener before we had its lock waits for this function to return.
    bool go_on = lev->refcnt > 0 && lev->enabled;
    for (int i = 0; go_on && i < kMaxAcceptsPerCallback; ++i) {
        sockaddr_storage peer{};
        ev_socklen_t length = sizeof peer;
        const evutil_socket_t new_fd =
            evutil_accept4_(fd, reinterpret_cast<sockaddr*>(&peer), &length, lev->accept4_flags);
        if (new_fd < 0) {
            accept_failed_and_unlock(lev, fd, errno);
            return;
        }
        if (length == 0 || lev->cb == nullptr) {
            // No address: the peer is gone again. No callback: nobody wants the connection.
            evutil_closesocket(new_fd);
            go_on = lev->cb != nullptr;
            continue;
        }
        if (!hand_over(lev, new_fd, peer, length)) return;
        go_on = lev->enabled && lev->cb != nullptr;
    }
    UNLOCK(lev);
}

int listener_decref_and_unlock(evconnlistener* lev) {
    TRACE_CALL(lev);
    const int refcnt = --lev->refcnt;
    UNLOCK(lev);
    if (refcnt != 0) return 0;
    event_listener_destroy(lev);
    TRACE(listener_free, .listener = lev);
    evthread_free_lock(lev->lock, EVTHREAD_LOCKTYPE_RECURSIVE);
    mm_delete(lev);
    return 1;
}

int event_listener_enable(evconnlistener* lev) {
    TRACE_CALL(lev);
    if (!lev->resting) return event_add(&lev->listener, nullptr);
    // To enable a resting listener does not end its rest.
    if (event_pending(&lev->resume, EV_TIMEOUT, nullptr)) return 0;
    const timeval delay = delay_of(lev);
    return event_add(&lev->resume, &delay);
}

int event_listener_disable(evconnlistener* lev) {
    TRACE_CALL(lev);
    // Never wait here: the callback that one would wait for may itself wait for the lock.
    if (lev->resting) event_del_noblock(&lev->resume);
    return event_del_noblock(&lev->listener);
}

void event_listener_destroy(evconnlistener* lev) {
    TRACE_CALL(lev);
    event_del_block(&lev->listener);
    if (event_initialized(&lev->resume)) {
        event_del_block(&lev->resume);
        event_debug_unassign(&lev->resume);
    }
    if ((lev->flags & LEV_OPT_CLOSE_ON_FREE) != 0) evutil_closesocket(event_get_fd(&lev->listener));
    event_debug_unassign(&lev->listener);
}
