// The API of libevent: stock's library and ours are measured by the same program, compiled with
// stock's headers; LD_LIBRARY_PATH says which it gets.
#include <event2/event.h>

#include <memory>

#include "tests/bench/peers/workload.h"

namespace {

struct Free {
    void operator()(event* e) const { event_free(e); }
    void operator()(event_base* b) const { event_base_free(b); }
};

class Peer {
 public:
    explicit Peer(peers::Work& work) : work_(work), base_(event_base_new()) {
        // Events keep the addresses of seats: these never move.
        for (int i = 0; i < work.pipes(); ++i) seats_.push_back({this, i});
    }

    void watch(int seat, int fd, int timeout_ms) {
        events_.emplace_back(event_new(base_.get(), fd, EV_READ | EV_PERSIST, on_ready,
                                       &seats_[static_cast<std::size_t>(seat)]));
        const timeval timeout{timeout_ms / 1000, timeout_ms % 1000 * 1000};
        event_add(events_.back().get(), timeout_ms > 0 ? &timeout : nullptr);
    }
    void unwatch(int seat) { event_del(events_[static_cast<std::size_t>(seat)].get()); }
    void rewatch(int seat) { event_add(events_[static_cast<std::size_t>(seat)].get(), nullptr); }
    void run() { event_base_dispatch(base_.get()); }
    void stop() { event_base_loopbreak(base_.get()); }

    void set_timer(int i, int ms) {
        if (static_cast<std::size_t>(i) >= timers_.size())
            timers_.emplace_back(event_new(base_.get(), -1, 0, on_timer, nullptr));
        const timeval time{ms / 1000, ms % 1000 * 1000};
        event_add(timers_[static_cast<std::size_t>(i)].get(), &time);
    }
    void clear_timer(int i) { event_del(timers_[static_cast<std::size_t>(i)].get()); }

 private:
    struct Seat {
        Peer* peer;
        int seat;
    };
    static void on_ready(evutil_socket_t, short, void* arg) {
        const auto* seat = static_cast<Seat*>(arg);
        seat->peer->work_.readable(seat->seat);
    }
    static void on_timer(evutil_socket_t, short, void*) {}

    peers::Work& work_;
    std::unique_ptr<event_base, Free> base_;
    std::vector<Seat> seats_;
    std::vector<std::unique_ptr<event, Free>> events_, timers_;
};

}  // namespace

int main(int argc, char** argv) {
    return peers::peer_main<Peer>(argc, argv);
}
