// A base, a listener on a free port of the loopback, and clients of it. A test may swap the
// system-call table; it is the kernel's again afterwards.
// Read next: listener_test.cc.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

#include <event2/event.h>
#include <event2/listener.h>

#include "src/util/sys.h"

namespace evglass::test {

class Loopback : public testing::Test {
 protected:
    Loopback() = default;
    ~Loopback() override {
        sys::set_table(nullptr);
        event_base_free(base);
    }

    static sockaddr_in any_port() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }
    evconnlistener* bind_listener(evconnlistener_cb cb, void* arg, unsigned flags) {
        const sockaddr_in address = any_port();
        return evconnlistener_new_bind(base, cb, arg, flags, -1,
                                       reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    static int bound_socket() {
        const sockaddr_in address = any_port();
        const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        EXPECT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        return fd;
    }
    static int lowest_free_fd() {
        const int fd = dup(0);
        close(fd);
        return fd;
    }

    /// One turn that does not wait: what the kernel has ready now. (Without ONCE the loop would go
    /// on until nothing is active.)
    void turn() { event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK); }
    int added_events() { return event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED); }

    sys::Table table = sys::kernel;
    event_base* base = event_base_new();
};

/// A connection to a listener; complete when the constructor returns.
class Client {
 public:
    explicit Client(evconnlistener* lev) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        socklen_t length = sizeof address;
        auto* sa = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(getsockname(evconnlistener_get_fd(lev), sa, &length), 0);
        EXPECT_EQ(connect(fd_, sa, length), 0);
    }
    ~Client() { close(fd_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    std::uint32_t port() const {
        sockaddr_in address{};
        socklen_t length = sizeof address;
        getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length);
        return ntohs(address.sin_port);
    }

 private:
    int fd_;
};

}  // namespace evglass::test
