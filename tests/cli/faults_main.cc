// A program with a fault of one's choice: what `evglass lint` must find in a real loop.
//
//   cli-faults NAME    NAME of a lint; without the fault: "none"
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/util.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace {

event_base* base = nullptr;
std::array<int, 2> ends{-1, -1};
int calls = 0;
std::vector<event*> leaked;

void nothing(evutil_socket_t, short, void*) {}

void count(evutil_socket_t, short, void*) {
    if (++calls >= 300) event_base_loopbreak(base);
}

/// Adds an event, runs the loop until it breaks or is empty, and frees the event.
void run(int fd, short what, event_callback_fn callback, const timeval* timeout = nullptr) {
    event* ev = event_new(base, fd, what, callback, event_self_cbarg());
    event_add(ev, timeout);
    event_base_dispatch(base);
    event_free(ev);
}

void slow_callback() {
    const timeval soon{0, 1000};
    run(
        -1, 0, [](evutil_socket_t, short, void*) { usleep(60'000); }, &soon);
}

void starved_priority() {
    event_base_priority_init(base, 2);
    event* late = event_new(base, -1, 0, nothing, nullptr);
    event_priority_set(late, 1);
    event_active(late, EV_READ, 1);
    event* busy = event_new(base, ends[0], EV_WRITE | EV_PERSIST, count, nullptr);
    event_priority_set(busy, 0);
    event_add(busy, nullptr);
    event_base_dispatch(base);
    event_free(late);
    event_free(busy);
}

void edge_not_drained() {
    const std::vector<char> bytes(9000, 'x');
    static_cast<void>(write(ends[1], bytes.data(), bytes.size()));
    run(ends[0], EV_READ | EV_ET, [](evutil_socket_t fd, short, void* self) {
        evbuffer* buffer = evbuffer_new();
        evbuffer_read(buffer, fd, 1000);
        evbuffer_free(buffer);
        auto* ev = static_cast<event*>(self);
        if (calls++ == 0) event_add(ev, nullptr);
    });
}

void write_left_on() {
    run(ends[0], EV_WRITE | EV_PERSIST, count);
}

void self_activating() {
    event* ev = event_new(
        base, -1, 0,
        [](evutil_socket_t, short, void* self) {
            if (++calls < 40) event_active(static_cast<event*>(self), EV_TIMEOUT, 1);
        },
        event_self_cbarg());
    event_active(ev, EV_TIMEOUT, 1);
    event_base_dispatch(base);
    event_free(ev);
}

void gone_while_registered() {
    event* ev = event_new(base, ends[0], EV_READ | EV_PERSIST, nothing, nullptr);
    event_add(ev, nullptr);
    evutil_closesocket(ends[0]);
    event_free(ev);
}

void add_del_churn() {
    event* ev = event_new(base, ends[0], EV_READ, nothing, nullptr);
    for (int i = 0; i < 80; ++i) event_add(ev, nullptr), event_del(ev);
    event_free(ev);
}

void timer_storm() {
    const timeval often{0, 100};
    run(-1, EV_PERSIST, count, &often);
}

void busy_loop() {
    event* ev = event_new(base, ends[0], EV_READ | EV_PERSIST, nothing, nullptr);
    event_add(ev, nullptr);
    for (int i = 0; i < 300; ++i) event_base_loop(base, EVLOOP_NONBLOCK);
    event_free(ev);
}

void event_leak() {
    const timeval now{0, 0};
    for (int i = 0; i < 40; ++i) {
        leaked.push_back(event_new(base, -1, 0, nothing, nullptr));
        event_add(leaked.back(), &now);
        event_base_dispatch(base);
    }
}

void none() {
    const timeval soon{0, 2000};
    event* ev = event_new(base, ends[0], EV_READ | EV_PERSIST, nothing, nullptr);
    event_add(ev, nullptr);
    event_base_loopexit(base, &soon);
    event_base_dispatch(base);
    event_free(ev);
}

constexpr std::array kFaults{
    std::pair<std::string_view, void (*)()>{"slow-callback", slow_callback},
    std::pair<std::string_view, void (*)()>{"starved-priority", starved_priority},
    std::pair<std::string_view, void (*)()>{"edge-not-drained", edge_not_drained},
    std::pair<std::string_view, void (*)()>{"write-left-on", write_left_on},
    std::pair<std::string_view, void (*)()>{"self-activating", self_activating},
    std::pair<std::string_view, void (*)()>{"gone-while-registered", gone_while_registered},
    std::pair<std::string_view, void (*)()>{"add-del-churn", add_del_churn},
    std::pair<std::string_view, void (*)()>{"timer-storm", timer_storm},
    std::pair<std::string_view, void (*)()>{"busy-loop", busy_loop},
    std::pair<std::string_view, void (*)()>{"event-leak", event_leak},
    std::pair<std::string_view, void (*)()>{"none", none},
};

}  // namespace

/// (For builds with AddressSanitizer: one of the faults is a leak.)
extern "C" [[gnu::visibility("default")]] const char* __asan_default_options();
extern "C" [[gnu::visibility("default")]] const char* __asan_default_options() {
    return "detect_leaks=0";
}

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const auto* fault = std::find_if(kFaults.begin(), kFaults.end(),
                                     [&](const auto& row) { return row.first == argv[1]; });
    if (fault == kFaults.end()) return 2;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) != 0) return 2;
    base = event_base_new();
    fault->second();
    event_base_free(base);
    return 0;
}
