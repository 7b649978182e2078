// The inside of a bufferevent that speaks TLS. Its bytes pass an SSL object of OpenSSL on the way
// between the buffers and the transport: a socket, whose events it waits for, or the buffers of
// another bufferevent.
//
// What it waits for is never remembered piecemeal: tls_update_waiting works it out from the state,
// after each step. TLS may have to write in order to read, and the other way round: that is what
// the two `blocked` fields say.
// This room is a library of its own: it uses what core exports, and tells the trace through core.
// Read next: tls_io.cc (handshake, reading, writing), bufferevent_openssl.cc (making one), bio.cc.
#pragma once

#include <event2/bufferevent_ssl.h>
#include <openssl/ssl.h>

#include <cstdint>

#include "src/bufferevent/bufferevent_private.h"

/// Invariants: underlying is null if and only if the transport is a socket; the handshake goes on
/// while state is not BUFFEREVENT_SSL_OPEN; after `closed` SSL is not called any more.
struct bufferevent_openssl : bufferevent_private {
    bufferevent* underlying = nullptr;  ///< we hold a reference
    SSL* ssl = nullptr;
    bufferevent_ssl_state state = BUFFEREVENT_SSL_OPEN;
    bool closed = false;  ///< the end of the stream was seen, or an error
    bool allow_dirty_shutdown = false;
    bool handshake_wants_write = false;
    bool read_blocked_on_write = false;
    bool write_blocked_on_read = false;
    int last_write = 0;          ///< how many bytes SSL_write must be given again; 0: any
    std::uint64_t bio_read = 0;  ///< what the buckets have heard of
    std::uint64_t bio_written = 0;
    event_callback resume{};  ///< goes on with what no event will come for
    int n_errors = 0;
    unsigned long errors[4]{};  ///< OpenSSL's, the oldest first
};

inline bufferevent_openssl* openssl_of(bufferevent* bev) {
    return static_cast<bufferevent_openssl*>(bev);
}

extern const bufferevent_ops bufferevent_ops_openssl;
/// Null if bev is of another kind.
bufferevent_openssl* tls_upcast(bufferevent* bev);

// --- tls_io.cc: with the lock and a reference held ---
/// Makes the events (or the bufferevent below) fit what is wanted.
void tls_update_waiting(bufferevent_openssl* tls);
/// Does what the transport or the buffers allow now.
void tls_read(bufferevent_openssl* tls);
void tls_write(bufferevent_openssl* tls);
void tls_handshake(bufferevent_openssl* tls);
/// The transport has ended without a goodbye of TLS.
void tls_transport_ended(bufferevent_openssl* tls);
/// Runs the loop's next turn for this bufferevent.
void tls_schedule_resume(bufferevent_openssl* tls);
void tls_init_resume(bufferevent_openssl* tls);

// --- bio.cc ---
/// A BIO that reads the bufferevent's input and writes its output; it owns neither. Null on
/// failure.
BIO* tls_bio_new(bufferevent* bev);
/// A BIO that reads and writes a socket through core's system-call seam; it does not close it.
/// Null on failure.
BIO* tls_bio_new_socket(evutil_socket_t fd);

/// A reference and the lock, by what core exports. Afterwards the bufferevent may be gone.
class TlsHold {
 public:
    explicit TlsHold(bufferevent* bev) : bev_(bev) { bufferevent_incref_and_lock_(bev); }
    ~TlsHold() { bufferevent_decref_and_unlock_(bev_); }
    TlsHold(const TlsHold&) = delete;
    TlsHold& operator=(const TlsHold&) = delete;

 private:
    bufferevent* bev_;
};
