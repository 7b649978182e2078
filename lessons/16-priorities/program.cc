// Lesson 16: who comes first, and who never comes. A base with three priorities
// (0 is the most urgent), and seven acts; each begins with a mark in the trace:
//   bounds    how many priorities there may be, and which one an event gets
//   order     low, middle and high become active, in this order
//   overtake  a callback of priority 1 makes an event of priority 0 active
//   starve    `pump` (priority 0) can always write, `letter` (priority 1) waits with a byte
//   selfish   an event that makes itself active again, five times
//   leave     an exit is asked for while something less urgent is active
//   fair      a second base, with event_config_set_max_dispatch_interval
// Time is virtual, so every run is the same and takes no time.
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

namespace {

constexpr int kPumps = 5;

void say(evutil_socket_t, short, void*) {}

void activate_other(evutil_socket_t, short, void* other) {
    event_active(static_cast<event*>(other), EV_TIMEOUT, 1);
}

void ask_exit(evutil_socket_t, short, void* base) {
    event_base_loopexit(static_cast<event_base*>(base), nullptr);
}

/// An event that is of use `left` times, and then deletes itself.
struct Counted {
    event* self = nullptr;
    int left = kPumps;
};

void pump(evutil_socket_t, short, void* arg) {
    auto* counted = static_cast<Counted*>(arg);
    if (--counted->left == 0) event_del(counted->self);
}

void again(evutil_socket_t, short, void* arg) {
    auto* counted = static_cast<Counted*>(arg);
    if (--counted->left > 0) event_active(counted->self, EV_TIMEOUT, 1);
}

void read_byte(evutil_socket_t fd, short, void*) {
    char byte = 0;
    if (read(fd, &byte, 1) == 1) std::printf("the letter was read\n");
}

class Stage {
 public:
    explicit Stage(event_base* base) : base_(base) {}
    ~Stage() {
        for (event* each : events_) event_free(each);
        event_base_free(base_);
    }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    event_base* base() const { return base_; }
    event* make(const char* name, int priority, event_callback_fn callback, void* arg = nullptr,
                int fd = -1, short what = 0) {
        event* made = event_new(base_, fd, what, callback, arg);
        event_priority_set(made, priority);
        evglass_name_event(made, name);
        events_.push_back(made);
        return made;
    }
    void activate(const char* name, int priority, event_callback_fn callback = say,
                  void* arg = nullptr) {
        event_active(make(name, priority, callback, arg), EV_TIMEOUT, 1);
    }
    void loop() { event_base_loop(base_, EVLOOP_NONBLOCK); }

 private:
    event_base* base_;
    std::vector<event*> events_;
};

void bounds_act(event_base* base) {
    evglass_mark("bounds");
    std::printf("256 priorities: %d\n", event_base_priority_init(base, 256));
    std::printf("  3 priorities: %d\n", event_base_priority_init(base, 3));
    event* plain = event_new(base, -1, 0, say, nullptr);
    evglass_name_event(plain, "plain");
    event_active(plain, EV_TIMEOUT, 1);
    std::printf("of an active event: %d\n", event_priority_set(plain, 0));
    event_base_loop(base, EVLOOP_NONBLOCK);
    event_free(plain);
}

void order_act(Stage& stage) {
    evglass_mark("order");
    stage.activate("low", 2);
    stage.activate("middle", 1);
    stage.activate("high", 0);
    stage.loop();
}

void overtake_act(Stage& stage) {
    evglass_mark("overtake");
    event* urgent = stage.make("urgent", 0, say);
    stage.activate("first", 1, activate_other, urgent);
    stage.activate("second", 1);
    stage.loop();
}

void starve_act(Stage& stage) {
    evglass_mark("starve");
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return;
    Counted counted;
    counted.self = stage.make("pump", 0, pump, &counted, ends[0], EV_WRITE | EV_PERSIST);
    event* letter = stage.make("letter", 1, read_byte, nullptr, ends[1], EV_READ);
    event_add(counted.self, nullptr);
    event_add(letter, nullptr);
    if (write(ends[0], "!", 1) == 1) stage.loop();
    close(ends[0]);
    close(ends[1]);
}

void selfish_act(Stage& stage) {
    evglass_mark("selfish");
    Counted counted;
    counted.self = stage.make("selfish", 1, again, &counted);
    event_active(counted.self, EV_TIMEOUT, 1);
    stage.loop();
}

void leave_act(Stage& stage) {
    evglass_mark("leave");
    stage.activate("x", 0, ask_exit, stage.base());
    stage.activate("waiting", 2);
    stage.loop();
    stage.loop();
}

void fair_act() {
    evglass_mark("fair");
    event_config* config = event_config_new();
    event_config_set_max_dispatch_interval(config, nullptr, 2, 1);
    event_base* base = event_base_new_with_config(config);
    event_config_free(config);
    event_base_priority_init(base, 2);
    Stage stage(base);
    for (const char* name : {"f1", "f2", "f3", "f4", "f5"}) stage.activate(name, 1);
    stage.loop();
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();
    bounds_act(base);
    Stage stage(base);
    order_act(stage);
    overtake_act(stage);
    starve_act(stage);
    selfish_act(stage);
    leave_act(stage);
    fair_act();
    return 0;
}
