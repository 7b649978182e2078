// libuv: a poll handle for each descriptor, and a timer handle for its timeout.
#include <uv.h>

#include <deque>

#include "tests/bench/peers/workload.h"

namespace {

class Peer {
 public:
    explicit Peer(peers::Work& work) : work_(work) {
        uv_loop_init(&loop_);
        loop_.data = this;
    }
    /// The process ends after one workload: handles are not closed one by one.
    ~Peer() = default;
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    void watch(int seat, int fd, int timeout_ms) {
        Watched& watched = watched_.emplace_back();
        watched.seat = seat;
        watched.timeout = static_cast<std::uint64_t>(timeout_ms);
        if (uv_poll_init(&loop_, &watched.poll, fd) != 0) peers::give_up("uv_poll_init");
        watched.poll.data = &watched;
        uv_timer_init(&loop_, &watched.timer);
        rewatch(seat);
        if (timeout_ms > 0) uv_timer_start(&watched.timer, on_timer, watched.timeout, 0);
    }
    void unwatch(int seat) { uv_poll_stop(&watched_[static_cast<std::size_t>(seat)].poll); }
    void rewatch(int seat) {
        uv_poll_start(&watched_[static_cast<std::size_t>(seat)].poll, UV_READABLE, on_ready);
    }
    void run() { uv_run(&loop_, UV_RUN_DEFAULT); }
    void stop() { uv_stop(&loop_); }

    void set_timer(int i, int ms) {
        if (static_cast<std::size_t>(i) >= timers_.size())
            uv_timer_init(&loop_, &timers_.emplace_back());
        uv_timer_start(&timers_[static_cast<std::size_t>(i)], on_timer,
                       static_cast<std::uint64_t>(ms), 0);
    }
    void clear_timer(int i) { uv_timer_stop(&timers_[static_cast<std::size_t>(i)]); }

 private:
    struct Watched {
        uv_poll_t poll;
        uv_timer_t timer;
        std::uint64_t timeout;
        int seat;
    };
    static void on_ready(uv_poll_t* poll, int, int) {
        auto* self = static_cast<Peer*>(poll->loop->data);
        auto* watched = static_cast<Watched*>(poll->data);
        if (watched->timeout > 0) uv_timer_start(&watched->timer, on_timer, watched->timeout, 0);
        self->work_.readable(watched->seat);
    }
    static void on_timer(uv_timer_t*) {}

    peers::Work& work_;
    uv_loop_t loop_{};
    std::deque<Watched> watched_;
    std::deque<uv_timer_t> timers_;
};

}  // namespace

int main(int argc, char** argv) {
    return peers::peer_main<Peer>(argc, argv);
}
