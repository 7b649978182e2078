// TLS bufferevents: making them, the events and callbacks that drive them, and the functions of
// event2/bufferevent_ssl.h. What they do is in tls_io.cc.
// Threads: as any bufferevent; above another one both have one lock.
// Read next: tls_io.cc.
#include "src/openssl/bufferevent_openssl.h"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <algorithm>

#include "src/util/memory.h"

namespace {

using evglass::trace::field::bevtls;

/// As far as the connection is: the handshake, or data.
void step(bufferevent_openssl* tls, short direction) {
    if (tls->state != BUFFEREVENT_SSL_OPEN) return tls_handshake(tls);
    // What waited for the other direction goes on first.
    if (direction == EV_READ) {
        if (tls->write_blocked_on_read) tls_write(tls);
        tls_read(tls);
    } else {
        if (tls->read_blocked_on_write) tls_read(tls);
        tls_write(tls);
    }
}

void timed_out(bufferevent_openssl* tls, short direction, short side) {
    bufferevent_disable(tls, direction);
    bufferevent_run_eventcb_(tls, static_cast<short>(BEV_EVENT_TIMEOUT | side), 0);
}

void be_openssl_readeventcb(evutil_socket_t, short what, void* arg) {
    auto* tls = openssl_of(static_cast<bufferevent*>(arg));
    const TlsHold hold(tls);
    if (what == EV_TIMEOUT) return timed_out(tls, EV_READ, BEV_EVENT_READING);
    step(tls, EV_READ);
}

void be_openssl_writeeventcb(evutil_socket_t fd, short what, void* arg) {
    auto* tls = openssl_of(static_cast<bufferevent*>(arg));
    const TlsHold hold(tls);
    if (what == EV_TIMEOUT) return timed_out(tls, EV_WRITE, BEV_EVENT_WRITING);
    if (tls->connecting) {
        const Connecting now = bufferevent_finish_connecting_(tls, fd);
        if (now == Connecting::pending) return;
        if (now == Connecting::failed) {
            const int error = errno;
            tls->closed = true;
            tls_update_waiting(tls);
            errno = error;
            return bufferevent_run_eventcb_(tls, BEV_EVENT_ERROR, 0);
        }
    }
    step(tls, EV_WRITE);
}

// ---- the callbacks of the bufferevent below
// ---------------------------------------------------------

void be_openssl_readcb(bufferevent*, void* arg) {
    auto* tls = openssl_of(static_cast<bufferevent*>(arg));
    const TlsHold hold(tls);
    step(tls, EV_READ);
}

void be_openssl_writecb(bufferevent*, void* arg) {
    auto* tls = openssl_of(static_cast<bufferevent*>(arg));
    const TlsHold hold(tls);
    step(tls, EV_WRITE);
}

void be_openssl_eventcb(bufferevent*, short what, void* arg) {
    auto* tls = openssl_of(static_cast<bufferevent*>(arg));
    const TlsHold hold(tls);
    if ((what & BEV_EVENT_EOF) != 0) return tls_transport_ended(tls);
    // That the transport is connected is not yet that TLS is: the handshake tells that.
    const auto rest = static_cast<short>(what & ~BEV_EVENT_CONNECTED);
    if (rest != 0) return bufferevent_run_eventcb_(tls, rest, 0);
    if (tls->state != BUFFEREVENT_SSL_OPEN) tls_handshake(tls);
}

/// Bytes are to be written: from the loop, never from the middle of a user's call.
void be_openssl_outbuf_cb(evbuffer*, const evbuffer_cb_info* info, void* arg) {
    auto* tls = openssl_of(static_cast<bufferevent*>(arg));
    if (info->n_added == 0 || tls->state != BUFFEREVENT_SSL_OPEN || tls->closed) return;
    if ((tls->enabled & EV_WRITE) == 0 || tls->write_suspended != 0) return;
    if (tls->underlying != nullptr && !event_pending(&tls->ev_write, EV_TIMEOUT, nullptr))
        bufferevent_reset_write_timeout_(tls);
    if (tls->write_blocked_on_read || tls->last_write != 0) return;
    tls_schedule_resume(tls);
}

// ---- the table
// -----------------------------------------------------------------------------------------

int be_openssl_enable(bufferevent* bev, short events) {
    bufferevent_openssl* tls = openssl_of(bev);
    if (tls->underlying != nullptr && (events & EV_READ) != 0) bufferevent_reset_read_timeout_(bev);
    tls_update_waiting(tls);
    if (tls->state != BUFFEREVENT_SSL_OPEN || tls->closed) return 0;
    const bool to_read = (events & EV_READ) != 0 && SSL_has_pending(tls->ssl) != 0;
    const bool to_write = (events & EV_WRITE) != 0;
    if (to_read || to_write) tls_schedule_resume(tls);
    return 0;
}

int be_openssl_disable(bufferevent* bev, short events) {
    bufferevent_openssl* tls = openssl_of(bev);
    if (tls->state != BUFFEREVENT_SSL_OPEN && !tls->closed) return 0;
    if (tls->underlying == nullptr) {
        // Called before a suspension is noted: what is wanted can't be worked out yet.
        if ((events & EV_READ) != 0 && !tls->write_blocked_on_read)
            event_del_noblock(&bev->ev_read);
        if ((events & EV_WRITE) != 0 && !tls->read_blocked_on_write && !tls->connecting)
            event_del_noblock(&bev->ev_write);
        return 0;
    }
    if ((events & EV_READ) != 0) {
        event_del_noblock(&bev->ev_read);
        if (!tls->write_blocked_on_read)
            bufferevent_suspend_read_(tls->underlying, BEV_SUSPEND_FILT_READ);
    }
    if ((events & EV_WRITE) != 0) event_del_noblock(&bev->ev_write);
    return 0;
}

bool owns(const bufferevent* bev) {
    return (BEV_UPCAST(bev)->options & BEV_OPT_CLOSE_ON_FREE) != 0;
}

void be_openssl_unlink(bufferevent* bev) {
    bufferevent_openssl* tls = openssl_of(bev);
    bufferevent* below = tls->underlying;
    if (below == nullptr || below->errorcb != be_openssl_eventcb || below->cbarg != bev) return;
    if (owns(bev)) return bufferevent_free(below);  // our reference keeps it until we are gone
    bufferevent_setcb(below, nullptr, nullptr, nullptr, nullptr);
    bufferevent_unsuspend_read_(below, BEV_SUSPEND_FILT_READ);
}

void be_openssl_destruct(bufferevent* bev) {
    bufferevent_openssl* tls = openssl_of(bev);
    event_deferred_cb_gone_(bev->ev_base, &tls->resume);
    if (!owns(bev)) return;
    const evutil_socket_t fd = tls->underlying == nullptr ? event_get_fd(&bev->ev_read) : -1;
    SSL_free(tls->ssl);
    if (fd >= 0) evutil_closesocket(fd);
}

int be_openssl_adj_timeouts(bufferevent* bev) {
    return openssl_of(bev)->underlying != nullptr ? bufferevent_generic_adj_timeouts_(bev)
                                                  : bufferevent_generic_adj_existing_timeouts_(bev);
}

int be_openssl_flush(bufferevent*, short, bufferevent_flush_mode) {
    return 0;
}

void assign_events(bufferevent* bev, evutil_socket_t fd) {
    event_assign(&bev->ev_read, bev->ev_base, fd, EV_READ | EV_PERSIST | EV_FINALIZE,
                 be_openssl_readeventcb, bev);
    event_assign(&bev->ev_write, bev->ev_base, fd, EV_WRITE | EV_PERSIST | EV_FINALIZE,
                 be_openssl_writeeventcb, bev);
}

int be_openssl_set_fd(bufferevent_openssl* tls, evutil_socket_t fd) {
    if (tls->underlying != nullptr) return -1;
    BIO* bio = tls_bio_new_socket(fd);
    if (bio == nullptr) return -1;
    SSL_set_bio(tls->ssl, bio, bio);
    tls->bio_read = tls->bio_written = 0;
    event_del_noblock(&tls->ev_read);
    event_del_noblock(&tls->ev_write);
    assign_events(tls, fd);
    bufferevent_tell_fd_(tls, fd, "tls read", "tls write");
    if (fd >= 0) tls_update_waiting(tls);
    return 0;
}

int be_openssl_ctrl(bufferevent* bev, bufferevent_ctrl_op op, bufferevent_ctrl_data* data) {
    bufferevent_openssl* tls = openssl_of(bev);
    switch (op) {
        case BEV_CTRL_SET_FD:
            return be_openssl_set_fd(tls, data->fd);
        case BEV_CTRL_GET_FD:
            data->fd = tls->underlying != nullptr ? bufferevent_getfd(tls->underlying)
                                                  : event_get_fd(&bev->ev_read);
            return 0;
        case BEV_CTRL_GET_UNDERLYING:
            data->ptr = tls->underlying;
            return 0;
    }
    return -1;
}

void be_openssl_dispose(bufferevent* bev) {
    mm_delete(openssl_of(bev));
}

// ---- making one
// -------------------------------------------------------------------------------------------

void begin(bufferevent_openssl* tls) {
    switch (tls->state) {
        case BUFFEREVENT_SSL_ACCEPTING:
            SSL_set_accept_state(tls->ssl);
            bufferevent_tell_tls_(tls, bevtls::accepting, 0);
            break;
        case BUFFEREVENT_SSL_CONNECTING:
            SSL_set_connect_state(tls->ssl);
            tls->handshake_wants_write = true;  // the client speaks first
            bufferevent_tell_tls_(tls, bevtls::connecting, 0);
            break;
        case BUFFEREVENT_SSL_OPEN:
            bufferevent_tell_tls_(tls, bevtls::open, 0);
            break;
    }
}

bool is_state(int state) {
    return state >= BUFFEREVENT_SSL_OPEN && state <= BUFFEREVENT_SSL_ACCEPTING;
}

/// With the BIO in place. `below` or `fd`.
bufferevent_openssl* tls_make(event_base* base, bufferevent* below, evutil_socket_t fd, SSL* ssl,
                              bufferevent_ssl_state state, int options) {
    mm_ptr<bufferevent_openssl> tls(mm_new<bufferevent_openssl>());
    if (!tls) return nullptr;
    const int own_lock = below == nullptr ? options : options & ~BEV_OPT_THREADSAFE;
    if (bufferevent_init_common_(tls.get(), base, &bufferevent_ops_openssl, own_lock) < 0)
        return nullptr;
    tls->options = static_cast<unsigned>(options);
    evbuffer_cb_entry* entry = bufferevent_watch_(tls.get(), tls->output, be_openssl_outbuf_cb);
    const bool locked = below != nullptr && (options & BEV_OPT_THREADSAFE) != 0;
    if (entry == nullptr || (locked && bufferevent_share_lock_(tls.get(), below) < 0)) {
        bufferevent_uninit_common_(tls.get());
        return nullptr;
    }
    tls->ssl = ssl;
    tls->state = state;
    tls->underlying = below;
    tls_init_resume(tls.get());
    if (below != nullptr) {
        bufferevent_init_generic_timeout_cbs_(tls.get());
    } else {
        assign_events(tls.get(), fd);
    }
    // A write that was refused is repeated from wherever the bytes are by then.
    SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    bufferevent_tell_new_(tls.get());
    if (below == nullptr) bufferevent_tell_fd_(tls.get(), fd, "tls read", "tls write");
    begin(tls.get());
    return tls.release();
}

/// The descriptor of the BIO that an SSL object may have; or one is made. False if they disagree,
/// or without memory. A BIO of the program's own stays: what it does passes the trace by.
bool settle_fd(SSL* ssl, evutil_socket_t& fd) {
    BIO* bio = SSL_get_wbio(ssl);
    if (bio != nullptr) {
        const auto has = static_cast<evutil_socket_t>(BIO_get_fd(bio, nullptr));
        if (fd >= 0 && has >= 0 && has != fd) return false;
        if (has >= 0) fd = has;
        BIO_set_close(bio, BIO_NOCLOSE);
        return true;
    }
    bio = tls_bio_new_socket(fd);
    if (bio == nullptr) return false;
    SSL_set_bio(ssl, bio, bio);
    return true;
}

bufferevent* give_up(SSL* ssl, int options) {
    if (ssl != nullptr && (options & BEV_OPT_CLOSE_ON_FREE) != 0) SSL_free(ssl);
    return nullptr;
}

}  // namespace

const bufferevent_ops bufferevent_ops_openssl = {
    .type = "ssl",
    .kind = evglass::trace::field::bevkind::openssl,
    .enable = be_openssl_enable,
    .disable = be_openssl_disable,
    .unlink = be_openssl_unlink,
    .destruct = be_openssl_destruct,
    .adj_timeouts = be_openssl_adj_timeouts,
    .flush = be_openssl_flush,
    .ctrl = be_openssl_ctrl,
    .dispose = be_openssl_dispose,
};

bufferevent_openssl* tls_upcast(bufferevent* bev) {
    return bev->be_ops == &bufferevent_ops_openssl ? openssl_of(bev) : nullptr;
}

bufferevent* bufferevent_openssl_filter_new(event_base* base, bufferevent* underlying, SSL* ssl,
                                            bufferevent_ssl_state state, int options) {
    BIO* bio = underlying != nullptr && is_state(state) ? tls_bio_new(underlying) : nullptr;
    if (bio == nullptr) return give_up(ssl, options);
    SSL_set_bio(ssl, bio, bio);
    bufferevent_openssl* tls = tls_make(base, underlying, -1, ssl, state, options);
    if (tls == nullptr) return give_up(ssl, options);
    bufferevent_incref(underlying);
    bufferevent_setcb(underlying, be_openssl_readcb, be_openssl_writecb, be_openssl_eventcb,
                      static_cast<bufferevent*>(tls));
    bufferevent_suspend_read_(underlying, BEV_SUSPEND_FILT_READ);
    bufferevent_enable(underlying, EV_READ | EV_WRITE);
    tls_update_waiting(tls);
    if (state != BUFFEREVENT_SSL_OPEN) tls_schedule_resume(tls);
    return tls;
}

bufferevent* bufferevent_openssl_socket_new(event_base* base, evutil_socket_t fd, SSL* ssl,
                                            bufferevent_ssl_state state, int options) {
    if (!is_state(state) || !settle_fd(ssl, fd)) return give_up(ssl, options);
    bufferevent_openssl* tls = tls_make(base, nullptr, fd, ssl, state, options);
    if (tls == nullptr) return give_up(ssl, options);
    if (fd >= 0) tls_update_waiting(tls);
    return tls;
}

int bufferevent_openssl_get_allow_dirty_shutdown(bufferevent* bev) {
    const TlsHold hold(bev);
    const bufferevent_openssl* tls = tls_upcast(bev);
    return tls != nullptr ? static_cast<int>(tls->allow_dirty_shutdown) : -1;
}

void bufferevent_openssl_set_allow_dirty_shutdown(bufferevent* bev, int allow_dirty_shutdown) {
    const TlsHold hold(bev);
    if (bufferevent_openssl* tls = tls_upcast(bev))
        tls->allow_dirty_shutdown = allow_dirty_shutdown != 0;
}

SSL* bufferevent_openssl_get_ssl(bufferevent* bev) {
    const bufferevent_openssl* tls = tls_upcast(bev);
    return tls != nullptr ? tls->ssl : nullptr;
}

int bufferevent_ssl_renegotiate(bufferevent* bev) {
    const TlsHold hold(bev);
    bufferevent_openssl* tls = tls_upcast(bev);
    if (tls == nullptr || tls->closed || SSL_renegotiate(tls->ssl) != 1) return -1;
    tls->state = BUFFEREVENT_SSL_CONNECTING;
    tls->handshake_wants_write = true;
    bufferevent_tell_tls_(tls, bevtls::renegotiating, 0);
    tls_update_waiting(tls);
    tls_schedule_resume(tls);
    return 0;
}

unsigned long bufferevent_get_openssl_error(bufferevent* bev) {
    const TlsHold hold(bev);
    bufferevent_openssl* tls = tls_upcast(bev);
    if (tls == nullptr || tls->n_errors == 0) return 0;
    const unsigned long first = tls->errors[0];
    std::copy(tls->errors + 1, tls->errors + tls->n_errors, tls->errors);
    --tls->n_errors;
    return first;
}
