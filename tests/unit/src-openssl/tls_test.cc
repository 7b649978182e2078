// TLS bufferevents when things go wrong: the nth allocation and the nth system call fail, a peer
// that speaks no TLS, an end without goodbye, limits, threads, the trace. Each conversation is
// bounded by time, and leaves neither memory nor descriptors.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/thread.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <string>
#include <thread>

#include "src/event/event_core.h"
#include "src/util/sys.h"
#include "tests/support/failing_memory.h"
#include "tests/support/recorded.h"
#include "trace/model.h"

namespace {

namespace trace = evglass::trace;
using evglass::test::FailingMemory;

constexpr short kBoth = EV_READ | EV_WRITE;
constexpr std::size_t kText = 40000;  // more than two records of TLS

void quiet(int, const char*) {}

struct FreeCtx {
    void operator()(SSL_CTX* c) const { SSL_CTX_free(c); }
};

/// A key and its certificate, made once: they are not what is tested.
SSL_CTX* context() {
    static const std::unique_ptr<SSL_CTX, FreeCtx> made = [] {
        std::unique_ptr<SSL_CTX, FreeCtx> ctx(SSL_CTX_new(TLS_method()));
        EVP_PKEY* key = EVP_EC_gen("P-256");
        X509* cert = X509_new();
        ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
        X509_gmtime_adj(X509_getm_notBefore(cert), 0);
        X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
        X509_set_pubkey(cert, key);
        X509_sign(cert, key, EVP_sha256());
        SSL_CTX_use_certificate(ctx.get(), cert);
        SSL_CTX_use_PrivateKey(ctx.get(), key);
        X509_free(cert);
        EVP_PKEY_free(key);
        return ctx;
    }();
    return made.get();
}

int open_fds() {
    int n = 0;
    for (int fd = 0; fd < 200; ++fd) n += fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
    return n;
}

void run_ms(event_base* base, int milliseconds) {
    const timeval tv{0, milliseconds * 1000};
    event_base_loopexit(base, &tv);
    event_base_dispatch(base);
}

/// One end, and what came of it.
struct End {
    bufferevent* bev = nullptr;
    std::string got{};
    short events = 0;
    std::size_t enough = 0;  ///< the loop ends when that many bytes are there

    /// Owns fd from now on. Null without memory, and nothing is left.
    bool make(event_base* base, int fd, bufferevent_ssl_state state, bool filter, int options) {
        options |= BEV_OPT_CLOSE_ON_FREE;
        bufferevent* below = nullptr;
        if (filter && (below = bufferevent_socket_new(base, fd, options)) == nullptr)
            return close(fd), false;
        SSL* ssl = SSL_new(context());
        bev = filter ? bufferevent_openssl_filter_new(base, below, ssl, state, options)
                     : bufferevent_openssl_socket_new(base, fd, ssl, state, options);
        if (bev == nullptr && filter) bufferevent_free(below);
        if (bev == nullptr && !filter) close(fd);
        if (bev == nullptr) return false;
        bufferevent_setcb(bev, on_read, nullptr, on_event, this);
        return true;
    }
    static void on_read(bufferevent* bev, void* arg) {
        auto* end = static_cast<End*>(arg);
        char bytes[4096];
        while (const std::size_t n = bufferevent_read(bev, bytes, sizeof bytes))
            end->got.append(bytes, n);
        if (end->enough != 0 && end->got.size() >= end->enough)
            event_base_loopbreak(bufferevent_get_base(bev));
    }
    static void on_event(bufferevent* bev, short what, void* arg) {
        auto* end = static_cast<End*>(arg);
        end->events = static_cast<short>(end->events | what);
        if ((what & ~BEV_EVENT_CONNECTED) != 0) event_base_loopbreak(bufferevent_get_base(bev));
    }
};

/// A client and a server over a pair of sockets.
struct Tls {
    End client, server;

    Tls(event_base* base, bool filter, int options = 0) {
        int fds[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) != 0) return;
        client.make(base, fds[0], BUFFEREVENT_SSL_CONNECTING, filter, options);
        server.make(base, fds[1], BUFFEREVENT_SSL_ACCEPTING, filter, options);
    }
    bool ok() const { return client.bev != nullptr && server.bev != nullptr; }
    void enable() const {
        bufferevent_enable(client.bev, kBoth);
        bufferevent_enable(server.bev, kBoth);
    }
    void free() {
        for (End* end : {&client, &server}) {
            if (end->bev != nullptr) bufferevent_free(end->bev);
            end->bev = nullptr;
        }
    }
};

std::string text() {
    std::string bytes;
    for (std::size_t i = 0; i < kText; ++i) bytes += static_cast<char>('!' + i * 31 % 90);
    return bytes;
}

/// The client sends; the server has got a prefix of it, and all of it unless somebody said why not.
void converse(event_base* base, bool filter, int ms, bool memory_fails) {
    const std::string sent = text();
    Tls tls(base, filter);
    if (tls.ok()) {
        tls.enable();
        tls.server.enough = sent.size();
        const bool written = bufferevent_write(tls.client.bev, sent.data(), sent.size()) == 0;
        run_ms(base, ms);
        EXPECT_EQ(tls.server.got, sent.substr(0, tls.server.got.size()));
        const int said = (tls.client.events | tls.server.events) & ~BEV_EVENT_CONNECTED;
        if (written && said == 0 && !memory_fails) {
            EXPECT_EQ(tls.server.got.size(), sent.size());
        }
    }
    tls.free();
    event_base_loop(base, EVLOOP_NONBLOCK);
}

class OverSocketOrFilter : public ::testing::TestWithParam<bool> {
 protected:
    OverSocketOrFilter() { std::signal(SIGPIPE, SIG_IGN); }
    void SetUp() override {
        event_set_log_callback(quiet);
        context();
    }
    void TearDown() override { event_set_log_callback(nullptr); }
};

TEST_P(OverSocketOrFilter, the_nth_allocation_fails) {
    const int fds = open_fds();
    for (int n = 1; n < 70; ++n) {
        FailingMemory memory;
        event_base* base = event_base_new();
        memory.fail_at(n);
        converse(base, GetParam(), 20, true);
        memory.heal();
        event_base_assert_ok_nolock_(base);
        event_base_free(base);
        EXPECT_EQ(memory.live(), 0) << "allocation " << n;
        EXPECT_EQ(open_fds(), fds) << "allocation " << n;
    }
}

int until_failure;
int with_errno;
bool fails() {
    if (--until_failure != 0) return false;
    errno = with_errno;
    return true;
}

TEST_P(OverSocketOrFilter, the_nth_system_call_fails) {
    sys::Table table = sys::kernel;
    table.read = [](int a, void* b, size_t c) -> ssize_t {
        return fails() ? -1 : sys::kernel.read(a, b, c);
    };
    table.write = [](int a, const void* b, size_t c) -> ssize_t {
        return fails() ? -1 : sys::kernel.write(a, b, c);
    };
    table.epoll_ctl = [](int a, int b, int c, epoll_event* d) {
        return fails() ? -1 : sys::kernel.epoll_ctl(a, b, c, d);
    };
    for (const int error : {EINTR, ENOMEM, ECONNRESET}) {
        for (int n = 1; n < 20; ++n) {
            event_base* base = event_base_new();
            until_failure = n;
            with_errno = error;
            sys::set_table(&table);
            converse(base, GetParam(), 100, true);
            sys::set_table(nullptr);
            event_base_assert_ok_nolock_(base);
            event_base_free(base);
        }
    }
}

int received;
int sent_off;

TEST(Seam, what_a_tls_socket_reads_and_writes_is_seen) {
    context();
    sys::Table table = sys::kernel;
    table.read = [](int a, void* b, size_t c) {
        ++received;
        return sys::kernel.read(a, b, c);
    };
    table.write = [](int a, const void* b, size_t c) {
        ++sent_off;
        return sys::kernel.write(a, b, c);
    };
    event_base* base = event_base_new();
    Tls tls(base, false);
    SSL* ssl = bufferevent_openssl_get_ssl(tls.client.bev);
    EXPECT_EQ(SSL_get_fd(ssl), bufferevent_getfd(tls.client.bev));
    sys::set_table(&table);
    received = sent_off = 0;
    tls.enable();
    tls.server.enough = 2;
    bufferevent_write(tls.client.bev, "hi", 2);
    run_ms(base, 500);
    sys::set_table(nullptr);
    EXPECT_EQ(tls.server.got, "hi");
    EXPECT_GE(received, 3);  // a handshake's flights both ways, and the message
    EXPECT_GE(sent_off, 3);
    tls.free();
    event_base_free(base);
}

TEST_P(OverSocketOrFilter, a_peer_that_speaks_no_tls_or_leaves_is_one_end) {
    for (const char* says : {"GET / HTTP/1.0\r\n\r\n", "\x16\x03\x01\xff\xff", ""}) {
        event_base* base = event_base_new();
        int fds[2];
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
        End server;
        ASSERT_TRUE(server.make(base, fds[1], BUFFEREVENT_SSL_ACCEPTING, GetParam(), 0));
        bufferevent_enable(server.bev, kBoth);
        const std::string bytes(says);
        ASSERT_EQ(write(fds[0], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
        close(fds[0]);
        run_ms(base, 300);
        EXPECT_NE(server.events & (BEV_EVENT_ERROR | BEV_EVENT_EOF), 0) << says;
        EXPECT_EQ(server.events & BEV_EVENT_CONNECTED, 0) << says;
        bufferevent_free(server.bev);
        event_base_free(base);
    }
}

TEST_P(OverSocketOrFilter, an_end_without_goodbye_is_an_error_unless_allowed) {
    for (const int allowed : {0, 1}) {
        event_base* base = event_base_new();
        Tls tls(base, GetParam());
        tls.enable();
        bufferevent_openssl_set_allow_dirty_shutdown(tls.server.bev, allowed);
        tls.server.enough = 2;
        bufferevent_write(tls.client.bev, "hi", 2);
        run_ms(base, 500);
        ASSERT_EQ(tls.server.got, "hi");
        shutdown(bufferevent_getfd(tls.client.bev), SHUT_RDWR);
        constexpr short kEnds = BEV_EVENT_EOF | BEV_EVENT_ERROR;
        for (int i = 0; i < 10 && (tls.server.events & kEnds) == 0; ++i) run_ms(base, 50);
        EXPECT_NE(tls.server.events & (allowed != 0 ? BEV_EVENT_EOF : BEV_EVENT_ERROR), 0);
        EXPECT_EQ(tls.server.events & (allowed != 0 ? BEV_EVENT_ERROR : BEV_EVENT_EOF), 0);
        tls.free();
        event_base_free(base);
    }
}

TEST_P(OverSocketOrFilter, a_rate_limit_slows_but_loses_nothing) {
    event_base* base = event_base_new();
    const timeval tick{0, 5000};
    ev_token_bucket_cfg* cfg = ev_token_bucket_cfg_new(4000, 4000, 4000, 4000, &tick);
    Tls tls(base, GetParam());
    bufferevent_set_rate_limit(tls.server.bev, cfg);
    tls.enable();
    const std::string sent = text();
    tls.server.enough = sent.size();
    bufferevent_write(tls.client.bev, sent.data(), sent.size());
    timespec begin{};
    timespec end{};
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int i = 0; i < 10 && tls.server.got.size() < sent.size(); ++i) run_ms(base, 500);
    clock_gettime(CLOCK_MONOTONIC, &end);
    EXPECT_EQ(tls.server.got, sent);
    // 40,000 bytes at 4,000 for 5 ms; TLS reads whole records, so one may be on credit.
    const double ms = static_cast<double>(end.tv_sec - begin.tv_sec) * 1e3 +
                      static_cast<double>(end.tv_nsec - begin.tv_nsec) / 1e6;
    EXPECT_GE(ms, 15.0);
    tls.free();
    event_base_loop(base, EVLOOP_NONBLOCK);
    ev_token_bucket_cfg_free(cfg);
    event_base_free(base);
}

TEST_P(OverSocketOrFilter, another_thread_writes) {
    ASSERT_EQ(evthread_use_pthreads(), 0);
    event_base* base = event_base_new();
    Tls tls(base, GetParam(), BEV_OPT_THREADSAFE);
    tls.enable();
    constexpr int kPieces = 500;
    tls.server.enough = kPieces * 7;
    std::thread writer([&] {
        for (int i = 0; i < kPieces; ++i) bufferevent_write(tls.client.bev, "thread\n", 7);
    });
    for (int i = 0; i < 10 && tls.server.got.size() < tls.server.enough; ++i) run_ms(base, 500);
    writer.join();
    EXPECT_EQ(tls.server.got.size(), tls.server.enough);
    tls.free();
    event_base_loop(base, EVLOOP_NONBLOCK);
    event_base_free(base);
}

TEST_P(OverSocketOrFilter, the_model_follows_it) {
    if (!trace::kCompiledIn) GTEST_SKIP();
    event_base* base = event_base_new();
    evglass::test::Recorded recorded("full");
    converse(base, GetParam(), 500, false);
    event_base_write_keyframe(base);
    const auto& records = recorded.stop();
    EXPECT_EQ(recorded.all<trace::rec::bev_tls>().size(), 4U);  // each begins, each is open
    trace::Model model;
    for (const trace::Record& record : records) EXPECT_EQ(model.apply(record, nullptr).error, "");
    event_base_free(base);
}

INSTANTIATE_TEST_SUITE_P(Tls, OverSocketOrFilter, ::testing::Bool());

}  // namespace
