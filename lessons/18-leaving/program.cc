// Lesson 18: the ways out of the loop, and who is left behind. Seven acts on one base; each begins
// with a mark of its name in the trace:
//   exit       a1, x1, c1 are active; x1 asks for event_base_loopexit
//   break      a2, x2, c2 are active; x2 asks for event_base_loopbreak
//   soon       an exit in 100 ms, asked for before the loop, and a tick every 30 ms
//   before     event_base_loopbreak before the loop
//   glance     EVLOOP_NONBLOCK, then EVLOOP_ONCE, with a timer of 10 ms
//   inside     a callback that runs the loop itself
//   later      40 buffers want to call back in one turn
// Time is virtual, so every run is the same and takes no time.
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/evglass.h>

#include <cstdio>
#include <string>
#include <vector>

namespace {

constexpr int kBuffers = 40;

void say(evutil_socket_t, short, void*) {}

void ask_exit(evutil_socket_t, short, void* base) {
    event_base_loopexit(static_cast<event_base*>(base), nullptr);
}

void ask_break(evutil_socket_t, short, void* base) {
    event_base_loopbreak(static_cast<event_base*>(base));
}

void run_the_loop(evutil_socket_t, short, void* base) {
    const int result = event_base_loop(static_cast<event_base*>(base), EVLOOP_NONBLOCK);
    std::printf("a loop in a callback returned %d\n", result);
}

timeval milliseconds(int ms) {
    return {ms / 1000, (ms % 1000) * 1000};
}

class Stage {
 public:
    Stage() : base_(event_base_new()) {}
    ~Stage() {
        for (event* each : events_) event_free(each);
        event_base_free(base_);
    }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    event_base* base() const { return base_; }
    event* make(const std::string& name, event_callback_fn callback, short what = 0) {
        event* made = event_new(base_, -1, what, callback, base_);
        evglass_name_event(made, name.c_str());
        events_.push_back(made);
        return made;
    }
    void activate(const std::string& name, event_callback_fn callback) {
        event_active(make(name, callback), EV_TIMEOUT, 1);
    }
    void in(int ms, const std::string& name, short what = 0) {
        const timeval delay = milliseconds(ms);
        event_add(make(name, say, what), &delay);
    }
    int loop(int flags = 0) {
        const int result = event_base_loop(base_, flags);
        std::printf("event_base_loop returned %d\n", result);
        return result;
    }

 private:
    event_base* base_;
    std::vector<event*> events_;
};

void exit_act(Stage& stage) {
    evglass_mark("exit");
    stage.activate("a1", say);
    stage.activate("x1", ask_exit);
    stage.activate("c1", say);
    stage.loop();
}

void break_act(Stage& stage) {
    evglass_mark("break");
    stage.activate("a2", say);
    stage.activate("x2", ask_break);
    stage.activate("c2", say);
    stage.loop();
    stage.loop();
}

void soon_act(Stage& stage) {
    evglass_mark("soon");
    stage.in(30, "tick", EV_PERSIST);
    const timeval delay = milliseconds(100);
    event_base_loopexit(stage.base(), &delay);
    stage.loop();
}

void before_act(Stage& stage) {
    evglass_mark("before");
    event_base_loopbreak(stage.base());
    std::printf("got_break says %d\n", event_base_got_break(stage.base()));
    stage.loop(EVLOOP_ONCE);
}

void glance_act(Stage& stage) {
    evglass_mark("glance");
    stage.loop(EVLOOP_NONBLOCK);
    stage.loop(EVLOOP_ONCE);
}

void inside_act(Stage& stage) {
    evglass_mark("inside");
    stage.activate("inner", run_the_loop);
    stage.loop(EVLOOP_NONBLOCK);
}

void changed(evbuffer*, const evbuffer_cb_info*, void* count) {
    ++*static_cast<int*>(count);
}

int later_act(Stage& stage) {
    evglass_mark("later");
    int calls = 0;
    std::vector<evbuffer*> buffers;
    for (int i = 0; i < kBuffers; ++i) {
        buffers.push_back(evbuffer_new());
        evbuffer_defer_callbacks(buffers.back(), stage.base());
        evbuffer_add_cb(buffers.back(), changed, &calls);
    }
    for (evbuffer* each : buffers) evbuffer_add(each, "x", 1);
    stage.loop(EVLOOP_NONBLOCK);
    for (evbuffer* each : buffers) evbuffer_free(each);
    return calls;
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    Stage stage;
    exit_act(stage);
    break_act(stage);
    soon_act(stage);
    before_act(stage);
    glance_act(stage);
    inside_act(stage);
    return later_act(stage) == kBuffers ? 0 : 1;
}
