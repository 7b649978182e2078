// What the tests of the backends share: system calls that a test can swap and count, pairs of
// sockets, and bases on a backend of one's choice.
#pragma once

#include <event2/event.h>
#include <event2/evglass.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "src/event/event_core.h"
#include "src/util/sys.h"

namespace evglass::test {

struct FreeBase {
    void operator()(event_base* base) const { event_base_free(base); }
};
struct FreeEvent {
    void operator()(event* ev) const { event_free(ev); }
};
using Base = std::unique_ptr<event_base, FreeBase>;
using Event = std::unique_ptr<event, FreeEvent>;

/// A base on "epoll", "changelist", "io_uring", "poll" or "select", whatever the environment says.
inline Base base_on(const std::string& backend, int flags = 0) {
    event_config* cfg = event_config_new();
    event_config_set_flag(cfg, EVENT_BASE_FLAG_IGNORE_ENV | flags);
    const bool changelist = backend == "changelist";
    if (changelist) event_config_set_flag(cfg, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    if (backend == "io_uring") evglass_config_prefer_io_uring(cfg);
    for (const char* other : {"epoll", "poll", "select"}) {
        if (other != (changelist ? "epoll" : backend)) event_config_avoid_method(cfg, other);
    }
    Base base(event_base_new_with_config(cfg));
    event_config_free(cfg);
    EXPECT_NE(base, nullptr);
    return base;
}

/// Two connected sockets that don't block. An end that a test closes itself becomes -1.
struct Pair {
    int fd[2] = {-1, -1};
    Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd), 0); }
    ~Pair() {
        close_end(0);
        close_end(1);
    }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;
    void close_end(int i) {
        if (fd[i] >= 0) close(fd[i]);
        fd[i] = -1;
    }
    void write_to(int i) { EXPECT_EQ(write(fd[1 - i], "x", 1), 1); }
};

/// Counts calls and keeps what the last one said. It reads nothing.
struct Counter {
    int fired = 0;
    short what = 0;
    Event on(event_base* base, int fd, short events) {
        return Event(event_new(
            base, fd, events,
            [](int, short w, void* arg) {
                auto* self = static_cast<Counter*>(arg);
                ++self->fired;
                self->what = w;
            },
            this));
    }
};

inline int one_turn(const Base& base) {
    return event_base_loop(base.get(), EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

/// Swaps system calls for the time of a test, and keeps the library's warnings off the terminal.
class SystemCalls : public ::testing::Test {
 protected:
    SystemCalls() : table_(sys::kernel) {
        event_set_log_callback([](int, const char*) {});
    }
    ~SystemCalls() override {
        sys::set_table(nullptr);
        event_set_log_callback(nullptr);
    }
    sys::Table table_;
};

}  // namespace evglass::test
