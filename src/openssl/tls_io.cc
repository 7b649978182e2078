// How a TLS bufferevent moves: the handshake, reading, writing, and the ways in which it ends.
// Each step asks OpenSSL, notes what it is blocked on, and lets tls_update_waiting do the rest.
//
// OpenSSL may hold bytes that it has deciphered already: no event of the socket comes for them. So
// whenever reading stops before they are taken, the loop is asked to resume.
// Read next: bufferevent_openssl.cc.
#include <openssl/bio.h>
#include <openssl/err.h>

#include <algorithm>
#include <cerrno>

#include "src/openssl/bufferevent_openssl.h"

namespace {

using evglass::trace::field::bevdir;
using evglass::trace::field::bevtls;

constexpr int kLargestRecord = 16384;

bool reading_allowed(const bufferevent_openssl* tls) {
    return (tls->enabled & EV_READ) != 0 && tls->read_suspended == 0;
}
bool writing_allowed(const bufferevent_openssl* tls) {
    return (tls->enabled & EV_WRITE) != 0 && tls->write_suspended == 0;
}

/// Bytes that no event of the socket will tell of.
bool bytes_at_hand(const bufferevent_openssl* tls) {
    if (tls->closed) return false;
    if (SSL_has_pending(tls->ssl)) return true;
    return tls->underlying != nullptr && evbuffer_get_length(tls->underlying->input) != 0;
}

/// The buckets hear of the bytes of the transport: those are what a limit is about.
void decrement_buckets(bufferevent_openssl* tls) {
    const std::uint64_t read = BIO_number_read(SSL_get_rbio(tls->ssl));
    const std::uint64_t written = BIO_number_written(SSL_get_wbio(tls->ssl));
    if (read != tls->bio_read)
        bufferevent_decrement_read_buckets_(tls, static_cast<ev_ssize_t>(read - tls->bio_read));
    if (written != tls->bio_written)
        bufferevent_decrement_write_buckets_(tls,
                                             static_cast<ev_ssize_t>(written - tls->bio_written));
    tls->bio_read = read;
    tls->bio_written = written;
}

void keep_errors(bufferevent_openssl* tls) {
    tls->n_errors = 0;
    while (const unsigned long error = ERR_get_error()) {
        if (tls->n_errors < static_cast<int>(std::size(tls->errors)))
            tls->errors[tls->n_errors++] = error;
    }
}

/// The stream is over: nothing is waited for any more, and the user hears of it.
void end_stream(bufferevent_openssl* tls, short what, bevtls state) {
    tls->closed = true;
    bufferevent_tell_tls_(tls, state, tls->n_errors != 0 ? tls->errors[0] : 0);
    const int error = errno;
    tls_update_waiting(tls);
    errno = error;
    bufferevent_run_eventcb_(tls, what, 0);
}

void end_dirty(bufferevent_openssl* tls, short side) {
    const short what = tls->allow_dirty_shutdown ? BEV_EVENT_EOF : BEV_EVENT_ERROR;
    end_stream(tls, static_cast<short>(side | what), bevtls::dirty);
}

/// What SSL_get_error says of a call that didn't succeed, where it is not "try again".
void conn_closed(bufferevent_openssl* tls, short side, int reason, int result) {
    keep_errors(tls);
    if (reason == SSL_ERROR_ZERO_RETURN)
        return end_stream(tls, static_cast<short>(side | BEV_EVENT_EOF), bevtls::closed);
    const bool cut = (reason == SSL_ERROR_SYSCALL && tls->n_errors == 0 && result == 0) ||
                     (reason == SSL_ERROR_SSL && tls->n_errors != 0 &&
                      ERR_GET_REASON(tls->errors[0]) == SSL_R_UNEXPECTED_EOF_WHILE_READING);
    if (cut) return end_dirty(tls, side);
    end_stream(tls, static_cast<short>(side | BEV_EVENT_ERROR), bevtls::failed);
}

/// Up to `most` bytes into the input. What SSL_read says, or 0 without memory.
int read_once(bufferevent_openssl* tls, ev_ssize_t most) {
    evbuffer_iovec space{};
    const int wanted = static_cast<int>(std::min<ev_ssize_t>(most, kLargestRecord));
    if (evbuffer_reserve_space(tls->input, wanted, &space, 1) < 1) return 0;
    ERR_clear_error();
    errno = 0;
    const int n = SSL_read(tls->ssl, space.iov_base, wanted);
    if (n <= 0) return n;
    space.iov_len = static_cast<size_t>(n);
    evbuffer_commit_space(tls->input, &space, 1);
    bufferevent_tell_moved_(tls, bevdir::read, wanted, n);
    return n;
}

/// How much may be read now: limits and watermark.
ev_ssize_t bytes_to_read(bufferevent_openssl* tls) {
    const ev_ssize_t limit = bufferevent_get_read_max_(tls);
    const ev_ssize_t room = bufferevent_room_to_read_(tls);
    return room < 0 ? limit : std::min(limit, room);
}

/// A step of reading failed: because it must wait, or for good.
void note_read_block(bufferevent_openssl* tls, int result) {
    const int reason = SSL_get_error(tls->ssl, result);
    if (reason == SSL_ERROR_WANT_READ) return;
    if (reason == SSL_ERROR_WANT_WRITE) {
        tls->read_blocked_on_write = true;
        return;
    }
    conn_closed(tls, BEV_EVENT_READING, reason, result);
}

void note_write_block(bufferevent_openssl* tls, int result, int size) {
    const int reason = SSL_get_error(tls->ssl, result);
    if (reason == SSL_ERROR_WANT_WRITE || reason == SSL_ERROR_WANT_READ) {
        tls->last_write = size;
        tls->write_blocked_on_read = reason == SSL_ERROR_WANT_READ;
        return;
    }
    conn_closed(tls, BEV_EVENT_WRITING, reason, result);
}

/// What was tried must be given to SSL_write again; else as much as one record holds.
int bytes_to_write(bufferevent_openssl* tls, ev_ssize_t budget) {
    if (tls->last_write != 0) return tls->last_write;
    const auto length =
        static_cast<ev_ssize_t>(std::min<size_t>(evbuffer_get_length(tls->output), EV_SSIZE_MAX));
    return static_cast<int>(std::min<ev_ssize_t>({length, budget, kLargestRecord}));
}

/// Sockets: an event waits exactly while there is a reason for it. Those that wait already are left
/// alone: adding one again would restart its timeout.
void want(event* ev, short what, bool wanted, const timeval* timeout) {
    const bool waits = event_pending(ev, what, nullptr) != 0;
    if (wanted && !waits) bufferevent_add_event_(ev, timeout);
    if (!wanted && waits) event_del_noblock(ev);
}

/// The loop's turn to go on; or the base goes, and nothing is done but giving back the reference.
void tls_resume(event_callback* cb, void* arg) {
    auto* tls = openssl_of(static_cast<bufferevent*>(arg));
    bufferevent_lock(tls);
    if (cb == nullptr) {
        bufferevent_decref_and_unlock_(tls);
        return;
    }
    // The reference is the schedule's.
    if (tls->state != BUFFEREVENT_SSL_OPEN) {
        tls_handshake(tls);
    } else {
        tls_write(tls);
        if (bytes_at_hand(tls)) tls_read(tls);
    }
    bufferevent_decref_and_unlock_(tls);
}

}  // namespace

void tls_init_resume(bufferevent_openssl* tls) {
    event_deferred_cb_init_(&tls->resume, tls->deferred.evcb_pri, tls_resume,
                            static_cast<bufferevent*>(tls), "bev tls");
}

void tls_schedule_resume(bufferevent_openssl* tls) {
    if ((tls->resume.evcb_flags & (EVLIST_ACTIVE | EVLIST_ACTIVE_LATER)) == 0)
        tls->resume.evcb_pri = tls->deferred.evcb_pri;
    if (event_deferred_cb_schedule_(tls->ev_base, &tls->resume)) ++tls->refcnt;
}

void tls_update_waiting(bufferevent_openssl* tls) {
    const bool open = tls->state == BUFFEREVENT_SSL_OPEN && !tls->closed;
    const bool shaking = tls->state != BUFFEREVENT_SSL_OPEN && !tls->closed;
    const bool read = (open && reading_allowed(tls) && !tls->read_blocked_on_write) ||
                      (open && tls->write_blocked_on_read) ||
                      (shaking && !tls->handshake_wants_write);
    const bool write = (open && writing_allowed(tls) && !tls->write_blocked_on_read &&
                        evbuffer_get_length(tls->output) != 0) ||
                       (open && tls->read_blocked_on_write) ||
                       (shaking && tls->handshake_wants_write) || tls->connecting;
    if (tls->underlying == nullptr) {
        want(&tls->ev_read, EV_READ, read && !tls->connecting, &tls->timeout_read);
        want(&tls->ev_write, EV_WRITE, write, &tls->timeout_write);
        return;
    }
    // Below, writing goes on by itself; reading only while somebody wants the bytes.
    if (read) {
        bufferevent_unsuspend_read_(tls->underlying, BEV_SUSPEND_FILT_READ);
        if (evbuffer_get_length(tls->underlying->input) != 0) tls_schedule_resume(tls);
    } else {
        bufferevent_suspend_read_(tls->underlying, BEV_SUSPEND_FILT_READ);
    }
}

void tls_handshake(bufferevent_openssl* tls) {
    if (tls->closed) return;
    ERR_clear_error();
    errno = 0;
    const int result = SSL_do_handshake(tls->ssl);
    decrement_buckets(tls);
    if (result == 1) {
        tls->state = BUFFEREVENT_SSL_OPEN;
        tls->handshake_wants_write = false;
        bufferevent_tell_tls_(tls, bevtls::open, 0);
        tls_update_waiting(tls);
        bufferevent_run_eventcb_(tls, BEV_EVENT_CONNECTED, 0);
        // What waits in the output, and what came with the last of the handshake.
        tls_schedule_resume(tls);
        return;
    }
    const int reason = SSL_get_error(tls->ssl, result);
    if (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE) {
        tls->handshake_wants_write = reason == SSL_ERROR_WANT_WRITE;
        return tls_update_waiting(tls);
    }
    conn_closed(tls, BEV_EVENT_READING, reason, result);
}

void tls_read(bufferevent_openssl* tls) {
    if (tls->closed || !reading_allowed(tls)) return;
    tls->read_blocked_on_write = false;
    bool moved = false;
    ev_ssize_t budget = bytes_to_read(tls);
    bool blocked = false;
    while (budget > 0 && !blocked && reading_allowed(tls)) {
        const int n = read_once(tls, budget);
        if (n <= 0) {
            // The user hears of the bytes before hearing of the end.
            decrement_buckets(tls);
            if (moved) bufferevent_trigger_nolock_(tls, EV_READ, 0);
            moved = false;
            blocked = true;
            if (!tls->closed) note_read_block(tls, n);
            break;
        }
        moved = true;
        if (tls->underlying != nullptr) bufferevent_reset_read_timeout_(tls);
        budget -= n;
    }
    if (tls->closed) return;
    decrement_buckets(tls);
    if (moved) bufferevent_trigger_nolock_(tls, EV_READ, 0);
    if (!blocked && reading_allowed(tls) && bytes_at_hand(tls)) tls_schedule_resume(tls);
    tls_update_waiting(tls);
}

void tls_write(bufferevent_openssl* tls) {
    if (tls->closed || !writing_allowed(tls)) return;
    tls->write_blocked_on_read = false;
    bool moved = false;
    ev_ssize_t budget = bufferevent_get_write_max_(tls);
    while (writing_allowed(tls) && evbuffer_get_length(tls->output) != 0 &&
           (budget > 0 || tls->last_write != 0)) {
        const int size = bytes_to_write(tls, budget);
        const unsigned char* data = evbuffer_pullup(tls->output, size);
        if (data == nullptr) break;
        ERR_clear_error();
        errno = 0;
        const int n = SSL_write(tls->ssl, data, size);
        if (n <= 0) {
            note_write_block(tls, n, size);
            break;
        }
        tls->last_write = 0;
        moved = true;
        evbuffer_drain(tls->output, static_cast<size_t>(n));
        bufferevent_tell_moved_(tls, bevdir::write, size, n);
        budget -= n;
    }
    if (tls->closed) return;
    decrement_buckets(tls);
    if (moved && tls->underlying != nullptr) bufferevent_reset_write_timeout_(tls);
    if (moved) bufferevent_trigger_nolock_(tls, EV_WRITE, 0);
    tls_update_waiting(tls);
}

void tls_transport_ended(bufferevent_openssl* tls) {
    // What came before the end is read first; it may hold TLS's own goodbye.
    if (tls->state == BUFFEREVENT_SSL_OPEN) tls_read(tls);
    if (!tls->closed) end_dirty(tls, 0);
}
