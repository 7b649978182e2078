// Asio: a wait is asked for again after each event, and a timer is cancelled and asked for again.
#include <asio.hpp>

#include <chrono>
#include <deque>

#include "tests/bench/peers/workload.h"

namespace {

class Peer {
 public:
    explicit Peer(peers::Work& work) : work_(work) {}

    void watch(int seat, int fd, int timeout_ms) {
        watched_.emplace_back(context_, fd, seat, timeout_ms);
        rewatch(seat);
    }
    void unwatch(int seat) {
        watched_[static_cast<std::size_t>(seat)].descriptor.cancel();
        context_.restart();
        context_.poll();  // the cancelled wait is told of
    }
    void rewatch(int seat) {
        Watched& watched = watched_[static_cast<std::size_t>(seat)];
        if (watched.timeout.count() > 0) {
            watched.timer.expires_after(watched.timeout);
            watched.timer.async_wait([](const asio::error_code&) {});
        }
        watched.descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                      [this, seat](const asio::error_code& error) {
                                          if (error) return;
                                          rewatch(seat);
                                          work_.readable(seat);
                                      });
    }
    void run() {
        context_.restart();
        context_.run();
    }
    void stop() { context_.stop(); }

    void set_timer(int i, int ms) {
        if (static_cast<std::size_t>(i) >= timers_.size()) timers_.emplace_back(context_);
        asio::steady_timer& timer = timers_[static_cast<std::size_t>(i)];
        timer.expires_after(std::chrono::milliseconds(ms));
        timer.async_wait([](const asio::error_code&) {});
    }
    void clear_timer(int i) {
        timers_[static_cast<std::size_t>(i)].cancel();
        context_.restart();
        context_.poll();
    }

 private:
    struct Watched {
        Watched(asio::io_context& context, int fd, int s, int ms)
            : descriptor(context, ::dup(fd)), timer(context), timeout(ms), seat(s) {
            descriptor.native_non_blocking(true);
        }
        asio::posix::stream_descriptor descriptor;
        asio::steady_timer timer;
        std::chrono::milliseconds timeout;
        int seat;
    };

    peers::Work& work_;
    asio::io_context context_{1};
    std::deque<Watched> watched_;
    std::deque<asio::steady_timer> timers_;
};

}  // namespace

int main(int argc, char** argv) {
    return peers::peer_main<Peer>(argc, argv);
}
