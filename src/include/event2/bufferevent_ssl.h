/* Bufferevents that speak TLS, by OpenSSL: on a socket, or above another bufferevent.
 *
 * In their own library, libevent_openssl, so that other programs need no OpenSSL. The end of the
 * handshake is reported as BEV_EVENT_CONNECTED. They obey timeouts, watermarks and rate limits as
 * sockets do.
 * Threads: as event2/bufferevent.h; the SSL object belongs to the bufferevent while it lives.
 * Manual: chapter 6a (Bufferevents and SSL).
 * Read next: src/openssl/bufferevent_openssl.cc.
 */
#ifndef EVENT2_BUFFEREVENT_SSL_H_INCLUDED_
#define EVENT2_BUFFEREVENT_SSL_H_INCLUDED_

#include <event2/bufferevent.h>
#include <event2/event-config.h>
#include <event2/util.h>
#include <event2/visibility.h>

#ifdef __cplusplus
extern "C" {
#endif

/** OpenSSL's SSL. */
struct ssl_st;

/** How far the connection is when the bufferevent is made. */
enum bufferevent_ssl_state {
    BUFFEREVENT_SSL_OPEN = 0,       /**< the handshake is over */
    BUFFEREVENT_SSL_CONNECTING = 1, /**< we are the client and begin it */
    BUFFEREVENT_SSL_ACCEPTING = 2   /**< we are the server and wait for it */
};

/**
 * TLS above another bufferevent, whose callbacks it takes.
 *
 * @param options  BEV_OPT_CLOSE_ON_FREE: `ssl` and `underlying` are freed with it; if making it
 *                 fails, `ssl` is
 * @return null on failure
 */
EVENT2_EXPORT_SYMBOL struct bufferevent* bufferevent_openssl_filter_new(
    struct event_base* base, struct bufferevent* underlying, struct ssl_st* ssl,
    enum bufferevent_ssl_state state, int options);

/**
 * TLS on a socket.
 *
 * @param fd       a non-blocking socket; -1: the one that ssl has, or one set or connected later
 * @param options  BEV_OPT_CLOSE_ON_FREE: `ssl` and the socket are freed with it
 * @return null on failure
 */
EVENT2_EXPORT_SYMBOL struct bufferevent* bufferevent_openssl_socket_new(
    struct event_base* base, evutil_socket_t fd, struct ssl_st* ssl,
    enum bufferevent_ssl_state state, int options);

/** Whether a connection that ends without TLS's own goodbye is an EOF (1) or an error (0, usual).
 * -1 if bev does not speak TLS. */
EVENT2_EXPORT_SYMBOL int bufferevent_openssl_get_allow_dirty_shutdown(struct bufferevent* bev);
EVENT2_EXPORT_SYMBOL void bufferevent_openssl_set_allow_dirty_shutdown(struct bufferevent* bev,
                                                                       int allow_dirty_shutdown);

/** The SSL object; null if bufev does not speak TLS. */
EVENT2_EXPORT_SYMBOL struct ssl_st* bufferevent_openssl_get_ssl(struct bufferevent* bufev);

/** Begins another handshake (TLS 1.2 and before). -1 if bev does not speak TLS. */
EVENT2_EXPORT_SYMBOL int bufferevent_ssl_renegotiate(struct bufferevent* bev);

/** The next of OpenSSL's errors that the event callback was called for; 0: none. */
EVENT2_EXPORT_SYMBOL unsigned long bufferevent_get_openssl_error(struct bufferevent* bev);

#ifdef __cplusplus
}
#endif

#endif
