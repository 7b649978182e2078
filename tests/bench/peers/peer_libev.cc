// libev: a watcher for each descriptor, and for its timeout one that is started again at each
// event.
#include <ev.h>

#include <deque>

#include "tests/bench/peers/workload.h"

namespace {

class Peer {
 public:
    explicit Peer(peers::Work& work) : work_(work), loop_(ev_loop_new(EVBACKEND_EPOLL)) {
        if (loop_ == nullptr) peers::give_up("ev_loop_new");
        ev_set_userdata(loop_, this);
    }
    ~Peer() { ev_loop_destroy(loop_); }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    void watch(int seat, int fd, int timeout_ms) {
        Watched& watched = watched_.emplace_back();
        watched.seat = seat;
        ev_io_init(&watched.io, on_ready, fd, EV_READ);
        watched.io.data = &watched;
        ev_io_start(loop_, &watched.io);
        ev_init(&watched.timer, on_timer);
        watched.timer.repeat = timeout_ms / 1000.0;
        if (timeout_ms > 0) ev_timer_again(loop_, &watched.timer);
    }
    void unwatch(int seat) { ev_io_stop(loop_, &watched_[static_cast<std::size_t>(seat)].io); }
    void rewatch(int seat) { ev_io_start(loop_, &watched_[static_cast<std::size_t>(seat)].io); }
    void run() { ev_run(loop_, 0); }
    void stop() { ev_break(loop_, EVBREAK_ALL); }

    void set_timer(int i, int ms) {
        if (static_cast<std::size_t>(i) >= timers_.size()) timers_.emplace_back();
        ev_timer& timer = timers_[static_cast<std::size_t>(i)];
        ev_timer_init(&timer, on_timer, ms / 1000.0, 0.0);
        ev_timer_start(loop_, &timer);
    }
    void clear_timer(int i) { ev_timer_stop(loop_, &timers_[static_cast<std::size_t>(i)]); }

 private:
    struct Watched {
        ev_io io;
        ev_timer timer;
        int seat;
    };
    static void on_ready(struct ev_loop* loop, ev_io* io, int) {
        auto* self = static_cast<Peer*>(ev_userdata(loop));
        auto* watched = static_cast<Watched*>(io->data);
        if (watched->timer.repeat > 0) ev_timer_again(loop, &watched->timer);
        self->work_.readable(watched->seat);
    }
    static void on_timer(struct ev_loop*, ev_timer*, int) {}

    peers::Work& work_;
    struct ev_loop* loop_;
    std::deque<Watched> watched_;
    std::deque<ev_timer> timers_;
};

}  // namespace

int main(int argc, char** argv) {
    return peers::peer_main<Peer>(argc, argv);
}
