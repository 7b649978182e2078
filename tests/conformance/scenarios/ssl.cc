// Scenarios: bufferevents that speak TLS, on sockets and above other bufferevents. The key and its
// certificate are made anew for each; what OpenSSL writes in errors is not compared.
// Read next: main.cc.
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <csignal>
#include <optional>

#include "tests/conformance/scenarios/bevs.h"

using namespace evglass::conformance;

namespace {

constexpr short kBoth = EV_READ | EV_WRITE;

struct FreeCtx {
    void operator()(SSL_CTX* c) const { SSL_CTX_free(c); }
};
using Ctx = std::unique_ptr<SSL_CTX, FreeCtx>;
struct FreeSsl {
    void operator()(SSL* s) const { SSL_free(s); }
};

Ctx make_ctx(int version) {
    Ctx ctx(SSL_CTX_new(TLS_method()));
    SSL_CTX_set_min_proto_version(ctx.get(), version);
    SSL_CTX_set_max_proto_version(ctx.get(), version);
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* cert = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), 0);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_set_pubkey(cert, key);
    X509_sign(cert, key, EVP_sha256());
    SSL_CTX_use_certificate(ctx.get(), cert);
    SSL_CTX_use_PrivateKey(ctx.get(), key);
    // No tickets after the handshake: they would be bytes that only some runs have read.
    SSL_CTX_set_num_tickets(ctx.get(), 0);
    X509_free(cert);
    EVP_PKEY_free(key);
    return ctx;
}

/// A client and a server that speak TLS to each other over a pair of sockets.
struct Tls {
    explicit Tls(event_base* base, bool filters = false, int version = TLS1_3_VERSION,
                 int options = 0)
        : ctx(make_ctx(version)) {
        std::signal(SIGPIPE, SIG_IGN);
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) != 0) std::exit(3);
        client.emplace("client", end(base, fds[0], BUFFEREVENT_SSL_CONNECTING, filters, options));
        server.emplace("server", end(base, fds[1], BUFFEREVENT_SSL_ACCEPTING, filters, options));
        client->quiet_writes = server->quiet_writes = true;
    }
    bufferevent* end(event_base* base, int fd, bufferevent_ssl_state state, bool filter,
                     int options) {
        options |= BEV_OPT_CLOSE_ON_FREE;
        SSL* ssl = SSL_new(ctx.get());
        if (!filter) return bufferevent_openssl_socket_new(base, fd, ssl, state, options);
        bufferevent* below = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
        return bufferevent_openssl_filter_new(base, below, ssl, state, options);
    }
    void enable() {
        bufferevent_enable(client->bev(), kBoth);
        bufferevent_enable(server->bev(), kBoth);
    }
    /// Until both are connected, quietly.
    void shake_hands(event_base* base) {
        enable();
        client->listen(true, true, false);
        server->listen(true, true, false);
        run_ms(base, 60);
        client->listen(true, true, true);
        server->listen(true, true, true);
    }
    int fds[2];
    Ctx ctx;
    std::optional<Talker> client;
    std::optional<Talker> server;
};

void echo_over(bool filters, int version, int options = 0) {
    Base base = new_base();
    Tls t(base.get(), filters, version, options);
    t.server->on_read = [](Talker& s) { s.write("echo"); };
    t.shake_hands(base.get());
    t.client->write("hello");
    run_ms(base.get(), 60);
    t.client->tell_all();
    t.server->tell_all();
}

void large_over(bool filters) {
    Base base = new_base();
    Tls t(base.get(), filters);
    t.server->listen(false, false, false);
    t.enable();
    t.server->drains = false;
    t.client->listen(false, false, false);
    std::string big(500000, ' ');
    for (size_t i = 0; i < big.size(); ++i) big[i] = static_cast<char>('a' + i % 23);
    t.client->write(big);
    run_ms(base.get(), 400);
    t.server->tell_all();
    const unsigned char* bytes = evbuffer_pullup(t.server->input(), -1);
    say("same: %s", yes_no(evbuffer_get_length(t.server->input()) == big.size() &&
                           std::equal(big.begin(), big.end(), bytes)));
}

void clean_end(bool filters) {
    Base base = new_base();
    Tls t(base.get(), filters);
    t.shake_hands(base.get());
    SSL* ssl = bufferevent_openssl_get_ssl(t.client->bev());
    t.client->write("goodbye");
    run_ms(base.get(), 40);
    SSL_shutdown(ssl);
    run_ms(base.get(), 60);
}

void dirty_end(bool filters, bool allowed) {
    Base base = new_base();
    Tls t(base.get(), filters);
    bufferevent_openssl_set_allow_dirty_shutdown(t.server->bev(), allowed);
    t.shake_hands(base.get());
    shutdown(t.fds[0], SHUT_WR);
    run_ms(base.get(), 60);
}

}  // namespace

SCENARIO(ssl_socket_echo) {
    echo_over(false, TLS1_3_VERSION);
}
SCENARIO(ssl_filter_echo) {
    echo_over(true, TLS1_3_VERSION);
}
SCENARIO(ssl_socket_echo_tls12) {
    echo_over(false, TLS1_2_VERSION);
}
SCENARIO(ssl_filter_echo_tls12) {
    echo_over(true, TLS1_2_VERSION);
}
SCENARIO(ssl_socket_deferred) {
    echo_over(false, TLS1_3_VERSION, BEV_OPT_DEFER_CALLBACKS);
}
SCENARIO(ssl_socket_large) {
    large_over(false);
}
SCENARIO(ssl_filter_large) {
    large_over(true);
}
SCENARIO(ssl_socket_clean_end) {
    clean_end(false);
}
SCENARIO(ssl_socket_dirty_end_allowed) {
    dirty_end(false, true);
}
SCENARIO(ssl_socket_dirty_end) {
    dirty_end(false, false);
}
SCENARIO(ssl_filter_dirty_end_allowed) {
    dirty_end(true, true);
}
SCENARIO(ssl_filter_dirty_end) {
    dirty_end(true, false);
}

SCENARIO(ssl_connected_is_told) {
    Base base = new_base();
    Tls t(base.get());
    int connected = 0;
    const auto count = [&](Talker&, short what) { connected += what == BEV_EVENT_CONNECTED; };
    t.client->on_event = t.server->on_event = count;
    t.client->listen(false, false, false);
    t.server->listen(true, false, true);
    t.enable();
    run_ms(base.get(), 60);
    say("connected %d", connected);
}

SCENARIO(ssl_output_before_the_handshake) {
    Base base = new_base();
    Tls t(base.get());
    t.client->listen(false, false, false);
    t.server->listen(true, false, false);
    t.client->write("early");
    t.enable();
    run_ms(base.get(), 60);
    t.client->tell_all();
}

SCENARIO(ssl_is_as_it_was_made) {
    Base base = new_base();
    Tls t(base.get());
    bufferevent* bev = t.client->bev();
    t.client->tell_all();
    say("fd %s, underlying %s, ssl %s", yes_no(bufferevent_getfd(bev) == t.fds[0]),
        yes_no(bufferevent_get_underlying(bev) != nullptr),
        yes_no(bufferevent_openssl_get_ssl(bev) != nullptr));
    say("dirty %d", bufferevent_openssl_get_allow_dirty_shutdown(bev));
    bufferevent_openssl_set_allow_dirty_shutdown(bev, 7);
    say("dirty %d", bufferevent_openssl_get_allow_dirty_shutdown(bev));
    say("error %lu", bufferevent_get_openssl_error(bev));
    say("priority %d", bufferevent_priority_set(bev, 0));
}

SCENARIO(ssl_filter_is_as_it_was_made) {
    Base base = new_base();
    Tls t(base.get(), true);
    bufferevent* bev = t.client->bev();
    say("underlying %s", yes_no(bufferevent_get_underlying(bev) != nullptr));
    say("fd %s", yes_no(bufferevent_getfd(bev) == t.fds[0]));
}

SCENARIO(ssl_functions_on_others) {
    Base base = new_base();
    TalkerPair p(base.get());
    say("dirty %d", bufferevent_openssl_get_allow_dirty_shutdown(p.a.bev()));
    bufferevent_openssl_set_allow_dirty_shutdown(p.a.bev(), 1);
    say("ssl %s", yes_no(bufferevent_openssl_get_ssl(p.a.bev()) != nullptr));
    say("renegotiate %d", bufferevent_ssl_renegotiate(p.a.bev()));
    say("error %lu", bufferevent_get_openssl_error(p.a.bev()));
}

SCENARIO(ssl_nonsense_instead_of_a_handshake) {
    Base base = new_base();
    const Ctx ctx = make_ctx(TLS1_3_VERSION);
    Ends ends;
    const std::unique_ptr<SSL, FreeSsl> ssl(SSL_new(ctx.get()));  // not the bufferevent's to free
    Talker t("t", bufferevent_openssl_socket_new(base.get(), ends.a(), ssl.get(),
                                                 BUFFEREVENT_SSL_ACCEPTING, 0));
    t.enable(kBoth);
    t.on_event = [](Talker& s, short) {
        say("an OpenSSL error: %s", yes_no(bufferevent_get_openssl_error(s.bev()) != 0));
    };
    ends.write_b("this is no ClientHello, and never will be\r\n");
    run_ms(base.get(), 40);
}

SCENARIO(ssl_low_watermark) {
    Base base = new_base();
    Tls t(base.get());
    bufferevent_setwatermark(t.server->bev(), EV_READ, 6, 0);
    t.shake_hands(base.get());
    t.client->write("abc");
    run_ms(base.get(), 40);
    t.server->tell_all();
    t.client->write("defg");
    run_ms(base.get(), 40);
}

SCENARIO(ssl_reading_disabled) {
    Base base = new_base();
    Tls t(base.get());
    t.shake_hands(base.get());
    bufferevent_disable(t.server->bev(), EV_READ);
    t.client->write("held");
    run_ms(base.get(), 40);
    t.server->tell_all();
    t.server->enable(EV_READ);
    run_ms(base.get(), 40);
}

SCENARIO(ssl_writing_disabled) {
    Base base = new_base();
    Tls t(base.get());
    t.shake_hands(base.get());
    bufferevent_disable(t.client->bev(), EV_WRITE);
    t.client->write("held");
    run_ms(base.get(), 40);
    t.client->tell_all();
    t.client->enable(EV_WRITE);
    run_ms(base.get(), 40);
    t.client->tell_all();
}

SCENARIO(ssl_read_timeout) {
    Base base = new_base();
    Tls t(base.get());
    t.shake_hands(base.get());
    bufferevent_disable(t.server->bev(), EV_READ);
    const timeval tv = after(30);
    bufferevent_set_timeouts(t.server->bev(), &tv, nullptr);
    t.server->enable(EV_READ);
    run_ms(base.get(), 80);
}

SCENARIO(ssl_free_in_the_read_callback) {
    Base base = new_base();
    Tls t(base.get());
    t.shake_hands(base.get());
    t.server->on_read = [](Talker& s) { s.free(); };
    t.client->listen(true, true, false);
    t.client->write("die");
    run_ms(base.get(), 60);
}

SCENARIO(ssl_freed_during_the_handshake) {
    Base base = new_base();
    Tls t(base.get());
    t.enable();
    t.client->listen(false, false, false);
    event_base_loop(base.get(), EVLOOP_ONCE);
    t.server.reset();
    t.client.reset();
    run_ms(base.get(), 20);
    say("survived");
}

SCENARIO(ssl_over_a_bufferevent_pair) {
    Base base = new_base();
    const Ctx ctx = make_ctx(TLS1_3_VERSION);
    bufferevent* pair[2];
    bufferevent_pair_new(base.get(), 0, pair);
    Talker c("client",
             bufferevent_openssl_filter_new(base.get(), pair[0], SSL_new(ctx.get()),
                                            BUFFEREVENT_SSL_CONNECTING, BEV_OPT_CLOSE_ON_FREE));
    Talker s("server",
             bufferevent_openssl_filter_new(base.get(), pair[1], SSL_new(ctx.get()),
                                            BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE));
    c.quiet_writes = s.quiet_writes = true;
    c.listen(true, true, false);
    s.listen(true, true, false);
    bufferevent_enable(c.bev(), kBoth);
    bufferevent_enable(s.bev(), kBoth);
    s.on_read = [](Talker& t) { t.write("pong"); };
    c.write("ping");
    run_ms(base.get(), 60);
}

SCENARIO(ssl_renegotiate_tls12) {
    Base base = new_base();
    Tls t(base.get(), false, TLS1_2_VERSION);
    t.shake_hands(base.get());
    t.client->listen(true, true, false);
    t.server->listen(true, true, false);
    t.client->write("before");
    run_ms(base.get(), 40);
    say("renegotiate = %d", bufferevent_ssl_renegotiate(t.client->bev()));
    run_ms(base.get(), 60);
    t.client->write("after");
    run_ms(base.get(), 60);
}

// Shows T292: connecting, accepting, and open already.
SCENARIO(T292_tls_that_is_open_already) {
    Base base = new_base();
    const Ctx ctx = make_ctx(TLS1_2_VERSION);
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) != 0) std::exit(3);
    SSL* ends[2] = {SSL_new(ctx.get()), SSL_new(ctx.get())};
    for (int i = 0; i < 2; ++i) SSL_set_fd(ends[i], fds[i]);
    SSL_set_connect_state(ends[0]);
    SSL_set_accept_state(ends[1]);
    for (int i = 0; i < 20; ++i) SSL_do_handshake(ends[i % 2]);
    say("open: %s", yes_no(SSL_is_init_finished(ends[0]) == 1 && SSL_is_init_finished(ends[1])));
    ERR_clear_error();
    const auto take = [&](int i) {
        return bufferevent_openssl_socket_new(base.get(), fds[i], ends[i], BUFFEREVENT_SSL_OPEN,
                                              BEV_OPT_CLOSE_ON_FREE);
    };
    Talker one("one", take(0));
    Talker two("two", take(1));
    one.quiet_writes = two.quiet_writes = true;
    one.enable(kBoth);
    two.enable(kBoth);
    one.write("without another handshake");
    run_ms(base.get(), 40);
    say("errors: %lu", ERR_get_error());
}
