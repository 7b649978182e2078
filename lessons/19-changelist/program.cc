// Lesson 19: the back end's fine print. Five acts, each begins with a mark in the trace:
//   plain   an event is added and deleted ten times, then added: on a base as usual
//   list    the same on a base with EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST
//   edge    3 bytes, an edge-triggered event that reads one byte, and a level-triggered one
//   wrong   a descriptor is closed first, and its event deleted after
//   thief   the number was given to somebody else in between
// Time is virtual, so every run is the same and takes no time.
#include <event2/event.h>
#include <event2/evglass.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <initializer_list>

namespace {

constexpr int kTimes = 10;

struct Pair {
    int near = -1, far = -1;
    Pair() {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return;
        near = ends[0];
        far = ends[1];
    }
    ~Pair() {
        if (near >= 0) close(near);
        if (far >= 0) close(far);
    }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;
    void send(const char* text, std::size_t size) const {
        if (write(far, text, size) < 0) std::printf("not sent\n");
    }
};

void run(event_base* base) {
    event_base_loop(base, EVLOOP_NONBLOCK);
}

/// Reads one byte, however many there are. A level-triggered one that has read
/// all deletes itself.
void read_one(evutil_socket_t fd, short, void* arg) {
    char byte = 0;
    if (read(fd, &byte, 1) == 1) return;
    event_del(*static_cast<event**>(arg));
}

event* make(event_base* base, int fd, short what, const char* name, void* arg = nullptr) {
    event* made = event_new(base, fd, what, read_one, arg);
    evglass_name_event(made, name);
    return made;
}

/// Adds and deletes an event many times, and leaves it added.
void toggle_act(event_base* base, const char* name) {
    evglass_mark(name);
    const Pair pair;
    event* toggle = make(base, pair.near, EV_READ | EV_PERSIST, name);
    for (int i = 0; i < kTimes; ++i) {
        event_add(toggle, nullptr);
        event_del(toggle);
    }
    event_add(toggle, nullptr);
    run(base);
    evglass_mark("toggled");
    event_free(toggle);
    run(base);
}

void edge_act(event_base* base) {
    evglass_mark("edge");
    const Pair first, second;
    event* edge = nullptr;
    event* level = nullptr;
    edge = make(base, first.near, EV_READ | EV_PERSIST | EV_ET, "edge", &edge);
    level = make(base, second.near, EV_READ | EV_PERSIST, "level", &level);
    event_add(edge, nullptr);
    event_add(level, nullptr);
    first.send("abc", 3);
    second.send("abc", 3);
    run(base);
    evglass_mark("one more");
    first.send("d", 1);
    run(base);
    event_free(edge);
    event_free(level);
}

void wrong_act(event_base* base) {
    evglass_mark("wrong");
    Pair pair;
    event* careless = make(base, pair.near, EV_READ | EV_PERSIST, "careless");
    event_add(careless, nullptr);
    close(pair.near);
    pair.near = -1;
    const int result = event_del(careless);
    std::printf("event_del after close: %d\n", result);
    event_free(careless);
}

/// A descriptor is closed while its event is still added; its number goes to
/// somebody else.
void thief_act(event_base* base) {
    evglass_mark("thief");
    int old_ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, old_ends) != 0) return;
    event* late = make(base, old_ends[0], EV_READ | EV_PERSIST, "late");
    event_add(late, nullptr);
    close(old_ends[0]);

    int new_ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, new_ends) != 0) return;
    std::printf("the number was reused: %s\n", new_ends[0] == old_ends[0] ? "yes" : "no");
    event* victim = make(base, new_ends[0], EV_READ | EV_PERSIST, "victim");
    event_add(victim, nullptr);
    if (write(new_ends[1], "!", 1) == 1) run(base);
    evglass_mark("late del");
    event_del(late);
    event_free(late);
    event_free(victim);
    for (const int fd : {new_ends[0], new_ends[1], old_ends[1]}) close(fd);
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* plain = event_base_new();
    toggle_act(plain, "plain");

    event_config* config = event_config_new();
    event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    event_base* listed = event_base_new_with_config(config);
    event_config_free(config);
    toggle_act(listed, "list");
    event_base_free(listed);

    edge_act(plain);
    wrong_act(plain);
    thief_act(plain);
    event_base_free(plain);
    return 0;
}
