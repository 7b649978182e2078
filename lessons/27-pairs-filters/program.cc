// Lesson 27: bufferevents without a descriptor. Four acts, each begins with a mark in the trace:
//   pair     `left` and `right` are two ends of a pair: what one writes, the other reads
//   filter   `coded` stands above `right` and turns letters by 13 places, both ways
//   frames   a filter that wants three bytes at a time, and gets them one by one
//   tls      `client` and `server` speak TLS over a pair; key and certificate are made here
// Time is virtual, so every run is the same and takes no time.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/bufferevent_struct.h>
#include <event2/event.h>
#include <event2/evglass.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <memory>
#include <string>

namespace {

void run(event_base* base) {
    event_base_loop(base, EVLOOP_NONBLOCK);
}

void name(bufferevent* bev, const std::string& what) {
    evglass_name_event(&bev->ev_read, (what + ".read").c_str());
    evglass_name_event(&bev->ev_write, (what + ".write").c_str());
}

void on_read(bufferevent* bev, void* who) {
    char text[64];
    const std::size_t got = bufferevent_read(bev, text, sizeof text - 1);
    text[got] = '\0';
    std::printf("%s got: %s\n", static_cast<const char*>(who), text);
}

void on_end(bufferevent*, short what, void* who) {
    std::printf("%s: event %#x\n", static_cast<const char*>(who), static_cast<unsigned>(what));
}

bufferevent_filter_result rot13(evbuffer* from, evbuffer* to, ev_ssize_t, bufferevent_flush_mode,
                                void*) {
    char c = 0;
    while (evbuffer_remove(from, &c, 1) == 1) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>('a' + (c - 'a' + 13) % 26);
        evbuffer_add(to, &c, 1);
    }
    return BEV_OK;
}

bufferevent_filter_result by_threes(evbuffer* from, evbuffer* to, ev_ssize_t,
                                    bufferevent_flush_mode, void*) {
    if (evbuffer_get_length(from) < 3) return BEV_NEED_MORE;
    while (evbuffer_get_length(from) >= 3) evbuffer_remove_buffer(from, to, 3);
    return BEV_OK;
}

struct Pair {
    bufferevent* left = nullptr;
    bufferevent* right = nullptr;
    Pair(event_base* base, const std::string& suffix) {
        bufferevent* both[2];
        if (bufferevent_pair_new(base, BEV_OPT_DEFER_CALLBACKS, both) != 0) return;
        left = both[0];
        right = both[1];
        name(left, "left" + suffix);
        name(right, "right" + suffix);
    }
};

void pair_act(event_base* base) {
    evglass_mark("pair");
    const Pair pair(base, "");
    static char who[] = "right";
    bufferevent_setcb(pair.right, on_read, nullptr, on_end, who);
    bufferevent_enable(pair.right, EV_READ);
    bufferevent_write(pair.left, "hello", 5);
    evglass_mark("written");
    run(base);
    evglass_mark("flush");
    bufferevent_flush(pair.left, EV_WRITE, BEV_FINISHED);
    run(base);
    bufferevent_free(pair.left);
    bufferevent_free(pair.right);
    run(base);
}

void filter_act(event_base* base) {
    evglass_mark("filter");
    const Pair pair(base, "2");
    static char coded_name[] = "coded", plain_name[] = "left2";
    bufferevent* coded =
        bufferevent_filter_new(pair.right, rot13, rot13, BEV_OPT_CLOSE_ON_FREE, nullptr, nullptr);
    name(coded, "coded");
    bufferevent_setcb(coded, on_read, nullptr, on_end, coded_name);
    bufferevent_setcb(pair.left, on_read, nullptr, on_end, plain_name);
    bufferevent_enable(coded, EV_READ);
    bufferevent_enable(pair.left, EV_READ);
    bufferevent_write(pair.left, "uryyb", 5);
    run(base);
    bufferevent_write(coded, "answer", 6);
    run(base);
    bufferevent_free(coded);
    bufferevent_free(pair.left);
    run(base);
}

void frames_act(event_base* base) {
    evglass_mark("frames");
    const Pair pair(base, "3");
    static char who[] = "framed";
    bufferevent* framed = bufferevent_filter_new(pair.right, by_threes, nullptr,
                                                 BEV_OPT_CLOSE_ON_FREE, nullptr, nullptr);
    name(framed, "framed");
    bufferevent_setcb(framed, on_read, nullptr, on_end, who);
    bufferevent_enable(framed, EV_READ);
    for (const char* byte : {"a", "b", "c", "d"}) {
        bufferevent_write(pair.left, byte, 1);
        run(base);
    }
    bufferevent_free(framed);
    bufferevent_free(pair.left);
    run(base);
}

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using Context = std::unique_ptr<SSL_CTX, Free>;

/// Says of itself who it is: good enough for two ends of one program.
Certificate self_signed(EVP_PKEY* key) {
    constexpr long kHour = 3600;
    Certificate made(X509_new());
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -kHour);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), kHour);
    X509_set_pubkey(made.get(), key);
    X509_NAME* who = X509_get_subject_name(made.get());
    X509_NAME_add_entry_by_txt(who, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("lesson 27"), -1, -1, 0);
    X509_set_issuer_name(made.get(), who);
    X509_sign(made.get(), key, nullptr);  // Ed25519 has its own digest
    return made;
}

bufferevent* tls_above(event_base* base, bufferevent* below, const Context& context,
                       bufferevent_ssl_state state, const char* who) {
    bufferevent* made =
        bufferevent_openssl_filter_new(base, below, SSL_new(context.get()), state,
                                       BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    name(made, who);
    bufferevent_setcb(made, on_read, nullptr, on_end, const_cast<char*>(who));
    bufferevent_enable(made, EV_READ | EV_WRITE);
    return made;
}

void tls_act(event_base* base) {
    evglass_mark("tls");
    const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    const Certificate certificate = self_signed(key.get());
    const Context servers(SSL_CTX_new(TLS_server_method())),
        clients(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_use_certificate(servers.get(), certificate.get());
    SSL_CTX_use_PrivateKey(servers.get(), key.get());
    const Pair pair(base, "4");
    bufferevent* server = tls_above(base, pair.right, servers, BUFFEREVENT_SSL_ACCEPTING, "server");
    bufferevent* client = tls_above(base, pair.left, clients, BUFFEREVENT_SSL_CONNECTING, "client");
    evglass_mark("handshake");
    run(base);
    std::printf("version: %s\n", SSL_get_version(bufferevent_openssl_get_ssl(client)));
    evglass_mark("secret");
    bufferevent_write(client, "secret", 6);
    run(base);
    bufferevent_free(client);
    bufferevent_free(server);
    run(base);
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();
    pair_act(base);
    filter_act(base);
    frames_act(base);
    tls_act(base);
    event_base_free(base);
    return 0;
}
