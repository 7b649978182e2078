// OpenSSL's view of what lies below: two kinds of BIO.
//   bufferevent  takes from its input and adds to its output. An empty input is "try again", and so
//                is an output at its high watermark.
//   socket       reads and writes by core's system-call seam, so that a trace sees them.
// A BIO owns nothing: the TLS bufferevent holds the reference, and closes the descriptor.
// Read next: tls_io.cc.
#include <openssl/bio.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>

#include "src/openssl/bufferevent_openssl.h"

namespace {

// ---- a bufferevent ------------------------------------------------------------------------------

int bio_bufferevent_read(BIO* bio, char* out, int size) {
    BIO_clear_retry_flags(bio);
    auto* bev = static_cast<bufferevent*>(BIO_get_data(bio));
    if (out == nullptr || size <= 0 || bev == nullptr) return 0;
    const int n = evbuffer_remove(bev->input, out, static_cast<size_t>(size));
    if (n > 0) return n;
    BIO_set_retry_read(bio);
    return -1;
}

int bio_bufferevent_write(BIO* bio, const char* data, int size) {
    BIO_clear_retry_flags(bio);
    auto* bev = static_cast<bufferevent*>(BIO_get_data(bio));
    if (data == nullptr || size <= 0 || bev == nullptr) return 0;
    const size_t high = bev->wm_write.high;
    const size_t length = evbuffer_get_length(bev->output);
    size_t most = static_cast<size_t>(size);
    if (high != 0) most = length >= high ? 0 : std::min(most, high - length);
    if (most == 0 || evbuffer_add(bev->output, data, most) < 0) {
        BIO_set_retry_write(bio);
        return -1;
    }
    return static_cast<int>(most);
}

/// What both kinds answer alike.
long answer_any(BIO* bio, int command, long number) {
    switch (command) {
        case BIO_CTRL_GET_CLOSE:
            return BIO_get_shutdown(bio);
        case BIO_CTRL_SET_CLOSE:
            BIO_set_shutdown(bio, static_cast<int>(number));
            return 1;
        case BIO_CTRL_DUP:
        case BIO_CTRL_FLUSH:
            return 1;
        default:
            return 0;
    }
}

long bio_bufferevent_ctrl(BIO* bio, int command, long number, void*) {
    auto* bev = static_cast<bufferevent*>(BIO_get_data(bio));
    switch (command) {
        case BIO_CTRL_PENDING:
            return bev != nullptr && evbuffer_get_length(bev->input) != 0 ? 1 : 0;
        case BIO_CTRL_WPENDING:
            return bev != nullptr && evbuffer_get_length(bev->output) != 0 ? 1 : 0;
        default:
            return answer_any(bio, command, number);
    }
}

// ---- a socket -----------------------------------------------------------------------------------

evutil_socket_t fd_of(BIO* bio) {
    return static_cast<evutil_socket_t>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

void set_fd(BIO* bio, evutil_socket_t fd) {
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
    BIO_set_init(bio, 1);
}

int bio_socket_read(BIO* bio, char* out, int size) {
    if (out == nullptr || size <= 0) return 0;
    BIO_clear_retry_flags(bio);
    errno = 0;
    const auto n = static_cast<int>(bufferevent_recv_(fd_of(bio), out, static_cast<size_t>(size)));
    if (n > 0) return n;
    if (n == 0) {
        BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    } else if (BIO_sock_should_retry(n) != 0) {
        BIO_set_retry_read(bio);
    }
    return n;
}

int bio_socket_write(BIO* bio, const char* data, int size) {
    if (data == nullptr || size <= 0) return 0;
    BIO_clear_retry_flags(bio);
    errno = 0;
    const auto n = static_cast<int>(bufferevent_send_(fd_of(bio), data, static_cast<size_t>(size)));
    if (n <= 0 && BIO_sock_should_retry(n) != 0) BIO_set_retry_write(bio);
    return n;
}

long bio_socket_ctrl(BIO* bio, int command, long number, void* pointer) {
    switch (command) {
        case BIO_C_SET_FD:
            set_fd(bio, *static_cast<int*>(pointer));
            BIO_set_shutdown(bio, static_cast<int>(number));
            return 1;
        case BIO_C_GET_FD:
            if (BIO_get_init(bio) == 0) return -1;
            if (pointer != nullptr) *static_cast<int*>(pointer) = fd_of(bio);
            return fd_of(bio);
        case BIO_CTRL_EOF:
            return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
        default:
            return answer_any(bio, command, number);
    }
}

// ---- making one ---------------------------------------------------------------------------------

using Read = int (*)(BIO*, char*, int);
using Write = int (*)(BIO*, const char*, int);
using Control = long (*)(BIO*, int, long, void*);

BIO_METHOD* make_method(int type, const char* name, Read read, Write write, Control control) {
    BIO_METHOD* m = BIO_meth_new(type | BIO_get_new_index(), name);
    if (m == nullptr) return m;
    BIO_meth_set_read(m, read);
    BIO_meth_set_write(m, write);
    BIO_meth_set_ctrl(m, control);
    return m;
}

// One of each for the whole process: OpenSSL keeps no more than its address.

BIO_METHOD* bufferevent_method() {
    static BIO_METHOD* const made =
        make_method(BIO_TYPE_SOURCE_SINK, "bufferevent", bio_bufferevent_read,
                    bio_bufferevent_write, bio_bufferevent_ctrl);
    return made;
}

/// With BIO_TYPE_DESCRIPTOR, SSL_get_fd finds it.
BIO_METHOD* socket_method() {
    static BIO_METHOD* const made =
        make_method(BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR, "socket of a bufferevent",
                    bio_socket_read, bio_socket_write, bio_socket_ctrl);
    return made;
}

BIO* make_bio(BIO_METHOD* method) {
    BIO* bio = method != nullptr ? BIO_new(method) : nullptr;
    if (bio != nullptr) BIO_set_shutdown(bio, BIO_NOCLOSE);
    return bio;
}

}  // namespace

BIO* tls_bio_new(bufferevent* bev) {
    BIO* bio = make_bio(bufferevent_method());
    if (bio == nullptr) return nullptr;
    BIO_set_data(bio, bev);
    BIO_set_init(bio, 1);
    return bio;
}

BIO* tls_bio_new_socket(evutil_socket_t fd) {
    BIO* bio = make_bio(socket_method());
    if (bio != nullptr) set_fd(bio, fd);
    return bio;
}
