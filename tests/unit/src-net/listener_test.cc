// src/net/listener: accepting, enabling and disabling, freeing anywhere, options, failures.
// Resting after an error: listener_rest_test.cc. Threads: listener_threads_test.cc.
// Connections are real ones on the loopback, and one turn of the loop serves each step.
#include "src/net/listener.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>

#include "tests/support/failing_memory.h"
#include "tests/unit/src-net/loopback.h"

namespace {

using evglass::test::Client;
using evglass::test::FailingMemory;
using evglass::test::Loopback;

/// What the callback saw, and what it shall do.
struct Seen {
    int calls = 0;
    int last_flags = 0;
    int last_cloexec = 0;
    std::uint32_t last_port = 0;
    enum { nothing, disable, free_it, clear_cb } then = nothing;
};

void on_connection(evconnlistener* lev, evutil_socket_t fd, sockaddr* addr, int, void* arg) {
    auto* seen = static_cast<Seen*>(arg);
    ++seen->calls;
    seen->last_flags = fcntl(fd, F_GETFL);
    seen->last_cloexec = fcntl(fd, F_GETFD);
    seen->last_port = ntohs(reinterpret_cast<const sockaddr_in*>(addr)->sin_port);
    close(fd);
    if (seen->then == Seen::disable) evconnlistener_disable(lev);
    if (seen->then == Seen::clear_cb) evconnlistener_set_cb(lev, nullptr, nullptr);
    if (seen->then == Seen::free_it) evconnlistener_free(lev);
}

class Listener : public Loopback {
 protected:
    ~Listener() override {
        if (lev != nullptr) evconnlistener_free(lev);
    }
    void listen_with(unsigned flags, evconnlistener_cb cb = on_connection) {
        lev = bind_listener(cb, &seen, flags | LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE);
        ASSERT_NE(lev, nullptr);
    }
    Seen seen;
    evconnlistener* lev = nullptr;
};

TEST_F(Listener, OneCallForEachConnection) {
    listen_with(0);
    const Client a(lev), b(lev), c(lev);
    turn();
    EXPECT_EQ(seen.calls, 3) << "one callback accepts all that wait";
    EXPECT_EQ(seen.last_port, c.port());
    EXPECT_TRUE(seen.last_flags & O_NONBLOCK);
    EXPECT_EQ(seen.last_cloexec, 0);
}

// Shows T409, T429: one persistent event, no bufferevent.
TEST_F(Listener, TheEventIsPersistentAndReads) {
    listen_with(0);
    EXPECT_EQ(event_get_events(&lev->listener), EV_READ | EV_PERSIST);
    EXPECT_EQ(event_get_callback(&lev->listener), &listener_read_cb);
    EXPECT_EQ(event_get_callback_arg(&lev->listener), lev);
    EXPECT_EQ(evconnlistener_get_base(lev), base);
    EXPECT_EQ(evconnlistener_get_fd(lev), event_get_fd(&lev->listener));
}

// Shows T415: in the call that accepts.
TEST_F(Listener, FlagsOfAcceptedSockets) {
    listen_with(LEV_OPT_LEAVE_SOCKETS_BLOCKING | LEV_OPT_CLOSE_ON_EXEC);
    EXPECT_EQ(fcntl(evconnlistener_get_fd(lev), F_GETFD), FD_CLOEXEC);
    EXPECT_TRUE(fcntl(evconnlistener_get_fd(lev), F_GETFL) & O_NONBLOCK);
    const Client client(lev);
    turn();
    EXPECT_EQ(seen.last_flags & O_NONBLOCK, 0);
    EXPECT_EQ(seen.last_cloexec, FD_CLOEXEC);
}

TEST_F(Listener, OptionsOfTheListeningSocket) {
    listen_with(LEV_OPT_REUSEABLE_PORT | LEV_OPT_DEFERRED_ACCEPT);
    auto option = [this](int level, int name) {
        int value = -1;
        socklen_t length = sizeof value;
        getsockopt(evconnlistener_get_fd(lev), level, name, &value, &length);
        return value;
    };
    EXPECT_EQ(option(SOL_SOCKET, SO_REUSEADDR), 1);
    EXPECT_EQ(option(SOL_SOCKET, SO_REUSEPORT), 1);
    EXPECT_EQ(option(SOL_SOCKET, SO_KEEPALIVE), 1);
    EXPECT_GT(option(IPPROTO_TCP, TCP_DEFER_ACCEPT), 0);
}

TEST_F(Listener, Ipv6Only) {
    sockaddr_in6 any{};
    any.sin6_family = AF_INET6;
    any.sin6_addr = in6addr_loopback;
    lev = evconnlistener_new_bind(base, on_connection, &seen,
                                  LEV_OPT_BIND_IPV6ONLY | LEV_OPT_CLOSE_ON_FREE, -1,
                                  reinterpret_cast<const sockaddr*>(&any), sizeof any);
    if (lev == nullptr && errno == EADDRNOTAVAIL) GTEST_SKIP() << "no IPv6 on the loopback";
    ASSERT_NE(lev, nullptr);
    int value = 0;
    socklen_t length = sizeof value;
    getsockopt(evconnlistener_get_fd(lev), IPPROTO_IPV6, IPV6_V6ONLY, &value, &length);
    EXPECT_EQ(value, 1);
}

TEST_F(Listener, DisableAndEnable) {
    listen_with(LEV_OPT_DISABLED);
    const Client client(lev);
    EXPECT_EQ(added_events(), 0);
    turn();
    EXPECT_EQ(seen.calls, 0);
    EXPECT_EQ(evconnlistener_enable(lev), 0);
    EXPECT_EQ(evconnlistener_enable(lev), 0);
    EXPECT_EQ(added_events(), 1);
    turn();
    EXPECT_EQ(seen.calls, 1);
    EXPECT_EQ(evconnlistener_disable(lev), 0);
    EXPECT_EQ(evconnlistener_disable(lev), 0);
    EXPECT_EQ(added_events(), 0);
}

TEST_F(Listener, TheCallbackMayDisable) {
    listen_with(0);
    seen.then = Seen::disable;
    const Client a(lev), b(lev);
    turn();
    EXPECT_EQ(seen.calls, 1);
    seen.then = Seen::nothing;
    evconnlistener_enable(lev);
    turn();
    EXPECT_EQ(seen.calls, 2) << "the other one waited in the kernel";
}

TEST_F(Listener, TheCallbackMayFree) {
    FailingMemory memory;
    listen_with(0);
    const int fd = evconnlistener_get_fd(lev);
    const long before = memory.live();
    seen.then = Seen::free_it;
    const Client a(lev), b(lev);
    turn();
    lev = nullptr;
    EXPECT_EQ(seen.calls, 1);
    EXPECT_EQ(fcntl(fd, F_GETFD), -1) << "closed";
    EXPECT_EQ(added_events(), 0);
    EXPECT_LT(memory.live(), before);
}

TEST_F(Listener, WithoutCallbackConnectionsWait) {
    listen_with(0, nullptr);
    const Client client(lev);
    turn();
    EXPECT_EQ(added_events(), 0);
    evconnlistener_set_cb(lev, on_connection, &seen);
    turn();
    EXPECT_EQ(seen.calls, 1);
    seen.then = Seen::clear_cb;
    const Client a(lev), b(lev);
    turn();
    EXPECT_EQ(seen.calls, 2);
    EXPECT_EQ(added_events(), 0);
    evconnlistener_disable(lev);
    evconnlistener_set_cb(lev, on_connection, &seen);
    turn();
    EXPECT_EQ(seen.calls, 2) << "still disabled";
}

TEST_F(Listener, ABoundSocketOfTheCallersOwn) {
    const int fd = bound_socket();
    ASSERT_EQ(::listen(fd, 5), 0);
    lev = evconnlistener_new(base, on_connection, &seen, 0, 0, fd);
    ASSERT_NE(lev, nullptr);
    const Client client(lev);
    turn();
    EXPECT_EQ(seen.calls, 1);
    evconnlistener_free(lev);
    lev = nullptr;
    EXPECT_NE(fcntl(fd, F_GETFD), -1) << "without CLOSE_ON_FREE it stays open";
    close(fd);
}

TEST_F(Listener, BadArguments) {
    const sockaddr_in address = any_port();
    const auto* sa = reinterpret_cast<const sockaddr*>(&address);
    EXPECT_EQ(evconnlistener_new_bind(base, on_connection, &seen, 0, 0, sa, sizeof address),
              nullptr);
    EXPECT_EQ(errno, EINVAL) << "nobody can have called listen";
    EXPECT_EQ(evconnlistener_new_bind(base, on_connection, &seen, 0, -1, nullptr, 0), nullptr);
    EXPECT_EQ(evconnlistener_new_bind(base, on_connection, &seen, 0, -1, sa, 1), nullptr);
    EXPECT_EQ(evconnlistener_new(base, on_connection, &seen, 0, -1, -1), nullptr);
    EXPECT_EQ(errno, EBADF);
}

TEST_F(Listener, AFailedBindLeavesNoSocket) {
    listen_with(0);
    sockaddr_in taken{};
    socklen_t length = sizeof taken;
    getsockname(evconnlistener_get_fd(lev), reinterpret_cast<sockaddr*>(&taken), &length);
    const int next = lowest_free_fd();
    EXPECT_EQ(evconnlistener_new_bind(base, on_connection, &seen, 0, -1,
                                      reinterpret_cast<const sockaddr*>(&taken), sizeof taken),
              nullptr);
    EXPECT_EQ(errno, EADDRINUSE);
    EXPECT_EQ(lowest_free_fd(), next);
}

TEST_F(Listener, WhereverMemoryRunsOutNothingIsLeft) {
    FailingMemory memory;
    const sockaddr_in address = any_port();
    const int next = lowest_free_fd();
    bool made = false;
    for (int n = 1; !made; ++n) {
        ASSERT_LT(n, 50);
        memory.fail_at(n);
        evconnlistener* one =
            evconnlistener_new_bind(base, on_connection, &seen, LEV_OPT_CLOSE_ON_FREE, -1,
                                    reinterpret_cast<const sockaddr*>(&address), sizeof address);
        memory.heal();
        made = one != nullptr;
        if (made) evconnlistener_free(one);
        EXPECT_EQ(lowest_free_fd(), next) << "allocation " << n;
        EXPECT_EQ(added_events(), 0);
    }
}

TEST_F(Listener, OneCallbackAcceptsABoundedNumber) {
    listen_with(0);
    table.accept4 = [](int, sockaddr* addr, socklen_t* length, int) {
        *addr = {};
        *length = sizeof(sockaddr_in);
        return open("/dev/null", O_RDONLY | O_CLOEXEC);
    };
    sys::set_table(&table);
    const Client client(lev);
    turn();
    EXPECT_EQ(seen.calls, 64) << "the kernel would never have run out of connections";
    turn();
    EXPECT_EQ(seen.calls, 128) << "and the next turn goes on";
}

// Shows T416: nobody can want it.
TEST_F(Listener, AConnectionWithoutAddressIsClosed) {
    listen_with(0);
    static int left;
    left = 1;
    table.accept4 = [](int fd, sockaddr* addr, socklen_t* length, int flags) {
        const int result = ::accept4(fd, addr, length, flags);
        if (left-- > 0) *length = 0;
        return result;
    };
    sys::set_table(&table);
    const Client a(lev), b(lev);
    const int next = lowest_free_fd();
    turn();
    EXPECT_EQ(seen.calls, 1);
    EXPECT_EQ(lowest_free_fd(), next);
}

// Shows T419, T420: nobody there is no error, others are told.
TEST_F(Listener, RetriableErrorsAreNoErrors) {
    listen_with(0);
    static int error;
    static int failures;
    evconnlistener_set_error_cb(lev, [](evconnlistener*, void*) { ++failures; });
    table.accept4 = [](int, sockaddr*, socklen_t*, int) {
        errno = error;
        return -1;
    };
    sys::set_table(&table);
    const Client client(lev);
    failures = 0;
    for (const int each : {EAGAIN, EINTR, ECONNABORTED}) {
        error = each;
        turn();
    }
    EXPECT_EQ(failures, 0);
    EXPECT_FALSE(lev->resting);
}

}  // namespace
