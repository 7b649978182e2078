// OpenSSL's view of another bufferevent: a BIO that takes from its input and adds to its output. An
// empty input is "try again", and so is an output at its high watermark.
// The BIO owns nothing: the TLS bufferevent holds the reference.
// Read next: tls_io.cc.
#include <openssl/bio.h>

#include <algorithm>
#include <climits>

#include "src/openssl/bufferevent_openssl.h"

namespace {

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

long bio_bufferevent_ctrl(BIO* bio, int command, long number, void*) {
    auto* bev = static_cast<bufferevent*>(BIO_get_data(bio));
    switch (command) {
        case BIO_CTRL_GET_CLOSE:
            return BIO_get_shutdown(bio);
        case BIO_CTRL_SET_CLOSE:
            BIO_set_shutdown(bio, static_cast<int>(number));
            return 1;
        case BIO_CTRL_PENDING:
            return bev != nullptr && evbuffer_get_length(bev->input) != 0 ? 1 : 0;
        case BIO_CTRL_WPENDING:
            return bev != nullptr && evbuffer_get_length(bev->output) != 0 ? 1 : 0;
        case BIO_CTRL_DUP:
        case BIO_CTRL_FLUSH:
            return 1;
        default:
            return 0;
    }
}

/// One for the whole process: OpenSSL keeps no more than its address.
BIO_METHOD* method() {
    static BIO_METHOD* const made = [] {
        BIO_METHOD* m = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "bufferevent");
        if (m == nullptr) return m;
        BIO_meth_set_read(m, bio_bufferevent_read);
        BIO_meth_set_write(m, bio_bufferevent_write);
        BIO_meth_set_ctrl(m, bio_bufferevent_ctrl);
        return m;
    }();
    return made;
}

}  // namespace

BIO* tls_bio_new(bufferevent* bev) {
    BIO_METHOD* const m = method();
    BIO* bio = m != nullptr ? BIO_new(m) : nullptr;
    if (bio == nullptr) return nullptr;
    BIO_set_data(bio, bev);
    BIO_set_init(bio, 1);
    BIO_set_shutdown(bio, 0);
    return bio;
}
