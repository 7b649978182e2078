// Lesson 28: rate limits. A bucket holds bytes that may be moved; each tick puts some in; reading
// and writing take them out. Three acts, each begins with a mark in the trace:
//   single    `slow` reads at most 100 bytes for each tick of 100 ms, with a burst of 150; 600 wait
//   group     `left` and `right` share a group of 100 bytes a tick; each has 200 waiting
//   refuse    a configuration that no bucket can have
// Time is virtual: five hundred milliseconds take no time, and every run is the same.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_struct.h>
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace {

/// How many bytes are still to come before the loop may end.
struct Goal {
    event_base* base = nullptr;
    std::size_t left = 0;
};

/// A bufferevent that is read from, and the plain fd of the other end.
class Line {
 public:
    Line(Goal& goal, const std::string& name) : goal_(goal) {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return;
        peer_ = ends[1];
        bev_ = bufferevent_socket_new(goal.base, ends[0], BEV_OPT_CLOSE_ON_FREE);
        evglass_name_event(&bev_->ev_read, (name + ".read").c_str());
        evglass_name_event(&bev_->ev_write, (name + ".write").c_str());
        bufferevent_setcb(bev_, on_read, nullptr, nullptr, this);
    }
    ~Line() {
        bufferevent_free(bev_);
        close(peer_);
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    bufferevent* bev() const { return bev_; }
    void send(std::size_t bytes) const {
        const std::string text(bytes, 'r');
        if (write(peer_, text.data(), text.size()) > 0) goal_.left += bytes;
    }

 private:
    static void on_read(bufferevent* bev, void* arg) {
        Goal& goal = static_cast<Line*>(arg)->goal_;
        evbuffer* input = bufferevent_get_input(bev);
        goal.left -= evbuffer_get_length(input);
        evbuffer_drain(input, evbuffer_get_length(input));
        if (goal.left == 0) event_base_loopexit(goal.base, nullptr);
    }

    Goal& goal_;
    bufferevent* bev_ = nullptr;
    int peer_ = -1;
};

constexpr timeval kTick{0, 100'000};

void single_act(event_base* base) {
    evglass_mark("single");
    Goal goal{base, 0};
    Line slow(goal, "slow");
    ev_token_bucket_cfg* limit =
        ev_token_bucket_cfg_new(100, 150, EV_RATE_LIMIT_MAX, EV_RATE_LIMIT_MAX, &kTick);
    bufferevent_set_rate_limit(slow.bev(), limit);
    bufferevent_enable(slow.bev(), EV_READ);
    slow.send(600);
    event_base_dispatch(base);
    bufferevent_set_rate_limit(slow.bev(), nullptr);
    ev_token_bucket_cfg_free(limit);
}

void group_act(event_base* base) {
    evglass_mark("group");
    ev_token_bucket_cfg* limit =
        ev_token_bucket_cfg_new(100, 100, EV_RATE_LIMIT_MAX, EV_RATE_LIMIT_MAX, &kTick);
    bufferevent_rate_limit_group* group = bufferevent_rate_limit_group_new(base, limit);
    Goal goal{base, 0};
    Line left(goal, "left");
    Line right(goal, "right");
    for (Line* line : {&left, &right}) {
        bufferevent_add_to_rate_limit_group(line->bev(), group);
        bufferevent_enable(line->bev(), EV_READ);
        line->send(200);
    }
    event_base_dispatch(base);
    for (Line* line : {&left, &right}) bufferevent_remove_from_rate_limit_group(line->bev());
    bufferevent_rate_limit_group_free(group);
    ev_token_bucket_cfg_free(limit);
}

void refuse_act() {
    evglass_mark("refuse");
    ev_token_bucket_cfg* limit = ev_token_bucket_cfg_new(100, 50, 100, 100, &kTick);
    std::printf("a burst below the rate: %s\n", limit == nullptr ? "refused" : "taken");
    if (limit != nullptr) ev_token_bucket_cfg_free(limit);
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();
    single_act(base);
    event_base_loop(base, EVLOOP_NONBLOCK);
    group_act(base);
    event_base_loop(base, EVLOOP_NONBLOCK);
    refuse_act();
    event_base_free(base);
    return 0;
}
