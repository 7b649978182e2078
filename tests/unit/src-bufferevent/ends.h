// What the tests of bufferevents share: a base, and two bufferevents that talk over a socketpair,
// a pair, or filters. Everything they make is freed by the loop before the base goes.
#pragma once

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_struct.h>
#include <event2/event.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>

#include "src/event/event_core.h"

namespace bevtest {

inline constexpr short kBoth = EV_READ | EV_WRITE;

/// Runs the loop for some milliseconds of real time.
inline void run_ms(event_base* base, int milliseconds) {
    const timeval tv{milliseconds / 1000, milliseconds % 1000 * 1000};
    event_base_loopexit(base, &tv);
    event_base_dispatch(base);
}

/// How many descriptors this process has below 200.
inline int open_fds() {
    int n = 0;
    for (int fd = 0; fd < 200; ++fd) n += fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
    return n;
}

/// Which transport two ends have.
enum class Kind { socket, pair, filter, filter_on_pair };
inline constexpr Kind kKinds[] = {Kind::socket, Kind::pair, Kind::filter, Kind::filter_on_pair};

/// Two connected bufferevents; [0] is null on failure, and then nothing is left.
struct Ends {
    bufferevent* bev[2]{};

    Ends(event_base* base, Kind kind, int options = BEV_OPT_CLOSE_ON_FREE) {
        const bool on_pair = kind == Kind::pair || kind == Kind::filter_on_pair;
        if (!(on_pair ? make_pair(base, options) : make_sockets(base, options))) return;
        if (kind == Kind::filter || kind == Kind::filter_on_pair) make_filters(options);
    }
    bool ok() const { return bev[0] != nullptr && bev[1] != nullptr; }
    void free() {
        for (bufferevent*& b : bev) {
            if (b != nullptr) bufferevent_free(b);
            b = nullptr;
        }
    }

 private:
    bool make_pair(event_base* base, int options) {
        return bufferevent_pair_new(base, options, bev) == 0;
    }
    bool make_sockets(event_base* base, int options) {
        int fds[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) != 0) return false;
        for (int i = 0; i < 2; ++i) {
            bev[i] = bufferevent_socket_new(base, fds[i], options);
            if (bev[i] == nullptr) close(fds[i]);
        }
        if (!ok()) free();
        return ok();
    }
    void make_filters(int options) {
        for (bufferevent*& b : bev) {
            bufferevent* above =
                bufferevent_filter_new(b, nullptr, nullptr, options, nullptr, nullptr);
            if (above == nullptr) return free();
            b = above;
        }
    }
};

}  // namespace bevtest
